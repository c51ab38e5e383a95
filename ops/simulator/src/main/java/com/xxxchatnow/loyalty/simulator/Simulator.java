package com.xxxchatnow.loyalty.simulator;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import com.xxxchatnow.loyalty.simulator.api.Api;
import com.xxxchatnow.loyalty.simulator.api.Calls;
import com.xxxchatnow.loyalty.simulator.api.Edge;
import com.xxxchatnow.loyalty.simulator.api.Tokens;
import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.MovableClock;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Faults;
import com.xxxchatnow.loyalty.simulator.faults.RateLimit;
import com.xxxchatnow.loyalty.simulator.faults.RatePerSecond;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Https;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.Link;
import com.xxxchatnow.loyalty.simulator.ledger.Links;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import com.xxxchatnow.loyalty.simulator.ledger.RrrState;
import com.xxxchatnow.loyalty.simulator.ledger.Snapshot;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * RRR as an HTTP server of its own on 127.0.0.1: the API of docs/rrr-contract.md with a real ledger
 * behind it, faults on demand, and a full view of the ledger for tests to judge by. The methods
 * here and the admin API over HTTP ({@code /admin}) show and change the same state.
 */
public final class Simulator implements AutoCloseable {
  static {
    // Read once, when the JDK's server is first used: no delayed packets, and no idle connection
    // is closed while a client uses it.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.idleInterval", "86400");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "100000");
  }

  private static final int TICK_MILLIS = 100;

  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads;
  private final ScheduledExecutorService ticks;
  private final MovableClock clock = new MovableClock();
  private final Tokens tokens;
  private final Webhooks webhooks;
  private final RrrState state;
  private final Faults faults;
  private final RateLimit limit;
  private final Calls calls = new Calls();

  private Simulator(SimulatorConfig config) throws IOException {
    servers.add(HttpServer.create(new InetSocketAddress(config.host, config.port), 1_024));
    if (config.httpsPort != null) {
      var address = new InetSocketAddress(config.host, config.httpsPort);
      servers.add(Https.server(address, config.certificates));
    }
    var ids = new Ids(config.seed);
    tokens = new Tokens(config, ids, clock);
    webhooks = new Webhooks(config, ids, clock);
    state = new RrrState(config, ids, clock, webhooks);
    faults = new Faults(config.seed, clock);
    limit = new RateLimit(config.requestsPerSecond, config.burst);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    var edge = new Edge(new Api(tokens, state), tokens, faults, limit, config.retryAfter, calls);
    ticks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("simulator-ticks").factory());
    var _ = ticks.scheduleWithFixedDelay(this::postDue, TICK_MILLIS, TICK_MILLIS, MILLISECONDS);
    for (var each : servers) {
      each.setExecutor(threads);
      each.createContext("/", edge);
      each.createContext("/admin", new Admin(this));
      each.start();
    }
  }

  /** Posts pending points in time, even without calls. */
  private void postDue() {
    change(() -> {});
  }

  private void change(Runnable step) {
    state.inOneStep(() -> {
      step.run();
      return null;
    });
  }

  /** Listens when it returns; {@link UncheckedIOException} when the port is taken. */
  public static Simulator start(SimulatorConfig config) {
    try {
      return new Simulator(config);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "HTTP_PORT: cannot listen on port %d: %s".formatted(config.port, e.getMessage()), e);
    }
  }

  public static void main(String[] args) {
    try {
      var simulator = start(Settings.read(System.getenv()));
      Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "close"));
      IO.println("RRR simulator on " + simulator.baseUri() + ", admin API under /admin");
    } catch (IllegalArgumentException | UncheckedIOException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
    }
  }

  /** What {@code RRR_API_BASE_URL} is set to: no path, no slash at the end. */
  public URI baseUri() {
    return URI.create("http://127.0.0.1:" + servers.getFirst().getAddress().getPort());
  }

  /** The member a user is linked to by default. */
  public static String memberOf(String userId) {
    return Links.memberOf(userId);
  }

  /** Everything RRR has booked, at one moment. */
  public Snapshot snapshot() {
    return state.inOneStep(() ->
        new Snapshot(
            state.ledger().all(),
            state.ledger().balances(),
            state.redemptions().orders(),
            state.links().all()));
  }

  /** Every entry, in the order they were appended. */
  public List<LedgerEntry> ledger() {
    return state.inOneStep(state.ledger()::all);
  }

  /** The entries that were booked under this key, singly or as an item of a batch. */
  public List<LedgerEntry> ledger(String key) {
    return ledger().stream().filter(entry -> entry.sourceRef().equals(key)).toList();
  }

  /** From now on: whether RRR's answers show our key as {@code source_ref}. */
  public void keysInSourceRef(boolean value) {
    state.keysInSourceRef(value);
  }

  public List<RedemptionOrder> orders() {
    return state.inOneStep(state.redemptions()::orders);
  }

  /** Available points; 0 when not linked. */
  public long balance(String userId) {
    return state.inOneStep(
        () -> state.links().of(userId).map(l -> state.ledger().available(l.memberId())).orElse(0L));
  }

  /** Adds points as an ADJUST entry. */
  public void grant(String userId, long points) {
    change(() -> state.grant(userId, points));
  }

  /** Books the difference as an ADJUST entry. */
  public void setBalance(String userId, long points) {
    change(() -> state.setBalance(userId, points));
  }

  /** Fails when either side is already linked; sends a webhook. */
  public Link link(String userId, String memberId) {
    return state.inOneStep(() -> state.links().link(userId, memberId));
  }

  /** Sends a webhook; does nothing when the user is not linked. */
  public void unlink(String userId) {
    change(() -> state.links().unlink(userId));
  }

  public Faults faults() {
    return faults;
  }

  public void expireTokens() {
    tokens.forgetAll();
  }

  /** From now on; 0 per second = no limit. */
  public void rateLimit(int perSecond, int burst) {
    limit.set(perSecond, burst);
  }

  /** The simulator's time, by which tokens, quotes, keys and pending points expire. */
  public Instant now() {
    return clock.instant();
  }

  public void advance(Duration by) {
    clock.advance(by);
    postDue();
  }

  /** The newest 200,000 calls in the order they were answered. */
  public List<Call> calls() {
    return calls.all();
  }

  /** The seconds in which there were calls; of the last day. */
  public List<RatePerSecond> ratePerSecond() {
    return calls.rates();
  }

  public List<WebhookDelivery> webhooks() {
    return webhooks.all();
  }

  /** Where events go from now on; null = they are recorded and not sent. */
  public void webhookUrl(URI url) {
    webhooks.target(url);
  }

  /** Sends any event, also of a type that docs/rrr-contract.md does not list. */
  public WebhookDelivery emit(String eventType, Map<String, ?> data) {
    return emit(eventType, Json.of(data));
  }

  public WebhookDelivery emit(String eventType, JsonNode data) {
    return webhooks.emit(eventType, eventType, data);
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    webhooks.close();
    servers.forEach(each -> each.stop(0));
    threads.shutdownNow();
  }
}
