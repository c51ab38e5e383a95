package com.xxxchatnow.loyalty.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.kit.Setting;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Redemptions as the saga has them, and repairs. */
@Command(
    name = "redemptions",
    description = "Look at redemptions, retry or settle those that failed.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RedemptionsCommand.Show.class,
      RedemptionsCommand.List.class,
      RedemptionsCommand.Retry.class,
      RedemptionsCommand.Settle.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  loyalty redemptions list --status COMMIT_FAILED",
      "  loyalty redemptions retry o-4711 --note 'RRR unblocked the member' --execute",
      "  loyalty redemptions settle o-4711 --as COMMITTED --note 'burned by hand at RRR' --execute"
    })
final class RedemptionsCommand {

  /** What all of them have in common. */
  abstract static class OfSaga extends Operation {
    @Option(
        names = "--redemption-api-url",
        paramLabel = "URL",
        description = "The saga's queries. Environment: REDEMPTION_API_URL.")
    private String url;

    @Override
    void override(Map<String, String> environment) {
      super.override(environment);
      put(environment, Setting.REDEMPTION_API_URL, url);
    }

    static SagaApi saga(Clients clients) {
      var api = new SagaApi(clients.settings().uri(Setting.REDEMPTION_API_URL));
      clients.settings().check();
      return api;
    }

    static JsonNode find(Clients clients, String orderId) throws InterruptedException {
      return saga(clients)
          .find(orderId)
          .orElseThrow(() -> UserError.refused("the saga knows no order " + orderId));
    }

    static Report report(JsonNode redemption) {
      var report = new Report();
      redemption
          .properties()
          .forEach(field -> {
            var value = field.getValue();
            report.put(field.getKey(), value.isTextual() ? value.textValue() : value);
          });
      return report;
    }
  }

  /** One redemption. */
  @Command(name = "show", description = "Show the state of an order's redemption.")
  static final class Show extends OfSaga {
    @Parameters(paramLabel = "ORDER_ID")
    private String orderId;

    @Override
    int run(Clients clients, Clock clock, Out out) throws InterruptedException {
      out.print(report(find(clients, orderId)));
      return ExitCode.OK;
    }
  }

  /** Those in a state. */
  @Command(name = "list", description = "List redemptions in a state, the longest there first.")
  static final class List extends OfSaga {
    @Option(
        names = "--status",
        defaultValue = "COMMIT_FAILED",
        description = "Default ${DEFAULT-VALUE}.")
    private String status;

    @Option(names = "--limit", defaultValue = "100", description = "Default ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    int run(Clients clients, Clock clock, Out out) throws InterruptedException {
      var table = new Table("order_id", "version", "status", "reason", "points", "occurred_at");
      for (var each : saga(clients).list(status, limit))
        table.row(
            each.path("order_id").asText(),
            each.path("version").asLong(),
            each.path("status").asText(),
            each.path("reason").asText(null),
            each.has("points") ? each.get("points").asLong() : null,
            each.path("occurred_at").asText(null));
      var report = new Report();
      if (table.size() == 0) report.say("No redemption is %s.", status);
      out.print(report.table("redemptions", table));
      return ExitCode.OK;
    }
  }

  /** What both repairs have in common. */
  abstract static class Repair extends OfSaga {
    @Parameters(paramLabel = "ORDER_ID")
    private String orderId;

    @Option(
        names = "--note",
        required = true,
        description = "Why; it is kept with the redemption. No personal data.")
    private String note;

    @Option(
        names = "--operator",
        defaultValue = "${sys:user.name}",
        paramLabel = "NAME",
        description = "Who; default: the login name.")
    private String operator;

    @Option(
        names = "--execute",
        description = "Ask for it. Without it, what would be asked is shown.")
    private boolean execute;

    abstract RepairAction action();

    abstract RedemptionStatus settleAs();

    /** The states it is meant for; the saga has the last word. */
    abstract Set<String> from();

    @Override
    int run(Clients clients, Clock clock, Out out) throws Exception {
      if (note.isBlank() || operator.isBlank()) throw usage("--note and --operator: not blank");
      var now = find(clients, orderId);
      var status = now.path("status").asText();
      if (!from().contains(status))
        throw UserError.refused(
            "%s is %s; this repairs only %s"
                .formatted(orderId, status, String.join(", ", from().stream().sorted().toList())));
      var repair =
          RepairRequested.newBuilder()
              .setOrderId(orderId)
              .setAction(action())
              .setSettleAs(settleAs())
              .setExpectedVersion(now.path("version").asLong())
              .setOperator(operator)
              .setNote(note)
              .setRequestedAt(clock.instant())
              .build();
      if (execute) write(clients, repair);
      out.print(report(repair, status));
      return ExitCode.OK;
    }

    private Report report(RepairRequested repair, String status) {
      var report =
          new Report()
              .put("order_id", repair.getOrderId())
              .put("status", status)
              .put("version", repair.getExpectedVersion())
              .put("action", repair.getAction());
      if (repair.getSettleAs() != null) report.put("settle_as", repair.getSettleAs());
      return report
          .put("operator", operator)
          .put("note", note)
          .say(
              execute
                  ? "Asked. The saga refuses it when the redemption has moved on; see:"
                      + " redemptions show "
                      + orderId
                  : "Nothing was asked: to do it, add --execute");
    }

    private static void write(Clients clients, RepairRequested repair) throws InterruptedException {
      var topic = Topics.REDEMPTION_REPAIRS.name();
      try (var producer = clients.producer();
          var values = clients.serdes().<RepairRequested>serializer()) {
        var key = repair.getOrderId().getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topic, key, values.serialize(topic, repair))).get();
      } catch (ExecutionException failure) {
        throw UserError.unavailable("not asked: " + Failures.line(failure), failure);
      }
    }
  }

  /** Makes the failed call again. */
  @Command(name = "retry", description = "Have the saga make a failed commit or reverse again.")
  static final class Retry extends Repair {
    @Override
    RepairAction action() {
      return RepairAction.RETRY;
    }

    @Override
    RedemptionStatus settleAs() {
      return null;
    }

    @Override
    Set<String> from() {
      return Set.of("COMMIT_FAILED", "REVERSE_FAILED");
    }
  }

  /** Notes what was put right by hand. */
  @Command(
      name = "settle",
      description = "Note that a failed redemption was put right by hand at RRR. Calls nothing.")
  static final class Settle extends Repair {
    /** The states that a failure can be settled as. */
    enum As {
      COMMITTED,
      CANCELLED,
      REVERSED
    }

    @Option(
        names = "--as",
        required = true,
        description = "How it was put right: ${COMPLETION-CANDIDATES}.")
    private As as;

    @Override
    RepairAction action() {
      return RepairAction.SETTLE;
    }

    @Override
    RedemptionStatus settleAs() {
      return RedemptionStatus.valueOf(as.name());
    }

    @Override
    Set<String> from() {
      return Set.of("COMMIT_FAILED", "REVERSE_FAILED");
    }
  }
}
