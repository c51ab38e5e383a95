package com.xxxchatnow.loyalty.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What fails the build when a schema changes in a way that a record on a topic would not survive.
 */
class ReleasedSchemasTest {
  private static final String COMMAND =
      "./mvnw -q -pl schemas -am -Prelease-schemas process-test-classes";
  private static final int HEADER = 5;

  private final SchemaRegistryClient registry = MockSchemaRegistry.getClientForScope("released");
  private final AvroSerdes serdes = new AvroSerdes("mock://released");

  @TestFactory
  Stream<DynamicTest> each_schema_may_follow_all_its_released_versions() {
    return forEachTopic(topic ->
        assertThat(Evolution.faults(ReleasedSchemas.of(topic), ReleasedSchemas.current(topic)))
            .as("%s: see \"How to change a schema\" in schemas/README.md", topic.subject())
            .isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> each_schema_is_its_newest_released_version() {
    return forEachTopic(topic ->
        assertThat(ReleasedSchemas.of(topic))
            .as("%s changed: once it is final, run %s", topic.subject(), COMMAND)
            .isNotEmpty()
            .last()
            .isEqualTo(ReleasedSchemas.current(topic)));
  }

  @TestFactory
  Stream<DynamicTest> each_released_version_may_follow_those_before_it() {
    return forEachTopic(topic -> {
      var versions = ReleasedSchemas.of(topic);
      for (var next = 1; next < versions.size(); next++)
        assertThat(Evolution.faults(versions.subList(0, next), versions.get(next))).isEmpty();
    });
  }

  @TestFactory
  Stream<DynamicTest> records_of_each_released_version_are_read_as_what_they_said() {
    return forEachTopic(topic -> {
      var versions = ReleasedSchemas.of(topic);
      for (var number = 1; number <= versions.size(); number++)
        for (var golden : golden(topic, number))
          assertThat(asReadToday(topic, golden, versions.get(number - 1)))
              .as("%s version %d", topic.subject(), number)
              .isEqualTo(golden.expected(parse(versions.get(number - 1))));
    });
  }

  /** A reader of the release before must not end because a newer writer has a word it lacks. */
  @TestFactory
  Stream<DynamicTest> records_of_each_released_version_are_read_by_every_earlier_one() {
    return forEachTopic(topic -> {
      var versions = ReleasedSchemas.of(topic);
      for (var number = 2; number <= versions.size(); number++)
        for (var earlier : versions.subList(0, number - 1))
          for (var golden : golden(topic, number))
            assertThat(decodedBody(golden.bytes(), versions.get(number - 1), earlier))
                .as("%s version %d", topic.subject(), number)
                .isNotNull();
    });
  }

  @Test
  void a_new_reason_is_unknown_to_a_reader_of_the_version_before() throws IOException {
    var versions = ReleasedSchemas.of(Topics.EARN_RESULTS);
    var full = golden(Topics.EARN_RESULTS, 2).getFirst();
    assertThat(full.json()).contains("OTHER_REQUEST");
    var before = decodedBody(full.bytes(), versions.get(1), versions.get(0));
    assertThat(before.get("reason")).hasToString("UNKNOWN");
  }

  /**
   * The golden bytes go through today's class by way of the serdes, and what comes out is read by a
   * reader that still has the old version.
   */
  private GenericRecord asReadToday(Topic<?> topic, Golden golden, String version)
      throws Exception {
    registry.register(topic.subject(), new AvroSchema(ReleasedSchemas.current(topic)));
    var id = registry.register(topic.subject(), new AvroSchema(version));
    var bytes = golden.bytes();
    var written = ByteBuffer.allocate(HEADER + bytes.length).put((byte) 0).putInt(id).put(bytes);
    SpecificRecord today = serdes.deserializer().deserialize(topic.name(), written.array());
    assertThat(today).isInstanceOf(topic.value());
    var again = serdes.serializer().serialize(topic.name(), today);
    var body = Arrays.copyOfRange(again, HEADER, again.length);
    return decoded(body, parse(ReleasedSchemas.current(topic)), parse(version));
  }

  private static GenericRecord decodedBody(byte[] body, String writer, String reader)
      throws IOException {
    return decoded(body, parse(writer), parse(reader));
  }

  private static GenericRecord decoded(byte[] body, Schema writer, Schema reader)
      throws IOException {
    return new GenericDatumReader<GenericRecord>(writer, reader)
        .read(null, DecoderFactory.get().binaryDecoder(body, null));
  }

  private static List<Golden> golden(Topic<?> topic, int version) throws IOException {
    var file = "/released/" + topic.subject() + "/" + version + ".golden";
    try (var stream = ReleasedSchemasTest.class.getResourceAsStream(file)) {
      assertThat(stream).as(file).isNotNull();
      return Golden.read(new String(stream.readAllBytes(), UTF_8));
    }
  }

  private static Schema parse(String schema) {
    return new Schema.Parser().parse(schema);
  }

  private interface Check {
    void of(Topic<?> topic) throws Exception;
  }

  private static Stream<DynamicTest> forEachTopic(Check check) {
    return Topics.RECORDS.stream()
        .map(topic -> DynamicTest.dynamicTest(topic.subject(), () -> check.of(topic)));
  }
}
