package com.xxxchatnow.loyalty.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
  @TempDir Path folder;

  @Test
  void what_was_planned_is_applied_and_then_nothing_is_left_to_do() throws Exception {
    var file = file("it.plan.v1", 3, "retention.ms: 604800000");

    var plan = Cli.shared().run("topics", "plan", "--file", file);
    assertThat(plan)
        .hasToString(
            """
            exit code 2
            + it.plan.v1: create with 3 partitions, 1 replica; retention.ms=604800000
            Plan %s: 1 to do, 0 refused
            """
                .formatted(idOf(plan)));

    var apply = Cli.shared().run("topics", "apply", "--file", file, "--plan", idOf(plan));
    assertThat(apply.code()).isEqualTo(ExitCode.OK);
    assertThat(apply.out()).endsWith("Done: 1\n");

    assertThat(Cli.shared().run("topics", "plan", "--file", file))
        .hasToString("exit code 0\nThe topics are as they shall be.\n");
  }

  @Test
  void a_plan_that_has_become_another_is_not_applied() throws Exception {
    var file = file("it.stale.v1", 1, "retention.ms: 604800000");

    var answer = Cli.shared().run("topics", "apply", "--file", file, "--plan", "00000000");

    assertThat(answer.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.err()).contains("nothing was done: the plan is now").hasLineCount(1);
    assertThat(names()).doesNotContain("it.stale.v1");
  }

  @Test
  void without_a_word_of_the_operator_nothing_is_applied() throws Exception {
    var file = file("it.unasked.v1", 1, "retention.ms: 604800000");

    assertThat(Cli.shared().run("topics", "apply", "--file", file).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(names()).doesNotContain("it.unasked.v1");
  }

  @Test
  void retention_is_lowered_only_when_it_is_allowed() throws Exception {
    var week = file("it.retention.v1", 1, "retention.ms: 604800000");
    Cli.shared().run("topics", "apply", "--file", week, "--yes");
    var day = file("it.retention.v1", 1, "retention.ms: 86400000");

    var refused = Cli.shared().run("topics", "apply", "--file", day, "--yes");
    assertThat(refused.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(retention("it.retention.v1")).isEqualTo("604800000");

    var allow = "it.retention.v1:retention.ms";
    assertThat(Cli.shared().run("topics", "apply", "--file", day, "--yes", "--allow", allow).code())
        .isEqualTo(ExitCode.OK);
    assertThat(retention("it.retention.v1")).isEqualTo("86400000");
  }

  @Test
  void the_catalogue_is_provisioned_and_then_there_is_nothing_to_do() throws Exception {
    Provisioning.apply(LocalKafka.shared().admin(), 1, 1);

    assertThat(Cli.shared().run("topics", "plan"))
        .hasToString("exit code 0\nThe topics are as they shall be.\n");
  }

  @Test
  void a_broker_that_is_away_is_one_line() throws Exception {
    var impatient = folder.resolve("client.properties");
    Files.writeString(impatient, "default.api.timeout.ms=2000\nrequest.timeout.ms=1000\n");

    var answer =
        Cli.offline()
            .with("KAFKA_CLIENT_CONFIG", impatient.toString())
            .run("topics", "plan", "--bootstrap-servers", "127.0.0.1:1");

    assertThat(answer.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).startsWith("loyalty: Kafka does not answer in time").hasLineCount(1);
  }

  private String file(String topic, int partitions, String config) throws Exception {
    var text =
        """
        topics:
          %s:
            partitions: %d
            replicas: 1
            config:
              %s
        """
            .formatted(topic, partitions, config);
    return Files.writeString(Files.createTempFile(folder, "topics", ".yaml"), text).toString();
  }

  private static String idOf(Cli.Answer plan) {
    return plan.out().replaceAll("(?s).*Plan ([0-9a-f]{8}).*", "$1");
  }

  private static List<String> names() throws Exception {
    return List.copyOf(LocalKafka.shared().admin().listTopics().names().get());
  }

  private static String retention(String topic) throws Exception {
    return Provisioning.live(LocalKafka.shared().admin()).stream()
        .filter(state -> state.name().equals(topic))
        .findFirst()
        .orElseThrow()
        .config()
        .get("retention.ms");
  }
}
