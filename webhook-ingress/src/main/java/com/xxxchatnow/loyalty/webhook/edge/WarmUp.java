package com.xxxchatnow.loyalty.webhook.edge;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets webhooks be taken as soon as brokers and registry respond, however late that is: until then
 * the server responds 503.
 */
public final class WarmUp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final WebhookPublisher webhooks;
  private final Thread thread;
  private volatile String problem = "not tried yet";

  public WarmUp(WebhookPublisher webhooks) {
    this.webhooks = webhooks;
    this.thread = Thread.ofVirtual().name("warm-up").start(this::run);
  }

  /** What is still missing; empty when webhooks are taken. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  private void run() {
    while (problem != null && !Thread.currentThread().isInterrupted()) {
      try {
        webhooks.warmUp();
        problem = null;
        log.info("Webhooks are taken");
      } catch (KafkaException failure) {
        report(failure);
        pause();
      }
    }
  }

  /** Of the cause only: the serializer's own message contains the whole schema. */
  private void report(KafkaException failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    if (!cause.toString().equals(problem))
      log.warn("No webhooks are taken yet: {}", cause.toString());
    problem = cause.toString();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
