package com.xxxchatnow.loyalty.simulator.faults;

import com.xxxchatnow.loyalty.simulator.http.Request;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The faults that are set, and which of them strike a call. */
public final class Faults {
  /** A rule as it stands: {@code fired} counts the calls it struck. */
  public record Set(long id, FaultRule rule, long fired) {}

  private final long seed;
  private final Clock clock;
  private final List<Armed> armed = new CopyOnWriteArrayList<>();
  private final AtomicLong lastId = new AtomicLong();

  public Faults(long seed, Clock clock) {
    this.seed = seed;
    this.clock = clock;
  }

  /** Sets a fault beside those already set; the earliest that strikes a call decides it. */
  public long add(FaultRule rule) {
    var id = lastId.incrementAndGet();
    armed.add(new Armed(id, rule, clock.instant().plus(rule.after())));
    return id;
  }

  public void remove(long id) {
    armed.removeIf(fault -> fault.id == id);
  }

  public void clear() {
    armed.clear();
  }

  public List<Set> all() {
    return armed.stream().map(fault -> new Set(fault.id, fault.rule, fault.fired.get())).toList();
  }

  /** The outages that strike this call; they come before everything, the rate limit too. */
  public List<Fault> outages(Request request) {
    return struck(request, Fault.Outage.class::isInstance);
  }

  public List<Fault> others(Request request) {
    return struck(request, fault -> !(fault instanceof Fault.Outage));
  }

  private List<Fault> struck(Request request, Predicate<Fault> wanted) {
    if (armed.isEmpty()) return List.of();
    var faults = new ArrayList<Fault>();
    for (var fault : armed) {
      // Two faults cannot both decide one call: the later one keeps its turn.
      var decided = faults.stream().anyMatch(earlier -> !(earlier instanceof Fault.Delay));
      if (!decided && wanted.test(fault.rule.fault()) && fault.strikes(request))
        faults.add(fault.rule.fault());
    }
    return faults;
  }

  private static double drawn(long start, String name) {
    var mixed = start;
    for (var i = 0; i < name.length(); i++) mixed = mixed * 1_000_003 + name.charAt(i);
    return new SplittableRandom(mixed).nextDouble();
  }

  private final class Armed {
    private final long id;
    private final FaultRule rule;
    private final Instant from;
    private final Pattern path;
    private final RateLimit throttle;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong fired = new AtomicLong();
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    Armed(long id, FaultRule rule, Instant from) {
      this.id = id;
      this.rule = rule;
      this.from = from;
      this.path = Pattern.compile("\\Q" + rule.endpoint().replace("*", "\\E.*\\Q") + "\\E");
      this.throttle =
          rule.fault() instanceof Fault.Throttle limit
              ? new RateLimit(limit.perSecond(), Math.max(1, limit.perSecond()))
              : null;
    }

    boolean strikes(Request request) {
      var strikes =
          inWindow()
              && path.matcher(request.path()).matches()
              && (rule.match() == null || request.contains(rule.match()))
              && strikesUser(request)
              && (rule.share() == 1 || draw(request.identity()) < rule.share())
              && (throttle == null || !throttle.allows())
              && (rule.next() == 0 || taken.incrementAndGet() <= rule.next());
      if (strikes) fired.incrementAndGet();
      return strikes;
    }

    private boolean strikesUser(Request request) {
      if (rule.user() == null && rule.users() == 1) return true;
      return request.users().stream()
          .anyMatch(user ->
              (rule.user() == null || rule.user().equals(user))
                  && (rule.users() == 1 || drawn(seed, user) < rule.users()));
    }

    private boolean inWindow() {
      var now = clock.instant();
      return !now.isBefore(from)
          && (rule.lasting() == null || now.isBefore(from.plus(rule.lasting())));
    }

    /** 0..1, from seed, rule, call and attempt alone: no thread can change it by being faster. */
    private double draw(String identity) {
      var attempt = attempts.merge(identity, 1, Integer::sum);
      return drawn((seed * 31 + id) * 31 + attempt, identity);
    }
  }
}
