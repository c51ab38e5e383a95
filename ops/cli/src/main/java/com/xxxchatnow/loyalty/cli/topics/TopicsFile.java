package com.xxxchatnow.loyalty.cli.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code ops/topics.yaml}: the desired state of every topic. What differs from one environment to
 * another stands in it as {@code ${NAME}} of an environment variable.
 */
final class TopicsFile {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");

  private TopicsFile() {}

  /**
   * @param variables what stands for {@code ${NAME}}
   * @throws UserError when the file is not as it should be, naming the place
   */
  static List<TopicState> read(String text, Map<String, String> variables) {
    var root = parse(substituted(text, variables));
    only(root, Set.of("defaults", "topics"), "the file");
    var defaults = root.path("defaults");
    if (!defaults.isMissingNode())
      only(defaults, Set.of("partitions", "replicas", "config"), "defaults");
    var topics = new ArrayList<TopicState>();
    root.path("topics")
        .properties()
        .forEach(topic -> topics.add(topic(topic.getKey(), topic.getValue(), defaults)));
    if (topics.isEmpty()) throw fault("it has no topics");
    return topics;
  }

  /** The file as the catalogue wants it. */
  static String write(Collection<Topic<?>> catalogue) {
    var text = new StringBuilder(HEAD);
    for (var topic : catalogue) {
      text.append("  %s:%n".formatted(topic.name()));
      if (topic.partitions() != Topics.PURCHASES.partitions())
        text.append("    partitions: %d%n".formatted(topic.partitions()));
      text.append("    config:%n".formatted());
      new TreeMap<>(topic.config())
          .forEach((name, value) ->
              text.append("      %s: %s%s%n".formatted(name, value, comment(name, value))));
    }
    return text.toString();
  }

  private static final String HEAD =
      """
      # The desired state of every topic: ops/loyalty topics plan | apply.
      # Written from the catalogue (schemas, Topics.java) by: ops/loyalty topics print; a test holds the two together.
      defaults:
        partitions: %d
        replicas: ${TOPIC_REPLICATION_FACTOR}
        config:
          min.insync.replicas: ${TOPIC_MIN_INSYNC_REPLICAS}
      topics:
      """
          .formatted(Topics.PURCHASES.partitions());

  private static String comment(String name, String value) {
    return name.endsWith(".ms") ? "  # " + days(value) : "";
  }

  /** A number of milliseconds, for people. */
  static String days(String millis) {
    if (!millis.matches("\\d+")) return millis;
    var duration = Duration.ofMillis(Long.parseLong(millis));
    return duration.toDays() > 0 && duration.equals(Duration.ofDays(duration.toDays()))
        ? duration.toDays() + (duration.toDays() == 1 ? " day" : " days")
        : duration.toString();
  }

  private static TopicState topic(String name, JsonNode topic, JsonNode defaults) {
    if (!topic.isNull()) only(topic, Set.of("partitions", "replicas", "config"), name);
    var config = new TreeMap<String, String>();
    for (var from : List.of(defaults, topic)) {
      from.path("config").properties().forEach(each -> config.put(each.getKey(), value(each)));
    }
    return new TopicState(
        name,
        number(name, "partitions", topic, defaults),
        number(name, "replicas", topic, defaults),
        config);
  }

  private static String value(Map.Entry<String, JsonNode> entry) {
    if (!entry.getValue().isValueNode() || entry.getValue().isNull())
      throw fault(entry.getKey() + " is not a value");
    return entry.getValue().asText();
  }

  private static int number(String topic, String field, JsonNode own, JsonNode defaults) {
    var node = own.hasNonNull(field) ? own.get(field) : defaults.path(field);
    if (!node.isInt() || node.intValue() < 1) throw fault(topic + " has no " + field);
    return node.intValue();
  }

  private static String substituted(String text, Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .replaceAll(found -> {
          var value = variables.get(found.group(1));
          if (value == null) throw fault("nothing is known as " + found.group());
          return value;
        });
  }

  private static JsonNode parse(String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException wrong) {
      throw fault("it is not YAML: " + wrong.getOriginalMessage());
    }
  }

  private static void only(JsonNode node, Set<String> names, String where) {
    if (!node.isObject()) throw fault(where + " is not a map");
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!names.contains(name)) throw fault("%s knows no %s".formatted(where, name));
        });
  }

  private static UserError fault(String what) {
    return UserError.usage("the topics file can't be used: " + what);
  }

  /** The variables that the file may name. */
  static Map<String, String> variables(int replicas, int minInsync) {
    return Map.of(
        Setting.TOPIC_REPLICATION_FACTOR.name(), Integer.toString(replicas),
        Setting.TOPIC_MIN_INSYNC_REPLICAS.name(), Integer.toString(minInsync));
  }
}
