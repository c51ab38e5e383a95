package com.xxxchatnow.loyalty.schemas;

import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.PromotionChanged;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.events.TransferChanged;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** The catalogue of topics: provisioning, serdes, tests and documents read it from here. */
public final class Topics {
  private static final int PARTITIONS = 12;
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration COMPACTED = null;

  private static final String PAYMENTS = "payment system";
  private static final String CHECKOUT = "checkout";
  private static final String EARN = "earn-processor";
  private static final String SAGA = "redemption-saga";
  private static final String INGRESS = "webhook-ingress";
  private static final String OPERATORS = "operators (ops/loyalty)";
  private static final String NOTIFICATIONS = "notification services";
  private static final String REJECTING = "whoever writes the dead letter";

  public static final Topic<PurchaseCompleted> PURCHASES =
      topic("payments.purchases.v1", "user_id", PurchaseCompleted.class, MONTH, PAYMENTS, EARN);
  public static final Topic<EarnResult> EARN_RESULTS =
      topic(
          "loyalty.earn-results.v1",
          "user_id",
          EarnResult.class,
          MONTH,
          EARN,
          PAYMENTS,
          NOTIFICATIONS);
  public static final Topic<RedemptionRequested> REDEMPTION_REQUESTS =
      topic(
          "checkout.redemption-requests.v1",
          "order_id",
          RedemptionRequested.class,
          WEEK,
          CHECKOUT,
          SAGA);
  public static final Topic<PaymentOutcome> PAYMENT_OUTCOMES =
      topic("payments.outcomes.v1", "order_id", PaymentOutcome.class, WEEK, PAYMENTS, SAGA);
  public static final Topic<RedemptionCall> REDEMPTION_CALLS =
      topic("loyalty.redemption-calls.v1", "order_id", RedemptionCall.class, WEEK, SAGA, SAGA);
  public static final Topic<RedemptionReply> REDEMPTION_REPLIES =
      topic("loyalty.redemption-replies.v1", "order_id", RedemptionReply.class, WEEK, SAGA, SAGA);
  public static final Topic<RepairRequested> REDEMPTION_REPAIRS =
      topic(
          "loyalty.redemption-repairs.v1",
          "order_id",
          RepairRequested.class,
          MONTH,
          OPERATORS,
          SAGA);
  public static final Topic<RedemptionStatusChanged> REDEMPTIONS =
      topic(
          "loyalty.redemptions.v1",
          "order_id",
          RedemptionStatusChanged.class,
          MONTH,
          SAGA,
          PAYMENTS,
          CHECKOUT);
  public static final Topic<WebhookReceived> WEBHOOKS =
      topic("rrr.webhooks.v1", "event_id", WebhookReceived.class, MONTH, INGRESS, INGRESS);
  public static final Topic<PointsPosted> POINTS_POSTED =
      topic(
          "loyalty.points-posted.v1",
          "member_id",
          PointsPosted.class,
          MONTH,
          INGRESS,
          NOTIFICATIONS);
  public static final Topic<PointsReversed> POINTS_REVERSED =
      topic(
          "loyalty.points-reversed.v1",
          "member_id",
          PointsReversed.class,
          MONTH,
          INGRESS,
          NOTIFICATIONS);
  public static final Topic<RedemptionConfirmed> REDEMPTION_CONFIRMATIONS =
      topic(
          "loyalty.redemption-confirmations.v1",
          "order_id",
          RedemptionConfirmed.class,
          MONTH,
          INGRESS,
          NOTIFICATIONS);
  public static final Topic<LinkUpdated> LINK_UPDATES =
      topic(
          "loyalty.link-updates.v1",
          "user_id",
          LinkUpdated.class,
          COMPACTED,
          INGRESS,
          INGRESS,
          EARN,
          SAGA);
  public static final Topic<TransferChanged> TRANSFERS =
      topic(
          "loyalty.transfers.v1",
          "transfer_id",
          TransferChanged.class,
          MONTH,
          INGRESS,
          NOTIFICATIONS);
  public static final Topic<PromotionChanged> PROMOTIONS =
      topic(
          "loyalty.promotions.v1",
          "promotion_id",
          PromotionChanged.class,
          COMPACTED,
          INGRESS,
          NOTIFICATIONS);
  public static final Topic<RecordRejected> REJECTIONS =
      topic(
          "loyalty.rejections.v1",
          "the rejected record's",
          RecordRejected.class,
          MONTH,
          REJECTING,
          PAYMENTS,
          CHECKOUT);
  public static final Topic<FlagChanged> FLAGS =
      new Topic<>(
          "loyalty.flags.v1",
          "name of the flag",
          FlagChanged.class,
          1,
          COMPACTED,
          OPERATORS,
          List.of(EARN, SAGA));
  public static final Topic<DeadLetterAction> DEAD_LETTER_ACTIONS =
      new Topic<>(
          "loyalty.dead-letter-actions.v1",
          "the dead letter topic",
          DeadLetterAction.class,
          1,
          Duration.ofDays(365),
          OPERATORS,
          List.of(OPERATORS));

  /** The topics of records, in the order of the data. */
  public static final List<Topic<?>> RECORDS =
      List.of(
          PURCHASES,
          EARN_RESULTS,
          REDEMPTION_REQUESTS,
          PAYMENT_OUTCOMES,
          REDEMPTION_CALLS,
          REDEMPTION_REPLIES,
          REDEMPTION_REPAIRS,
          REDEMPTIONS,
          WEBHOOKS,
          POINTS_POSTED,
          POINTS_REVERSED,
          REDEMPTION_CONFIRMATIONS,
          LINK_UPDATES,
          TRANSFERS,
          PROMOTIONS,
          REJECTIONS,
          FLAGS,
          DEAD_LETTER_ACTIONS);

  /**
   * One dead letter topic for every topic that one of our services works through, with the one
   * service that writes it, and the rejections that go with it. Every other reader of the same
   * topic skips a record that it can't read, counts it and logs its place.
   */
  public static final List<Topic<?>> DEAD_LETTERS =
      List.of(
          PURCHASES.deadLetters(EARN),
          REDEMPTION_REQUESTS.deadLetters(SAGA),
          PAYMENT_OUTCOMES.deadLetters(SAGA),
          REDEMPTION_CALLS.deadLetters(SAGA),
          REDEMPTION_REPLIES.deadLetters(SAGA),
          REDEMPTION_REPAIRS.deadLetters(SAGA),
          WEBHOOKS.deadLetters(INGRESS),
          LINK_UPDATES.deadLetters(INGRESS));

  /** Every topic. */
  public static final List<Topic<?>> ALL =
      Stream.concat(RECORDS.stream(), DEAD_LETTERS.stream()).toList();

  private Topics() {}

  private static <V extends SpecificRecord> Topic<V> topic(
      String name,
      String key,
      Class<V> value,
      Duration retention,
      String writer,
      String... readers) {
    return new Topic<>(name, key, value, PARTITIONS, retention, writer, List.of(readers));
  }
}
