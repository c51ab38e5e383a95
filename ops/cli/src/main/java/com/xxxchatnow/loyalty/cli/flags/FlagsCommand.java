package com.xxxchatnow.loyalty.cli.flags;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.OperatorOption;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The feature flags of all running instances. */
@Command(
    name = "flags",
    description = "Show or set the feature flags and the rollout of all running instances.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FlagsCommand.Get.class, FlagsCommand.Set.class})
public final class FlagsCommand {

  /** The values that were set. */
  @Command(
      name = "get",
      description = "Show what was set; where nothing was, each instance's environment holds.",
      footerHeading = "%nExample:%n",
      footer = "  loyalty flags get")
  public static final class Get extends Operation {
    @Override
    protected int run(Clients clients, Clock clock, Console out) {
      var changed = changed(clients, out);
      var table = new Table("flag", "value", "changed_by", "changed_at", "meaning");
      Flags.CHANGEABLE.stream()
          .sorted(Comparator.comparing(Enum::name))
          .forEach(flag -> row(table, flag, changed.get(flag.name())));
      out.print(new Report().table("flags", table));
      return ExitCode.OK;
    }

    private static void row(Table table, Setting flag, FlagChanged change) {
      if (change == null) table.row(flag.name(), "(environment)", null, null, flag.meaning());
      else
        table.row(
            flag.name(),
            change.getValue(),
            change.getChangedBy(),
            change.getChangedAt(),
            flag.meaning());
    }
  }

  /** Sets one for all instances. */
  @Command(
      name = "set",
      description = {
        "Set a flag for all running instances; they follow within a moment, and it outlives",
        "restarts. --unset gives it back to the environment. There is no dry run: the way back is",
        "the same command."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  loyalty flags set RRR_EARN_ENABLED false     purchases are dead-lettered with DISABLED",
        "  loyalty flags set RRR_ROLLOUT_PERCENT 25",
        "  loyalty flags set RRR_EARN_ENABLED --unset"
      })
  public static final class Set extends Operation {
    @Parameters(index = "0", paramLabel = "FLAG", description = "See: flags get.")
    private String name;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "VALUE",
        description = "As in the" + " environment.")
    private String value;

    @Option(names = "--unset", description = "Let the environment hold again.")
    private boolean unset;

    @Option(names = "--execute", description = "Not needed here, and taken for habit's sake.")
    private boolean execute;

    @Mixin private OperatorOption operator;

    @Override
    protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
      if (unset == (value != null)) throw usage("either a value or --unset");
      if (value != null && value.isBlank())
        throw usage("the value is empty (an unset shell variable?); to take it back: --unset");
      var fault = Flags.fault(name, unset ? "" : value);
      if (!unset && fault != null) throw usage("%s", oneLine(fault));
      if (Flags.CHANGEABLE.stream().noneMatch(flag -> flag.name().equals(name)))
        throw usage("%s is not a flag; see: flags get", name);
      var before = changed(clients, out).get(name);
      clients.publish(Topics.FLAGS, name, unset ? null : change(clock));
      out.print(
          new Report()
              .put("flag", name)
              .put("before", before == null ? "(environment)" : before.getValue())
              .put("now", unset ? "(environment)" : value));
      return ExitCode.OK;
    }

    private FlagChanged change(Clock clock) {
      return FlagChanged.newBuilder()
          .setName(name)
          .setValue(value)
          .setChangedBy(operator.name())
          .setChangedAt(clock.instant())
          .build();
    }

    private static String oneLine(String fault) {
      return fault.lines().reduce((_, last) -> last).orElse(fault).replaceFirst("^\\s*- ", "");
    }
  }

  /** What instances take from the topic, as they do: what they can't take has no effect. */
  private static Map<String, FlagChanged> changed(Clients clients, Console out) {
    var changed = new TreeMap<String, FlagChanged>();
    try (var values = clients.serdes().<SpecificRecord>deserializer()) {
      Scan.of(clients, Topics.FLAGS.name())
          .each(record -> {
            var why = taken(record, values, changed);
            if (why != null)
              out.progress(
                  "%s %d:%d has no effect: %s",
                  record.topic(), record.partition(), record.offset(), why);
          });
    }
    return changed;
  }

  /** Returns why a record has no effect; null: it has one. */
  private static String taken(
      ConsumerRecord<byte[], byte[]> record,
      Deserializer<SpecificRecord> values,
      Map<String, FlagChanged> changed) {
    if (record.key() == null) return "it has no key";
    if (record.value() == null) {
      changed.remove(new String(record.key(), UTF_8));
      return null;
    }
    try {
      if (!(values.deserialize(record.topic(), record.value()) instanceof FlagChanged change))
        return "it is another record";
      if (Flags.fault(change.getName(), change.getValue()) != null)
        return "no flag of this name, or not a value of it";
      changed.put(change.getName(), change);
      return null;
    } catch (SerializationException | ClassCastException unreadable) {
      if (RegistryFaults.isOutage(unreadable)) throw unreadable;
      return RegistryFaults.describe(record.value(), unreadable);
    }
  }
}
