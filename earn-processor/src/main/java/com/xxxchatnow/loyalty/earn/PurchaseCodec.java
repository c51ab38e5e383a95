package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Purchases from bytes and results to bytes. An unavailable registry is waited for, because it says
 * nothing about the bytes; one caller asks it again while the others who need it queue.
 */
final class PurchaseCodec {
  private static final Logger log = LoggerFactory.getLogger(PurchaseCodec.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ReentrantLock one = new ReentrantLock();
  private final AtomicBoolean waiting = new AtomicBoolean();
  private final Deserializer<SpecificRecord> reader;
  private final Serializer<EarnResult> writer;

  /** What bytes turned out to be. */
  sealed interface Read {
    record Purchase(PurchaseCompleted purchase) implements Read {}

    record Unreadable(String why) implements Read {}
  }

  PurchaseCodec(AvroSerdes serdes) {
    reader = serdes.deserializer();
    writer = serdes.serializer();
  }

  Read read(byte[] value) throws InterruptedException {
    if (value == null) return new Read.Unreadable("the value is null");
    return patiently(() -> {
      try {
        var record = reader.deserialize(Topics.PURCHASES.name(), value);
        return record instanceof PurchaseCompleted purchase
            ? new Read.Purchase(purchase)
            : new Read.Unreadable("another record: " + record.getSchema().getFullName());
      } catch (RuntimeException failure) {
        if (RegistryFaults.isOutage(failure)) throw failure;
        return new Read.Unreadable(why(failure));
      }
    });
  }

  byte[] write(EarnResult result) throws InterruptedException {
    return patiently(() -> writer.serialize(Topics.EARN_RESULTS.name(), result));
  }

  /**
   * What a serializer or deserializer returns; waits as long as it needs a schema that an
   * unavailable registry does not give. Only those wait for each other who need one.
   */
  <T> T patiently(Supplier<T> serde) throws InterruptedException {
    try {
      return serde.get();
    } catch (RuntimeException failure) {
      if (!RegistryFaults.isOutage(failure)) throw failure;
      if (!waiting.getAndSet(true))
        log.warn("waiting for the schema registry: {}", failure.toString());
    }
    one.lockInterruptibly();
    try {
      while (true) {
        Thread.sleep(PAUSE);
        try {
          var result = serde.get();
          if (waiting.getAndSet(false)) log.info("the schema registry answers again");
          return result;
        } catch (RuntimeException failure) {
          if (!RegistryFaults.isOutage(failure)) throw failure;
          log.debug("still waiting for the schema registry", failure);
        }
      }
    } finally {
      one.unlock();
    }
  }

  /** Classes only: a message of Avro's may quote the bytes. */
  private static String why(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) root = root.getCause();
    return root == failure
        ? failure.getClass().getSimpleName()
        : failure.getClass().getSimpleName() + " by " + root.getClass().getSimpleName();
  }
}
