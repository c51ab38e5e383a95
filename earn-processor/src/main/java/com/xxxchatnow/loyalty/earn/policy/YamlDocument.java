package com.xxxchatnow.loyalty.earn.policy;

import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML or JSON text, taken apart piece by piece; each fault is noted with its line. */
final class YamlDocument {
  private static final int LARGEST = 1 << 20;

  /** The names that an object has. */
  record Fields(Set<String> required, Set<String> optional) {}

  private final List<String> faults = new ArrayList<>();
  private final Node root;

  /**
   * @throws PolicyException when it is no YAML at all
   */
  YamlDocument(String name, Reader text) {
    root = parse(name, text);
  }

  Node root() {
    return root;
  }

  List<String> faults() {
    return faults;
  }

  private static Node parse(String name, Reader text) {
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
    } catch (YAMLException broken) {
      throw new PolicyException(name, List.of("line 1: " + broken.getMessage()));
    }
  }

  /** A scalar's text; null after a fault, and where there is no node. */
  String text(Node node) {
    if (node == null) return null;
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) return scalar.getValue();
    fault(node, "a value is expected here");
    return null;
  }

  /** A number without quotes, in this form. */
  static boolean numeral(Node node, String form) {
    return node instanceof ScalarNode scalar && scalar.isPlain() && scalar.getValue().matches(form);
  }

  <T> List<T> list(Node node, Function<Node, T> element) {
    if (node == null) return List.of();
    if (node instanceof SequenceNode sequence)
      return sequence.getValue().stream().map(element).toList();
    fault(node, "a list is expected here");
    return List.of();
  }

  Map<String, Node> fields(Node node, Fields expected) {
    var fields = entries(node);
    for (var name : fields.keySet())
      if (!expected.required.contains(name) && !expected.optional.contains(name))
        fault(fields.get(name), name + " is unknown here");
    for (var name : expected.required.stream().sorted().toList())
      if (!fields.containsKey(name)) fault(node, name + " is missing");
    return fields;
  }

  Map<String, Node> entries(Node node) {
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

  void fault(Node node, String what) {
    faults.add("line %d: %s".formatted(node.getStartMark().getLine() + 1, what));
  }
}
