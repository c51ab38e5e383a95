package com.xxxchatnow.loyalty.simulator.ledger;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Every movement of points there ever was, in order, and the balances that follow from them: a
 * balance is always the sum of the member's posted entries and never below 0.
 */
public final class Ledger {
  private final Ids ids;
  private final Clock clock;
  private final Consumer<LedgerEntry> whenPosted;
  private final List<LedgerEntry> entries = new ArrayList<>();
  private final Map<String, List<Integer>> ofMember = new HashMap<>();
  private final Map<String, Long> available = new HashMap<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at));

  private record Due(Instant at, int index) {}

  /** {@code whenPosted} is called with every entry when its points become available. */
  Ledger(Ids ids, Clock clock, Consumer<LedgerEntry> whenPosted) {
    this.ids = ids;
    this.clock = clock;
    this.whenPosted = whenPosted;
  }

  /** The caller has checked that the balance covers what is taken. */
  LedgerEntry post(Movement movement) {
    if (available(movement.link().memberId()) + movement.points() < 0)
      throw new IllegalStateException("a balance below 0: " + movement);
    var index = append(movement, null);
    return posted(index, entries.get(index).createdAt());
  }

  /** The points count from {@code after} on; until then the entry is pending. */
  LedgerEntry postLater(Movement movement, Duration after) {
    var until = clock.instant().plus(after);
    var index = append(movement, until);
    due.add(new Due(until, index));
    return entries.get(index);
  }

  /** Posts the pending entries whose time has come. */
  void postDue() {
    while (!due.isEmpty() && !due.peek().at().isAfter(clock.instant())) {
      var next = due.poll();
      posted(next.index(), next.at());
    }
  }

  public long available(String memberId) {
    return available.getOrDefault(memberId, 0L);
  }

  public long pending(String memberId) {
    return of(memberId).stream()
        .filter(LedgerEntry::pending)
        .mapToLong(LedgerEntry::pointsDelta)
        .sum();
  }

  public List<LedgerEntry> of(String memberId) {
    return ofMember.getOrDefault(memberId, List.of()).stream().map(entries::get).toList();
  }

  public List<LedgerEntry> all() {
    return List.copyOf(entries);
  }

  public Map<String, Long> balances() {
    return Map.copyOf(available);
  }

  private int append(Movement movement, Instant pendingUntil) {
    var link = movement.link();
    entries.add(
        new LedgerEntry(
            ids.next("entry"),
            link.memberId(),
            link.userId(),
            movement.type(),
            movement.points(),
            available(link.memberId()),
            movement.reasonCode(),
            movement.key().key(),
            movement.key().client(),
            movement.orderId(),
            movement.lineId(),
            clock.instant(),
            null,
            pendingUntil));
    var index = entries.size() - 1;
    ofMember.computeIfAbsent(link.memberId(), m -> new ArrayList<>()).add(index);
    return index;
  }

  private LedgerEntry posted(int index, Instant at) {
    var entry = entries.get(index);
    var balance = available(entry.memberId()) + entry.pointsDelta();
    available.put(entry.memberId(), balance);
    var posted = entry.posted(at, balance);
    entries.set(index, posted);
    whenPosted.accept(posted);
    return posted;
  }
}
