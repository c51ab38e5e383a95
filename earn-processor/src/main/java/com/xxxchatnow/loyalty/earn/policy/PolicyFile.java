package com.xxxchatnow.loyalty.earn.policy;

import com.xxxchatnow.loyalty.earn.policy.YamlDocument.Fields;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads an earn policy from YAML or JSON and says of each fault in which line it is. The form is
 * described by {@code earn-policy.schema.json} beside the built-in policy, for editors and
 * reviewers; that both take and refuse the same is tested.
 */
public final class PolicyFile {
  private static final ZoneId ZONE = ZoneId.of("America/Toronto");
  private static final String BUILT_IN = "earn-policy.yaml";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm[:ss][XXX]")
          .withResolverStyle(ResolverStyle.STRICT);

  static final Fields POLICY = new Fields(Set.of("versions"), Set.of("campaigns"));
  static final Fields VERSION = new Fields(Set.of("from", "rates"), Set.of("tiers", "cap"));
  static final Fields RATE = new Fields(Set.of("points_per_unit", "of"), Set.of());
  static final Fields CAMPAIGN =
      new Fields(Set.of("name", "from", "until", "multiplier"), Set.of("kinds"));

  private final YamlDocument yaml;

  private PolicyFile(YamlDocument yaml) {
    this.yaml = yaml;
  }

  /** The contract's points. */
  public static Policy builtIn() {
    try (var stream = PolicyFile.class.getResourceAsStream(BUILT_IN)) {
      return read(BUILT_IN, new InputStreamReader(stream, StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * @throws PolicyException naming every fault with its line
   */
  public static Policy read(Path path) {
    try (var reader = Files.newBufferedReader(path)) {
      return read(path.toString(), reader);
    } catch (IOException unreadable) {
      throw new PolicyException(path.toString(), List.of(unreadable.toString()));
    }
  }

  public static Policy read(String name, Reader text) {
    var yaml = new YamlDocument(name, text);
    var policy = new PolicyFile(yaml).policy(yaml.root());
    if (!yaml.faults().isEmpty()) throw new PolicyException(name, yaml.faults());
    return policy;
  }

  private Policy policy(Node root) {
    var fields = yaml.fields(root, POLICY);
    var versions = yaml.list(fields.get("versions"), this::version);
    if (fields.containsKey("versions") && versions.isEmpty())
      yaml.fault(fields.get("versions"), "versions must name at least one version");
    return new Policy(
        distinct(versions, fields.get("versions")),
        yaml.list(fields.get("campaigns"), this::campaign));
  }

  private List<Policy.Version> distinct(List<Policy.Version> versions, Node where) {
    var begun = new HashSet<Instant>();
    for (var version : versions)
      if (!begun.add(version.from())) yaml.fault(where, "two versions begin at " + version.from());
    return versions;
  }

  private Policy.Version version(Node node) {
    var fields = yaml.fields(node, VERSION);
    return new Policy.Version(
        time(fields.get("from")),
        rates(fields.get("rates")),
        tiers(fields.get("tiers")),
        fields.containsKey("cap") ? cap(fields.get("cap")) : null);
  }

  private Map<PurchaseKind, Policy.Rate> rates(Node node) {
    var rates = new EnumMap<PurchaseKind, Policy.Rate>(PurchaseKind.class);
    if (node == null) return rates;
    yaml.entries(node)
        .forEach((name, value) -> {
          var kind = kind(value, name);
          if (kind != null) rates.put(kind, rate(value));
        });
    return rates;
  }

  private Policy.Rate rate(Node node) {
    var fields = yaml.fields(node, RATE);
    var of = yaml.text(fields.get("of"));
    if (of != null && !Set.of("exact_amount", "whole_units").contains(of))
      yaml.fault(fields.get("of"), "of must be exact_amount or whole_units");
    return new Policy.Rate(number(fields.get("points_per_unit")), "whole_units".equals(of));
  }

  private Map<String, BigDecimal> tiers(Node node) {
    var tiers = new HashMap<String, BigDecimal>();
    if (node != null) yaml.entries(node).forEach((name, value) -> tiers.put(name, number(value)));
    return tiers;
  }

  private Policy.Campaign campaign(Node node) {
    var fields = yaml.fields(node, CAMPAIGN);
    var from = time(fields.get("from"));
    var until = time(fields.get("until"));
    if (fields.containsKey("until") && !until.isAfter(from) && yaml.faults().isEmpty())
      yaml.fault(fields.get("until"), "until must be after from");
    return new Policy.Campaign(
        yaml.text(fields.get("name")),
        from,
        until,
        number(fields.get("multiplier")),
        kinds(fields.get("kinds")));
  }

  private Set<PurchaseKind> kinds(Node node) {
    var all = EnumSet.of(PurchaseKind.TOKEN_PURCHASE, PurchaseKind.MEMBERSHIP_PURCHASE);
    if (node == null) return all;
    var kinds = EnumSet.noneOf(PurchaseKind.class);
    for (var kind : yaml.list(node, each -> kind(each, yaml.text(each))))
      if (kind != null) kinds.add(kind);
    return kinds;
  }

  private PurchaseKind kind(Node node, String name) {
    for (var kind : PurchaseKind.values())
      if (kind != PurchaseKind.UNKNOWN && kind.name().equals(name)) return kind;
    yaml.fault(node, name + " is no kind of purchase: TOKEN_PURCHASE or MEMBERSHIP_PURCHASE");
    return null;
  }

  private Long cap(Node node) {
    if (YamlDocument.numeral(node, "\\d{1,18}")) return Long.valueOf(yaml.text(node));
    yaml.fault(node, "cap must be a whole number of points");
    return null;
  }

  /** Not negative, at most 1,000,000 and with at most six decimals: a rate, not a mistake. */
  private BigDecimal number(Node node) {
    var text = yaml.text(node);
    if (text == null) return BigDecimal.ONE;
    if (YamlDocument.numeral(node, "\\d{1,7}(\\.\\d{1,6})?")) {
      var number = new BigDecimal(text);
      if (number.compareTo(BigDecimal.valueOf(1_000_000)) <= 0) return number;
    }
    yaml.fault(node, text + " must be a number from 0 to 1000000, with 6 decimals at most");
    return BigDecimal.ONE;
  }

  /** A local time in America/Toronto, or one with its offset. */
  private Instant time(Node node) {
    var text = yaml.text(node);
    if (text == null) return Instant.EPOCH;
    try {
      var time = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
      if (time instanceof OffsetDateTime exact) return exact.toInstant();
      var local = LocalDateTime.from(time);
      if (ZONE.getRules().getValidOffsets(local).size() == 1) return local.atZone(ZONE).toInstant();
      yaml.fault(
          node, text + " falls into a change of the clocks in " + ZONE + ": write its offset");
    } catch (DateTimeParseException notATime) {
      yaml.fault(node, text + " must be a time such as 2026-11-27T00:00 (in " + ZONE + ")");
    }
    return Instant.EPOCH;
  }
}
