package com.xxxchatnow.loyalty.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to {@code rrr.webhooks.v1} what Kafka takes from anybody who may write there. */
final class Outsider implements AutoCloseable {
  private static final String TOPIC = Topics.WEBHOOKS.name();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalPipeline pipeline;
  private final KafkaProducer<byte[], byte[]> producer;
  private final HttpClient http = HttpClient.newHttpClient();

  Outsider(LocalPipeline pipeline) {
    this.pipeline = pipeline;
    var config =
        Map.of("max.request.size", 8 * 1024 * 1024, "compression.type", "gzip", "linger.ms", 0);
    producer =
        new KafkaProducer<>(
            pipeline.settings().client("outsider", config),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void writes(int partition, byte[] value) throws ExecutionException, InterruptedException {
    producer.send(new ProducerRecord<>(TOPIC, partition, "k".getBytes(UTF_8), value)).get();
  }

  /** As some clients do: with the timestamp -1, which Kafka calls "no timestamp". */
  void writesWithoutTime(int partition, WebhookReceived webhook)
      throws ExecutionException, InterruptedException {
    var record =
        new ProducerRecord<>(TOPIC, partition, "k".getBytes(UTF_8), bytes(webhook)) {
          @Override
          public Long timestamp() {
            return -1L;
          }
        };
    producer.send(record).get();
  }

  byte[] bytes(WebhookReceived webhook) {
    return pipeline.settings().serdes().<WebhookReceived>serializer().serialize(TOPIC, webhook);
  }

  /** A value in Confluent's wire format under a schema of this family. */
  byte[] ofSchema(String family, String schema, String payload)
      throws IOException, InterruptedException {
    var body = JSON.createObjectNode().put("schemaType", family).put("schema", schema).toString();
    var subject =
        URI.create(pipeline.registry().url() + "/subjects/outsider-" + family + "/versions");
    var request =
        HttpRequest.newBuilder(subject)
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = http.send(request, BodyHandlers.ofString()).body();
    var id = JSON.readTree(answer).path("id").asInt(-1);
    if (id < 0) throw new IOException("a schema of " + family + " is not registered: " + answer);
    var bytes = payload.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(id).put(bytes).array();
  }

  @Override
  public void close() {
    producer.close();
    http.close();
  }
}
