package com.xxxchatnow.loyalty.schemas;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.nio.BufferUnderflowException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Serdes for the values of the catalogue's topics: Confluent's own serializer and deserializer
 * under their ordinary property names.
 *
 * <p>Schemas are registered by {@code ops/loyalty schemas register} (the sandbox does it too),
 * never by a service: a schema that the registry does not know is a mistake to be seen, not to be
 * registered on the way.
 */
public final class AvroSerdes {
  private static final String EVENTS = "com.xxxchatnow.loyalty.events.";

  static {
    // Avro 1.12.2 instantiates only classes that are declared to be trusted.
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.DEFAULT, type -> type.getName().startsWith(EVENTS)));
  }

  private final Map<String, Object> config;

  /**
   * @param registryUrl {@code schema.registry.url}
   */
  public AvroSerdes(String registryUrl) {
    this(Map.of("schema.registry.url", registryUrl));
  }

  /**
   * @param config properties of Confluent's serializers, {@code schema.registry.url} among them;
   *     they go before this class's defaults
   */
  public AvroSerdes(Map<String, ?> config) {
    var all = new HashMap<String, Object>();
    all.put("auto.register.schemas", false);
    // The registry holds the schema as written in .avsc; the generated classes add avro.java.string
    // to theirs.
    all.put("avro.remove.java.properties", true);
    all.put("specific.avro.reader", true);
    // With the default of a minute each, four times over, a consumer would lose its membership.
    all.put("http.connect.timeout.ms", 3_000);
    all.put("http.read.timeout.ms", 5_000);
    all.putAll(config);
    this.config = Map.copyOf(all);
  }

  /**
   * A serializer for values. Throws {@code SerializationException} when the registry is unavailable
   * or does not know the schema.
   */
  @SuppressWarnings("unchecked")
  public <V extends SpecificRecord> Serializer<V> serializer() {
    var serializer = new KafkaAvroSerializer();
    serializer.configure(config, false);
    return (Serializer<V>) (Serializer<?>) serializer;
  }

  /**
   * A deserializer for values. Throws {@code SerializationException}; see {@link RegistryFaults}
   * for telling bytes that nobody can read from an outage.
   */
  @SuppressWarnings("unchecked")
  public <V extends SpecificRecord> Deserializer<V> deserializer() {
    var deserializer = new StrictDeserializer();
    deserializer.configure(config, false);
    return (Deserializer<V>) (Deserializer<?>) deserializer;
  }

  /**
   * Both, for Kafka Streams. Whatever internal topic or store a value goes to, its schema is the
   * one of this topic's subject: no other subject than those of the catalogue is registered.
   */
  public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
    Serializer<V> serializer = serializer();
    Deserializer<V> deserializer = deserializer();
    return Serdes.serdeFrom(
        (_, value) -> serializer.serialize(topic.name(), value),
        (_, bytes) -> deserializer.deserialize(topic.name(), bytes));
  }

  /**
   * Confluent's, which throws something else for a value that is shorter than its header, and
   * returns whatever a stranger's schema makes of the bytes.
   */
  private static final class StrictDeserializer extends KafkaAvroDeserializer {
    @Override
    public Object deserialize(String topic, Headers headers, byte[] bytes) {
      try {
        var value = super.deserialize(topic, headers, bytes);
        if (value == null || value instanceof SpecificRecord) return value;
        throw new SerializationException(
            "not a record of the pipeline", new ClassCastException(value.getClass().getName()));
      } catch (BufferUnderflowException tooShort) {
        throw new SerializationException("value of %d bytes".formatted(bytes.length), tooShort);
      }
    }
  }
}
