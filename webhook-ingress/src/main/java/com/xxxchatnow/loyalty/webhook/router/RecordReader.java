package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topic;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads the values of a topic to which anybody may have written anything. */
final class RecordReader<V extends SpecificRecord> {
  /** What a value turns out to be. */
  sealed interface Reading<V> {}

  record Read<V>(V value) implements Reading<V> {}

  /**
   * @param detail what is wrong, without anything of the value itself
   */
  record Unreadable<V>(String detail) implements Reading<V> {}

  private final Deserializer<V> deserializer;

  RecordReader(Deserializer<V> deserializer) {
    this.deserializer = deserializer;
  }

  /** Throws when the registry is unavailable: the same bytes may be readable later. */
  Reading<V> read(Topic<V> topic, byte[] value) {
    if (value == null) return new Unreadable<>("there is no value");
    var type = topic.value();
    try {
      // Not as a V: that it is one must be seen first.
      Object read = ((Deserializer<?>) deserializer).deserialize(topic.name(), value);
      return type.isInstance(read)
          ? new Read<>(type.cast(read))
          : new Unreadable<>("the value is not a " + type.getSimpleName());
    } catch (RuntimeException failure) {
      if (RegistryFaults.isOutage(failure)) throw failure;
      return new Unreadable<>(RegistryFaults.describe(value, failure));
    }
  }
}
