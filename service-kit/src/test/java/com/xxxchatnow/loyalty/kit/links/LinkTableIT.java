package com.xxxchatnow.loyalty.kit.links;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.worker.WorkerRig;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LinkTableIT {
  private static final int USERS = 300_000;
  private static LocalKafka kafka;
  private static LocalRegistry registry;

  @BeforeAll
  static void start() {
    kafka = LocalKafka.start();
    registry = LocalRegistry.shared();
    var topic = Topics.LINK_UPDATES;
    kafka.createTopics(List.of(WorkerRig.topic(topic.name(), topic.partitions())));
    ReleasedSchemas.of(topic).forEach(each -> registry.register(topic.subject(), each));
    var settings = new KafkaSettings(kafka.bootstrapServers(), registry.url(), Map.of());
    try (var serializer = settings.serdes().<LinkUpdated>serializer();
        var producer =
            new KafkaProducer<>(
                settings.client("links", Map.of()), new StringSerializer(), serializer)) {
      for (var i = 0; i < USERS; i++) {
        var _ = producer.send(new ProducerRecord<>(topic.name(), user(i), linked(user(i))));
      }
    }
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void more_users_than_fit_into_the_heap_do_not_keep_a_service_from_starting() {
    assertThat(known("-Xmx64m", false)).isBetween(20_000, 100_000);
  }

  @Test
  void where_nobody_else_is_asked_no_user_is_forgotten() {
    assertThat(known("-Xmx256m", true)).isEqualTo(USERS);
  }

  /** How many of the users a process knows that has read all links. */
  private static int known(String heap, boolean whole) {
    try (var service =
        JavaProcess.of(Reader.class)
            .jvmArgs(heap)
            .args(kafka.bootstrapServers(), registry.url(), Boolean.toString(whole))
            .start()) {
      var told = service.awaitLine("users told of: ", Duration.ofSeconds(60));
      return Integer.parseInt(told.substring(told.indexOf(": ") + 2));
    }
  }

  private static String user(int number) {
    return "user-" + number;
  }

  private static LinkUpdated linked(String user) {
    var id = UUID.randomUUID().toString();
    return new LinkUpdated(id, user, id, LinkStatus.ACTIVE, Instant.EPOCH, LinkSource.WEBHOOK);
  }

  /** What a service does before it takes its first record. */
  static final class Reader {
    public static void main(String[] args) {
      var kafka = new KafkaSettings(args[0], args[1], Map.of());
      try (var links = new LinkTable(kafka, "reader", Boolean.parseBoolean(args[2]), _ -> {})) {
        links.awaitCaughtUp();
        var known = IntStream.range(0, USERS).filter(i -> links.of(user(i)).isPresent()).count();
        IO.println("users told of: " + known);
      }
    }
  }
}
