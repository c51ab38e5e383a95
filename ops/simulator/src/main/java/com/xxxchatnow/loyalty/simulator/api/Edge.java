package com.xxxchatnow.loyalty.simulator.api;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every call: outage, rate limit, fault, API; then it is recorded, then answered. (In
 * this order, so that whoever holds an answer finds its call in the record.)
 */
public final class Edge implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
  private static final byte[] PAGE =
      "<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>".getBytes(UTF_8);

  private enum Manner {
    WHOLE,
    CLOSED,
    CUT,
    DRIP,
    HTML
  }

  /** {@code pause}: between the bytes of a drip. */
  private record Reply(Answer answer, Manner manner, String fault, Duration pause) {
    int status() {
      return switch (manner) {
        case CLOSED -> 0;
        case HTML -> 200;
        case WHOLE, CUT, DRIP -> answer.status();
      };
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
      case Fault.CutAnswer _ -> new Reply(answer(request), Manner.CUT, kind, null);
      case Fault.SlowDrip drip ->
          new Reply(answer(request), Manner.DRIP, kind, drip.betweenBytes());
      case Fault.Html200 html ->
          new Reply(html.applies() ? answer(request) : status(503, null), Manner.HTML, kind, null);
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
    return new Reply(answer, Manner.WHOLE, fault, null);
  }

  private static Reply closed(Answer answer, String fault) {
    return new Reply(answer, Manner.CLOSED, fault, null);
  }

  private static void send(HttpExchange exchange, Reply reply)
      throws IOException, InterruptedException {
    if (reply.manner() == Manner.CLOSED) return; // closing an exchange unanswered cuts it off
    var body = reply.manner() == Manner.HTML ? PAGE : Json.write(reply.answer().body());
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", reply.manner() == Manner.HTML ? "text/html" : "application/json");
    if (reply.answer().retryAfter() != null && reply.manner() == Manner.WHOLE)
      headers.set("Retry-After", Long.toString(reply.answer().retryAfter().toSeconds()));
    exchange.sendResponseHeaders(reply.status(), body.length);
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
      case WHOLE, HTML, CLOSED -> out.write(body);
    }
    out.flush();
  }
}
