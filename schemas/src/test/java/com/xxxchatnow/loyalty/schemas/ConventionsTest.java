package com.xxxchatnow.loyalty.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

/** What holds for every record, so that nobody has to look it up. */
class ConventionsTest {
  private static final Map<String, Schema> NAMED = named();

  @Test
  void every_record_enum_and_field_is_explained() {
    NAMED.forEach((name, schema) -> assertThat(schema.getDoc()).as(name).isNotBlank());
    forEachField((name, field) -> assertThat(field.doc()).as(name).isNotBlank());
  }

  @Test
  void fields_are_in_snake_case() {
    forEachField(
        (name, field) -> assertThat(field.name()).as(name).matches("[a-z]+[0-9]*(_[a-z0-9]+)*"));
  }

  @Test
  void every_enum_starts_with_unknown_and_falls_back_to_it() {
    NAMED.forEach((name, schema) -> {
      if (schema.getType() != Schema.Type.ENUM) return;
      assertThat(schema.getEnumSymbols()).as(name).startsWith("UNKNOWN");
      assertThat(schema.getEnumDefault()).as(name).isEqualTo("UNKNOWN");
    });
  }

  @Test
  void every_moment_is_in_milliseconds_and_nothing_else_is_a_moment() {
    forEachField((name, field) -> {
      var moment = field.name().matches("at|.*_at|.*_until|deadline");
      var type = unwrapped(field.schema());
      assertThat(type.getLogicalType())
          .as(name)
          .isEqualTo(moment ? LogicalTypes.timestampMillis() : null);
    });
  }

  @Test
  void every_amount_of_money_says_its_unit() {
    forEachField((name, field) -> {
      if (field.name().endsWith("minor")) assertThat(field.doc()).as(name).contains("minor unit");
    });
  }

  @Test
  void everything_optional_is_null_by_default() {
    forEachField((name, field) -> {
      if (!field.schema().isNullable()) return;
      assertThat(field.schema().getTypes().getFirst().getType())
          .as(name)
          .isEqualTo(Schema.Type.NULL);
      assertThat(field.hasDefaultValue()).as(name).isTrue();
    });
  }

  private interface Check {
    void of(String name, Schema.Field field);
  }

  private static void forEachField(Check check) {
    NAMED.forEach((name, schema) -> {
      if (schema.getType() != Schema.Type.RECORD) return;
      for (var field : schema.getFields()) check.of(name + "." + field.name(), field);
    });
  }

  private static Schema unwrapped(Schema schema) {
    return schema.isUnion() ? schema.getTypes().getLast() : schema;
  }

  /** Every record and enum that is on a topic, by its full name. */
  private static Map<String, Schema> named() {
    var named = new LinkedHashMap<String, Schema>();
    for (var topic : Topics.RECORDS) collect(SpecificData.get().getSchema(topic.value()), named);
    return named;
  }

  private static void collect(Schema schema, Map<String, Schema> named) {
    switch (schema.getType()) {
      case RECORD -> {
        if (named.put(schema.getFullName(), schema) != null) return;
        for (var field : schema.getFields()) collect(field.schema(), named);
      }
      case ENUM -> named.put(schema.getFullName(), schema);
      case UNION -> schema.getTypes().forEach(type -> collect(type, named));
      case ARRAY -> collect(schema.getElementType(), named);
      case MAP -> collect(schema.getValueType(), named);
      default -> {}
    }
  }
}
