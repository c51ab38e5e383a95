package com.xxxchatnow.loyalty.schemas;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.avro.InvalidNumberEncodingException;

/** Tells bytes that nobody can read from a schema registry that is unavailable, and says why. */
public final class RegistryFaults {
  /** The magic byte and the schema's id. */
  private static final int HEADER = 5;

  private static final int NOT_FOUND = 404;

  private RegistryFaults() {}

  /**
   * Whether a failure of a serializer or deserializer came from the registry being unavailable,
   * slow or broken, so that the same bytes may well be read later. A registry that refuses, such as
   * an unknown schema id, does so with a 4xx and an {@code error_code} of its own that fits the
   * status; a 4xx without one is somebody else's, such as a proxy's. 401, 403 and 429 say nothing
   * about the bytes.
   */
  public static boolean isOutage(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case RestClientException response -> {
          return !isRefusal(response);
        }
        // Avro's decoder reports bytes that end too early, or a number without end, as I/O faults.
        case EOFException _, InvalidNumberEncodingException _ -> {
          return false;
        }
        case IOException other -> {
          return !isOtherKindOfSchema(other);
        }
        default -> {}
      }
    }
    return false;
  }

  /**
   * Why a value can't be read, in words that hold nothing of it but its first byte, its length and
   * its schema's id.
   *
   * @param value may be null
   * @param failure what the deserializer threw
   */
  public static String describe(byte[] value, Throwable failure) {
    if (value == null) return "no value";
    if (value.length == 0) return "empty value";
    if (value[0] != 0)
      return "no magic byte (0x%02x)%s"
          .formatted(value[0], looksLikeJson(value[0]) ? ": JSON?" : "");
    if (value.length < HEADER) return "cut after %d bytes".formatted(value.length);
    var id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case RestClientException response when response.getStatus() == NOT_FOUND -> {
          return "schema id %d unknown to the registry".formatted(id);
        }
        case EOFException _, BufferUnderflowException _ -> {
          return "schema id %d: cut after %d bytes".formatted(id, value.length);
        }
        case Exception other when isOtherKindOfSchema(other) -> {
          return "schema id %d is no Avro schema".formatted(id);
        }
        case ClassCastException _ -> {
          return "schema id %d is another record's".formatted(id);
        }
        default -> {}
      }
    }
    return "schema id %d: the bytes do not fit it".formatted(id);
  }

  private static boolean isRefusal(RestClientException response) {
    var status = response.getStatus();
    var code = response.getErrorCode();
    return status >= 400
        && status < 500
        && status != 401
        && status != 403
        && status != 429
        && (code == status || code / 100 == status);
  }

  /**
   * Confluent's client reports a JSON or Protobuf schema, which it has no parser for, like this: as
   * an IOException or, in its cache, as an IllegalStateException.
   */
  private static boolean isOtherKindOfSchema(Exception fault) {
    return fault.getMessage() != null && fault.getMessage().startsWith("Invalid schema");
  }

  private static boolean looksLikeJson(byte first) {
    return first == '{' || first == '[' || first == '"';
  }
}
