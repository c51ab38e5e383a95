package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The same road as {@link SandboxIT}, with the broker of testcontainers-kafka and the programs from
 * their images. Runs with {@code -Pcontainers}, after the images were built: ops/docker/README.md.
 */
class ContainersIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final String TAG = System.getProperty("images.tag", "local");
  private static final String TRUST = "/certificates/trust.p12";

  private static final List<AutoCloseable> started = new ArrayList<>();
  private static Network network;
  private static Map<String, String> ports;

  @TempDir private Path folder;

  @BeforeAll
  static void everything_runs_in_containers() throws Exception {
    assertThat(DockerClientFactory.instance().isDockerAvailable())
        .as("-Pcontainers needs a Docker engine, and none answers (DOCKER_HOST)")
        .isTrue();
    Stream.of("earn-processor", "redemption-saga", "webhook-ingress", "cli", "simulator")
        .forEach(ContainersIT::isBuilt);
    network = Network.newNetwork();
    started.add(network);
    var kafka =
        new KafkaContainer("apache/kafka:" + System.getProperty("images.kafka"))
            .withNetwork(network)
            .withListener("kafka:19092");
    started.add(kafka);
    kafka.start();
    var registry =
        started(
            container("apicurio/apicurio-registry:" + System.getProperty("images.registry"))
                .withNetworkAliases("registry")
                .withExposedPorts(8080, 9000)
                .waitingFor(Wait.forHttp("/health/ready").forPort(9000).withStartupTimeout(START)));
    once("topics", "apply", "--yes");
    once("schemas", "register");
    var simulator =
        started(
            program("simulator")
                .withNetworkAliases("simulator")
                .withExposedPorts(8090)
                .withEnv("HTTPS_PORT", "8443")
                .withEnv("SIMULATOR_CERTIFICATES", "/certificates")
                .withEnv("WEBHOOK_URL", "http://webhook-ingress:8080/webhooks/rrr"));
    var trust = simulator.copyFileFromContainer(TRUST, in -> in.readAllBytes());
    var services =
        Stream.of("earn-processor", "redemption-saga", "webhook-ingress")
            .map(name -> service(name, trust))
            .toList();
    ports =
        Map.of(
            "PORT_KAFKA", port(kafka, 9092),
            "PORT_REGISTRY", port(registry, 8080),
            "PORT_SIMULATOR", port(simulator, 8090),
            "PORT_WEBHOOKS", port(services.getLast(), 8080));
  }

  @AfterAll
  static void nothing_stays_behind() throws Exception {
    for (var part : started.reversed()) part.close();
  }

  @Test
  void the_demonstration_on_containers_ends_as_expected_and_agrees_with_the_ledger()
      throws Exception {
    SandboxProcess.run(folder, ports, "--against", "compose", "--exit", "--json").wentAsExpected();
  }

  private static void isBuilt(String program) {
    try {
      DockerClientFactory.instance().client().inspectImageCmd(image(program)).exec();
    } catch (NotFoundException missing) {
      throw new AssertionError(
          image(program) + " is not there: docker compose build, or .ci/containers", missing);
    }
  }

  private static String image(String program) {
    return "loyalty/%s:%s".formatted(program, TAG);
  }

  private static GenericContainer<?> container(String image) {
    var container = new GenericContainer<>(image);
    started.add(container);
    return container.withNetwork(network);
  }

  /** A program as compose starts it; it is there when its health check says so. */
  private static GenericContainer<?> program(String name) {
    return container(image(name))
        .withEnv("KAFKA_BOOTSTRAP_SERVERS", "kafka:19092")
        .withEnv("SCHEMA_REGISTRY_URL", "http://registry:8080/apis/ccompat/v7")
        .withEnv("RRR_CLIENT_ID", "containers")
        .withEnv("RRR_CLIENT_SECRET", "containers-secret")
        .withEnv("RRR_WEBHOOK_SECRET", "containers-webhook-secret")
        .waitingFor(Wait.forHealthcheck().withStartupTimeout(START));
  }

  private static GenericContainer<?> service(String name, byte[] trust) {
    var service =
        program(name)
            .withNetworkAliases(name)
            .withEnv("RRR_API_BASE_URL", "https://simulator:8443")
            .withEnv("REDEMPTION_QUERY_HOST", name)
            .withEnv("REDEMPTION_PAYMENT_TIMEOUT", "6s")
            .withEnv("REDEMPTION_QUOTE_TIMEOUT", "30s")
            .withEnv("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=" + TRUST)
            .withCopyToContainer(Transferable.of(trust), TRUST);
    if (name.equals("webhook-ingress")) service.withExposedPorts(8080);
    return started(service);
  }

  private static void once(String... command) {
    started(
        program("cli")
            .withCommand(command)
            .waitingFor(new Ended())
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(START)));
  }

  private static GenericContainer<?> started(GenericContainer<?> container) {
    container.start();
    return container;
  }

  private static String port(GenericContainer<?> container, int inside) {
    return Integer.toString(container.getMappedPort(inside));
  }

  /** For a command that ends by itself: its exit code is looked at by the check of the start. */
  private static final class Ended extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
