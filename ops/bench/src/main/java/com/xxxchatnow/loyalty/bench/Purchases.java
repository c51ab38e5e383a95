package com.xxxchatnow.loyalty.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult.Accepted;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Purchases that RRR has booked and whose results stand in the topic, as after a day. */
final class Purchases implements AutoCloseable {
  private static final int A_CALL = 100;
  private static final int AT_ONCE = 4;
  private static final int UNLIMITED = 10_000;
  private static final long POINTS = 10;

  private final RrrClient rrr;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Serializer<EarnResult> values;
  private final int perMember;

  /**
   * @param perMember how many each member makes
   */
  Purchases(Stack stack, int perMember) {
    this.perMember = perMember;
    var config = SimulatorConfig.defaults();
    rrr =
        new RrrClient(
            RrrClientConfig.of(
                stack.simulator().baseUri(), config.clientId(), config.clientSecret()),
            new Budget(UNLIMITED, UNLIMITED),
            Clock.systemUTC(),
            new SimpleMeterRegistry());
    var bytes = new ByteArraySerializer();
    producer =
        new KafkaProducer<>(
            stack.settings().client("purchases", Map.of("linger.ms", 20, "batch.size", 65_536)),
            bytes,
            bytes);
    values = stack.settings().serdes().serializer();
  }

  /** Books and writes the purchases with the numbers from {@code first} to before {@code end}. */
  void make(int first, int end) throws InterruptedException, ExecutionException {
    var calls = new ArrayList<Callable<Void>>();
    for (var from = first; from < end; from += A_CALL) {
      var begin = from;
      calls.add(() -> makeSome(begin, Math.min(begin + A_CALL, end)));
    }
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var done : threads.invokeAll(calls)) done.get();
    }
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
    values.close();
    rrr.close();
  }

  private Void makeSome(int first, int end) throws InterruptedException {
    var items = new ArrayList<EarnItem>();
    for (var number = first; number < end; number++) items.add(item(number));
    switch (rrr.earnBatch(items, CallOptions.untilAnswered(UUID.randomUUID()))) {
      case Outcome.Done(var results, _, _) -> {
        for (var i = 0; i < items.size(); i++) {
          if (!(results.get(i) instanceof Accepted(_, var earned)))
            throw new IllegalStateException("not booked: " + results.get(i));
          write(items.get(i), earned);
        }
      }
      case Outcome.Refused<?> refused -> throw new IllegalStateException(refused.toString());
      case Outcome.Unanswered<?> later -> throw new IllegalStateException(later.toString());
    }
    return null;
  }

  private EarnItem item(int number) {
    var user = "u-" + number / perMember;
    var order = "o-" + number;
    var request =
        new EarnRequest(
            user,
            Simulator.memberOf(user),
            EarnRequest.Source.TOKEN_PURCHASE,
            order,
            "1",
            "USD",
            POINTS * 100,
            POINTS,
            EarnRequest.PostingMode.POSTED,
            null,
            Map.of());
    return new EarnItem(request, "token_purchase_" + order);
  }

  /** One that does not arrive is an entry that nobody claims: reconcile finds it. */
  private void write(EarnItem item, Earned earned) {
    var request = item.request();
    var result =
        EarnResult.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setOccurredAt(earned.postedAt())
            .setOrderId(request.orderId())
            .setLineId(request.lineId())
            .setUserId(request.clientUserId())
            .setRrrMemberId(request.memberId())
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setPoints(request.points())
            .setStatus(EarnStatus.EARNED)
            .setIdempotencyKey(item.idempotencyKey())
            .setLedgerEntryId(earned.ledgerEntryId())
            .setPostedAt(earned.postedAt())
            .setAttempts(1)
            .build();
    var topic = Topics.EARN_RESULTS.name();
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic, request.clientUserId().getBytes(UTF_8), values.serialize(topic, result)));
  }
}
