package com.xxxchatnow.loyalty.cli.records;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * A value in Confluent's wire format, read with the schema it was written with: to be shown, and to
 * be corrected by an operator.
 */
public record Payload(byte[] prefix, GenericRecord value) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PREFIX = 5;
  private static final String MASKED = "***";

  /**
   * The record in the bytes; empty when nobody can read them.
   *
   * @throws UserError when the registry is unavailable
   */
  public static Optional<Payload> of(byte[] bytes, SchemaRegistryClient registry) {
    try {
      return Optional.of(read(bytes, registry));
    } catch (UnreadableException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * Why nobody can read the bytes, without a value of theirs; empty when they can be read.
   *
   * @throws UserError when the registry is unavailable
   */
  public static Optional<String> fault(byte[] bytes, SchemaRegistryClient registry) {
    try {
      read(bytes, registry);
      return Optional.empty();
    } catch (UnreadableException unreadable) {
      return Optional.of(RegistryFaults.describe(bytes, unreadable.getCause()));
    }
  }

  private static final class UnreadableException extends Exception {
    UnreadableException(Throwable cause) {
      super(cause);
    }
  }

  private static Payload read(byte[] bytes, SchemaRegistryClient registry)
      throws UnreadableException {
    if (bytes == null || bytes.length < PREFIX || bytes[0] != 0)
      throw new UnreadableException(new AvroRuntimeException("not in the wire format"));
    try {
      var id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
      var schema = ((AvroSchema) registry.getSchemaById(id)).rawSchema();
      var decoder = DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, null);
      var record = (GenericRecord) new GenericDatumReader<Object>(schema).read(null, decoder);
      if (!decoder.isEnd()) throw new AvroRuntimeException("more bytes than the schema has");
      return new Payload(java.util.Arrays.copyOf(bytes, PREFIX), record);
    } catch (IOException | RestClientException failure) {
      if (RegistryFaults.isOutage(failure))
        throw UserError.unavailable(Failures.line(failure), failure);
      throw new UnreadableException(failure);
    } catch (AvroRuntimeException
        | ClassCastException
        | IndexOutOfBoundsException
        | NegativeArraySizeException unreadable) {
      throw new UnreadableException(unreadable);
    }
  }

  /** A field's text; empty when it has none. */
  public Optional<String> text(String field) {
    return value.hasField(field)
        ? Optional.ofNullable(value.get(field)).map(Object::toString)
        : Optional.empty();
  }

  /** What an operator may see: free maps and bytes may hold anything, so they are masked. */
  public ObjectNode sanitised() {
    return object(value, true);
  }

  /** All of it, for a patch to be applied to; bytes are text in ISO 8859-1, as in Avro's JSON. */
  public JsonNode json() {
    try {
      // Read again, so that a number is the same node as in the patch.
      return JSON.readTree(object(value, false).toString());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * The value with what differs from {@link #json}, in the same schema. A field that is gone has
   * its default, or null.
   *
   * @throws UserError naming the field that is not there or does not fit
   */
  public byte[] as(JsonNode wanted) {
    var copy = GenericData.get().deepCopy(value.getSchema(), value);
    update(copy, json(), wanted);
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(prefix);
    try {
      var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(value.getSchema()).write(copy, encoder);
      encoder.flush();
    } catch (IOException inMemory) {
      throw new IllegalStateException(inMemory);
    }
    return bytes.toByteArray();
  }

  /** Only what differs is written: the rest keeps its bytes, whatever JSON makes of it. */
  private static void update(GenericRecord record, JsonNode before, JsonNode after) {
    var schema = record.getSchema();
    if (!after.isObject()) throw JsonToAvro.unfit(after, schema, schema.getName());
    for (var each : after.properties())
      if (schema.getField(each.getKey()) == null)
        throw UserError.usage(
            "--edit: %s has no field %s".formatted(schema.getName(), each.getKey()));
    for (var field : schema.getFields()) {
      var was = before.get(field.name());
      var wanted = after.get(field.name());
      if (was.equals(wanted)) continue;
      if (wanted != null
          && wanted.isObject()
          && record.get(field.pos()) instanceof GenericRecord in) update(in, was, wanted);
      else record.put(field.pos(), JsonToAvro.of(wanted, field, schema.getName()));
    }
  }

  private static ObjectNode object(GenericRecord record, boolean masked) {
    var object = JsonNodeFactory.instance.objectNode();
    for (var field : record.getSchema().getFields())
      object.set(field.name(), json(record.get(field.pos()), field.schema(), masked));
    return object;
  }

  private static JsonNode json(Object value, Schema schema, boolean masked) {
    var nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> nodes.nullNode();
      case GenericRecord record -> object(record, masked);
      case Long millis when JsonToAvro.isTime(schema) ->
          nodes.textNode(Instant.ofEpochMilli(millis).toString());
      case Long number -> nodes.numberNode(number);
      case Integer number -> nodes.numberNode(number);
      case Boolean truth -> nodes.booleanNode(truth);
      case Double number -> nodes.numberNode(number);
      case Float number -> nodes.numberNode(number);
      case ByteBuffer bytes when masked ->
          nodes.textNode(MASKED + " (" + bytes.remaining() + " bytes)");
      case ByteBuffer bytes -> nodes.textNode(ISO_8859_1.decode(bytes.duplicate()).toString());
      case Map<?, ?> map -> map(map, JsonToAvro.mapOf(schema).getValueType(), masked);
      case Iterable<?> list -> {
        var array = nodes.arrayNode();
        list.forEach(each -> array.add(json(each, JsonToAvro.elementOf(schema), masked)));
        yield array;
      }
      default -> nodes.textNode(value.toString());
    };
  }

  private static ObjectNode map(Map<?, ?> map, Schema values, boolean masked) {
    var sorted = new TreeMap<String, Object>();
    map.forEach((key, each) -> sorted.put(key.toString(), each));
    var object = JsonNodeFactory.instance.objectNode();
    sorted.forEach((key, each) ->
        object.set(key, masked ? object.textNode(MASKED) : json(each, values, false)));
    return object;
  }
}
