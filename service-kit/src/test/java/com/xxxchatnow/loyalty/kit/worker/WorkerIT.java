package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerIT {
  private static LocalKafka kafka;
  private WorkerRig rig;

  @BeforeAll
  static void start() {
    // A killed member is missed after a moment, not after the default of 45 s.
    kafka =
        LocalKafka.start(
            LocalKafkaConfig.oneBroker().with("group.consumer.session.timeout.ms", "3000"));
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private WorkerRig rig(int partitions) {
    rig = new WorkerRig(kafka, Map.of()).topics(partitions);
    return rig;
  }

  private static ConditionFactory soon() {
    return await().atMost(ofSeconds(30)).pollInterval(ofMillis(50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void each_record_has_its_results_once_and_per_key_in_order(String protocol) {
    rig = new WorkerRig(kafka, Map.of("group.protocol", protocol)).topics(4);
    rig.publish(2_000, 50);
    rig.worker(rig::echo);
    soon().until(() -> rig.resultCount() == 2_000);
    rig.results()
        .forEach((key, values) ->
            assertThat(values.stream().map(Integer::parseInt).toList())
                .isSorted()
                .doesNotHaveDuplicates());
  }

  @Test
  void keys_run_together_and_the_records_of_one_key_do_not() throws Exception {
    rig(1).publish(100, 10);
    var running = ConcurrentHashMap.<String>newKeySet();
    var together = new AtomicInteger();
    var allKeys = new CountDownLatch(10);
    rig.worker(delivery -> {
      var record = delivery.record();
      if (!running.add(new String(record.key(), UTF_8))) together.incrementAndGet();
      allKeys.countDown();
      allKeys.await();
      running.remove(new String(record.key(), UTF_8));
      return rig.echo(delivery);
    });
    soon().until(() -> rig.resultCount() == 100);
    assertThat(together).hasValue(0);
  }

  @Test
  void a_slow_record_holds_back_its_key_alone_and_its_successors_are_not_done_again() {
    rig(1).publish("slow", "0");
    rig.publish(500, 20);
    var first =
        rig.worker(delivery -> {
          var record = delivery.record();
          if (WorkerRig.value(record).equals("0") && new String(record.key(), UTF_8).equals("slow"))
            new CountDownLatch(1).await();
          return rig.echo(delivery);
        });
    soon().until(() -> rig.resultCount() == 500);
    assertThat(committed().offset()).isZero();
    first.close();

    var again = new CopyOnWriteArrayList<Long>();
    rig.worker(delivery -> {
      var record = delivery.record();
      again.add(record.offset());
      return rig.echo(delivery);
    });
    soon().until(() -> rig.resultCount() == 501);
    assertThat(again).containsExactly(0L);
    soon()
        .until(() -> committed().equals(new OffsetAndMetadata(501, committed().leaderEpoch(), "")));
  }

  @Test
  void a_partition_at_its_bound_is_paused_and_keeps_its_owner() {
    rig(1).publish(1_000, 1_000);
    var open = new CountDownLatch(1);
    var started = new AtomicInteger();
    rig.worker(
        rig.config().withMaxUnfinished(50),
        delivery -> {
          started.incrementAndGet();
          open.await();
          return rig.echo(delivery);
        });
    soon().until(() -> rig.metrics.get("worker.partitions.paused").gauge().value() == 1);
    var atTheBound = started.get();
    await().during(ofSeconds(1)).until(() -> started.get() == atTheBound);
    assertThat(atTheBound).isBetween(50, 300);
    open.countDown();
    soon().until(() -> rig.resultCount() == 1_000);
    assertThat(started).hasValue(1_000);
  }

  @Test
  void a_revoked_partition_stops_its_handlers_and_is_redone_by_its_new_owner() {
    rig(2).publish(40, 40);
    var interrupted = new AtomicInteger();
    rig.worker(delivery -> {
      try {
        new CountDownLatch(1).await();
        return List.of();
      } catch (InterruptedException revoked) {
        interrupted.incrementAndGet();
        throw revoked;
      }
    });
    soon().until(() -> rig.metrics.get("worker.running").gauge().value() == 40);
    rig.worker(rig::echo);
    soon().until(() -> interrupted.get() > 0 && rig.resultCount() == interrupted.get());
    assertThat(interrupted.get()).isLessThan(40);
  }

  @Test
  void a_worker_that_is_fenced_in_its_transaction_goes_on_with_new_clients() {
    rig(1);
    var ids = ConcurrentHashMap.<String>newKeySet();
    var fenced = new AtomicBoolean();
    rig.worker(
        rig.config()
            .withFaultPoints(step -> {
              if (step == Step.PRODUCED && fenced.compareAndSet(false, true)) fence(ids);
            }),
        rig::echo);
    rig.publish(100, 10);
    soon().until(() -> rig.resultCount() == 100);
    assertThat(ids).isNotEmpty();
    assertThat(rig.metrics.get("worker.rebuilds").counter().count()).isPositive();
  }

  private void fence(Set<String> ids) {
    try {
      for (var listing : kafka.admin().listTransactions().all().get())
        if (listing.transactionalId().startsWith(rig.group)) ids.add(listing.transactionalId());
      kafka.admin().fenceProducers(ids).all().get();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void a_handler_that_throws_is_called_again_and_holds_back_its_key_alone() {
    rig(1).publish(20, 4);
    var thrown = new AtomicInteger();
    rig.worker(delivery -> {
      var record = delivery.record();
      if (WorkerRig.value(record).equals("0") && thrown.getAndIncrement() < 2)
        throw new IllegalStateException("a defect");
      return rig.echo(delivery);
    });
    soon().until(() -> rig.resultCount() == 20);
    assertThat(thrown.get()).isEqualTo(3);
    assertThat(rig.results().get("k0")).containsExactly("0", "4", "8", "12", "16");
  }

  @Test
  void a_dead_letter_too_large_for_its_topic_is_cut_and_the_records_beside_it_pass() {
    rig(1);
    var dlt = rig.in + ".dlt";
    kafka.createTopics(List.of(WorkerRig.topic(dlt, 1)));
    rig.publish(20, 4);
    rig.publish("large", "x");
    rig.worker(delivery -> {
      var record = delivery.record();
      if (!WorkerRig.value(record).equals("x")) return rig.echo(delivery);
      var letter = new ProducerRecord<>(dlt, record.key(), new byte[2_000_000]);
      letter.headers().add(DeadLetter.REASON, "UNREADABLE".getBytes(UTF_8));
      return List.of(letter);
    });
    soon().until(() -> rig.resultCount() == 20 && rig.read(dlt).size() == 1);
    var letter = rig.read(dlt).getFirst();
    assertThat(letter.key()).isEqualTo("large");
    assertThat(letter.value()).isNull();
    assertThat(letter.headers().lastHeader(DeadLetter.REASON)).isNotNull();
    assertThat(letter.headers().lastHeader(DeadLetter.CUT)).isNotNull();
  }

  @Test
  void a_topic_that_is_created_late_is_worked_on_from_then_on() {
    rig = new WorkerRig(kafka, Map.of("metadata.max.age.ms", "500"));
    var worker = rig.worker(rig::echo);
    soon().until(() -> worker.problem().orElse("").contains("does not exist"));
    rig.topics(2).publish(10, 10);
    soon().until(() -> rig.resultCount() == 10);
    assertThat(worker.problem()).isEmpty();
  }

  @Test
  void a_fault_that_only_an_operator_can_mend_is_handed_on() {
    rig = new WorkerRig(kafka, Map.of("isolation.level", "no such level"));
    rig.topics(1).worker(rig::echo);
    soon().until(() -> !rig.fatal.isEmpty());
    assertThat(rig.fatal.getFirst()).hasMessageContaining("isolation.level");
  }

  @Test
  void a_stop_lets_running_handlers_finish_and_starts_no_more() {
    rig(1).publish(10, 1);
    var started = new AtomicInteger();
    var open = new CountDownLatch(1);
    var worker =
        rig.worker(
            rig.config().withStopWithin(ofSeconds(10)),
            delivery -> {
              started.incrementAndGet();
              open.await();
              return rig.echo(delivery);
            });
    soon().until(() -> started.get() == 1);
    Thread.ofVirtual().start(worker::close);
    await().during(ofMillis(300)).until(() -> started.get() == 1);
    open.countDown();
    soon().until(() -> rig.resultCount() == 1);
    worker.close();
    assertThat(started).hasValue(1);
    assertThat(committed().offset()).isEqualTo(1);
  }

  @Test
  void a_restarted_broker_costs_nothing() {
    rig(4);
    rig.worker(rig::echo);
    rig.publish(200, 20);
    soon().until(() -> rig.resultCount() == 200);
    kafka.stopBroker(1);
    kafka.startBroker(1);
    rig.publish(200, 20);
    soon().until(() -> rig.resultCount() == 400);
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void a_process_that_dies_at_any_step_loses_and_doubles_nothing(Step step) throws Exception {
    var all = 300;
    rig(2).publish(all, 30);
    var bound = step == Step.HANDLING || step == Step.HANDLED ? "100" : "2";
    try (var process =
        JavaProcess.of(HaltingWorker.class)
            .args(kafka.bootstrapServers(), rig.in, rig.out, rig.group, step.name(), bound)
            .start()) {
      soon().until(() -> !process.alive() || rig.resultCount() == 300);
      // It may have settled them all in one transaction: then its second one is of these.
      if (process.alive()) {
        rig.publish(300, 30);
        all = 600;
      }
      assertThat(process.awaitExit(ofSeconds(30))).isEqualTo(9);
    }
    var published = all;
    rig.worker(rig::echo);
    soon().until(() -> rig.resultCount() >= published);
    var values = new ArrayList<String>();
    rig.results().values().forEach(values::addAll);
    assertThat(values).hasSize(published);
    rig.results()
        .forEach((key, ofKey) ->
            assertThat(ofKey.stream().limit(10).map(Integer::parseInt).toList()).isSorted());
  }

  @Test
  void what_a_former_owner_may_have_had_in_hand_is_marked_and_what_lies_behind_it_is_not() {
    rig(1).publish(20, 20);
    var started = new AtomicInteger();
    var first =
        rig.worker(delivery -> {
          started.incrementAndGet();
          new CountDownLatch(1).await();
          return List.of();
        });
    soon().until(() -> started.get() == 20);
    first.close();

    rig.publish(400, 400);
    var attempted = new CopyOnWriteArrayList<Long>();
    rig.worker(
        rig.config().withMaxUnfinished(30),
        delivery -> {
          if (delivery.maybeAttempted()) attempted.add(delivery.record().offset());
          return rig.echo(delivery);
        });
    soon().until(() -> rig.resultCount() == 420);
    assertThat(attempted)
        .as("one window: 30 records and a poll's 50")
        .hasSize(80)
        .allMatch(offset -> offset < 80);
  }

  @Test
  void another_identity_is_refused_until_it_is_recorded_while_nothing_is_in_flight() {
    rig(2).publish(20, 20);
    var intake = new AtomicBoolean(true);
    var open = new CountDownLatch(1);
    var plain = rig.config().withIdentity("plain").withIntake(intake::get);
    var worker =
        rig.worker(
            plain,
            delivery -> {
              if (WorkerRig.value(delivery.record()).equals("7")) open.await();
              return rig.echo(delivery);
            });
    soon().until(() -> rig.resultCount() == 19 && identities().containsValue(inFlight("plain")));
    worker.close();

    rig.worker(rig.config().withIdentity("uuid"), rig::echo);
    soon().until(() -> !rig.fatal.isEmpty());
    assertThat(rig.fatal.getFirst())
        .isInstanceOf(WorkerIdentity.ChangedException.class)
        .hasMessageContaining("\"plain\"")
        .hasMessageContaining("\"uuid\"");
    assertThatThrownBy(() -> record("uuid"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("may be in flight");

    // With a closed intake what was begun is finished, and nothing that lies far behind is begun.
    intake.set(false);
    var closed = rig.worker(plain.withMaxUnfinished(1), rig::echo);
    rig.publish(400, 400);
    soon().until(() -> identities().values().stream().allMatch(WorkerIdentity.Recorded::atRest));
    assertThatThrownBy(() -> record("uuid")).hasMessageContaining("stop its instances");
    closed.close();
    assertThat(rig.resultCount()).isBetween(20, 419);

    soon().ignoreExceptions().until(() -> record("uuid"));
    rig.worker(rig.config().withIdentity("uuid"), rig::echo);
    soon().until(() -> rig.resultCount() == 420);
    assertThat(rig.fatal).hasSize(1);
    assertThat(identities().values()).allMatch(each -> each.identity().equals("uuid"));
  }

  private Map<TopicPartition, WorkerIdentity.Recorded> identities() {
    return WorkerIdentity.recorded(kafka.admin(), rig.in, rig.group);
  }

  private static WorkerIdentity.Recorded inFlight(String identity) {
    return new WorkerIdentity.Recorded(identity, false);
  }

  private boolean record(String identity) {
    WorkerIdentity.record(kafka.admin(), rig.in, rig.group, identity);
    return true;
  }

  /** 128 MB of records for a heap of 64 MB, while the handlers wait and while they work. */
  @Test
  void records_that_are_large_are_held_by_their_bytes_and_not_by_their_number() throws Exception {
    rig(12).publishLarge(2_000, 64 << 10);
    var signal = Files.createTempFile("rrr", "up");
    Files.delete(signal);
    try (var process =
        JavaProcess.of(SmallHeapWorker.class)
            .jvmArgs("-Xmx64m")
            .args(kafka.bootstrapServers(), rig.in, rig.out, rig.group, signal.toString())
            .start()) {
      process.awaitLine("all partitions are at their bound", ofSeconds(60));
      Files.createFile(signal);
      await().atMost(ofSeconds(120)).until(() -> !process.alive() || rig.resultCount() == 2_000);
      assertThat(process.alive()).as(process::output).isTrue();
    } finally {
      Files.deleteIfExists(signal);
    }
  }

  @Test
  void a_share_follows_the_partitions_that_the_topic_gets_while_it_is_read() {
    rig = new WorkerRig(kafka, Map.of("metadata.max.age.ms", "500")).topics(2);
    var shares = new CopyOnWriteArrayList<Double>();
    rig.worker(rig.config(), rig::echo, shares::add);
    soon().until(() -> shares.contains(1.0));
    rig.grow(4);
    soon().until(() -> rig.metrics.get("worker.partitions.assigned").gauge().value() == 4);
    rig.publish(40, 40);
    soon().until(() -> rig.resultCount() == 40);
    assertThat(shares).allMatch(share -> share <= 1).last().isEqualTo(1.0);
  }

  @Test
  void records_behind_the_open_transaction_of_a_stranger_are_seen_as_lag() {
    rig(1);
    rig.worker(rig::echo);
    rig.publish(1, 1);
    soon().until(() -> rig.resultCount() == 1);
    try (var stranger = rig.transaction()) {
      stranger.beginTransaction();
      var _ = stranger.send(new ProducerRecord<>(rig.in, "k", "open"));
      stranger.flush();
      await().atMost(ofSeconds(60)).until(() -> rig.metrics.get("worker.lag").gauge().value() >= 1);
      stranger.abortTransaction();
    }
  }

  private OffsetAndMetadata committed() {
    try {
      return kafka
          .admin()
          .listConsumerGroupOffsets(rig.group)
          .partitionsToOffsetAndMetadata()
          .get()
          .get(new TopicPartition(rig.in, 0));
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
