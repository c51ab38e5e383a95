package com.xxxchatnow.loyalty.webhook.router;

import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * What was published within the last 7 days: RRR re-sends for one. The store drops what is older,
 * segment by segment.
 *
 * <p>An event is known again by its event_id. An event made from RRR's ledger has another event_id
 * than the webhook of the same entry, so between those two what it is about in RRR's books counts.
 * Between two webhooks it does not: RRR tells them apart by event_id.
 */
final class DedupStore {
  static final String STORE = "seen";
  static final Duration WINDOW = Duration.ofDays(7);

  private static final byte[] WEBHOOK = {0};
  private static final byte[] BACKFILL = {1};

  private final WindowStore<String, byte[]> store;

  DedupStore(WindowStore<String, byte[]> store) {
    this.store = store;
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
   * @param now wall time: how old a webhook is says nothing about when its duplicate comes
   * @return by what it was known, {@code event} or {@code business}; null when it is new
   */
  String before(String eventId, String business, boolean backfilled, long now) {
    if (sighted("event:" + eventId, true, now)) return "event";
    if (business != null && sighted(business, backfilled, now)) return "business";
    var mark = backfilled ? BACKFILL : WEBHOOK;
    store.put("event:" + eventId, mark, now);
    if (business != null) store.put(business, mark, now);
    return null;
  }

  /**
   * @param anyMark whether a webhook's sighting counts as well as a backfill's
   */
  private boolean sighted(String key, boolean anyMark, long now) {
    try (var sightings = store.fetch(key, now - WINDOW.toMillis(), now)) {
      while (sightings.hasNext()) {
        if (anyMark || sightings.next().value[0] == BACKFILL[0]) return true;
      }
      return false;
    }
  }
}
