package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads an earn policy from YAML or JSON and says of each fault in which line it is. The form is
 * described by {@code earn-policy.schema.json} beside the built-in policy, for editors and
 * reviewers; that both name the same fields is tested.
 */
final class PolicyFile {
  private static final ZoneId ZONE = ZoneId.of("America/Toronto");
  private static final String BUILT_IN = "earn-policy.yaml";
  private static final int LARGEST = 1 << 20;

  /** The names that an object has; the schema says the same, which is tested. */
  record Fields(Set<String> required, Set<String> optional) {}

  static final Fields POLICY = new Fields(Set.of("versions"), Set.of("campaigns"));
  static final Fields VERSION = new Fields(Set.of("from", "rates"), Set.of("tiers", "cap"));
  static final Fields RATE = new Fields(Set.of("points_per_unit", "of"), Set.of());
  static final Fields CAMPAIGN =
      new Fields(Set.of("name", "from", "until", "multiplier"), Set.of("kinds"));

  private final List<String> faults = new ArrayList<>();

  private PolicyFile() {}

  /** The contract's points. */
  static Policy builtIn() {
    try (var stream = PolicyFile.class.getResourceAsStream(BUILT_IN)) {
      return read(BUILT_IN, new java.io.InputStreamReader(stream, StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * @throws PolicyException naming every fault with its line
   */
  static Policy read(Path path) {
    try (var reader = Files.newBufferedReader(path)) {
      return read(path.toString(), reader);
    } catch (IOException unreadable) {
      throw new PolicyException(path.toString(), List.of(unreadable.toString()));
    }
  }

  static Policy read(String name, Reader text) {
    var file = new PolicyFile();
    var policy = file.policy(file.parse(name, text));
    if (!file.faults.isEmpty()) throw new PolicyException(name, file.faults);
    return policy;
  }

  private Node parse(String name, Reader text) {
    var options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    options.setMaxAliasesForCollections(0);
    try {
      var root = new Yaml(options).compose(text);
      if (root == null) throw new PolicyException(name, List.of("line 1: the file is empty"));
      return root;
    } catch (MarkedYAMLException broken) {
      var line = broken.getProblemMark() == null ? 1 : broken.getProblemMark().getLine() + 1;
      throw new PolicyException(name, List.of("line " + line + ": " + broken.getProblem()));
    } catch (org.yaml.snakeyaml.error.YAMLException broken) {
      throw new PolicyException(name, List.of("line 1: " + broken.getMessage()));
    }
  }

  private Policy policy(Node root) {
    var fields = fields(root, POLICY);
    var versions = list(fields.get("versions"), this::version);
    if (fields.containsKey("versions") && versions.isEmpty())
      fault(fields.get("versions"), "versions must name at least one version");
    return new Policy(
        distinct(versions, fields.get("versions")), list(fields.get("campaigns"), this::campaign));
  }

  private List<Policy.Version> distinct(List<Policy.Version> versions, Node where) {
    var begun = new HashSet<Instant>();
    for (var version : versions)
      if (!begun.add(version.from())) fault(where, "two versions begin at " + version.from());
    return versions;
  }

  private Policy.Version version(Node node) {
    var fields = fields(node, VERSION);
    return new Policy.Version(
        time(fields.get("from")),
        rates(fields.get("rates")),
        tiers(fields.get("tiers")),
        fields.containsKey("cap") ? cap(fields.get("cap")) : null);
  }

  private Map<PurchaseKind, Policy.Rate> rates(Node node) {
    var rates = new EnumMap<PurchaseKind, Policy.Rate>(PurchaseKind.class);
    if (node == null) return rates;
    entries(node)
        .forEach((name, value) -> {
          var kind = kind(value, name);
          if (kind != null) rates.put(kind, rate(value));
        });
    return rates;
  }

  private Policy.Rate rate(Node node) {
    var fields = fields(node, RATE);
    var of = text(fields.get("of"));
    if (of != null && !Set.of("exact_amount", "whole_units").contains(of))
      fault(fields.get("of"), "of must be exact_amount or whole_units");
    return new Policy.Rate(number(fields.get("points_per_unit")), "whole_units".equals(of));
  }

  private Map<String, BigDecimal> tiers(Node node) {
    var tiers = new HashMap<String, BigDecimal>();
    if (node != null) entries(node).forEach((name, value) -> tiers.put(name, number(value)));
    return tiers;
  }

  private Policy.Campaign campaign(Node node) {
    var fields = fields(node, CAMPAIGN);
    var from = time(fields.get("from"));
    var until = time(fields.get("until"));
    if (fields.containsKey("until") && !until.isAfter(from) && faults.isEmpty())
      fault(fields.get("until"), "until must be after from");
    return new Policy.Campaign(
        text(fields.get("name")),
        from,
        until,
        number(fields.get("multiplier")),
        kinds(fields.get("kinds")));
  }

  private Set<PurchaseKind> kinds(Node node) {
    var all = EnumSet.of(PurchaseKind.TOKEN_PURCHASE, PurchaseKind.MEMBERSHIP_PURCHASE);
    if (node == null) return all;
    var kinds = EnumSet.noneOf(PurchaseKind.class);
    for (var kind : list(node, each -> kind(each, text(each)))) if (kind != null) kinds.add(kind);
    return kinds;
  }

  private PurchaseKind kind(Node node, String name) {
    for (var kind : PurchaseKind.values())
      if (kind != PurchaseKind.UNKNOWN && kind.name().equals(name)) return kind;
    fault(node, name + " is no kind of purchase: TOKEN_PURCHASE or MEMBERSHIP_PURCHASE");
    return null;
  }

  private Long cap(Node node) {
    var text = text(node);
    if (text != null && text.matches("\\d{1,18}")) return Long.valueOf(text);
    if (text != null) fault(node, "cap must be a whole number of points");
    return null;
  }

  /** Not negative, at most 1,000,000 and with at most six decimals: a rate, not a mistake. */
  private BigDecimal number(Node node) {
    var text = text(node);
    if (text != null && text.matches("\\d{1,7}(\\.\\d{1,6})?")) {
      var number = new BigDecimal(text);
      if (number.compareTo(BigDecimal.valueOf(1_000_000)) <= 0) return number;
    }
    if (text != null)
      fault(node, text + " must be a number from 0 to 1000000, with 6 decimals at most");
    return BigDecimal.ONE;
  }

  /** A local time in America/Toronto, or one with its offset. */
  private Instant time(Node node) {
    var text = text(node);
    if (text == null) return Instant.EPOCH;
    try {
      if (text.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)")) return OffsetDateTime.parse(text).toInstant();
      var local = LocalDateTime.parse(text);
      if (ZONE.getRules().getValidOffsets(local).size() == 1) return local.atZone(ZONE).toInstant();
      fault(node, text + " falls into a change of the clocks in " + ZONE + ": write its offset");
    } catch (DateTimeParseException notATime) {
      fault(node, text + " must be a time such as 2026-11-27T00:00 (in " + ZONE + ")");
    }
    return Instant.EPOCH;
  }

  private String text(Node node) {
    if (node == null) return null;
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) return scalar.getValue();
    fault(node, "a value is expected here");
    return null;
  }

  private <T> List<T> list(Node node, Function<Node, T> element) {
    if (node == null) return List.of();
    if (node instanceof SequenceNode sequence)
      return sequence.getValue().stream().map(element).toList();
    fault(node, "a list is expected here");
    return List.of();
  }

  private Map<String, Node> fields(Node node, Fields expected) {
    var fields = entries(node);
    for (var name : fields.keySet())
      if (!expected.required.contains(name) && !expected.optional.contains(name))
        fault(fields.get(name), name + " is unknown here");
    for (var name : expected.required.stream().sorted().toList())
      if (!fields.containsKey(name)) fault(node, name + " is missing");
    return fields;
  }

  private Map<String, Node> entries(Node node) {
    var entries = new LinkedHashMap<String, Node>();
    if (!(node instanceof MappingNode mapping)) {
      fault(node, "names with values are expected here");
      return entries;
    }
    for (var tuple : mapping.getValue()) {
      var name = text(tuple.getKeyNode());
      if (name != null && entries.put(name, tuple.getValueNode()) != null)
        fault(tuple.getKeyNode(), name + " stands twice");
    }
    return entries;
  }

  private void fault(Node node, String what) {
    faults.add("line %d: %s".formatted(node.getStartMark().getLine() + 1, what));
  }
}
