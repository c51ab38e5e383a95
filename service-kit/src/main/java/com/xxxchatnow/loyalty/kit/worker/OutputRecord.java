package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record on its way into a transaction; it is cut down when Kafka refuses it as too large. */
final class OutputRecord {
  private static final int MAX_KEY = 1_024;

  /** No header that a dead letter needs is larger; bytes. */
  private static final int MAX_HEADER = 8_192;

  private ProducerRecord<byte[], byte[]> produced;
  private boolean cut;

  OutputRecord(ProducerRecord<byte[], byte[]> produced) {
    this.produced = produced;
  }

  ProducerRecord<byte[], byte[]> produced() {
    return produced;
  }

  /**
   * Leaves of a dead letter what says where its source is and why it is here, a few KB; the bytes
   * stay in the source topic. It would otherwise be refused for ever, and hold up every
   * transaction.
   *
   * @throws IllegalStateException when there is nothing to leave out: the topic's limit, or the
   *     service, is wrong
   */
  void cut() {
    if (cut || !produced.topic().endsWith(Topic.DEAD_LETTER_SUFFIX))
      throw new IllegalStateException(
          "a record for "
              + produced.topic()
              + " is larger than the topic allows: raise its max.message.bytes");
    var headers =
        Arrays.stream(produced.headers().toArray())
            .filter(header -> DeadLetter.isOwn(header) && header.value().length <= MAX_HEADER)
            .toList();
    var key = produced.key() == null || produced.key().length > MAX_KEY ? null : produced.key();
    produced = new ProducerRecord<>(produced.topic(), null, key, null, headers);
    produced.headers().add(DeadLetter.CUT, "the source's value is too large".getBytes(UTF_8));
    cut = true;
  }
}
