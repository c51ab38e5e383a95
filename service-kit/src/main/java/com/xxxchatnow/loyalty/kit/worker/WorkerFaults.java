package com.xxxchatnow.loyalty.kit.worker;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Tells the faults that new Kafka clients may cure from those that only an operator can. */
public final class WorkerFaults {
  private WorkerFaults() {}

  /** The cause that only an operator can remove, if there is one. */
  public static Optional<Throwable> fatal(Throwable fault) {
    for (var cause = fault; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AuthorizationException _,
            AuthenticationException _,
            UnsupportedVersionException _,
            InvalidGroupIdException _,
            ConfigException _,
            WorkerIdentity.ChangedException _,
            Error _ -> {
          return Optional.of(cause);
        }
        default -> {}
      }
    }
    return Optional.empty();
  }

  /** The same, with the topic's name where the group's coordinator refused it without one. */
  static Throwable named(Throwable fault, String topic) {
    return fault instanceof TopicAuthorizationException refused
            && refused.unauthorizedTopics().isEmpty()
        ? new TopicAuthorizationException(Set.of(topic))
        : fault;
  }
}
