package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A real schema registry (Apicurio) with Confluent's API in a JVM of its own, on loopback, for
 * tests and the sandbox. Compatibility is FULL_TRANSITIVE. Whoever starts one closes it: then its
 * process, port and folder are gone.
 */
public final class LocalRegistry implements AutoCloseable {
  /** System property: the unpacked registry, if it isn't in this repository's build folders. */
  public static final String HOME_PROPERTY = "local.registry.home";

  private static final Path BUILT = Path.of("ops", "local-kafka", "target", "registry");
  private static final String RUNNER = "quarkus-run.jar";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration FOR_A_CALL = Duration.ofSeconds(10);
  private static final int STARTS = 3;
  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  private final Folder folder;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private JavaProcess process;

  private LocalRegistry(Folder folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** A registry on a free port in a temporary folder. */
  public static LocalRegistry start() {
    return start(null, 0);
  }

  /**
   * Returns when it answers. When somebody took the free port in between, it starts again with
   * another.
   *
   * @param parent the folder in which its own folder is made, and removed when closed; null for the
   *     JVM's temporary folder
   * @param port 0 for a free one
   */
  public static LocalRegistry start(Path parent, int port) {
    for (var attempt = 1; ; attempt++) {
      var registry =
          new LocalRegistry(Folder.create(parent, "local-registry-"), Ports.orFree(port));
      try {
        registry.launch();
        return registry;
      } catch (RuntimeException failure) {
        registry.close();
        if (port != 0 || attempt == STARTS) throw failure;
      }
    }
  }

  /**
   * The one registry that the tests of this JVM share: each uses subjects of its own. Started at
   * the first call, closed when the JVM ends.
   */
  public static LocalRegistry shared() {
    return Shared.REGISTRY;
  }

  /** {@code schema.registry.url} for Confluent's clients; the same after a restart. */
  public String url() {
    return "http://" + Ports.HOST + ":" + port + "/apis/ccompat/v7";
  }

  /**
   * Registers a version of a subject, or finds it registered.
   *
   * @param avroSchema the text of an {@code .avsc}, complete in itself
   * @throws IllegalStateException with the registry's answer, when it refuses
   */
  public void register(String subject, String avroSchema) {
    register(subject, "AVRO", avroSchema);
  }

  /**
   * The same for a schema of any family, such as another team may register.
   *
   * @param family AVRO, JSON or PROTOBUF
   * @return the schema's id
   */
  public int register(String subject, String family, String schema) {
    var body = "{\"schemaType\":\"%s\",\"schema\":%s}".formatted(family, quoted(schema));
    var answer =
        send(request("/subjects/" + subject + "/versions").POST(BodyPublishers.ofString(body)));
    demandOk(answer);
    var id = ID.matcher(answer.body());
    if (!id.find()) throw new IllegalStateException("no id: " + answer.body());
    return Integer.parseInt(id.group(1));
  }

  /**
   * Deletes a subject with all its versions.
   *
   * @throws IllegalStateException with the registry's answer, when it refuses
   */
  public void forget(String subject) {
    demandOk(send(request("/subjects/" + subject).DELETE()));
  }

  /** Ends the process, as an outage does. What is registered outlives it. */
  public synchronized void stop() {
    if (process != null) process.close();
    process = null;
  }

  /** Starts it again after {@link #stop()}, on the same port, with the same schema ids. */
  public synchronized void restart() {
    stop();
    launch();
  }

  /** Ends the process and removes the folder. */
  @Override
  public void close() {
    stop();
    http.close();
    folder.close();
  }

  private synchronized void launch() {
    process = child();
    awaitAnswer();
    var level = "{\"compatibility\":\"FULL_TRANSITIVE\"}";
    demandOk(send(request("/config").PUT(BodyPublishers.ofString(level))));
  }

  private JavaProcess child() {
    return JavaProcess.ofJar(home(codeSource()).resolve(RUNNER))
        .name("registry")
        .logTo(folder.resolve("registry.log"))
        .in(folder.path())
        .jvmArgs(
            "-Xmx160m",
            "-Djava.io.tmpdir=" + folder.path(),
            "-Dquarkus.http.host=" + Ports.HOST,
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.management.host=" + Ports.HOST,
            "-Dquarkus.management.port=" + Ports.free(),
            "-Dquarkus.http.access-log.enabled=false",
            "-Dquarkus.log.level=WARN",
            "-Dquarkus.log.category.\"io.apicurio\".level=WARN",
            "-Dapicurio.datasource.url=jdbc:h2:file:" + folder.resolve("registry"),
            "-Dapicurio.datasource.jdbc.initial-size=1",
            "-Dapicurio.datasource.jdbc.min-size=1",
            "-Dapicurio.datasource.jdbc.max-size=8")
        .start();
  }

  private void awaitAnswer() {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
      if (!process.alive() || System.nanoTime() > deadline)
        throw new IllegalStateException("registry does not start:\n" + process.output());
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private boolean answers() {
    try {
      return send(request("/subjects").GET()).statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
        .timeout(FOR_A_CALL);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  private static void demandOk(HttpResponse<String> response) {
    if (response.statusCode() == 200) return;
    throw new IllegalStateException(
        "registry answers %d to %s: %s"
            .formatted(response.statusCode(), response.uri().getPath(), response.body()));
  }

  private static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (var c : text.toCharArray()) {
      if (c == '"' || c == '\\') json.append('\\').append(c);
      else if (c < ' ') json.append("\\u%04x".formatted((int) c));
      else json.append(c);
    }
    return json.append('"').toString();
  }

  /** Where the build unpacked it, seen from wherever this class's own jar or folder lies. */
  static Path home(Path codeSource) {
    var given = System.getProperty(HOME_PROPERTY);
    if (given != null) return Path.of(given);
    for (var place = codeSource; place != null; place = place.getParent())
      if (Files.exists(place.resolve(BUILT).resolve(RUNNER))) return place.resolve(BUILT);
    throw new IllegalStateException(
        "no registry in %s above %s: run ./mvnw -q -pl ops/local-kafka -am package -DskipTests, or set -D%s"
            .formatted(BUILT, codeSource, HOME_PROPERTY));
  }

  private static Path codeSource() {
    try {
      return Path.of(
          LocalRegistry.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static final class Shared {
    static final LocalRegistry REGISTRY = start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(REGISTRY::close, "shared registry's end"));
    }
  }
}
