package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import java.time.Clock;
import java.util.HashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command: its fields are the arguments, {@link #run} is the work. */
public abstract class Operation implements Callable<Integer> {
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,…",
      description =
          "Kafka's brokers. Environment: KAFKA_BOOTSTRAP_SERVERS; TLS and SASL:"
              + " KAFKA_CLIENT_CONFIG names a properties file.")
  private String bootstrapServers;

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      description = "The schema registry. Environment: SCHEMA_REGISTRY_URL.")
  private String schemaRegistryUrl;

  @Option(
      names = "--output",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Console.Format output;

  @Option(names = "--debug", description = "Show stack traces and the clients' warnings.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean debug;

  @Spec private CommandSpec spec;

  /** Does the work and answers the exit code. */
  protected abstract int run(Clients clients, Clock clock, Console out) throws Exception;

  @Override
  public Integer call() throws Exception {
    var loyalty = (CommandLineContext) spec.root().userObject();
    try (var clients = new Clients(Settings.of(environment(loyalty)), loyalty.stop())) {
      return run(clients, loyalty.clock(), loyalty.out(output));
    }
  }

  /** Wrong usage of this command. */
  public static UserError usage(String message, Object... values) {
    return UserError.usage(message.formatted(values));
  }

  /** An option that goes before an environment variable: adds it to the environment. */
  public void override(java.util.Map<String, String> environment) {
    put(environment, Setting.KAFKA_BOOTSTRAP_SERVERS, bootstrapServers);
    put(environment, Setting.SCHEMA_REGISTRY_URL, schemaRegistryUrl);
  }

  public static void put(
      java.util.Map<String, String> environment, Setting setting, Object option) {
    if (option != null) environment.put(setting.name(), option.toString());
  }

  private java.util.Map<String, String> environment(CommandLineContext loyalty) {
    var environment = new HashMap<>(loyalty.environment());
    override(environment);
    return environment;
  }
}
