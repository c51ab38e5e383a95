package com.xxxchatnow.loyalty.rrr;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How RRR does at each operation. Operations are kept apart because RRR may fail to book points
 * while it still shows links: then earns have to wait, and the successes of link status must not
 * count against a single earn.
 */
final class OperationHealth {
  private final RrrClientConfig config;
  private final CallTelemetry telemetry;
  private final Map<String, Of> byOperation = new ConcurrentHashMap<>();

  /** One operation's circuit and what speaks against its calls. */
  record Of(Circuit circuit, PoisonCallDetector poison) {}

  OperationHealth(RrrClientConfig config, CallTelemetry telemetry) {
    this.config = config;
    this.telemetry = telemetry;
  }

  Of of(String operation) {
    return byOperation.computeIfAbsent(operation, this::unknown);
  }

  private Of unknown(String operation) {
    var circuit = new Circuit(operation, config.circuit(), telemetry::outageBegins);
    telemetry.watch(operation, circuit);
    return new Of(circuit, new PoisonCallDetector(config.poison()));
  }

  /** The operations that RRR does not do now, each with the reason; or empty. */
  Optional<String> outage() {
    return byOperation.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(each ->
            each.getValue().circuit().outage().map(why -> each.getKey() + ": " + why).stream())
        .reduce((one, other) -> one + ", " + other);
  }

  /** The worst of the operations' circuits: 0 closed, 1 half open, 2 open. */
  int worstState() {
    return byOperation.values().stream().mapToInt(each -> each.circuit().state()).max().orElse(0);
  }
}
