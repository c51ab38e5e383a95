package com.xxxchatnow.loyalty.cli.records;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.cli.console.UserError;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Fits JSON that an operator wrote into a schema, or says why it does not fit. */
final class JsonToAvro {
  private JsonToAvro() {}

  /**
   * The Avro value of a JSON value.
   *
   * @param name the field, for the message
   * @throws UserError when it does not fit
   */
  static Object of(JsonNode json, Schema schema, String name) {
    var value = tried(json, schema, name);
    if (value == null && !json.isNull()) throw unfit(json, schema, name);
    if (value == null && !schema.isNullable()) throw unfit(json, schema, name);
    return value;
  }

  /**
   * The Avro value of a record's field; where the JSON has none, its default or null.
   *
   * @param json null when it is absent
   * @param record the record's name, for the message
   */
  static Object of(JsonNode json, Schema.Field field, String record) {
    if (json != null) return of(json, field.schema(), field.name());
    if (field.hasDefaultValue()) return GenericData.get().getDefaultValue(field);
    if (field.schema().isNullable()) return null;
    throw UserError.usage("--edit: %s lacks %s".formatted(record, field.name()));
  }

  /** Whether a long of this schema is a time in milliseconds. */
  static boolean isTime(Schema schema) {
    return schema.isUnion()
        ? schema.getTypes().stream().anyMatch(JsonToAvro::isTime)
        : schema.getLogicalType() instanceof LogicalTypes.TimestampMillis;
  }

  static Schema elementOf(Schema schema) {
    return branch(schema, Schema.Type.ARRAY).getElementType();
  }

  static Schema mapOf(Schema schema) {
    return branch(schema, Schema.Type.MAP);
  }

  private static Object tried(JsonNode json, Schema schema, String name) {
    return switch (schema.getType()) {
      case UNION -> union(json, schema, name);
      case STRING -> json.isTextual() ? json.textValue() : null;
      case LONG ->
          json.canConvertToExactIntegral() && json.canConvertToLong()
              ? (Object) json.longValue()
              : time(json, schema);
      case INT ->
          json.canConvertToExactIntegral() && json.canConvertToInt() ? json.intValue() : null;
      case BOOLEAN -> json.isBoolean() ? json.booleanValue() : null;
      case DOUBLE -> json.isNumber() ? json.doubleValue() : null;
      case FLOAT -> json.isNumber() ? json.floatValue() : null;
      case ENUM ->
          json.isTextual() && schema.hasEnumSymbol(json.textValue())
              ? new GenericData.EnumSymbol(schema, json.textValue())
              : null;
      case ARRAY -> list(json, schema, name);
      case MAP -> map(json, schema, name);
      case RECORD -> record(json, schema, name);
      case BYTES ->
          json.isTextual() && ISO_8859_1.newEncoder().canEncode(json.textValue())
              ? ISO_8859_1.encode(json.textValue())
              : null;
      case NULL, FIXED -> null;
    };
  }

  private static Object union(JsonNode json, Schema schema, String name) {
    if (json.isNull()) return null;
    for (var type : schema.getTypes()) {
      var value = tried(json, type, name);
      if (value != null) return value;
    }
    return null;
  }

  private static Object time(JsonNode json, Schema schema) {
    if (!json.isTextual() || !isTime(schema)) return null;
    try {
      return OffsetDateTime.parse(json.textValue()).toInstant().toEpochMilli();
    } catch (DateTimeException notATime) {
      return null;
    }
  }

  private static Object list(JsonNode json, Schema schema, String name) {
    if (!json.isArray()) return null;
    var list = new ArrayList<Object>();
    json.forEach(each -> list.add(of(each, schema.getElementType(), name)));
    return list;
  }

  private static Object map(JsonNode json, Schema schema, String name) {
    if (!json.isObject()) return null;
    var map = new TreeMap<String, Object>();
    json.properties()
        .forEach(each -> map.put(each.getKey(), of(each.getValue(), schema.getValueType(), name)));
    return map;
  }

  private static Object record(JsonNode json, Schema schema, String name) {
    if (!json.isObject()) return null;
    var record = new GenericData.Record(schema);
    for (var field : schema.getFields())
      record.put(field.pos(), of(json.get(field.name()), field, name));
    return record;
  }

  private static Schema branch(Schema schema, Schema.Type type) {
    return schema.isUnion()
        ? schema.getTypes().stream()
            .filter(each -> each.getType() == type)
            .findFirst()
            .orElseThrow()
        : schema;
  }

  /** One line that says what does not fit. */
  static UserError unfit(JsonNode json, Schema schema, String name) {
    var type = schema.getType() == Schema.Type.ENUM ? schema.getEnumSymbols() : schema.getType();
    return UserError.usage("--edit: %s does not take %s, it is %s".formatted(name, json, type));
  }
}
