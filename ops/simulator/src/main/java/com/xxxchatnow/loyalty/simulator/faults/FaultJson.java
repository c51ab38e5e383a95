package com.xxxchatnow.loyalty.simulator.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import java.time.Duration;

/** A fault as the admin API writes it; the README lists the fields. */
public final class FaultJson {
  private FaultJson() {}

  public static FaultRule read(Fields body) {
    body.only(
        "fault",
        "status",
        "retry_after",
        "words",
        "millis",
        "per_second",
        "applies",
        "closes",
        "endpoint",
        "match",
        "share",
        "next",
        "after_millis",
        "for_millis");
    var rule = FaultRule.of(fault(body));
    if (body.has("endpoint")) rule = rule.on(body.text("endpoint"));
    if (body.has("match")) rule = rule.matching(body.text("match"));
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
              status(body), retryAfter(body), body.has("words") ? body.text("words") : null);
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

  private static int status(Fields body) {
    var status = body.positive("status");
    if (status < 300 || status > 599) throw body.invalid("status", "300 to 599");
    return (int) status;
  }

  private static Duration retryAfter(Fields body) {
    return body.has("retry_after") ? Duration.ofSeconds(body.notNegative("retry_after")) : null;
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
    if (pause != null) node.put("retry_after", pause.toSeconds());
  }
}
