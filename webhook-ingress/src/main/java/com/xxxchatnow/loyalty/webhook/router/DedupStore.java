package com.xxxchatnow.loyalty.webhook.router;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The events published within the last 7 days: RRR resends for one. The store drops older ones,
 * segment by segment.
 *
 * <p>An event is recognized by its event_id. An event made from RRR's ledger has another event_id
 * than the webhook of the same entry, so those two are compared by what they are about in RRR's
 * books. Two webhooks are not: RRR tells them apart by event_id.
 *
 * <p>Not thread-safe; one per stream task, made when the task's stores have been restored.
 */
final class DedupStore {
  static final String STORE = "seen";
  static final Duration WINDOW = Duration.ofDays(7);

  private static final byte[] WEBHOOK = {0};
  private static final byte[] BACKFILL = {1};

  private final WindowStore<String, byte[]> store;
  private final DedupClock clock;

  /**
   * @param nanos a clock that never jumps, as {@link System#nanoTime()}
   */
  DedupStore(WindowStore<String, byte[]> store, LongSupplier nanos) {
    this.store = store;
    this.clock = new DedupClock(store, nanos);
  }

  static StoreBuilder<WindowStore<String, byte[]>> store() {
    return Stores.windowStoreBuilder(
        Stores.persistentWindowStore(STORE, WINDOW, WINDOW, false),
        Serdes.String(),
        Serdes.ByteArray());
  }

  /**
   * Whether the event was seen before; if not, it is from now on.
   *
   * @param business null for none
   * @param now wall time, milliseconds since 1970: how old a webhook is says nothing about when its
   *     duplicate comes
   * @return how it was recognized, {@code event} or {@code business}; null when it is new
   */
  String before(String eventId, String business, boolean backfilled, long now) {
    var time = clock.advance(now);
    if (marked("event:" + eventId, true, time)) return "event";
    if (business != null && marked(business, backfilled, time)) return "business";
    var mark = backfilled ? BACKFILL : WEBHOOK;
    store.put("event:" + eventId, mark, time);
    if (business != null) store.put(business, mark, time);
    return null;
  }

  /**
   * Marks later than {@code time} count: another instance's clock may have been ahead of this
   * one's.
   *
   * @param anyMark whether a webhook's mark counts as well as a backfill's
   */
  private boolean marked(String key, boolean anyMark, long time) {
    try (var marks = store.fetch(key, time - WINDOW.toMillis(), Long.MAX_VALUE)) {
      while (marks.hasNext()) {
        if (anyMark || marks.next().value[0] == BACKFILL[0]) return true;
      }
      return false;
    }
  }
}
