package com.xxxchatnow.loyalty.simulator.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import java.math.BigDecimal;
import java.time.Duration;

/** A fault as the admin API writes it; docs/simulator.md#faults lists the fields. */
public final class FaultJson {
  private FaultJson() {}

  public static FaultRule read(Fields body) {
    body.only(
        "fault",
        "status",
        "retry_after",
        "words",
        "content_type",
        "body",
        "source_ref",
        "code",
        "millis",
        "per_second",
        "applies",
        "closes",
        "endpoint",
        "match",
        "user",
        "users",
        "share",
        "next",
        "after_millis",
        "for_millis");
    var rule = FaultRule.of(fault(body));
    if (body.has("endpoint")) rule = rule.on(body.text("endpoint"));
    if (body.has("match")) rule = rule.matching(body.text("match"));
    if (body.has("user")) rule = rule.ofUser(body.text("user"));
    if (body.has("users")) rule = rule.ofUsers(body.node().get("users").asDouble(-1));
    if (body.has("share")) rule = rule.share(body.node().get("share").asDouble(-1));
    if (body.has("next")) rule = rule.next(Math.toIntExact(body.positive("next")));
    if (body.has("after_millis")) rule = rule.after(millis(body, "after_millis"));
    return body.has("for_millis") ? rule.lasting(millis(body, "for_millis")) : rule;
  }

  private static Fault fault(Fields body) {
    var kind = body.text("fault");
    return switch (kind) {
      case "status" ->
          new Fault.Status(
              status(body, 300), retryAfter(body), body.has("words") ? body.text("words") : null);
      case "stranger" -> stranger(body);
      case "silence" -> new Fault.Silence(body.node().path("applies").asBoolean());
      case "item_left_out" -> new Fault.ItemLeftOut(body.text("source_ref"));
      case "item_rejected" -> new Fault.ItemRejected(body.text("source_ref"), body.text("code"));
      case "delay" -> new Fault.Delay(millis(body, "millis"));
      case "apply_then_delay" -> new Fault.ApplyThenDelay(millis(body, "millis"));
      case "drop_before" -> new Fault.DropBefore();
      case "apply_then_drop" -> new Fault.ApplyThenDrop();
      case "cut_answer" -> new Fault.CutAnswer();
      case "slow_drip" -> new Fault.SlowDrip(millis(body, "millis"));
      case "html_200" -> new Fault.Html200(body.node().path("applies").asBoolean());
      case "expire_token" -> new Fault.ExpireToken();
      case "throttle" ->
          new Fault.Throttle(Math.toIntExact(body.positive("per_second")), retryAfter(body));
      case "outage" -> new Fault.Outage(body.node().path("closes").asBoolean());
      default -> throw body.invalid("fault", "no such fault");
    };
  }

  private static Fault stranger(Fields body) {
    return new Fault.Stranger(
        status(body, 200),
        body.has("content_type") ? body.text("content_type") : null,
        body.node().path("body").asText(""),
        body.node().path("applies").asBoolean());
  }

  private static int status(Fields body, int lowest) {
    var status = body.positive("status");
    if (status < lowest || status > 599) throw body.invalid("status", lowest + " to 599");
    return (int) status;
  }

  /** Seconds, decimals allowed. */
  private static Duration retryAfter(Fields body) {
    if (!body.has("retry_after")) return null;
    var seconds = body.node().get("retry_after");
    if (!seconds.isNumber() || seconds.decimalValue().signum() < 0)
      throw body.invalid("retry_after", "must be a number of seconds");
    return Duration.ofMillis(seconds.decimalValue().movePointRight(3).longValue());
  }

  private static Duration millis(Fields body, String name) {
    return Duration.ofMillis(body.notNegative(name));
  }

  /** The same fields, so that a rule that was read can be set again. */
  public static ObjectNode write(FaultRule rule) {
    var node = Json.object().put("fault", rule.fault().kind());
    write(rule.fault(), node);
    node.put("endpoint", rule.endpoint()).put("share", rule.share());
    if (rule.match() != null) node.put("match", rule.match());
    if (rule.user() != null) node.put("user", rule.user());
    if (rule.users() < 1) node.put("users", rule.users());
    if (rule.next() > 0) node.put("next", rule.next());
    if (!rule.after().isZero()) node.put("after_millis", rule.after().toMillis());
    if (rule.lasting() != null) node.put("for_millis", rule.lasting().toMillis());
    return node;
  }

  private static void write(Fault fault, ObjectNode node) {
    switch (fault) {
      case Fault.Status f -> {
        retryAfter(node.put("status", f.status()), f.retryAfter());
        if (f.words() != null) node.put("words", f.words());
      }
      case Fault.Stranger f ->
          node.put("status", f.status())
              .put("content_type", f.contentType())
              .put("body", f.body())
              .put("applies", f.applies());
      case Fault.Silence f -> node.put("applies", f.applies());
      case Fault.ItemLeftOut f -> node.put("source_ref", f.sourceRef());
      case Fault.ItemRejected f -> node.put("source_ref", f.sourceRef()).put("code", f.code());
      case Fault.Throttle f -> retryAfter(node.put("per_second", f.perSecond()), f.retryAfter());
      case Fault.Delay f -> node.put("millis", f.pause().toMillis());
      case Fault.ApplyThenDelay f -> node.put("millis", f.pause().toMillis());
      case Fault.SlowDrip f -> node.put("millis", f.betweenBytes().toMillis());
      case Fault.Html200 f -> node.put("applies", f.applies());
      case Fault.Outage f -> node.put("closes", f.closes());
      case Fault.DropBefore _, Fault.ApplyThenDrop _, Fault.CutAnswer _, Fault.ExpireToken _ -> {}
    }
  }

  private static void retryAfter(ObjectNode node, Duration pause) {
    if (pause == null) return;
    if (pause.toMillisPart() == 0) node.put("retry_after", pause.toSeconds());
    else node.put("retry_after", BigDecimal.valueOf(pause.toMillis(), 3));
  }
}
