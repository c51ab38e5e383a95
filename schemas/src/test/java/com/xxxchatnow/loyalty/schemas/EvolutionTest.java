package com.xxxchatnow.loyalty.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The check itself: what it lets pass and what it stops. */
class EvolutionTest {
  private static final String ID = "{\"name\": \"id\", \"type\": \"string\"}";
  private static final String FIRST = record(ID);

  @Test
  void the_first_version_may_be_anything() {
    assertThat(Evolution.faults(List.of(), FIRST)).isEmpty();
  }

  @Test
  void a_new_field_with_a_default_may_follow() {
    var schema =
        record(ID + ", {\"name\": \"n\", \"type\": [\"null\", \"int\"], \"default\": null}");
    assertThat(Evolution.faults(List.of(FIRST), schema)).isEmpty();
  }

  @Test
  void a_new_field_without_default_may_not() {
    var schema = record(ID + ", {\"name\": \"n\", \"type\": \"int\"}");
    assertThat(Evolution.faults(List.of(FIRST), schema)).isNotEmpty();
  }

  @Test
  void a_required_field_may_not_go() {
    var second = record("{\"name\": \"n\", \"type\": \"int\", \"default\": 0}");
    assertThat(Evolution.faults(List.of(FIRST), second)).isNotEmpty();
  }

  @Test
  void a_type_may_not_change() {
    var schema = record("{\"name\": \"id\", \"type\": \"long\"}");
    assertThat(Evolution.faults(List.of(FIRST), schema)).isNotEmpty();
  }

  @Test
  void a_new_symbol_of_an_enum_with_a_default_may_follow() {
    assertThat(Evolution.faults(List.of(status("UNKNOWN\", \"A")), status("UNKNOWN\", \"A\", \"B")))
        .isEmpty();
  }

  @Test
  void a_field_that_went_may_not_return_as_something_else() {
    var with = record(ID + ", {\"name\": \"n\", \"type\": \"int\", \"default\": 0}");
    var other = record(ID + ", {\"name\": \"n\", \"type\": \"string\", \"default\": \"\"}");
    assertThat(Evolution.faults(List.of(FIRST), other)).isEmpty();
    assertThat(Evolution.faults(List.of(with, FIRST), other)).isNotEmpty();
  }

  private static String status(String symbols) {
    return record(
        "{\"name\": \"s\", \"type\": {\"type\": \"enum\", \"name\": \"S\", \"symbols\": [\""
            + symbols
            + "\"], \"default\": \"UNKNOWN\"}}");
  }

  private static String record(String fields) {
    return "{\"type\": \"record\", \"name\": \"A\", \"fields\": [" + fields + "]}";
  }
}
