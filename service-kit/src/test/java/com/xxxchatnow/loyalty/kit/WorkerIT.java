package com.xxxchatnow.loyalty.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.kit.WorkerConfig.Step;
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
  private WorkerBench bench;

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
    bench.close();
  }

  private WorkerBench bench(int partitions) {
    bench = new WorkerBench(kafka, Map.of()).topics(partitions);
    return bench;
  }

  private static ConditionFactory soon() {
    return await().atMost(ofSeconds(30)).pollInterval(ofMillis(50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumer", "classic"})
  void each_record_has_its_results_once_and_per_key_in_order(String protocol) {
    bench = new WorkerBench(kafka, Map.of("group.protocol", protocol)).topics(4);
    bench.publish(2_000, 50);
    bench.worker(bench::echo);
    soon().until(() -> bench.resultCount() == 2_000);
    bench
        .results()
        .forEach((key, values) ->
            assertThat(values.stream().map(Integer::parseInt).toList())
                .isSorted()
                .doesNotHaveDuplicates());
  }

  @Test
  void keys_run_together_and_the_records_of_one_key_do_not() throws Exception {
    bench(1).publish(100, 10);
    var running = ConcurrentHashMap.<String>newKeySet();
    var together = new AtomicInteger();
    var allKeys = new CountDownLatch(10);
    bench.worker(record -> {
      if (!running.add(new String(record.key(), UTF_8))) together.incrementAndGet();
      allKeys.countDown();
      allKeys.await();
      running.remove(new String(record.key(), UTF_8));
      return bench.echo(record);
    });
    soon().until(() -> bench.resultCount() == 100);
    assertThat(together).hasValue(0);
  }

  @Test
  void a_slow_record_holds_back_its_key_alone_and_its_successors_are_not_done_again() {
    bench(1).publish("slow", "0");
    bench.publish(500, 20);
    var first =
        bench.worker(record -> {
          if (WorkerBench.value(record).equals("0")
              && new String(record.key(), UTF_8).equals("slow")) new CountDownLatch(1).await();
          return bench.echo(record);
        });
    soon().until(() -> bench.resultCount() == 500);
    assertThat(committed().offset()).isZero();
    first.close();

    var again = new CopyOnWriteArrayList<Long>();
    bench.worker(record -> {
      again.add(record.offset());
      return bench.echo(record);
    });
    soon().until(() -> bench.resultCount() == 501);
    assertThat(again).containsExactly(0L);
    soon()
        .until(() -> committed().equals(new OffsetAndMetadata(501, committed().leaderEpoch(), "")));
  }

  @Test
  void a_partition_at_its_bound_is_paused_and_keeps_its_owner() {
    bench(1).publish(1_000, 1_000);
    var open = new CountDownLatch(1);
    var started = new AtomicInteger();
    bench.worker(
        bench.config().withMaxUnfinished(50),
        record -> {
          started.incrementAndGet();
          open.await();
          return bench.echo(record);
        });
    soon().until(() -> bench.metrics.get("worker.partitions.paused").gauge().value() == 1);
    var atTheBound = started.get();
    await().during(ofSeconds(1)).until(() -> started.get() == atTheBound);
    assertThat(atTheBound).isBetween(50, 300);
    open.countDown();
    soon().until(() -> bench.resultCount() == 1_000);
    assertThat(started).hasValue(1_000);
  }

  @Test
  void a_revoked_partition_stops_its_handlers_and_is_redone_by_its_new_owner() {
    bench(2).publish(40, 40);
    var interrupted = new AtomicInteger();
    bench.worker(record -> {
      try {
        new CountDownLatch(1).await();
        return List.of();
      } catch (InterruptedException revoked) {
        interrupted.incrementAndGet();
        throw revoked;
      }
    });
    soon().until(() -> bench.metrics.get("worker.running").gauge().value() == 40);
    bench.worker(bench::echo);
    soon().until(() -> interrupted.get() > 0 && bench.resultCount() == interrupted.get());
    assertThat(interrupted.get()).isLessThan(40);
  }

  @Test
  void a_worker_that_is_fenced_in_its_transaction_goes_on_with_new_clients() {
    bench(1);
    var ids = ConcurrentHashMap.<String>newKeySet();
    var fenced = new AtomicBoolean();
    bench.worker(
        bench
            .config()
            .withSteps(step -> {
              if (step == Step.PRODUCED && fenced.compareAndSet(false, true)) fence(ids);
            }),
        bench::echo);
    bench.publish(100, 10);
    soon().until(() -> bench.resultCount() == 100);
    assertThat(ids).isNotEmpty();
    assertThat(bench.metrics.get("worker.rebuilds").counter().count()).isPositive();
  }

  private void fence(Set<String> ids) {
    try {
      for (var listing : kafka.admin().listTransactions().all().get())
        if (listing.transactionalId().startsWith(bench.group)) ids.add(listing.transactionalId());
      kafka.admin().fenceProducers(ids).all().get();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void a_handler_that_throws_is_called_again_and_holds_back_its_key_alone() {
    bench(1).publish(20, 4);
    var thrown = new AtomicInteger();
    bench.worker(record -> {
      if (WorkerBench.value(record).equals("0") && thrown.getAndIncrement() < 2)
        throw new IllegalStateException("a defect");
      return bench.echo(record);
    });
    soon().until(() -> bench.resultCount() == 20);
    assertThat(thrown.get()).isEqualTo(3);
    assertThat(bench.results().get("k0")).containsExactly("0", "4", "8", "12", "16");
  }

  @Test
  void a_dead_letter_too_large_for_its_topic_is_cut_and_the_records_beside_it_pass() {
    bench(1);
    var dlt = bench.in + ".dlt";
    kafka.createTopics(List.of(WorkerBench.topic(dlt, 1)));
    bench.publish(20, 4);
    bench.publish("large", "x");
    bench.worker(record -> {
      if (!WorkerBench.value(record).equals("x")) return bench.echo(record);
      var letter = new ProducerRecord<>(dlt, record.key(), new byte[2_000_000]);
      letter.headers().add(DeadLetter.REASON, "UNREADABLE".getBytes(UTF_8));
      return List.of(letter);
    });
    soon().until(() -> bench.resultCount() == 20 && bench.read(dlt).size() == 1);
    var letter = bench.read(dlt).getFirst();
    assertThat(letter.key()).isEqualTo("large");
    assertThat(letter.value()).isNull();
    assertThat(letter.headers().lastHeader(DeadLetter.REASON)).isNotNull();
    assertThat(letter.headers().lastHeader(DeadLetter.CUT)).isNotNull();
  }

  @Test
  void a_topic_that_is_created_late_is_worked_on_from_then_on() {
    bench = new WorkerBench(kafka, Map.of("metadata.max.age.ms", "500"));
    var worker = bench.worker(bench::echo);
    soon().until(() -> worker.problem().orElse("").contains("does not exist"));
    bench.topics(2).publish(10, 10);
    soon().until(() -> bench.resultCount() == 10);
    assertThat(worker.problem()).isEmpty();
  }

  @Test
  void a_fault_that_only_an_operator_can_mend_is_handed_on() {
    bench = new WorkerBench(kafka, Map.of("isolation.level", "no such level"));
    bench.topics(1).worker(bench::echo);
    soon().until(() -> !bench.fatal.isEmpty());
    assertThat(bench.fatal.getFirst()).hasMessageContaining("isolation.level");
  }

  @Test
  void a_stop_lets_running_handlers_finish_and_starts_no_more() {
    bench(1).publish(10, 1);
    var started = new AtomicInteger();
    var open = new CountDownLatch(1);
    var worker =
        bench.worker(
            bench.config().withStopWithin(ofSeconds(10)),
            record -> {
              started.incrementAndGet();
              open.await();
              return bench.echo(record);
            });
    soon().until(() -> started.get() == 1);
    Thread.ofVirtual().start(worker::close);
    await().during(ofMillis(300)).until(() -> started.get() == 1);
    open.countDown();
    soon().until(() -> bench.resultCount() == 1);
    worker.close();
    assertThat(started).hasValue(1);
    assertThat(committed().offset()).isEqualTo(1);
  }

  @Test
  void a_restarted_broker_costs_nothing() {
    bench(4);
    bench.worker(bench::echo);
    bench.publish(200, 20);
    soon().until(() -> bench.resultCount() == 200);
    kafka.stopBroker(1);
    kafka.startBroker(1);
    bench.publish(200, 20);
    soon().until(() -> bench.resultCount() == 400);
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void a_process_that_dies_at_any_step_loses_and_doubles_nothing(Step step) throws Exception {
    bench(2).publish(300, 30);
    var bound = step == Step.HANDLING || step == Step.HANDLED ? "100" : "2";
    try (var process =
        JavaProcess.of(HaltingWorker.class)
            .args(kafka.bootstrapServers(), bench.in, bench.out, bench.group, step.name(), bound)
            .start()) {
      if (step == Step.POLLED) bench.publish(300, 30);
      assertThat(process.awaitExit(ofSeconds(30))).isEqualTo(9);
    }
    var all = step == Step.POLLED ? 600 : 300;
    bench.worker(bench::echo);
    soon().until(() -> bench.resultCount() >= all);
    var values = new ArrayList<String>();
    bench.results().values().forEach(values::addAll);
    assertThat(values).hasSize(all);
    bench
        .results()
        .forEach((key, ofKey) ->
            assertThat(ofKey.stream().limit(10).map(Integer::parseInt).toList()).isSorted());
  }

  private OffsetAndMetadata committed() {
    try {
      return kafka
          .admin()
          .listConsumerGroupOffsets(bench.group)
          .partitionsToOffsetAndMetadata()
          .get()
          .get(new TopicPartition(bench.in, 0));
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
