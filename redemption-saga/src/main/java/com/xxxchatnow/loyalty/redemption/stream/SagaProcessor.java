package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.streams.DeadLetters;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Ignored;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Invalid;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Purged;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Transitioned;
import com.xxxchatnow.loyalty.redemption.machine.Event;
import com.xxxchatnow.loyalty.redemption.machine.PaymentDoubt;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Transitions;
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Decoded;
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Undecodable;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the table on one partition: reads a record or a deadline, asks {@link Transitions}, keeps
 * the new version and sends what follows from it. Store, announcements, calls and offsets are one
 * transaction (exactly_once_v2).
 */
final class SagaProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(SagaProcessor.class);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Handled at once at most: after an outage the transaction stays short. */
  private static final int MAX_AT_ONCE = 2_000;

  /** A state may hold a request twice, and must fit into Kafka's 1 MiB: see {@link StateSerde}. */
  private static final int MAX_VALUE_BYTES = 256 * 1024;

  private static final String TOO_LARGE =
      "the value has %d bytes, more than the " + MAX_VALUE_BYTES + " allowed; send a smaller one";

  private final Transitions transitions;
  private final StateSerde format;
  private final EventDecoder reader;
  private final RecordEncoder writer;
  private final SagaMetrics watch;
  private final UncommittedVersions uncommitted;
  private final DeadLetters deadLetters;
  private final ToIntFunction<byte[]> partitions;
  private final Tracing tracing;
  private final Clock clock;
  private ProcessorContext<byte[], byte[]> context;

  /** The record that is processed. */
  private Record<byte[], byte[]> working;

  private RedemptionStore store;
  private DeadlineTimer deadlines;

  /**
   * @param partitions the partition to which a key belongs; below 0: not known just now
   */
  SagaProcessor(
      Transitions transitions,
      StateSerde format,
      EventDecoder reader,
      RecordEncoder writer,
      SagaMetrics watch,
      UncommittedVersions uncommitted,
      DeadLetters deadLetters,
      ToIntFunction<byte[]> partitions,
      Tracing tracing,
      Clock clock) {
    this.transitions = transitions;
    this.format = format;
    this.reader = reader;
    this.writer = writer;
    this.watch = watch;
    this.uncommitted = uncommitted;
    this.deadLetters = deadLetters;
    this.partitions = partitions;
    this.tracing = tracing;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.store = new RedemptionStore(context.getStateStore(SagaTopology.REDEMPTIONS), format);
    uncommitted.began(context.taskId());
    watch.assigned(context.taskId(), store);
    context.schedule(
        LOOK,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> watch.look(context.taskId(), store, clock.instant()));
    deadlines = new DeadlineTimer(context, clock, store::nextDeadline, this::deadlinesPass);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    working = record;
    var source = DeadLetters.source(context, record);
    deadlines.read(record.timestamp());
    switch (read(source)) {
      case Decoded(var orderId, Event.Requested request) when isMisplaced(source) ->
          handle(orderId, request.misplaced(), source);
      case Decoded _ when isMisplaced(source) ->
          deadLetter(record, Reason.INVALID, Transitions.MISPLACED);
      case Decoded(var orderId, var event) -> handle(orderId, event, source);
      case Undecodable(var reason, var detail) -> deadLetter(record, reason, detail);
    }
  }

  @Override
  public void close() {
    watch.revoked(context.taskId());
    uncommitted.ended(context.taskId());
  }

  private Incoming read(ConsumerRecord<byte[], byte[]> source) {
    return source.value() != null && source.value().length > MAX_VALUE_BYTES
        ? new Undecodable(Reason.INVALID, TOO_LARGE.formatted(source.value().length))
        : reader.read(source, clock.instant());
  }

  /** What this partition decides of an order of another one, nobody would hear of. */
  private boolean isMisplaced(ConsumerRecord<byte[], byte[]> source) {
    var right = partitions.applyAsInt(source.key());
    return right >= 0 && right != source.partition();
  }

  private void deadlinesPass() {
    for (var passed : store.passed(clock.instant(), MAX_AT_ONCE))
      handle(passed.orderId(), new Event.DeadlinePassed(passed.deadline()), null);
  }

  /**
   * Decides one event.
   *
   * @param source null for a deadline
   */
  private void handle(String orderId, Event event, ConsumerRecord<byte[], byte[]> source) {
    var now = store.find(orderId);
    PaymentDoubt.about(now, event).ifPresent(this::doubted);
    switch (transitions.decide(now, event, clock.instant())) {
      case Transitioned moved ->
          move(now, moved, source == null ? StepHeaders.of(now) : StepHeaders.of(source));
      case Ignored(var why) -> {
        log.debug("{} is ignored: {}", event.getClass().getSimpleName(), why);
        watch.ignored(event, why);
      }
      case Invalid(var reason, var detail) -> deadLetter(working, reason, detail);
      case Purged _ -> store.forget(now);
    }
  }

  private void doubted(PaymentDoubt doubt) {
    var place = context.recordMetadata().orElseThrow();
    log.warn("{}-{}@{}: {}", place.topic(), place.partition(), place.offset(), doubt);
    watch.doubted(doubt);
  }

  private void move(Redemption before, Transitioned moved, Headers headers) {
    var name = "redemption " + moved.next().status();
    try (var step = tracing.step(name, SpanKind.CONSUMER, headers)) {
      step.to(headers);
      var next = moved.next().tracedBy(TraceHeaders.parent(headers).orElse(null));
      uncommitted.written(context.taskId(), next.orderId(), next.version());
      store.replace(before, next);
      if (next.deadline() != null) deadlines.set(next.deadline());
      forward(SagaTopology.ANNOUNCEMENTS, next, writer.announcement(before, next), headers);
      if (moved.call() != null)
        forward(SagaTopology.CALLS, next, writer.call(moved.call()), headers);
      watch.moved(context.taskId(), before, next);
    }
  }

  private void forward(String sink, Redemption next, byte[] value, Headers headers) {
    var key = next.orderId().getBytes(StandardCharsets.UTF_8);
    context.forward(
        new Record<>(key, value, next.at().toEpochMilli(), new RecordHeaders(headers.toArray())),
        sink);
  }

  private void deadLetter(Record<byte[], byte[]> source, Reason reason, String detail) {
    var place = context.recordMetadata().orElseThrow();
    log.warn(
        "{}-{}@{} is dead-lettered: {}, {}",
        place.topic(),
        place.partition(),
        place.offset(),
        reason,
        detail);
    try {
      deadLetters.forward(context, source, reason, detail);
    } catch (RuntimeException fault) {
      throw RegistryFaults.isOutage(fault) ? new RegistryAwayException(fault) : fault;
    }
  }
}
