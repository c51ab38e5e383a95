package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Who takes part in a run: what was published, and which of it is not decided yet. */
final class PublishedOrders {
  private final Map<String, String> purchases = new LinkedHashMap<>();
  private final Set<String> unreadable = new LinkedHashSet<>();
  private final Set<String> checkouts = new LinkedHashSet<>();

  /** Without this object's lock: the collector asks, holding its own, which we take inside ours. */
  private final Map<String, PaymentStatus> payments = new ConcurrentHashMap<>();

  private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  synchronized void purchase(String eventId, String orderId) {
    purchases.put(eventId, orderId);
  }

  /** Bytes that nobody can read: they are known by their place alone. */
  synchronized void unreadable(RecordMetadata sent) {
    unreadable.add(sent.partition() + "/" + sent.offset());
  }

  /**
   * Remembers a checkout.
   *
   * @param payment how it will be paid when it is quoted; null when nobody will
   */
  synchronized void checkout(String orderId, PaymentStatus payment) {
    if (payment != null) payments.put(orderId, payment);
    checkouts.add(orderId);
  }

  /** Remembers that a checkout will be cancelled when its payment has been committed. */
  void cancelled(String orderId) {
    cancelled.add(orderId);
  }

  boolean isCancelled(String orderId) {
    return cancelled.contains(orderId);
  }

  /** How the checkout is to be paid; null when it is not. */
  PaymentStatus payment(String orderId) {
    return payments.get(orderId);
  }

  synchronized int purchases() {
    return purchases.size() + unreadable.size();
  }

  synchronized int decided(ResultCollector collector) {
    return results(collector).size() + unreadable(collector).size();
  }

  synchronized Collection<EarnResult> results(ResultCollector collector) {
    var results = collector.results();
    return purchases.keySet().stream().map(results::get).filter(Objects::nonNull).toList();
  }

  synchronized List<ResultCollector.Letter> unreadable(ResultCollector collector) {
    return collector.letters().stream()
        .filter(letter -> letter.sourceTopic().equals(Topics.PURCHASES.name()))
        .filter(letter -> unreadable.contains(letter.place()))
        .toList();
  }

  synchronized Collection<RedemptionStatusChanged> redemptions(ResultCollector collector) {
    var redemptions = collector.redemptions();
    return checkouts.stream().map(redemptions::get).filter(Objects::nonNull).toList();
  }

  /** A line for each purchase and checkout whose end nobody has seen. */
  synchronized List<String> undecided(ResultCollector collector) {
    var results = collector.results();
    var redemptions = collector.redemptions();
    var places = unreadable(collector).stream().map(ResultCollector.Letter::place).toList();
    return Stream.of(
            purchases.entrySet().stream()
                .filter(purchase -> !results.containsKey(purchase.getKey()))
                .map(purchase -> purchase.getValue() + ": no result"),
            unreadable.stream()
                .filter(place -> !places.contains(place))
                .map(place -> "the unreadable record at " + place + ": no dead letter"),
            checkouts.stream()
                .filter(order -> !decided(order, redemptions.get(order)))
                .map(order -> order + ": the checkout is not decided"))
        .flatMap(lines -> lines)
        .toList();
  }

  /**
   * Whether nothing more will come: a payment that was late still counts after EXPIRED, a
   * cancellation follows COMMITTED.
   */
  boolean decided(String order, RedemptionStatusChanged change) {
    if (change == null || !ResultCollector.DECIDED.contains(change.getStatus())) return false;
    return switch (change.getStatus()) {
      case EXPIRED -> payment(order) == null;
      case COMMITTED -> !isCancelled(order);
      default -> true;
    };
  }
}
