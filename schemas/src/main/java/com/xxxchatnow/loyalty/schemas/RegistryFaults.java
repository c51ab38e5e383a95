package com.xxxchatnow.loyalty.schemas;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.EOFException;
import java.io.IOException;
import org.apache.avro.InvalidNumberEncodingException;

/** Tells bytes that nobody can read from a schema registry that is away. */
public final class RegistryFaults {
  private RegistryFaults() {}

  /**
   * Whether a failure of a serializer or deserializer came from the registry being away, slow or
   * broken, so that the same bytes may well be read later. A registry that answers 4xx (an unknown
   * schema id: 404) has answered: that is not an outage; 429 and 401/403 are, because they say
   * nothing about the bytes.
   */
  public static boolean isOutage(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case RestClientException answer -> {
          var status = answer.getStatus();
          return status >= 500 || status == 429 || status == 401 || status == 403;
        }
        // Avro's decoder reports bytes that end too early, or a number without end, as I/O faults.
        case EOFException _, InvalidNumberEncodingException _ -> {
          return false;
        }
        case IOException _ -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }
}
