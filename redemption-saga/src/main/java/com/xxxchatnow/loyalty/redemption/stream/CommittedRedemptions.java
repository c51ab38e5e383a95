package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The redemptions of one store as they are committed. A version that is not yet is waited for: the
 * one before is not in the store any more.
 */
public final class CommittedRedemptions {
  private final Supplier<ReadOnlyRedemptionStore> store;
  private final UncommittedVersions uncommitted;

  /**
   * @param store asked for each look, since an order may leave while it is waited for
   */
  public CommittedRedemptions(
      Supplier<ReadOnlyRedemptionStore> store, UncommittedVersions uncommitted) {
    this.store = store;
    this.uncommitted = uncommitted;
  }

  /**
   * The redemption of an order, or null.
   *
   * @throws TimeoutException when its newest version is neither committed nor gone by then
   */
  public Redemption find(String orderId, Duration limit)
      throws InterruptedException, TimeoutException {
    return find(orderId, System.nanoTime() + limit.toNanos());
  }

  /**
   * The redemptions in a status, the longest there first, at most so many.
   *
   * @throws TimeoutException as {@link #find}, for all of them together
   */
  public List<Redemption> in(RedemptionStatus status, int most, Duration limit)
      throws InterruptedException, TimeoutException {
    var end = System.nanoTime() + limit.toNanos();
    var found = new ArrayList<Redemption>();
    for (var seen : store.get().in(status, most)) {
      var each = isCommitted(seen) ? seen : find(seen.orderId(), end);
      if (each != null && each.status() == status) found.add(each);
    }
    return found;
  }

  private Redemption find(String orderId, long end) throws InterruptedException, TimeoutException {
    while (true) {
      var redemption = store.get().find(orderId);
      if (redemption == null || isCommitted(redemption)) return redemption;
      var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      if (!uncommitted.await(orderId, left)) throw new TimeoutException();
    }
  }

  private boolean isCommitted(Redemption redemption) {
    return uncommitted.isCommitted(redemption.orderId(), redemption.version());
  }
}
