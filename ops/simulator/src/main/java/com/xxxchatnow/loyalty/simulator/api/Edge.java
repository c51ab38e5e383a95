package com.xxxchatnow.loyalty.simulator.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.Faults;
import com.xxxchatnow.loyalty.simulator.faults.RateLimit;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.http.Request;
import com.xxxchatnow.loyalty.simulator.ledger.Earns;
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of every call: outage, rate limit, fault, API; then it is recorded, then answered, so
 * that a caller who has an answer finds the call in the record.
 */
public final class Edge implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
  private static final Duration LONGER_THAN_ANYBODY_WAITS = Duration.ofDays(1);
  private static final String PAGE =
      "<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>";

  private enum Manner {
    WHOLE,
    CLOSED,
    SILENT,
    CUT,
    DRIP
  }

  /**
   * @param stranger whose body and status are sent instead of the answer's, or null
   * @param pause between the bytes of a drip
   */
  private record Reply(
      Answer answer, Manner manner, String fault, Fault.Stranger stranger, Duration pause) {
    int status() {
      return switch (manner) {
        case CLOSED, SILENT -> 0;
        case WHOLE, CUT, DRIP -> stranger == null ? answer.status() : stranger.status();
      };
    }

    byte[] body() {
      return stranger == null ? Json.write(answer.body()) : stranger.body().getBytes(UTF_8);
    }

    String contentType() {
      return stranger == null ? "application/json" : stranger.contentType();
    }
  }

  private final Api api;
  private final Tokens tokens;
  private final Faults faults;
  private final RateLimit limit;
  private final Duration retryAfter;
  private final Calls calls;
  private final Clock outside = Clock.systemUTC();

  public Edge(
      Api api, Tokens tokens, Faults faults, RateLimit limit, Duration retryAfter, Calls calls) {
    this.api = api;
    this.tokens = tokens;
    this.faults = faults;
    this.limit = limit;
    this.retryAfter = retryAfter;
    this.calls = calls;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var request = Request.read(exchange);
      var at = outside.instant();
      var began = System.nanoTime();
      var number = calls.arrived(at);
      var reply = ScopedValue.where(Webhooks.CAUSE, request).call(() -> decide(request));
      calls.answered(
          new Call(
              number,
              at,
              (System.nanoTime() - began) / 1_000,
              request.method(),
              request.path(),
              request.key(),
              request.header("X-Request-Trace"),
              reply.status(),
              reply.answer().effect(),
              reply.fault()));
      send(exchange, reply);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private Reply decide(Request request) throws InterruptedException {
    for (var outage : faults.outages(request)) return strike(outage, request);
    if (request.path().startsWith("/v1/") && !limit.allows())
      return whole(Refusal.rateLimited().answer().retryAfter(retryAfter), null);
    var struck = faults.others(request);
    for (var fault : struck) {
      if (!(fault instanceof Fault.Delay delay)) return strike(fault, request);
      Thread.sleep(delay.pause());
    }
    return whole(answer(request), struck.isEmpty() ? null : "delay");
  }

  private Reply strike(Fault fault, Request request) throws InterruptedException {
    var kind = fault.kind();
    return switch (fault) {
      case Fault.Status status -> whole(answer(status), kind);
      case Fault.Throttle throttle -> whole(status(429, throttle.retryAfter()), kind);
      case Fault.Outage outage ->
          outage.closes() ? closed(status(503, null), kind) : whole(status(503, null), kind);
      case Fault.DropBefore _ -> closed(status(503, null), kind);
      case Fault.ApplyThenDrop _ -> closed(answer(request), kind);
      case Fault.Silence silence ->
          new Reply(applied(silence.applies(), request), Manner.SILENT, kind, null, null);
      case Fault.CutAnswer _ -> new Reply(answer(request), Manner.CUT, kind, null, null);
      case Fault.SlowDrip drip ->
          new Reply(answer(request), Manner.DRIP, kind, null, drip.betweenBytes());
      case Fault.Html200 html ->
          strange(new Fault.Stranger(200, "text/html", PAGE, html.applies()), request, kind);
      case Fault.Stranger stranger -> strange(stranger, request, kind);
      case Fault.ItemLeftOut item -> whole(without(item, answer(request)), kind);
      case Fault.ItemRejected item ->
          whole(ScopedValue.where(Earns.REJECTED_ITEM, item).call(() -> answer(request)), kind);
      case Fault.ExpireToken _ -> {
        tokens.forgetAll();
        yield whole(answer(request), kind);
      }
      case Fault.ApplyThenDelay delay -> {
        var answer = answer(request);
        Thread.sleep(delay.pause());
        yield whole(answer, kind);
      }
      case Fault.Delay delay -> {
        Thread.sleep(delay.pause());
        yield whole(answer(request), kind);
      }
    };
  }

  private Reply strange(Fault.Stranger stranger, Request request, String kind) {
    var answer = applied(stranger.applies(), request);
    return new Reply(answer, Manner.WHOLE, kind, stranger, null);
  }

  /** The answer to a call that reached RRR; otherwise one without effect, which nobody sees. */
  private Answer applied(boolean applies, Request request) {
    return applies ? answer(request) : status(503, null);
  }

  /** Of the answer a copy: RRR remembers the whole one. */
  private static Answer without(Fault.ItemLeftOut item, Answer answer) {
    var body = answer.body().deepCopy();
    if (!(body.path("results") instanceof ArrayNode results)) return answer;
    results.removeIf(row -> row.path("source_ref").asText().equals(item.sourceRef()));
    return new Answer(answer.status(), body, answer.retryAfter(), answer.effect());
  }

  private Answer answer(Request request) {
    try {
      return api.answer(request);
    } catch (Refusal refusal) {
      return refusal.answer();
    } catch (RuntimeException bug) {
      LOG.error("The simulator failed at {} {}", request.method(), request.path(), bug);
      return status(500, null);
    }
  }

  private static Answer answer(Fault.Status fault) {
    var refusal =
        fault.words() == null
            ? Refusal.ofStatus(fault.status())
            : Refusal.ofStatus(fault.status(), fault.words());
    return refusal.answer().retryAfter(fault.retryAfter());
  }

  private static Answer status(int status, Duration retryAfter) {
    return Refusal.ofStatus(status).answer().retryAfter(retryAfter);
  }

  private static Reply whole(Answer answer, String fault) {
    return new Reply(answer, Manner.WHOLE, fault, null, null);
  }

  private static Reply closed(Answer answer, String fault) {
    return new Reply(answer, Manner.CLOSED, fault, null, null);
  }

  private static void send(HttpExchange exchange, Reply reply)
      throws IOException, InterruptedException {
    if (reply.manner() == Manner.CLOSED) return; // closing an exchange unanswered cuts it off
    if (reply.manner() == Manner.SILENT) {
      Thread.sleep(LONGER_THAN_ANYBODY_WAITS);
      return;
    }
    var body = reply.body();
    var headers = exchange.getResponseHeaders();
    if (reply.contentType() != null) headers.set("Content-Type", reply.contentType());
    if (reply.answer().retryAfter() != null && reply.stranger() == null)
      headers.set("Retry-After", seconds(reply.answer().retryAfter()));
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length == 0) return;
    var out = exchange.getResponseBody();
    switch (reply.manner()) {
      case CUT -> out.write(body, 0, body.length / 2);
      case DRIP -> {
        for (var octet : body) {
          out.write(octet);
          out.flush();
          Thread.sleep(reply.pause());
        }
      }
      case WHOLE, CLOSED, SILENT -> out.write(body);
    }
    out.flush();
  }

  /** Whole seconds where possible; some gateways send decimals. */
  private static String seconds(Duration pause) {
    return BigDecimal.valueOf(pause.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
