package com.xxxchatnow.loyalty.kit.worker;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A worker whose handlers wait for a file, and then take for a record what decoding it takes. */
final class SmallHeapWorker {
  private SmallHeapWorker() {}

  public static void main(String[] args) throws InterruptedException {
    var kafka = new KafkaSettings(args[0], "http://127.0.0.1:1", Map.of());
    var signal = Path.of(args[4]);
    var metrics = new SimpleMeterRegistry();
    new Worker(
            WorkerConfig.of(args[1], args[3], kafka),
            delivery -> {
              var decoded = new String(delivery.record().value(), StandardCharsets.UTF_8);
              while (!Files.exists(signal)) Thread.sleep(20);
              var encoded = decoded.getBytes(StandardCharsets.UTF_16);
              var result = Integer.toString(encoded.length).getBytes(StandardCharsets.UTF_8);
              return List.of(new ProducerRecord<>(args[2], delivery.record().key(), result));
            },
            share -> {},
            metrics,
            fatal -> {
              fatal.printStackTrace();
              Runtime.getRuntime().halt(1);
            })
        .start();
    while (metrics.get("worker.partitions.paused").gauge().value() < 12) Thread.sleep(20);
    IO.println("all partitions are at their bound");
  }
}
