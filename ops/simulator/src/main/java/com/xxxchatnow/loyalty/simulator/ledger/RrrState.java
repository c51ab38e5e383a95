package com.xxxchatnow.loyalty.simulator.ledger;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.MovableClock;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Everything RRR knows. One lock guards it all, so that looking up a key, judging the call, booking
 * the points and remembering the answer are one step that no other call can come between.
 */
public final class RrrState {
  private final ReentrantLock lock = new ReentrantLock();
  private final MovableClock clock;
  private final Links links;
  private final Ledger ledger;
  private final Earns earns;
  private final Redemptions redemptions;
  private final IdempotencyMemory memory;
  private final Webhooks webhooks;
  private final ClientKey operator;
  private volatile boolean keysInSourceRef;

  public RrrState(SimulatorConfig config, Ids ids, MovableClock clock, Webhooks webhooks) {
    this.clock = clock;
    this.webhooks = webhooks;
    this.operator = new ClientKey(config.clientId, "operator");
    this.keysInSourceRef = config.keysInSourceRef;
    this.ledger = new Ledger(ids, clock, this::announce);
    this.links =
        new Links(config, ids, clock, webhooks, link -> adjust(link, config.startBalance, "START"));
    this.memory = new IdempotencyMemory(config, clock);
    this.earns = new Earns(config, links, ledger, memory);
    this.redemptions = new Redemptions(config, ids, clock, links, ledger, webhooks);
  }

  public <T> T inOneStep(Supplier<T> step) {
    lock.lock();
    try {
      ledger.postDue();
      return step.get();
    } finally {
      lock.unlock();
    }
  }

  /** Points from an operator of RRR, up or down to {@code points}. */
  public void setBalance(String userId, long points) {
    var link = linked(userId);
    adjust(link, points - ledger.available(link.memberId()), "SET_BALANCE");
  }

  public void grant(String userId, long points) {
    adjust(linked(userId), points, "GRANT");
  }

  private Link linked(String userId) {
    return links
        .of(userId)
        .orElseThrow(() -> Refusal.notFound("NOT_LINKED", "the user is not linked"));
  }

  private void adjust(Link link, long points, String reason) {
    if (points == 0) return;
    if (ledger.available(link.memberId()) + points < 0)
      throw Refusal.invalid("points", "the balance would be below 0");
    ledger.post(new Movement(link, LedgerEntry.Type.ADJUST, points, reason, operator, null, null));
  }

  /** From now on, for old entries too; see {@link SimulatorConfig#withKeysInSourceRef}. */
  public void keysInSourceRef(boolean value) {
    keysInSourceRef = value;
  }

  /** What RRR's answers and webhooks name as the entry's {@code source_ref}. */
  public String sourceRef(LedgerEntry entry) {
    return keysInSourceRef ? entry.sourceRef() : "rrr:" + entry.entryId();
  }

  private void announce(LedgerEntry entry) {
    var data =
        Json.object().put("member_id", entry.memberId()).put("points_delta", entry.pointsDelta());
    switch (entry.type()) {
      case EARN ->
          webhooks.emit(
              "POINTS_POSTED",
              entry.memberId(),
              data.put("ledger_entry_id", entry.entryId()).put("source_ref", sourceRef(entry)));
      case REVERSAL ->
          webhooks.emit(
              "POINTS_REVERSED",
              entry.memberId(),
              data.put("reason", entry.reasonCode()).put("ledger_entry_id", entry.entryId()));
      case REDEEM, ADJUST, EXPIRE, TRANSFER_IN, TRANSFER_OUT -> {}
    }
  }

  public MovableClock clock() {
    return clock;
  }

  public Links links() {
    return links;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Earns earns() {
    return earns;
  }

  public Redemptions redemptions() {
    return redemptions;
  }

  public IdempotencyMemory memory() {
    return memory;
  }
}
