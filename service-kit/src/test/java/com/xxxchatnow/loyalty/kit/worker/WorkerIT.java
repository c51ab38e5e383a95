package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
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
      var record = delivery.record();
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
