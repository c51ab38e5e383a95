package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.kit.registry.RegistryRetry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Purchases from bytes and results to bytes. An unavailable registry is waited for, because it says
 * nothing about the bytes.
 */
final class PurchaseCodec {
  private final RegistryRetry registry = new RegistryRetry();
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
    if (value == null) return new Read.Unreadable(RegistryFaults.describe(null, null));
    return patiently(() -> {
      try {
        var record = reader.deserialize(Topics.PURCHASES.name(), value);
        return record instanceof PurchaseCompleted purchase
            ? new Read.Purchase(purchase)
            : new Read.Unreadable("another record: " + record.getSchema().getFullName());
      } catch (RuntimeException failure) {
        if (RegistryFaults.isOutage(failure)) throw failure;
        return new Read.Unreadable(RegistryFaults.describe(value, failure));
      }
    });
  }

  byte[] write(EarnResult result) throws InterruptedException {
    return patiently(() -> writer.serialize(Topics.EARN_RESULTS.name(), result));
  }

  /** What a serializer or deserializer returns; waits while the registry is unavailable. */
  <T> T patiently(Supplier<T> serde) throws InterruptedException {
    return registry.call(serde);
  }
}
