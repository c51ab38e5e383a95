package com.xxxchatnow.loyalty.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under named columns: a table for people, a list of objects for programs. */
public final class Table {
  private final List<String> columns;
  private final List<List<Object>> rows = new ArrayList<>();

  public Table(String... columns) {
    this.columns = List.of(columns);
  }

  /** Cells are text, numbers or null. */
  public Table row(Object... cells) {
    var row = new ArrayList<>();
    for (var cell : cells) row.add(cell);
    if (row.size() != columns.size()) throw new IllegalArgumentException("cells of " + columns);
    rows.add(row);
    return this;
  }

  public int size() {
    return rows.size();
  }

  JsonNode json() {
    var list = JsonNodeFactory.instance.arrayNode();
    for (var row : rows) {
      var object = list.addObject();
      for (var i = 0; i < row.size(); i++) put(object, columns.get(i), row.get(i));
    }
    return list;
  }

  /** Left-aligned text, right-aligned numbers, no blanks at the end of a line. */
  String text() {
    var widths =
        IntStream.range(0, columns.size()).map(this::width).boxed().collect(Collectors.toList());
    var lines = new ArrayList<String>();
    lines.add(line(List.copyOf(columns), widths, false));
    for (var row : rows) lines.add(line(row, widths, true));
    return String.join("\n", lines);
  }

  static void put(ObjectNode object, String name, Object value) {
    switch (value) {
      case null -> object.putNull(name);
      case Integer number -> object.put(name, number);
      case Long number -> object.put(name, number);
      case Boolean truth -> object.put(name, truth);
      case JsonNode node -> object.set(name, node);
      case List<?> list -> {
        var array = object.putArray(name);
        list.forEach(each -> array.add(each.toString()));
      }
      default -> object.put(name, value.toString());
    }
  }

  private int width(int column) {
    return rows.stream()
        .mapToInt(row -> cell(row.get(column)).length())
        .reduce(columns.get(column).length(), Math::max);
  }

  private String line(List<?> cells, List<Integer> widths, boolean numbersRight) {
    var line = new StringBuilder();
    for (var i = 0; i < cells.size(); i++) {
      var text = cell(cells.get(i));
      var blanks = " ".repeat(widths.get(i) - text.length());
      var right = numbersRight ? cells.get(i) instanceof Number : numeric(i);
      line.append(right ? blanks + text : text + blanks).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private boolean numeric(int column) {
    return !rows.isEmpty() && rows.stream().allMatch(row -> row.get(column) instanceof Number);
  }

  private static String cell(Object value) {
    return value == null ? "-" : Console.printable(value.toString());
  }
}
