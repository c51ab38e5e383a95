package com.xxxchatnow.loyalty.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LocalRegistryIT {
  private static final String FIRST =
      record("{\"name\": \"a\", \"type\": \"string\", \"doc\": \"a \\\"quoted\\\" word\"}");
  private static final String WITH_OPTIONAL =
      record(
          "{\"name\": \"a\", \"type\": \"string\"},\n"
              + "{\"name\": \"b\", \"type\": \"long\", \"default\": 0}");
  private static final String WITH_REQUIRED =
      record("{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"c\", \"type\": \"long\"}");

  @Test
  void a_schema_that_old_readers_could_not_read_is_refused() throws Exception {
    var registry = LocalRegistry.shared();
    registry.register("refusal-value", FIRST);
    registry.register("refusal-value", WITH_OPTIONAL);
    registry.register("refusal-value", FIRST); // is there already
    assertThatThrownBy(() -> registry.register("refusal-value", WITH_REQUIRED))
        .hasMessageContaining("409");
    assertThat(client(registry).getAllVersions("refusal-value")).containsExactly(1, 2);
  }

  @Test
  void confluents_client_is_refused_alike() throws Exception {
    var client = client(LocalRegistry.shared());
    client.register("client-value", new AvroSchema(FIRST));
    assertThatThrownBy(() -> client.register("client-value", new AvroSchema(WITH_REQUIRED)))
        .isInstanceOf(RestClientException.class);
  }

  @Test
  void schemas_and_their_ids_outlive_an_outage() throws Exception {
    try (var registry = LocalRegistry.start()) {
      registry.register("other-value", WITH_REQUIRED);
      registry.register("outage-value", FIRST);
      var url = registry.url();
      var id = client(registry).getId("outage-value", new AvroSchema(FIRST));

      registry.stop();
      assertThatThrownBy(() -> client(registry).getAllSubjects())
          .isInstanceOf(java.io.IOException.class);

      registry.restart();
      assertThat(registry.url()).isEqualTo(url);
      assertThat(client(registry).getId("outage-value", new AvroSchema(FIRST))).isEqualTo(id);
      assertThatThrownBy(() -> registry.register("outage-value", WITH_REQUIRED))
          .hasMessageContaining("409");
    }
  }

  @Test
  void a_closed_registry_leaves_no_folder_no_port_and_no_process(@TempDir Path folder)
      throws Exception {
    var children = ProcessHandle.current().children().count();
    var port = Ports.free();
    try (var registry = LocalRegistry.start(folder, port)) {
      assertThat(URI.create(registry.url()).getPort()).isEqualTo(port);
      assertThat(folder).isNotEmptyDirectory();
    }
    assertThat(folder).isEmptyDirectory();
    assertThat(Ports.isFree(port)).isTrue();
    assertThat(ProcessHandle.current().children().count()).isLessThanOrEqualTo(children);
  }

  @Test
  void it_is_found_from_the_classes_the_jar_and_another_modules_libraries(@TempDir Path repository)
      throws Exception {
    var home = repository.resolve("ops/local-kafka/target/registry");
    Files.createDirectories(home);
    Files.createFile(home.resolve("quarkus-run.jar"));
    for (var place :
        new String[] {
          "ops/local-kafka/target/classes",
          "ops/local-kafka/target/local-kafka.jar",
          "ops/sandbox/target/lib/local-kafka-1.0.0-SNAPSHOT.jar"
        }) assertThat(LocalRegistry.home(repository.resolve(place))).isEqualTo(home);
    assertThatThrownBy(() -> LocalRegistry.home(repository.getParent().resolve("lib/some.jar")))
        .hasMessageContaining("./mvnw");
  }

  private static CachedSchemaRegistryClient client(LocalRegistry registry) {
    return new CachedSchemaRegistryClient(registry.url(), 10);
  }

  private static String record(String fields) {
    return "{\"type\": \"record\", \"name\": \"A\", \"fields\": [" + fields + "]}";
  }
}
