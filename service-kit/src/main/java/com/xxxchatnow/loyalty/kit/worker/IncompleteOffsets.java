package com.xxxchatnow.loyalty.kit.worker;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How far a partition is settled, as a committed offset and its metadata tell it: everything below
 * {@code base}, and everything below {@code end} that is not {@code unfinished}. So a slow record
 * holds back the offset, which keeps the lag truthful, without its successors being done twice.
 *
 * <p>The metadata is {@code w1:} and, in Base64, variable-length integers: {@code end - base}, then
 * the distances between the unfinished offsets, of which the first is {@code base} itself.
 */
record IncompleteOffsets(long base, long end, SortedSet<Long> unfinished) {
  /** Below the broker's {@code offset.metadata.max.bytes}, which is 4096 by default. */
  static final int METADATA_LIMIT = 4_000;

  private static final String VERSION = "w1:";
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  /** Nothing is known: everything from this offset on is to be done. */
  static IncompleteOffsets from(long offset) {
    return new IncompleteOffsets(offset, offset, new TreeSet<>());
  }

  /**
   * What a committed offset says. Metadata that is not the worker's (an operator's reset, another
   * program's) says nothing: then the offset alone counts.
   */
  static IncompleteOffsets of(OffsetAndMetadata committed) {
    return read(committed.offset(), committed.metadata()).orElse(from(committed.offset()));
  }

  /** Whether {@link #of} would make something of it. */
  static boolean readable(OffsetAndMetadata committed) {
    return committed.metadata().isEmpty()
        || read(committed.offset(), committed.metadata()).isPresent();
  }

  /**
   * The metadata to be committed with the first of these offsets.
   *
   * @param unfinished ascending, all below {@code end}
   */
  static String metadata(Collection<Long> unfinished, long end) {
    if (unfinished.isEmpty()) return "";
    var bytes = new ByteArrayOutputStream();
    var former = -1L;
    for (long offset : unfinished) {
      write(bytes, former < 0 ? end - offset : offset - former);
      former = offset;
    }
    return VERSION + Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static Optional<IncompleteOffsets> read(long base, String metadata) {
    if (!metadata.startsWith(VERSION)) return Optional.empty();
    try {
      var text = metadata.substring(VERSION.length()).getBytes(StandardCharsets.ISO_8859_1);
      var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
      var end = base + read(bytes);
      var unfinished = new TreeSet<>(java.util.Set.of(base));
      while (bytes.hasRemaining()) unfinished.add(unfinished.last() + read(bytes));
      return unfinished.last() < end
          ? Optional.of(new IncompleteOffsets(base, end, unfinished))
          : Optional.empty();
    } catch (IllegalArgumentException | BufferUnderflowException foreign) {
      return Optional.empty();
    }
  }

  private static void write(ByteArrayOutputStream bytes, long number) {
    var rest = number;
    for (; rest >= MORE; rest >>>= BITS) bytes.write((int) (rest & (MORE - 1)) | MORE);
    bytes.write((int) rest);
  }

  private static long read(ByteBuffer bytes) {
    var number = 0L;
    for (var shift = 0; shift < Long.SIZE - 1; shift += BITS) {
      var next = bytes.get() & 0xff;
      number |= (long) (next & (MORE - 1)) << shift;
      if (next < MORE) return number;
    }
    throw new IllegalArgumentException("a number of more than 63 bits");
  }
}
