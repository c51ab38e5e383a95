package com.xxxchatnow.loyalty.simulator.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.MovableClock;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to XCN at least once: each is sent again after each of the configured delays
 * until it is answered 2xx. Events of one member are sent first in the order they happened.
 */
public final class Webhooks implements AutoCloseable {
  /**
   * The call in hand: the events that it causes carry its trace (docs/rrr-contract.md#transport).
   */
  public static final ScopedValue<Request> CAUSE = ScopedValue.newInstance();

  private static final List<String> TRACE = List.of("X-Request-Trace", "traceparent");
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final int QUEUES = 16;
  private static final int MAX_SCRAMBLED_MILLIS = 100;

  private final SimulatorConfig config;
  private final Ids ids;
  private final MovableClock clock;
  private final WebhookSigner signer;
  private final HttpClient http;
  private final List<ExecutorService> queues = new ArrayList<>();
  private final ScheduledExecutorService later;
  private final ConcurrentSkipListMap<Long, WebhookDelivery> events = new ConcurrentSkipListMap<>();
  private final AtomicLong lastNumber = new AtomicLong();
  private volatile URI target;

  /** What stays the same in every attempt to send an event. */
  private record Sending(
      long number,
      URI target,
      Instant firstAt,
      String nonce,
      int queue,
      Map<String, String> trace) {}

  public Webhooks(SimulatorConfig config, Ids ids, MovableClock clock) {
    this.config = config;
    this.ids = ids;
    this.clock = clock;
    this.signer = new WebhookSigner(config);
    target(config.webhookUrl);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(config.webhookTimeout)
            .build();
    var threads = Thread.ofVirtual().name("webhook-", 0).factory();
    for (var i = 0; i < QUEUES; i++) queues.add(Executors.newSingleThreadExecutor(threads));
    this.later =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("webhook-retries").factory());
  }

  /** Where events go from now on (http, https); null = they are recorded and not sent. */
  public void target(URI url) {
    target = SimulatorConfig.checkedWebhookUrl(url);
  }

  public List<WebhookDelivery> all() {
    return List.copyOf(events.values());
  }

  public WebhookDelivery emit(String type, String about, JsonNode data) {
    var number = lastNumber.incrementAndGet();
    var eventId = ids.next("event");
    var body = Json.object().put("event_id", eventId).put("event_type", type).set("data", data);
    var url = target;
    var event =
        new WebhookDelivery(
            number,
            eventId,
            type,
            new String(Json.write(body), UTF_8),
            url == null ? WebhookDelivery.State.UNSENT : WebhookDelivery.State.WAITING,
            0,
            0,
            null);
    events.put(number, event);
    if (url != null) send(number, url, about);
    return event;
  }

  private void send(long number, URI url, String about) {
    var nonce = ids.next("nonce");
    var trace = trace();
    if (config.webhookScrambled) {
      var random = new SplittableRandom(config.seed * 31 + number);
      var sending = new Sending(number, url, clock.outside(), nonce, random.nextInt(QUEUES), trace);
      attemptAfter(Duration.ofMillis(random.nextInt(MAX_SCRAMBLED_MILLIS)), sending, 0);
    } else {
      var queue = Math.floorMod(about.hashCode(), QUEUES);
      attemptAfter(
          Duration.ZERO, new Sending(number, url, clock.outside(), nonce, queue, trace), 0);
    }
  }

  /**
   * The trace headers of the call that causes the event; none for what an operator or time does.
   */
  private static Map<String, String> trace() {
    var trace = new TreeMap<String, String>();
    if (!CAUSE.isBound()) return trace;
    for (var name : TRACE) {
      var value = CAUSE.get().header(name);
      if (value != null) trace.put(name, value);
    }
    return trace;
  }

  private void attemptAfter(Duration pause, Sending sending, int attempt) {
    Runnable run = () -> attempt(sending, attempt);
    try {
      if (pause.isZero()) {
        queues.get(sending.queue()).execute(run);
      } else {
        var _ =
            later.schedule(
                () -> attemptAfter(Duration.ZERO, sending, attempt),
                pause.toNanos(),
                TimeUnit.NANOSECONDS);
      }
    } catch (RejectedExecutionException closed) {
      LOG.debug("Event {} is not sent: the simulator is closed", sending.number());
    }
  }

  private void attempt(Sending sending, int attempt) {
    var status = post(sending);
    var event =
        events.computeIfPresent(
            sending.number(), (_, before) -> before.attempted(status, clock.outside()));
    if (status / 100 == 2) {
      if (attempt >= 0 && wantsDuplicate(sending.number()))
        attemptAfter(Duration.ZERO, sending, -1);
    } else if (attempt >= 0) {
      retry(sending, attempt, event);
    }
  }

  private void retry(Sending sending, int attempt, WebhookDelivery event) {
    if (attempt < config.webhookRetryDelays.size()) {
      attemptAfter(config.webhookRetryDelays.get(attempt), sending, attempt + 1);
      return;
    }
    events.computeIfPresent(sending.number(), (_, before) -> before.gaveUp());
    LOG.warn(
        "Gave up on event {} after {} attempts, last status {}",
        event.eventId(),
        event.attempts(),
        event.lastStatus());
  }

  private boolean wantsDuplicate(long number) {
    return new SplittableRandom(config.seed * 37 + number).nextDouble() < config.webhookDuplicates;
  }

  /** The status, or 0 without an answer. */
  private int post(Sending sending) {
    var body = events.get(sending.number()).body().getBytes(UTF_8);
    var at = config.webhookKeepsTimestamp ? sending.firstAt() : clock.outside();
    var request =
        HttpRequest.newBuilder(sending.target())
            .timeout(config.webhookTimeout)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body));
    sending.trace().forEach(request::header);
    signer.headers(sending.target(), at, sending.nonce(), body).forEach(request::header);
    try {
      return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    } catch (IOException unreachable) {
      return 0;
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public void close() {
    later.shutdownNow();
    queues.forEach(ExecutorService::shutdownNow);
    http.shutdownNow();
  }
}
