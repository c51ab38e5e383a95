package com.xxxchatnow.loyalty.kit.settings;

import java.util.EnumSet;
import java.util.Set;

/**
 * The catalogue of environment variables, for all services. A name of one of our prefixes that is
 * not here is a mistake, and is reported at the start.
 */
public enum Setting {
  KAFKA_BOOTSTRAP_SERVERS("127.0.0.1:9092", "brokers"),
  KAFKA_CLIENT_CONFIG(null, "path of a properties file merged into every Kafka client (TLS, SASL)"),
  SCHEMA_REGISTRY_URL("http://127.0.0.1:8081/apis/ccompat/v7", "Confluent-compatible registry"),
  RRR_API_BASE_URL(null, "RRR's API, without /v1; HTTPS, or HTTP on loopback"),
  RRR_CLIENT_ID(null, "OAuth client id at RRR"),
  RRR_CLIENT_SECRET(null, "OAuth client secret at RRR"),
  RRR_WEBHOOK_SECRET(null, "RRR's webhook secrets, comma-separated; several during a rotation"),
  RRR_WEBHOOK_SIGNATURE(
      "body",
      "body, or envelope: accept RRR's signing envelope as well when its headers are there"),
  RRR_WEBHOOK_TOLERANCE("5m", "how far an envelope's timestamp may be off"),
  WEBHOOK_ACK_TIMEOUT(
      "8s", "how long a webhook waits for Kafka's acknowledgement before it is answered 503"),
  WEBHOOK_STATE_DIR(
      ".data/webhook-router", "where the router's stores lie; lost, they are restored from Kafka"),
  RRR_EARN_ENABLED("true", "false: purchases are dead-lettered with DISABLED"),
  RRR_EARN_INTAKE(
      "true",
      "false: purchases wait, only what was begun before is finished (ops/loyalty earn identity)"),
  RRR_REDEEM_ENABLED("true", "false: new redemptions are rejected with DISABLED"),
  RRR_LINK_ENABLED("true", "false: RRR is not asked for links; only events tell them"),
  RRR_ROLLOUT_PERCENT("100", "share of users who take part, 0 to 100, stable by user id"),
  RRR_BETA_USERS("", "user ids, comma-separated, who always take part"),
  RRR_RATE_LIMIT_RPS(
      null, "this service's part of RRR's 100 requests/s, for all its instances together"),
  RRR_RATE_LIMIT_BURST(
      null, "this service's part of RRR's burst of 200, for all its instances together"),
  RRR_EARN_BATCH_SIZE("1", "above 1: use RRR's batch endpoint when a backlog is waiting"),
  RRR_IDEMPOTENCY_KEY_FORMAT("plain", "plain, or uuid: the name-based UUID of the plain key"),
  REDEMPTION_QUOTE_TIMEOUT("3s", "a checkout without a quote by then is rejected"),
  REDEMPTION_PAYMENT_TIMEOUT("30m", "a quoted checkout that nobody paid by then expires"),
  REDEMPTION_STATE_DIR(
      ".data/redemption-saga", "where the saga's stores lie; lost, they are restored from Kafka"),
  REDEMPTION_QUERY_HOST(
      null,
      "the host under which other instances reach this saga's queries, each its own; default"
          + " HTTP_HOST, required when that is 0.0.0.0"),
  REDEMPTION_STANDBYS("0", "how many other instances keep a copy of each of the saga's stores"),
  REDEMPTION_RETENTION("180d", "how long a finished redemption stays in the saga's store"),
  EARN_POLICY(null, "path of the earn policy; the built-in one when not set"),
  EARN_FROM(
      null,
      "the cut-over, such as 2026-12-01T05:00:00Z: purchases that occurred before are skipped, the"
          + " former writer earned them"),
  HTTP_PORT(null, "the service's own port: ingress 8080, saga queries 8082; 0 = any free"),
  HTTP_HOST("127.0.0.1", "the address the service's own port listens on"),
  ADMIN_PORT(null, "health and metrics: 9101 earn, 9102 saga, 9103 ingress; 0 = any free"),
  ADMIN_HOST("127.0.0.1", "the address the admin port listens on"),
  LOG_FORMAT("text", "text for people, or json: an object a line, for what collects logs"),
  OTEL_EXPORTER_OTLP_ENDPOINT(
      null,
      "a collector that takes traces, OTLP over HTTP, without /v1/traces; not set: no traces"),
  TOPIC_REPLICATION_FACTOR("1", "ops/loyalty topics: replicas of each partition; 3 in production"),
  TOPIC_MIN_INSYNC_REPLICAS("1", "ops/loyalty topics: replicas that acknowledge; 2 in production"),
  REDEMPTION_API_URL("http://127.0.0.1:8082", "ops/loyalty redemptions: the saga's queries");

  /** Not to be seen: secrets, and whose values are user ids. */
  private static final Set<Setting> HIDDEN =
      EnumSet.of(RRR_CLIENT_SECRET, RRR_WEBHOOK_SECRET, RRR_BETA_USERS);

  private final String defaultValue;
  private final String meaning;

  Setting(String defaultValue, String meaning) {
    this.defaultValue = defaultValue;
    this.meaning = meaning;
  }

  /** Null where the variable is required, or its default depends on the service. */
  public String defaultValue() {
    return defaultValue;
  }

  public String meaning() {
    return meaning;
  }

  /** The value as an operator may see it: a hidden one as {@code ***} when there is one. */
  String shown(String value) {
    return HIDDEN.contains(this) && !value.isEmpty() ? "***" : value;
  }
}
