package com.xxxchatnow.loyalty.cli.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A command's answer, said once: lines and tables for people, one JSON document for programs. */
public final class Report {
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final List<String> text = new ArrayList<>();

  /** A value with its name. */
  public Report put(String name, Object value) {
    Table.put(json, name, value);
    text.add(name.replace('_', ' ') + ": " + (value == null ? "-" : shown(value)));
    return this;
  }

  /** A value that a table or a sentence already tells to people. */
  public Report quiet(String name, Object value) {
    Table.put(json, name, value);
    return this;
  }

  /** A sentence for people. */
  public Report say(String sentence, Object... values) {
    text.add(values.length == 0 ? sentence : sentence.formatted(values));
    return this;
  }

  /** A table; people see nothing of an empty one. */
  public Report table(String name, Table table) {
    json.set(name, table.json());
    if (table.size() > 0) {
      if (!text.isEmpty()) text.add("");
      text.add(table.text());
    }
    return this;
  }

  ObjectNode json() {
    return json;
  }

  public List<String> text() {
    return text;
  }

  private static String shown(Object value) {
    return Console.printable(value.toString());
  }
}
