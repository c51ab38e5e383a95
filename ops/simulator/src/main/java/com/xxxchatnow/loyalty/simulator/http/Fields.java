package com.xxxchatnow.loyalty.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A JSON object read strictly: what does not fit is a 422 that names the field. */
public record Fields(JsonNode node, String path) {
  private static final long MAX_NUMBER = 1_000_000_000_000L;
  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  public Fields {
    if (node == null || !node.isObject())
      throw Refusal.invalid(path.isEmpty() ? "body" : path, "must be an object");
  }

  public static Fields of(JsonNode body) {
    return new Fields(body, "");
  }

  /** Refuses fields of other names: a misspelt field must not pass as an absent one. */
  public void only(String... names) {
    var known = Arrays.asList(names);
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) throw invalid(name, "unknown field");
        });
  }

  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  public String text(String name) {
    var value = node.path(name);
    if (!value.isTextual() || value.asText().isBlank() || value.asText().length() > 1_024)
      throw invalid(name, "must be a non-empty string");
    return value.asText();
  }

  public String uuid(String name) {
    var text = text(name);
    try {
      var uuid = UUID.fromString(text).toString();
      if (uuid.equalsIgnoreCase(text)) return uuid;
    } catch (IllegalArgumentException notOne) {
      throw invalid(name, "must be a UUID");
    }
    throw invalid(name, "must be a UUID");
  }

  public String currency(String name) {
    var text = text(name);
    if (!CURRENCIES.contains(text)) throw invalid(name, "must be a currency of ISO 4217");
    return text;
  }

  public OffsetDateTime time(String name) {
    return time(text(name), at(name));
  }

  public static OffsetDateTime time(String text, String field) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException notOne) {
      throw Refusal.invalid(field, "must be a time of ISO 8601 with an offset");
    }
  }

  public <E extends Enum<E>> E oneOf(String name, Class<E> values) {
    var text = text(name);
    return Arrays.stream(values.getEnumConstants())
        .filter(value -> value.name().equals(text))
        .findAny()
        .orElseThrow(
            () -> invalid(name, "must be of " + Arrays.toString(values.getEnumConstants())));
  }

  public long positive(String name) {
    var value = notNegative(name);
    if (value == 0) throw invalid(name, "must be above 0");
    return value;
  }

  public long notNegative(String name) {
    var value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong())
      throw invalid(name, "must be a whole number");
    if (value.asLong() < 0 || value.asLong() > MAX_NUMBER) throw invalid(name, "out of range");
    return value.asLong();
  }

  public Fields object(String name) {
    return new Fields(node.get(name), at(name));
  }

  public List<Fields> objects(String name) {
    var value = node.path(name);
    if (!value.isArray()) throw invalid(name, "must be an array");
    var items = new ArrayList<Fields>();
    for (var item : value) items.add(new Fields(item, at(name) + "[" + items.size() + "]"));
    return items;
  }

  public Refusal invalid(String name, String message) {
    return Refusal.invalid(at(name), message);
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
