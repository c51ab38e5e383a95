package com.xxxchatnow.loyalty.cli;

import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/** The command line in this JVM, against the shared broker and registry unless told otherwise. */
public record Cli(Map<String, String> environment, Clock clock) {
  public static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

  /** What a command answered. */
  public record Answer(int code, String out, String err) {
    @Override
    public String toString() {
      return "exit code %d%n%s%s".formatted(code, out, err);
    }
  }

  public static Cli offline() {
    return new Cli(Map.of(), NOON);
  }

  public static Cli shared() {
    return on(LocalKafka.shared());
  }

  static Cli on(LocalKafka kafka) {
    return offline()
        .with("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers())
        .with("SCHEMA_REGISTRY_URL", LocalRegistry.shared().url());
  }

  public Cli with(String variable, String value) {
    var more = new HashMap<>(environment);
    more.put(variable, value);
    return new Cli(more, clock);
  }

  public Cli at(Clock other) {
    return new Cli(environment, other);
  }

  public Answer run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    var code =
        new Loyalty(
                environment, clock, new PrintWriter(out, true), new PrintWriter(err, true), false)
            .run(args);
    return new Answer(code, out.toString(), err.toString());
  }
}
