package com.xxxchatnow.loyalty.cli.console;

import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;

/** Failures of the clients in one line each. */
public final class Failures {
  private Failures() {}

  /** What went wrong, in one line and without a class name where a sentence does. */
  public static String line(Throwable failure) {
    return switch (failure) {
      case UserError error -> error.getMessage();
      case SettingsException settings -> settings.getMessage();
      case TimeoutException timeout -> "Kafka does not answer in time: " + text(timeout);
      case RestClientException answer -> "the schema registry refuses: " + text(answer);
      case java.io.IOException io -> "no connection: " + text(io);
      case ExecutionException wrapped when wrapped.getCause() != null -> line(wrapped.getCause());
      case KafkaException kafka when kafka.getCause() != null ->
          text(kafka) + ": " + line(kafka.getCause());
      default -> text(failure);
    };
  }

  /** The value of an admin call; Kafka's own exception when there is none. */
  public static <T> T await(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) throw cause;
      throw new KafkaException(failure.getCause());
    }
  }

  private static String text(Throwable failure) {
    var message = failure.getMessage();
    if (message == null) return failure.getClass().getSimpleName();
    return Console.printable(message.lines().findFirst().orElse(""));
  }
}
