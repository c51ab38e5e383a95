package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A short play: purchases of every kind first, then checkouts that spend the points. */
final class Demonstration {
  private static final String UNREADABLE = "these bytes are not Avro";

  private final Publisher publisher;
  private final ResultCollector story;
  private final PublishedOrders cast;
  private final Consumer<String> teller;
  private final Clock clock;
  private final String suffix;

  /**
   * @param suffix makes the orders of this run differ from those of another; may be empty
   */
  Demonstration(
      Publisher publisher,
      ResultCollector story,
      PublishedOrders cast,
      Consumer<String> teller,
      Clock clock,
      String suffix) {
    this.publisher = publisher;
    this.story = story;
    this.cast = cast;
    this.teller = teller;
    this.clock = clock;
    this.suffix = suffix;
  }

  /** Publishes the purchases. */
  void purchases() throws InterruptedException {
    story.onRedemption(this::pay);
    buy("p-1", "alice", PurchaseKind.TOKEN_PURCHASE, 4_999, "USD", null);
    buy("p-2", "bob", PurchaseKind.MEMBERSHIP_PURCHASE, 2_000, "EUR", null);
    buy("p-3", "vera", PurchaseKind.TOKEN_PURCHASE, 3_000, "USD", "VIP");
    buy("p-4", "unlinked-uma", PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
    buy("p-5", "tim", PurchaseKind.TOKEN_PURCHASE, 40, "USD", null);
    buy("p-6", "refused-rita", PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
    buyUnreadable("zoe");
  }

  /** Publishes the checkouts; to be called when the purchases have been earned. */
  void checkouts() throws InterruptedException {
    checkout("c-1", "alice", 20L, PaymentStatus.SUCCEEDED);
    checkout("c-2", "vera", 20L, PaymentStatus.FAILED);
    checkout("c-3", "bob", null, null);
    checkout("c-4", "penniless-pat", 20L, PaymentStatus.SUCCEEDED);
  }

  void buy(String order, String user, PurchaseKind kind, long amount, String currency, String tier)
      throws InterruptedException {
    var purchase =
        PurchaseCompleted.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setOccurredAt(clock.instant())
            .setOrderId(order + suffix)
            .setUserId(user)
            .setKind(kind)
            .setCurrency(currency)
            .setAmountMinor(amount)
            .setUserTier(tier)
            .build();
    cast.purchase(purchase.getEventId(), purchase.getOrderId());
    teller.accept("purchase   " + Publisher.describe(purchase));
    Publisher.sent(publisher.publish(Topics.PURCHASES, user, purchase));
  }

  private void buyUnreadable(String user) throws InterruptedException {
    teller.accept("purchase   of " + user + ": bytes that nobody can read");
    var bytes = UNREADABLE.getBytes(StandardCharsets.UTF_8);
    cast.unreadable(Publisher.sent(publisher.publish(Topics.PURCHASES, user, bytes)));
  }

  void checkout(String order, String user, Long points, PaymentStatus payment)
      throws InterruptedException {
    var total = 5_000;
    var request =
        RedemptionRequested.newBuilder()
            .setOrderId(order + suffix)
            .setUserId(user)
            .setCurrency("USD")
            .setCartTotalMinor(total)
            .setItems(List.of(new CartItem("tokens-500", 1, (long) total)))
            .setMode(points == null ? RedemptionMode.MAX : RedemptionMode.EXACT)
            .setPoints(points)
            .setRequestedAt(clock.instant())
            .build();
    cast.checkout(request.getOrderId(), payment);
    teller.accept(
        "checkout   %s of %s: pay %s with %s points"
            .formatted(request.getOrderId(), user, "50.00 USD", points == null ? "all" : points));
    Publisher.sent(publisher.publish(Topics.REDEMPTION_REQUESTS, request.getOrderId(), request));
  }

  /** The payment system: pays, or fails to, when the quote is there. */
  private void pay(RedemptionStatusChanged change) {
    var payment = cast.payment(change.getOrderId());
    if (payment == null || change.getStatus() != RedemptionStatus.QUOTED) return;
    teller.accept("payment    %s: %s".formatted(change.getOrderId(), payment));
    publisher.publish(
        Topics.PAYMENT_OUTCOMES,
        change.getOrderId(),
        PaymentOutcome.newBuilder()
            .setOrderId(change.getOrderId())
            .setStatus(payment)
            .setQuoteId(payment == PaymentStatus.SUCCEEDED ? change.getQuoteId() : null)
            .setOccurredAt(clock.instant())
            .build());
  }

  /** Order, status, reason, points by result, points at RRR. */
  static String table(PublishedOrders cast, ResultCollector story, RrrLedger ledger) {
    var table = new StringBuilder();
    line(table, "order", "status", "reason", "points", "at RRR");
    for (var result : cast.results(story)) {
      Predicate<RrrLedger.Entry> own = entry -> entry.id().equals(result.getLedgerEntryId());
      var atRrr = ledger.entries().stream().filter(own).mapToLong(RrrLedger.Entry::points).sum();
      line(
          table,
          result.getOrderId(),
          result.getStatus(),
          result.getReason(),
          result.getPoints(),
          atRrr);
    }
    cast.unreadable(story)
        .forEach(letter ->
            line(table, "(" + letter.place() + ")", "DEAD_LETTERED", letter.reason(), 0, 0));
    for (var change : cast.redemptions(story)) {
      var burned = ledger.burned(change.getOrderId());
      line(
          table,
          change.getOrderId(),
          change.getStatus(),
          change.getReason(),
          change.getStatus() == RedemptionStatus.COMMITTED ? -change.getPoints() : 0,
          -burned);
    }
    return table.toString();
  }

  private static void line(StringBuilder table, Object... cells) {
    var texts = new Object[cells.length];
    for (var i = 0; i < cells.length; i++) texts[i] = cells[i] == null ? "-" : cells[i].toString();
    table.append("%-12s %-14s %-20s %8s %8s%n".formatted(texts));
  }
}
