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
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Readable;
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Undecodable;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.Cancellable;
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

  /** Deadlines closer together than this are handled together. */
  private static final Duration MIN_WAIT = Duration.ofMillis(10);

  /** Kafka Streams keeps a cancelled timer till its time, which for a retention is a month. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  /** With nothing older than the start read for so long, all that lay there has been read. */
  private static final Duration CATCHING_UP = Duration.ofSeconds(2);

  /** A publisher whose clock is slow must not keep deadlines waiting for longer. */
  private static final Duration MAX_CATCHING_UP = Duration.ofMinutes(1);

  /** Handled at once at most: after an outage the transaction stays short. */
  private static final int MAX_AT_ONCE = 2_000;

  private final Transitions transitions;
  private final StateSerde format;
  private final EventDecoder reader;
  private final RecordEncoder writer;
  private final SagaMetrics watch;
  private final UncommittedVersions uncommitted;
  private final DeadLetters deadLetters;
  private final Tracing tracing;
  private final Clock clock;
  private ProcessorContext<byte[], byte[]> context;

  /** The record that is processed. */
  private Record<byte[], byte[]> working;

  private RedemptionStore store;
  private Cancellable timer;
  private Instant timerAt = Instant.MAX;
  private Instant started;
  private Instant caughtUp;

  SagaProcessor(
      Transitions transitions,
      StateSerde format,
      EventDecoder reader,
      RecordEncoder writer,
      SagaMetrics watch,
      UncommittedVersions uncommitted,
      DeadLetters deadLetters,
      Tracing tracing,
      Clock clock) {
    this.transitions = transitions;
    this.format = format;
    this.reader = reader;
    this.writer = writer;
    this.watch = watch;
    this.uncommitted = uncommitted;
    this.deadLetters = deadLetters;
    this.tracing = tracing;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.store = new RedemptionStore(context.getStateStore(SagaTopology.REDEMPTIONS), format);
    watch.assigned(context.taskId(), store);
    context.schedule(
        LOOK,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> watch.look(context.taskId(), store, clock.instant()));
    started = clock.instant();
    caughtUp = started.plus(CATCHING_UP);
    store.nextDeadline().ifPresent(this::setTimer);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    working = record;
    var source = source(record);
    if (record.timestamp() < started.toEpochMilli()) catchingUp();
    switch (reader.read(source, clock.instant())) {
      case Readable(var orderId, var event) -> handle(orderId, event, source);
      case Undecodable(var reason, var detail) -> deadLetter(record, reason, detail);
    }
  }

  @Override
  public void close() {
    watch.revoked(context.taskId());
    uncommitted.dropped(context.taskId());
  }

  private void catchingUp() {
    var now = clock.instant();
    if (now.isBefore(started.plus(MAX_CATCHING_UP))) caughtUp = now.plus(CATCHING_UP);
  }

  /** What came in time while nobody ran, such as a payment, is read before its deadline counts. */
  private void deadlines() {
    var now = clock.instant();
    var catchingUp = now.isBefore(caughtUp);
    if (!catchingUp)
      for (var passed : store.passed(now, MAX_AT_ONCE))
        handle(passed.orderId(), new Event.DeadlinePassed(passed.deadline()), null);
    timer.cancel();
    timerAt = Instant.MAX;
    if (catchingUp) setTimer(caughtUp);
    else store.nextDeadline().ifPresent(this::setTimer);
  }

  /** One timer a task, for its earliest deadline; what ends before its deadline leaves it set. */
  private void setTimer(Instant deadline) {
    var now = clock.instant();
    var wait = Duration.between(now, deadline);
    if (wait.compareTo(MIN_WAIT) < 0) wait = MIN_WAIT;
    if (wait.compareTo(MAX_WAIT) > 0) wait = MAX_WAIT;
    if (!now.plus(wait).isBefore(timerAt)) return;
    if (timer != null) timer.cancel();
    timerAt = now.plus(wait);
    timer = context.schedule(wait, PunctuationType.WALL_CLOCK_TIME, _ -> deadlines());
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
      case Transitioned moved -> move(now, moved, source == null ? StepHeaders.of(now) : StepHeaders.of(source));
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
      if (next.deadline() != null) setTimer(next.deadline());
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

  private ConsumerRecord<byte[], byte[]> source(Record<byte[], byte[]> record) {
    var place = context.recordMetadata().orElseThrow();
    return new ConsumerRecord<>(
        place.topic(),
        place.partition(),
        place.offset(),
        record.timestamp(),
        TimestampType.CREATE_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        record.key(),
        record.value(),
        record.headers(),
        Optional.empty());
  }
}
