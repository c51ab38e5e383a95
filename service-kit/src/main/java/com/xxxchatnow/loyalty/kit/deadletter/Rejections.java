package com.xxxchatnow.loyalty.kit.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What the publisher of a dead-lettered record reads about it in {@code loyalty.rejections.v1},
 * without being an operator. Written in the transaction of the dead letter.
 */
public final class Rejections {
  /** An id or a key that is longer is left out; characters. */
  private static final int MAX_ID = 200;

  /** Dead letters that the operators replay or settle: the publisher has nothing to correct. */
  private static final Set<Reason> UNANNOUNCED =
      EnumSet.of(
          Reason.DISABLED,
          Reason.EXPIRED_KEY,
          Reason.NOT_LINKED,
          Reason.OUT_OF_ROLLOUT,
          Reason.BEFORE_CUTOVER);

  /** RRR publishes the one, and a reader of the other must not write to it. */
  private static final Set<String> UNANNOUNCED_TOPICS =
      Set.of(Topics.WEBHOOKS.name(), Topics.REJECTIONS.name());

  private final Serializer<RecordRejected> serializer;
  private final String service;
  private final Clock clock;

  /**
   * @param service the one that writes the dead letters
   */
  public Rejections(Serializer<RecordRejected> serializer, String service, Clock clock) {
    this.serializer = serializer;
    this.service = service;
    this.clock = clock;
  }

  /**
   * The record that goes with a dead letter; empty when its publisher is not to be told.
   *
   * @param eventId of the rejected record; null when it has none or can't be read
   * @param orderId of the rejected record; null when it has none or can't be read
   * @throws org.apache.kafka.common.errors.SerializationException when the registry is unavailable
   */
  public Optional<ProducerRecord<byte[], byte[]>> of(
      DeadLetter letter, String eventId, String orderId) {
    var source = letter.source();
    if (UNANNOUNCED.contains(letter.reason()) || UNANNOUNCED_TOPICS.contains(source.topic()))
      return Optional.empty();
    var rejected =
        RecordRejected.newBuilder()
            .setSourceTopic(source.topic())
            .setSourcePartition(source.partition())
            .setSourceOffset(source.offset())
            .setEventId(printable(eventId))
            .setOrderId(printable(orderId))
            .setReason(letter.reason())
            .setDetail(DeadLetter.bounded(letter.detail()))
            .setService(service)
            .setRejectedAt(clock.instant())
            .build();
    var key = printable(text(source.key()));
    return Optional.of(
        new ProducerRecord<>(
            Topics.REJECTIONS.name(),
            key == null ? null : key.getBytes(UTF_8),
            serializer.serialize(Topics.REJECTIONS.name(), rejected)));
  }

  private static String text(byte[] bytes) {
    if (bytes == null) return null;
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      return null;
    }
  }

  private static String printable(String text) {
    var fits = text != null && !text.isBlank() && text.length() <= MAX_ID;
    return fits && text.codePoints().allMatch(Rejections::isPrintable) ? text : null;
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
