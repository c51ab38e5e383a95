package com.xxxchatnow.loyalty.cli.topics;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Registers the schemas of the catalogue, each subject's versions in order. */
public final class Registration {
  static final String COMPATIBILITY = "FULL_TRANSITIVE";
  private static final int NOT_FOUND = 404;

  private Registration() {}

  /** What the registry says to one version. */
  enum Verdict {
    /** It has this version. */
    REGISTERED,
    /** It would take it. */
    COMPATIBLE,
    /** It would be the subject's first. */
    NEW,
    /** It refuses it. */
    INCOMPATIBLE,
    /** It has this version and the catalogue does not: a newer release's, or somebody else's. */
    FOREIGN
  }

  /**
   * @param version counted from 1, in the catalogue; of a foreign one the registry's
   * @param detail why it is incompatible, or empty
   */
  record Check(String subject, int version, Verdict verdict, String detail) {}

  /**
   * Sets every subject to FULL_TRANSITIVE and registers what is missing.
   *
   * @param registryUrl {@code schema.registry.url}
   * @return the subjects' versions that are new at the registry
   * @throws IOException when the registry is away
   * @throws RestClientException when it refuses a schema
   */
  public static List<String> register(String registryUrl) throws IOException, RestClientException {
    try (var registry = new CachedSchemaRegistryClient(registryUrl, 1_000, Map.of())) {
      return register(registry, Subject.catalogue());
    }
  }

  static List<String> register(SchemaRegistryClient registry, List<Subject> subjects)
      throws IOException, RestClientException {
    var done = new ArrayList<String>();
    for (var subject : subjects) {
      for (var version = 1; version <= subject.versions().size(); version++) {
        var schema = schema(subject, version);
        if (ofRegistry(registry, subject.name(), schema).isPresent()) continue;
        registry.register(subject.name(), schema);
        done.add("%s version %d".formatted(subject.name(), version));
        demandCompatibility(registry, subject.name());
      }
      demandCompatibility(registry, subject.name());
    }
    return done;
  }

  /** What the registry says to every version; registers nothing. */
  static List<Check> check(SchemaRegistryClient registry, List<Subject> subjects)
      throws IOException, RestClientException {
    var checks = new ArrayList<Check>();
    for (var subject : subjects) {
      for (var version = 1; version <= subject.versions().size(); version++)
        checks.add(check(registry, subject, version));
      checks.addAll(foreign(registry, subject));
    }
    return checks;
  }

  private static List<Check> foreign(SchemaRegistryClient registry, Subject subject)
      throws IOException, RestClientException {
    var foreign = new TreeSet<>(versions(registry, subject.name()));
    for (var version = 1; version <= subject.versions().size(); version++)
      ofRegistry(registry, subject.name(), schema(subject, version)).ifPresent(foreign::remove);
    return foreign.stream()
        .map(each -> new Check(subject.name(), each, Verdict.FOREIGN, "not in this catalogue"))
        .toList();
  }

  private static Check check(SchemaRegistryClient registry, Subject subject, int version)
      throws IOException, RestClientException {
    var name = subject.name();
    var schema = schema(subject, version);
    if (versions(registry, name).isEmpty()) return new Check(name, version, Verdict.NEW, "");
    if (ofRegistry(registry, name, schema).isPresent())
      return new Check(name, version, Verdict.REGISTERED, "");
    var problems = registry.testCompatibilityVerbose(name, schema);
    return problems.isEmpty()
        ? new Check(name, version, Verdict.COMPATIBLE, "")
        : new Check(name, version, Verdict.INCOMPATIBLE, String.join("; ", problems));
  }

  /** A subject has a level of its own only once it exists, at Apicurio. */
  private static void demandCompatibility(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    if (!COMPATIBILITY.equals(level(registry, subject)))
      registry.updateCompatibility(subject, COMPATIBILITY);
  }

  private static String level(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    try {
      return registry.getCompatibility(subject);
    } catch (RestClientException answer) {
      if (answer.getStatus() == NOT_FOUND) return "";
      throw answer;
    }
  }

  private static List<Integer> versions(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    try {
      return registry.getAllVersions(subject);
    } catch (RestClientException answer) {
      if (answer.getStatus() == NOT_FOUND) return List.of();
      throw answer;
    }
  }

  /** The number under which the registry has it. */
  private static Optional<Integer> ofRegistry(
      SchemaRegistryClient registry, String subject, AvroSchema schema)
      throws IOException, RestClientException {
    try {
      return Optional.of(registry.getVersion(subject, schema));
    } catch (RestClientException answer) {
      if (answer.getStatus() == NOT_FOUND) return Optional.empty();
      throw answer;
    }
  }

  private static AvroSchema schema(Subject subject, int version) {
    return new AvroSchema(subject.versions().get(version - 1));
  }
}
