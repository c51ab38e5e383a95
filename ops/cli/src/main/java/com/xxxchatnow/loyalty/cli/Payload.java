package com.xxxchatnow.loyalty.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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
record Payload(byte[] prefix, GenericRecord value) {
  private static final int PREFIX = 5;
  private static final String MASKED = "***";

  /**
   * The record in the bytes; empty when nobody can read them.
   *
   * @throws UserError when the registry is away
   */
  static Optional<Payload> of(byte[] bytes, SchemaRegistryClient registry) {
    if (bytes == null || bytes.length < PREFIX || bytes[0] != 0) return Optional.empty();
    try {
      var id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
      if (!(registry.getSchemaById(id) instanceof AvroSchema schema)) return Optional.empty();
      var decoder = DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, null);
      var value = new GenericDatumReader<Object>(schema.rawSchema()).read(null, decoder);
      return value instanceof GenericRecord record && decoder.isEnd()
          ? Optional.of(new Payload(java.util.Arrays.copyOf(bytes, PREFIX), record))
          : Optional.empty();
    } catch (RestClientException answer) {
      if (answer.getStatus() == 404) return Optional.empty();
      throw UserError.unavailable(Failures.line(answer), answer);
    } catch (java.io.EOFException | AvroRuntimeException unreadable) {
      return Optional.empty();
    } catch (IOException away) {
      throw UserError.unavailable(Failures.line(away), away);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException unreadable) {
      return Optional.empty();
    }
  }

  /** A field's text; empty when it has none. */
  Optional<String> text(String field) {
    return value.hasField(field)
        ? Optional.ofNullable(value.get(field)).map(Object::toString)
        : Optional.empty();
  }

  /** What an operator may see: free maps and bytes may hold anything, so they are masked. */
  ObjectNode sanitised() {
    return object(value);
  }

  /**
   * The value with an RFC 7396 merge patch applied, in the same schema.
   *
   * @throws UserError naming the field that is not there or does not fit
   */
  byte[] patched(JsonNode patch) {
    if (!patch.isObject()) throw UserError.usage("--edit takes a JSON object of fields");
    var copy = GenericData.get().deepCopy(value.getSchema(), value);
    patch.properties().forEach(each -> set(copy, each.getKey(), each.getValue()));
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

  private static void set(GenericRecord record, String name, JsonNode wanted) {
    var field = record.getSchema().getField(name);
    if (field == null)
      throw UserError.usage(
          "--edit: %s has no field %s".formatted(record.getSchema().getName(), name));
    if (wanted.isObject() && record.get(name) instanceof GenericRecord inner) {
      wanted.properties().forEach(each -> set(inner, each.getKey(), each.getValue()));
    } else if (wanted.isObject() && record.get(name) instanceof Map<?, ?> map) {
      record.put(name, merged(map, field.schema(), name, wanted));
    } else {
      record.put(name, Fit.of(wanted, field.schema(), name));
    }
  }

  private static Object merged(Map<?, ?> map, Schema schema, String name, JsonNode wanted) {
    var all = new java.util.TreeMap<String, Object>();
    map.forEach((key, each) -> all.put(key.toString(), each));
    wanted
        .properties()
        .forEach(each -> {
          if (each.getValue().isNull()) all.remove(each.getKey());
          else
            all.put(each.getKey(), Fit.of(each.getValue(), Fit.mapOf(schema).getValueType(), name));
        });
    return all;
  }

  private static ObjectNode object(GenericRecord record) {
    var object = JsonNodeFactory.instance.objectNode();
    for (var field : record.getSchema().getFields())
      object.set(field.name(), json(record.get(field.pos()), field.schema()));
    return object;
  }

  private static JsonNode json(Object value, Schema schema) {
    var nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> nodes.nullNode();
      case GenericRecord record -> object(record);
      case Long millis when Fit.isTime(schema) ->
          nodes.textNode(Instant.ofEpochMilli(millis).toString());
      case Long number -> nodes.numberNode(number);
      case Integer number -> nodes.numberNode(number);
      case Boolean truth -> nodes.booleanNode(truth);
      case Double number -> nodes.numberNode(number);
      case Float number -> nodes.numberNode(number);
      case ByteBuffer bytes -> nodes.textNode(MASKED + " (" + bytes.remaining() + " bytes)");
      case Map<?, ?> map -> masked(map);
      case Iterable<?> list -> {
        var array = nodes.arrayNode();
        list.forEach(each -> array.add(json(each, Fit.elementOf(schema))));
        yield array;
      }
      default -> nodes.textNode(value.toString());
    };
  }

  private static ObjectNode masked(Map<?, ?> map) {
    var object = JsonNodeFactory.instance.objectNode();
    map.keySet().stream().map(Object::toString).sorted().forEach(key -> object.put(key, MASKED));
    return object;
  }
}
