package com.xxxchatnow.loyalty.earn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(Dialects.getDraft202012())
          .getSchema(PolicyFile.class.getResourceAsStream("earn-policy.schema.json"));

  private static final String GOOD =
      """
      versions:
        - from: 2026-01-01T00:00
          rates:
            TOKEN_PURCHASE: {points_per_unit: 1, of: exact_amount}
            MEMBERSHIP_PURCHASE: {points_per_unit: 2, of: whole_units}
          tiers: {VIP: 1.5}
          cap: 100000
      campaigns:
        - name: black-friday
          from: 2026-11-27T00:00
          until: 2026-11-30T00:00
          multiplier: 2
          kinds: [TOKEN_PURCHASE]
      """;

  /**
   * Each replaces a piece of the good file by another. The last column says what JSON Schema makes
   * of it: it knows no calendar, compares no two values, and sees what YAML has parsed.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          versions:               | version:                   | line 1: versions is missing         | refuses
          2026-01-01T00:00        | 2026-13-01T00:00           | line 2: 2026-13-01T00:00 must be a  | takes
          2026-01-01T00:00        | 2026-02-29T00:00           | line 2: 2026-02-29T00:00 must be a  | takes
          2026-01-01T00:00        | yesterday                  | line 2: yesterday must be a time    | refuses
          2026-01-01T00:00        | 2026-01-01T00:00:00.5      | line 2: 2026-01-01T00:00:00.5 must  | refuses
          TOKEN_PURCHASE: {       | TOKENS: {                  | line 4: TOKENS is no kind of        | refuses
          points_per_unit: 1      | points_per_unit: -1        | line 4: -1 must be a number from 0  | refuses
          points_per_unit: 1      | points_per_unit: 1e9       | line 4: 1e9 must be a number from 0 | refuses
          points_per_unit: 1      | points_per_unit: 1000000.1 | line 4: 1000000.1 must be a number  | refuses
          points_per_unit: 1      | points_per_unit: 0.0000001 | line 4: 0.0000001 must be a number  | takes
          points_per_unit: 1      | points_per_unit: '1'       | line 4: 1 must be a number from 0   | refuses
          points_per_unit: 1      | points: 1                  | line 4: points is unknown here      | refuses
          of: exact_amount        | of: about                  | line 4: of must be exact_amount or  | refuses
          ', of: exact_amount'    | ''                         | line 4: of is missing               | refuses
          {VIP: 1.5}              | {VIP: much}                | line 6: much must be a number       | refuses
          {VIP: 1.5}              | VIP                        | line 6: names with values are       | refuses
          {VIP: 1.5}              | {VIP: 1.5, VIP: 2}         | line 6: VIP stands twice            | takes
          cap: 100000             | cap: 1.5                   | line 7: cap must be a whole number  | refuses
          cap: 100000             | cap: -1                    | line 7: cap must be a whole number  | refuses
          cap: 100000             | cap: '1'                   | line 7: cap must be a whole number  | refuses
          cap: 100000             | top: 1                     | line 7: top is unknown here         | refuses
          name: black-friday      | name: ' '                  | line 9: a value is expected here    | refuses
          2026-11-27T00:00        | 2026-03-08T02:30           | line 10: 2026-03-08T02:30 falls     | takes
          2026-11-27T00:00        | 2026-11-01T01:30           | line 10: 2026-11-01T01:30 falls     | takes
          until: 2026-11-30T00:00 | until: 2026-11-27T00:00    | line 11: until must be after from   | takes
          multiplier: 2           | multiplier: {}             | line 12: a value is expected here   | refuses
          [TOKEN_PURCHASE]        | TOKEN_PURCHASE             | line 13: a list is expected here    | refuses
          [TOKEN_PURCHASE]        | [UNKNOWN]                  | line 13: UNKNOWN is no kind of      | refuses
          """)
  void a_fault_is_told_with_its_line(String piece, String other, String fault, String schema) {
    var text = GOOD.replaceFirst(java.util.regex.Pattern.quote(piece), other == null ? "" : other);
    assertThat(text).isNotEqualTo(GOOD);
    assertThatThrownBy(() -> PolicyTest.read(text))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining(fault);
    assertThat(SCHEMA.validate(text, InputFormat.YAML).isEmpty() ? "takes" : "refuses")
        .isEqualTo(schema);
  }

  /** What the reader takes, the schema takes: an editor never complains about a good file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          versions:                  | versions:
          2026-01-01T00:00           | 2026-01-01T00:00:30
          2026-01-01T00:00           | 2026-01-01T00:00Z
          2026-01-01T00:00           | '2026-01-01T00:00:00-05:00'
          2026-11-27T00:00           | 2026-03-08T02:30-05:00
          points_per_unit: 1         | points_per_unit: 1000000
          points_per_unit: 1         | points_per_unit: 0.000001
          ', of: exact_amount'       | ', "of": "exact_amount"'
          {VIP: 1.5}                 | {}
          cap: 100000                | cap: 0
          cap: 100000                | cap: 999999999999999999
          name: black-friday         | name: '11'
          name: black-friday         | name: 2026-11-27
          name: black-friday         | name: 11
          '    kinds: [TOKEN_PURCHASE]' | ''
          """)
  void what_is_good_is_good_for_the_schema_too(String piece, String other) {
    var text = GOOD.replaceFirst(java.util.regex.Pattern.quote(piece), other == null ? "" : other);
    PolicyTest.read(text);
    assertThat(SCHEMA.validate(text, InputFormat.YAML)).isEmpty();
  }

  @Test
  void the_built_in_policy_is_as_the_schema_says() throws IOException {
    try (var stream = PolicyFile.class.getResourceAsStream("earn-policy.yaml")) {
      var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(SCHEMA.validate(text, InputFormat.YAML)).isEmpty();
    }
  }

  @Test
  void all_faults_are_told_at_once() {
    assertThatThrownBy(() -> PolicyTest.read(GOOD.replace("2026", "some").replace("1.5", "x")))
        .hasMessageContaining("line 2:")
        .hasMessageContaining("line 6:")
        .hasMessageContaining("line 10:")
        .hasMessageContaining("line 11:");
  }

  @Test
  void two_versions_can_not_begin_together() {
    var version = GOOD.substring(GOOD.indexOf("  - from"), GOOD.indexOf("campaigns"));
    assertThatThrownBy(() -> PolicyTest.read("versions:\n" + version + version))
        .hasMessageContaining("two versions begin at");
  }

  @Test
  void what_is_no_yaml_is_refused_with_its_line() {
    assertThatThrownBy(() -> PolicyTest.read(GOOD.replace("campaigns:", "campaigns: [")))
        .hasMessageContaining("line 9: ");
  }

  @Test
  void an_empty_file_and_an_alias_bomb_are_refused() {
    assertThatThrownBy(() -> PolicyTest.read("")).isInstanceOf(PolicyException.class);
    var bomb = "a: &a [x,x]\nb: &b [*a,*a]\nversions: [*b,*b]\n";
    assertThatThrownBy(() -> PolicyTest.read(bomb)).isInstanceOf(PolicyException.class);
  }

  @Test
  void json_is_read_as_well() {
    var json =
        """
        {"versions": [{"from": "2026-01-01T00:00:00-05:00",
          "rates": {"TOKEN_PURCHASE": {"points_per_unit": 1, "of": "exact_amount"}}}]}
        """;
    assertThat(SCHEMA.validate(json, InputFormat.JSON)).isEmpty();
    assertThat(PolicyFile.read("p.json", new StringReader(json)).versions())
        .isEqualTo(
            PolicyTest.read(GOOD.replace("campaigns", "#").replaceAll("(?s)#.*", ""))
                .versions()
                .stream()
                .map(version ->
                    new Policy.Version(
                        version.from(),
                        java.util.Map.of(
                            com.xxxchatnow.loyalty.events.PurchaseKind.TOKEN_PURCHASE,
                            version
                                .rates()
                                .get(com.xxxchatnow.loyalty.events.PurchaseKind.TOKEN_PURCHASE)),
                        java.util.Map.of(),
                        null))
                .toList());
  }

  /** The schema is for editors; the reader is what refuses. */
  @Test
  void the_schema_names_the_fields_that_the_reader_knows() throws IOException {
    try (var stream = PolicyFile.class.getResourceAsStream("earn-policy.schema.json")) {
      var schema = new ObjectMapper().readTree(stream);
      assertThat(names(schema)).isEqualTo(PolicyFile.POLICY);
      assertThat(names(schema.at("/$defs/version"))).isEqualTo(PolicyFile.VERSION);
      assertThat(names(schema.at("/$defs/rate"))).isEqualTo(PolicyFile.RATE);
      assertThat(names(schema.at("/$defs/campaign"))).isEqualTo(PolicyFile.CAMPAIGN);
    }
  }

  private static YamlDocument.Fields names(JsonNode object) {
    assertThat(object.path("additionalProperties").asBoolean(true)).isFalse();
    var required = new HashSet<String>();
    object.path("required").forEach(name -> required.add(name.asText()));
    var optional = new HashSet<String>();
    object.path("properties").fieldNames().forEachRemaining(optional::add);
    optional.removeAll(required);
    return new YamlDocument.Fields(required, optional);
  }
}
