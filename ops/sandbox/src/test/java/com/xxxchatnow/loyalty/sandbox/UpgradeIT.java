package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.topics.Provisioning;
import com.xxxchatnow.loyalty.cli.topics.Registration;
import com.xxxchatnow.loyalty.earn.EarnProcessor;
import com.xxxchatnow.loyalty.localkafka.Folder;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.redemption.RedemptionSaga;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.webhook.WebhookIngress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The upgrade that the production notes describe, and the way back: under load the processes of the
 * last release are replaced by those of this one, one by one, each running beside its successor for
 * a while. Runs with -Pdeep only, because it builds the last release first.
 */
class UpgradeIT {
  /** What the processes log, for whoever looks for the cause of a failure. */
  private static final Path LOGS = Path.of("target", "upgrade");

  private static final Duration START = Duration.ofSeconds(120);

  /** The production notes give a service 30 s to end. */
  private static final Duration END = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** So many orders are published before, while and after two releases run side by side. */
  private static final int ORDERS = 60;

  private enum Program {
    WEBHOOK_INGRESS(WebhookIngress.class),
    EARN_PROCESSOR(EarnProcessor.class),
    REDEMPTION_SAGA(RedemptionSaga.class);

    private final Class<?> main;

    Program(Class<?> main) {
      this.main = main;
    }

    String module() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private enum Release {
    LAST,
    THIS
  }

  private final Map<Program, JavaProcess> running = new EnumMap<>(Program.class);
  private Folder folder;
  private LocalKafka kafka;
  private LocalRegistry registry;
  private Simulator rrr;
  private LastRelease lastRelease;
  private UpgradeLoad load;

  @BeforeEach
  void start() throws Exception {
    lastRelease = LastRelease.built();
    Files.createDirectories(LOGS);
    folder = Folder.create(null, "upgrade-");
    kafka = LocalKafka.start();
    registry = LocalRegistry.start();
    rrr =
        Simulator.start(SimulatorConfig.defaults().withoutRateLimit().withStartBalance(1_000_000));
    // The order of a release: schemas, topics, services.
    Registration.register(registry.url());
    Provisioning.apply(kafka.admin(), 1, 1);
  }

  @AfterEach
  void stop() throws Exception {
    if (load != null) load.close();
    running.values().forEach(JavaProcess::kill);
    if (rrr != null) rrr.close();
    if (registry != null) registry.close();
    if (kafka != null) kafka.close();
    if (folder != null) folder.close();
  }

  @Test
  void under_load_each_process_of_the_last_release_is_replaced_and_goes_back() throws Exception {
    for (var program : Program.values()) running.put(program, started(program, Release.LAST));
    load =
        new UpgradeLoad(
            new Addresses(
                kafka.bootstrapServers(), registry.url(), rrr.baseUri(), null, null, List.of()));
    goesOn();

    for (var program : Program.values()) replace(program, Release.THIS);
    for (var program : List.of(Program.values()).reversed()) replace(program, Release.LAST);

    load.stop();
    load.awaitAllDecided(PATIENCE);
    awaitWebhooks();
    load.judge(rrr);
  }

  /** Starts one of this release beside the running one, and ends that after a while. */
  private void replace(Program program, Release by) throws Exception {
    var former = running.get(program);
    var next = started(program, by);
    running.put(program, next);
    try {
      goesOn();
      assertThat(former.alive()).as("%s beside %s: %s", program, by, former.output()).isTrue();
    } finally {
      former.stop(END);
    }
    assertThat(former.exitCode()).as(former.output()).isEqualTo(143);
    goesOn();
    assertThatAllRun(program, by);
    load.awaitDecided(PATIENCE);
    assertThatAllRun(program, by);
  }

  private void assertThatAllRun(Program replaced, Release by) {
    running.forEach((each, process) ->
        assertThat(process.alive())
            .as("%s after %s by %s: %s", each, replaced, by, process.output())
            .isTrue());
  }

  private void goesOn() {
    var until = load.published() + ORDERS;
    Awaitility.await().atMost(PATIENCE).until(() -> load.published() >= until);
  }

  /** RRR's webhooks have all arrived. */
  private void awaitWebhooks() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> rrr.webhooks().stream().allMatch(each -> each.lastStatus() / 100 == 2));
  }

  private JavaProcess started(Program program, Release release) throws IOException {
    var port = freePort();
    var builder =
        switch (release) {
          case LAST -> lastRelease.program(program.module());
          case THIS -> JavaProcess.of(program.main);
        };
    var process =
        builder
            .name(program.module() + " of " + release + " release")
            .env(environment(program, release, port))
            .logTo(LOGS.resolve("%s-%s.log".formatted(program.module(), release)))
            .jvmArgs("-Dlogback.configurationFile=logback.xml")
            .start();
    process.awaitLine(program.module() + " runs", START);
    if (program == Program.WEBHOOK_INGRESS)
      rrr.webhookUrl(URI.create("http://127.0.0.1:%d/webhooks/rrr".formatted(port)));
    return process;
  }

  private Map<String, String> environment(Program program, Release release, int port) {
    var config = SimulatorConfig.defaults();
    var state = folder.resolve("%s-%s".formatted(program, release)).toString();
    var env = new HashMap<String, String>();
    env.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    env.put("SCHEMA_REGISTRY_URL", registry.url());
    env.put("RRR_API_BASE_URL", rrr.baseUri().toString());
    env.put("RRR_CLIENT_ID", config.clientId());
    env.put("RRR_CLIENT_SECRET", config.clientSecret());
    env.put("RRR_WEBHOOK_SECRET", config.webhookSecret());
    env.put("REDEMPTION_STATE_DIR", state);
    env.put("WEBHOOK_STATE_DIR", state);
    // Orders that move between instances must not miss their quotes on a busy machine.
    env.put("REDEMPTION_QUOTE_TIMEOUT", "60s");
    // What waits for a place in the budget is not what is tested here.
    env.put("RRR_RATE_LIMIT_RPS", "500");
    env.put("RRR_RATE_LIMIT_BURST", "500");
    env.put("HTTP_PORT", Integer.toString(port));
    env.put("ADMIN_PORT", "0");
    return env;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
