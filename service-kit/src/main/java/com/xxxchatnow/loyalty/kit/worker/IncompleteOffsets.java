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
 * How far a partition is done, as a committed offset and its metadata tell it: everything below
 * {@code base}, and everything below {@code end} that is not {@code unfinished}. So a slow record
 * holds back the offset, which keeps the lag truthful, without its successors being done twice.
 *
 * <p>The metadata is {@code w1:} and, in Base64, variable-length integers: {@code end - base}, then
 * the distances between the unfinished offsets, of which the first is {@code base} itself. An
 * identity follows as distances of zero, which add nothing: a zero of one to four bytes is two bits
 * of it. A release that knows no identities reads the offsets all the same. With nothing unfinished
 * the metadata is {@code i1:} or, when nothing is taken either, {@code r1:} and the identity; such
 * a release takes the offset alone, which says everything then.
 *
 * @param identity under which the side effects were had; null: none was kept
 * @param atRest whether nothing was in hand when this was committed, and nothing was taken since
 */
record IncompleteOffsets(
    long base, long end, SortedSet<Long> unfinished, String identity, boolean atRest) {
  /** Below the broker's {@code offset.metadata.max.bytes}, which is 4096 by default. */
  static final int METADATA_LIMIT = 4_000;

  private static final String VERSION = "w1:";
  private static final String IDLE = "i1:";
  private static final String AT_REST = "r1:";
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;
  private static final int PIECES = Byte.SIZE / 2;

  /** Nothing is known: everything from this offset on is to be done. */
  static IncompleteOffsets from(long offset) {
    return new IncompleteOffsets(offset, offset, new TreeSet<>(), null, false);
  }

  /**
   * What a committed offset says. Metadata that is not the worker's (an operator's reset, another
   * program's) says nothing: then the offset alone counts.
   */
  static IncompleteOffsets of(OffsetAndMetadata committed) {
    return read(committed).orElse(from(committed.offset()));
  }

  /** Whether nothing was in hand when this was committed, and nothing was taken since. */
  static boolean isAtRest(OffsetAndMetadata committed) {
    return committed.metadata().startsWith(AT_REST);
  }

  /** Whether {@link #of} would make something of it. */
  static boolean readable(OffsetAndMetadata committed) {
    return committed.metadata().isEmpty() || read(committed).isPresent();
  }

  /**
   * The metadata to be committed with the first of these offsets.
   *
   * @param unfinished ascending, all below {@code end}
   * @param identity null: none is kept
   * @param atRest counts only when nothing is unfinished
   */
  static String metadata(Collection<Long> unfinished, long end, String identity, boolean atRest) {
    if (unfinished.isEmpty()) return identity == null ? "" : (atRest ? AT_REST : IDLE) + identity;
    var bytes = new ByteArrayOutputStream();
    var former = -1L;
    for (long offset : unfinished) {
      write(bytes, former < 0 ? end - offset : offset - former);
      former = offset;
    }
    if (identity != null) writeAsZeros(bytes, identity);
    return VERSION + Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static Optional<IncompleteOffsets> read(OffsetAndMetadata committed) {
    var base = committed.offset();
    var metadata = committed.metadata();
    if (metadata.startsWith(IDLE) || metadata.startsWith(AT_REST)) {
      var identity = metadata.substring(IDLE.length());
      return Optional.of(
          new IncompleteOffsets(base, base, new TreeSet<>(), identity, isAtRest(committed)));
    }
    return metadata.startsWith(VERSION)
        ? read(base, metadata.substring(VERSION.length()))
        : Optional.empty();
  }

  private static Optional<IncompleteOffsets> read(long base, String base64) {
    try {
      var text = base64.getBytes(StandardCharsets.ISO_8859_1);
      var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
      var end = base + read(bytes);
      var unfinished = new TreeSet<>(java.util.Set.of(base));
      var zeros = new ByteArrayOutputStream();
      while (bytes.hasRemaining()) {
        var start = bytes.position();
        var distance = read(bytes);
        if (distance == 0) zeros.write(bytes.position() - start - 1);
        else unfinished.add(unfinished.last() + distance);
      }
      return unfinished.last() < end
          ? Optional.of(
              new IncompleteOffsets(base, end, unfinished, text(zeros.toByteArray()), false))
          : Optional.empty();
    } catch (IllegalArgumentException | BufferUnderflowException foreign) {
      return Optional.empty();
    }
  }

  private static void writeAsZeros(ByteArrayOutputStream bytes, String text) {
    for (var each : text.getBytes(StandardCharsets.UTF_8))
      for (var piece = 0; piece < PIECES; piece++) {
        for (var more = (each >> (2 * piece)) & 3; more > 0; more--) bytes.write(MORE);
        bytes.write(0);
      }
  }

  private static String text(byte[] pieces) {
    if (pieces.length == 0) return null;
    var bytes = new byte[pieces.length / PIECES];
    for (var i = 0; i < bytes.length * PIECES; i++)
      bytes[i / PIECES] |= (byte) ((pieces[i] & 3) << (2 * (i % PIECES)));
    return new String(bytes, StandardCharsets.UTF_8);
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
