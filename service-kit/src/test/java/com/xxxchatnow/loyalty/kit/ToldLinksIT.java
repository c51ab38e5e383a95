package com.xxxchatnow.loyalty.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class ToldLinksIT {
  private static final int USERS = 300_000;
  private static final String HEAP = "-Xmx64m";

  @Test
  void more_users_than_fit_into_the_heap_do_not_keep_a_service_from_starting() throws Exception {
    try (var kafka = LocalKafka.start()) {
      var topic = Topics.LINK_UPDATES;
      kafka.createTopics(List.of(WorkerRig.topic(topic.name(), topic.partitions())));
      var registry = LocalRegistry.shared();
      ReleasedSchemas.of(topic).forEach(each -> registry.register(topic.subject(), each));
      publish(new KafkaSettings(kafka.bootstrapServers(), registry.url(), Map.of()));

      try (var service =
          JavaProcess.of(Reader.class)
              .jvmArgs(HEAP)
              .args(kafka.bootstrapServers(), registry.url())
              .start()) {
        var told = service.awaitLine("users told of: ", Duration.ofSeconds(60));

        var known = Integer.parseInt(told.substring(told.indexOf(": ") + 2));
        assertThat(known).as("some are known, the others are asked for").isBetween(20_000, 100_000);
      }
    }
  }

  private static void publish(KafkaSettings kafka) {
    var topic = Topics.LINK_UPDATES.name();
    try (var serializer = kafka.serdes().<LinkUpdated>serializer();
        var producer =
            new KafkaProducer<>(
                kafka.client("links", Map.of()), new StringSerializer(), serializer)) {
      for (var i = 0; i < USERS; i++)
        producer.send(new ProducerRecord<>(topic, user(i), linked(user(i))));
    }
  }

  private static String user(int number) {
    return "user-" + number;
  }

  private static LinkUpdated linked(String user) {
    var id = UUID.randomUUID().toString();
    return new LinkUpdated(id, user, id, LinkStatus.ACTIVE, Instant.EPOCH);
  }

  /** What a service does before it takes its first record. */
  static final class Reader {
    public static void main(String[] args) {
      var kafka = new KafkaSettings(args[0], args[1], Map.of());
      try (var links = new ToldLinks(kafka, "reader", _ -> {})) {
        links.awaitRead();
        var known = IntStream.range(0, USERS).filter(i -> links.of(user(i)).isPresent()).count();
        IO.println("users told of: " + known);
      }
    }
  }
}
