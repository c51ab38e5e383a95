package com.xxxchatnow.loyalty.kit.worker;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A process that is gone, as by SIGKILL, when its worker reaches a step for the n-th time. */
final class HaltingWorker {
  private HaltingWorker() {}

  public static void main(String[] args) {
    // What it leaves open is ended by the broker; 15 s would be long for a test.
    var kafka =
        new KafkaSettings(args[0], "http://127.0.0.1:1", Map.of("transaction.timeout.ms", 3_000));
    var step = Step.valueOf(args[4]);
    var left = new AtomicInteger(Integer.parseInt(args[5]));
    var config =
        WorkerConfig.of(args[1], args[3], kafka)
            .withFaultPoints(reached -> {
              if (reached == step && left.decrementAndGet() == 0) Runtime.getRuntime().halt(9);
            });
    new Worker(
            config,
            delivery -> {
              var record = delivery.record();
              return List.of(new ProducerRecord<>(args[2], record.key(), record.value()));
            },
            share -> {},
            new SimpleMeterRegistry(),
            Throwable::printStackTrace)
        .start();
  }
}
