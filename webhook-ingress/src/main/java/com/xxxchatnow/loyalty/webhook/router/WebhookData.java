package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a webhook's {@code data} field by field and collects what does not fit; a getter then
 * returns a harmless value. Problems name fields, never values. More fields than these are ignored.
 */
final class WebhookData {
  private final JsonNode data;
  private final List<String> problems = new ArrayList<>();

  WebhookData(JsonNode data) {
    this.data = data;
    if (!data.isObject()) problems.add("data must be an object");
  }

  List<String> problems() {
    return problems;
  }

  /** A string that is not blank, and that UTF-8 can hold: or two ids would become the same key. */
  String id(String field) {
    var text = data.path(field).isTextual() ? data.path(field).textValue() : "";
    if (text.isBlank()) return problem(field, "must be a string that is not blank", "");
    if (UTF_8.newEncoder().canEncode(text)) return text;
    return problem(field, "must be text in Unicode", "");
  }

  String text(String field) {
    var text = optionalText(field);
    return text == null ? problem(field, "must be a string", "") : text;
  }

  /** A string, or null when it is absent or null. */
  String optionalText(String field) {
    var node = data.path(field);
    if (node.isMissingNode() || node.isNull()) return null;
    return node.isTextual() ? node.textValue() : problem(field, "must be a string", "");
  }

  /** A whole number. */
  long number(String field) {
    var node = data.path(field);
    if (node.isIntegralNumber() && node.canConvertToLong()) return node.longValue();
    return problem(field, "must be a whole number", 0L);
  }

  /** A whole number that is not negative. */
  long amount(String field) {
    var number = number(field);
    return number < 0 ? problem(field, "must not be negative", 0L) : number;
  }

  /** One of the enum's names, its UNKNOWN excepted. */
  <E extends Enum<E>> E word(String field, Class<E> words, E unknown) {
    var text = data.path(field).isTextual() ? data.path(field).textValue() : "";
    for (var word : words.getEnumConstants()) {
      if (word != unknown && word.name().equals(text)) return word;
    }
    return problem(field, "must be one of the contract's words", unknown);
  }

  private <T> T problem(String field, String what, T harmless) {
    if (data.isObject()) problems.add("data." + field + " " + what);
    return harmless;
  }
}
