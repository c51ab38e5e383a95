package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue of metrics, {@code ops/metrics.md}, beside what running services show. */
final class Catalogue {
  private static final Path CATALOGUE = Path.of("../metrics.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z0-9_]+)`(\\*?) \\| (\\w+) \\|[^|]*\\|([^|]*)\\|.*");
  private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? [^ ]+");
  private static final Pattern OURS =
      Pattern.compile("(loyalty|earn|worker|rrr_client|messaging|service)_.*");
  private static final String NOT_IN_A_SERVICE = "## dead-letters";

  /**
   * @param later there only after something has happened that does not happen here
   */
  private record Metric(String name, boolean later, String type, Set<String> labels) {
    Stream<String> series() {
      return switch (type) {
        case "timer", "summary" -> Stream.of("_count", "_sum", "_max").map(name::concat);
        case "histogram" -> Stream.of("_count", "_sum", "_max", "_bucket").map(name::concat);
        default -> Stream.of(name);
      };
    }
  }

  private Catalogue() {}

  /**
   * A line for each metric that is not shown as documented, and for each of ours that is not there.
   */
  static List<String> faults(String scraped) throws IOException {
    var shown = shown(scraped);
    var known = documented();
    var faults = new ArrayList<String>();
    for (var metric : known)
      metric.series().forEach(series -> fault(metric, series, shown.get(series), faults));
    var named = known.stream().flatMap(Metric::series).collect(Collectors.toSet());
    shown.keySet().stream()
        .filter(series -> OURS.matcher(series).matches() && !named.contains(series))
        .forEach(series -> faults.add(series + " is not in the catalogue"));
    return faults;
  }

  private static void fault(Metric metric, String series, Set<String> labels, List<String> faults) {
    if (labels == null) {
      if (!metric.later) faults.add(series + " is not shown");
    } else if (!fits(series, labels, metric.labels)) {
      faults.add(series + " has the labels " + labels + ", not " + metric.labels);
    }
  }

  /** Kafka's own metrics may have further labels. */
  private static boolean fits(String series, Set<String> labels, Set<String> documented) {
    return OURS.matcher(series).matches()
        ? labels.equals(documented)
        : labels.containsAll(documented);
  }

  /** The labels of each series; {@code service} and those of histograms left out. */
  private static Map<String, Set<String>> shown(String text) {
    var shown = new TreeMap<String, Set<String>>();
    text.lines()
        .map(SAMPLE::matcher)
        .filter(java.util.regex.Matcher::matches)
        .forEach(sample ->
            shown
                .computeIfAbsent(sample.group(1), _ -> new TreeSet<>())
                .addAll(labels(sample.group(2))));
    shown.values().forEach(labels -> labels.removeAll(Set.of("service", "le")));
    return shown;
  }

  private static Set<String> labels(String text) {
    var labels = new HashSet<String>();
    if (text != null)
      Pattern.compile("(\\w+)=\"").matcher(text).results().forEach(l -> labels.add(l.group(1)));
    return labels;
  }

  private static List<Metric> documented() throws IOException {
    var metrics = new LinkedHashMap<String, Metric>();
    var lines = Files.readAllLines(CATALOGUE);
    for (var line : lines.subList(0, lines.indexOf(NOT_IN_A_SERVICE))) {
      var row = ROW.matcher(line);
      if (!row.matches()) continue;
      var labels =
          Stream.of(row.group(4).strip().split(", *"))
              .filter(label -> !label.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
      metrics.put(
          row.group(1), new Metric(row.group(1), !row.group(2).isEmpty(), row.group(3), labels));
    }
    assertThat(metrics).hasSizeGreaterThan(30);
    return List.copyOf(metrics.values());
  }
}
