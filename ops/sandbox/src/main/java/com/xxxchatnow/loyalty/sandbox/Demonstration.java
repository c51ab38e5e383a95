package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.PromotionChanged;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.events.TransferStatus;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A short story: purchases of every kind, checkouts that spend the points, a link that begins and
 * ends, and what else RRR's webhooks report. How it must end is part of it.
 */
final class Demonstration {
  private static final String UNREADABLE = "these bytes are not Avro";

  private final Publisher publisher;
  private final ResultCollector collector;
  private final PublishedOrders orders;
  private final Consumer<String> print;
  private final Clock clock;
  private final String suffix;
  private final Expectations expectations = new Expectations();

  /**
   * @param suffix makes the orders of this run differ from those of another; may be empty
   */
  Demonstration(
      Publisher publisher,
      ResultCollector collector,
      PublishedOrders orders,
      Consumer<String> print,
      Clock clock,
      String suffix) {
    this.publisher = publisher;
    this.collector = collector;
    this.orders = orders;
    this.print = print;
    this.clock = clock;
    this.suffix = suffix;
  }

  /** Publishes the purchases. */
  void purchases() throws InterruptedException {
    collector.onRedemption(this::pay);
    expect("p-1", "EARNED");
    expect("p-2", "EARNED");
    expect("p-3", "EARNED");
    expect("p-4", "SKIPPED (NOT_LINKED)");
    expect("p-5", "SKIPPED (ZERO_POINTS)");
    expect("p-6", "DEAD_LETTERED (REFUSED_VALIDATION)");
    expectations.event("POINTS_POSTED", PointsPosted.class::isInstance);
    buy("p-1", "alice", PurchaseKind.TOKEN_PURCHASE, 4_999, "USD", null);
    buy("p-2", "bob", PurchaseKind.MEMBERSHIP_PURCHASE, 2_000, "EUR", null);
    buy("p-3", "vera", PurchaseKind.TOKEN_PURCHASE, 3_000, "USD", "VIP");
    buy("p-4", unlinkedUma(), PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
    buy("p-5", "tim", PurchaseKind.TOKEN_PURCHASE, 40, "USD", null);
    buy("p-6", "refused-rita", PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
    buyUnreadable("zoe");
  }

  /** Publishes the checkouts; to be called when the purchases have been earned. */
  void checkouts() throws InterruptedException {
    expect("c-1", "COMMITTED");
    expect("c-2", "REVERSED");
    expect("c-3", "EXPIRED (PAYMENT_TIMEOUT)");
    expect("c-4", "REJECTED (NOT_ELIGIBLE)");
    expectations.event("REDEMPTION_COMMITTED", WebhookEvents.confirmed(ConfirmationKind.COMMITTED));
    checkout("c-1", "alice", 20L, PaymentStatus.SUCCEEDED);
    checkout("c-2", "vera", 20L, PaymentStatus.FAILED);
    checkout("c-3", "bob", null, null);
    checkout("c-4", "penniless-pat", 20L, PaymentStatus.SUCCEEDED);
  }

  /** A checkout that is paid, and cancelled when the points have been burned. */
  void cancellation() throws InterruptedException {
    expect("c-5", "REVERSED");
    expectations.event("REDEMPTION_REVERSED", WebhookEvents.confirmed(ConfirmationKind.REVERSED));
    expectations.event("POINTS_REVERSED", PointsReversed.class::isInstance);
    orders.cancelled("c-5" + suffix);
    checkout("c-5", "alice", 20L, PaymentStatus.SUCCEEDED);
  }

  /** Links a user at RRR. */
  void link(RrrAdmin rrr) throws IOException, InterruptedException {
    print.accept("at RRR     " + unlinkedUma() + " is linked");
    expectations.event(
        "LINK_UPDATED, ACTIVE", WebhookEvents.linked(unlinkedUma(), LinkStatus.ACTIVE));
    rrr.link(unlinkedUma());
  }

  /** A purchase of the user who is linked now. */
  void purchaseOfTheLinkedUser() throws InterruptedException {
    expect("p-7", "EARNED");
    expectations.event(
        "POINTS_POSTED, with the linked user", WebhookEvents.postedTo(unlinkedUma()));
    buy("p-7", unlinkedUma(), PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
  }

  /** Ends the link at RRR. */
  void unlink(RrrAdmin rrr) throws IOException, InterruptedException {
    print.accept("at RRR     " + unlinkedUma() + " is unlinked");
    expectations.event(
        "LINK_UPDATED, REVOKED", WebhookEvents.linked(unlinkedUma(), LinkStatus.REVOKED));
    rrr.unlink(unlinkedUma());
  }

  /** A purchase of the user who is not linked any more. */
  void purchaseOfTheUnlinkedUser() throws InterruptedException {
    expect("p-8", "SKIPPED (NOT_LINKED)");
    buy("p-8", unlinkedUma(), PurchaseKind.TOKEN_PURCHASE, 1_000, "USD", null);
  }

  /** What happens at RRR without the pipeline: a promotion and a transfer. */
  void otherWebhooks(RrrAdmin rrr) throws IOException, InterruptedException {
    expectations.event("PROMOTION_STATUS_CHANGED", PromotionChanged.class::isInstance);
    expectations.event("TRANSFER_COMPLETED", WebhookEvents.transferred(TransferStatus.COMPLETED));
    expectations.event("TRANSFER_REVERSED", WebhookEvents.transferred(TransferStatus.REVERSED));
    var promotion = Map.of("promotion_id", "double-points" + suffix, "status", "ACTIVE");
    rrr.webhook("PROMOTION_STATUS_CHANGED", with(promotion, "previous_status", "DRAFT"));
    var transfer =
        Map.of(
            "transfer_id",
            "t-1" + suffix,
            "from_member_id",
            "vera",
            "to_member_id",
            "bob",
            "points",
            5);
    rrr.webhook("TRANSFER_COMPLETED", transfer);
    rrr.webhook("TRANSFER_REVERSED", with(transfer, "reason", "MISTAKE"));
  }

  /** How this story must end. */
  Expectations expectations() {
    return expectations;
  }

  private void expect(String order, String end) {
    expectations.order(order + suffix, end);
  }

  /** Users with such a name are not linked at first. */
  private String unlinkedUma() {
    return "unlinked-uma" + suffix;
  }

  private static Map<String, Object> with(Map<String, ?> data, String field, Object value) {
    var more = new HashMap<String, Object>(data);
    more.put(field, value);
    return more;
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
    orders.purchase(purchase.getEventId(), purchase.getOrderId());
    print.accept("purchase   " + Publisher.describe(purchase));
    Publisher.sent(publisher.publish(Topics.PURCHASES, user, purchase));
  }

  private void buyUnreadable(String user) throws InterruptedException {
    print.accept("purchase   of " + user + ": bytes that nobody can read");
    var bytes = UNREADABLE.getBytes(StandardCharsets.UTF_8);
    orders.unreadable(Publisher.sent(publisher.publish(Topics.PURCHASES, user, bytes)));
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
    orders.checkout(request.getOrderId(), payment);
    print.accept(
        "checkout   %s of %s: pay %s with %s points"
            .formatted(request.getOrderId(), user, "50.00 USD", points == null ? "all" : points));
    Publisher.sent(publisher.publish(Topics.REDEMPTION_REQUESTS, request.getOrderId(), request));
  }

  /** The payment system: pays, or fails to, when the quote is there; cancels what was committed. */
  private void pay(RedemptionStatusChanged change) {
    var payment = orders.payment(change.getOrderId());
    if (payment == null) return;
    if (change.getStatus() == RedemptionStatus.QUOTED)
      publish(change, payment, payment == PaymentStatus.SUCCEEDED ? change.getQuoteId() : null);
    if (change.getStatus() == RedemptionStatus.COMMITTED && orders.isCancelled(change.getOrderId()))
      publish(change, PaymentStatus.CANCELLED, null);
  }

  private void publish(RedemptionStatusChanged change, PaymentStatus payment, String quoteId) {
    print.accept("payment    %s: %s".formatted(change.getOrderId(), payment));
    var _ =
        publisher.publish(
            Topics.PAYMENT_OUTCOMES,
            change.getOrderId(),
            PaymentOutcome.newBuilder()
                .setOrderId(change.getOrderId())
                .setStatus(payment)
                .setQuoteId(quoteId)
                .setOccurredAt(clock.instant())
                .build());
  }
}
