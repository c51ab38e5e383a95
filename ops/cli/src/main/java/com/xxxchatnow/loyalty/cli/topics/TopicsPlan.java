package com.xxxchatnow.loyalty.cli.topics;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What must be done so that the topics are as they shall be. Nothing is ever deleted; topics and
 * settings that the file does not name are left alone.
 *
 * @param allowed the risky changes that the operator allows, as {@link TopicChange#allowance()}
 */
record TopicsPlan(List<TopicChange> changes, Set<String> allowed) {

  static TopicsPlan of(
      Collection<TopicState> live, Collection<TopicState> desired, Set<String> allowed) {
    var there = live.stream().collect(Collectors.toMap(TopicState::name, Function.identity()));
    var changes = new ArrayList<TopicChange>();
    for (var wanted : desired) {
      var is = there.get(wanted.name());
      if (is == null) changes.add(new TopicChange.Create(wanted));
      else compare(is, wanted, changes);
    }
    return new TopicsPlan(changes, allowed);
  }

  /** What will be done. */
  List<TopicChange> doable() {
    return changes.stream().filter(change -> refusal(change) == null).toList();
  }

  /** What will be left, because it can't be done or is not allowed. */
  List<TopicChange> refused() {
    return changes.stream().filter(change -> refusal(change) != null).toList();
  }

  /** Why a change is not made; null when it is. */
  String refusal(TopicChange change) {
    if (change.impossible() != null) return change.impossible();
    if (change.risk() == null || allowed.contains(change.allowance())) return null;
    return "%s; to do it: --allow %s".formatted(change.risk(), change.allowance());
  }

  /** The plan in words, a line a change. */
  List<String> lines() {
    return changes.stream()
        .map(change -> {
          var refusal = refusal(change);
          var sign = refusal != null ? "!" : change instanceof TopicChange.Create ? "+" : "~";
          var end = refusal == null ? "" : ": refused, " + refusal;
          return "%s %s: %s%s".formatted(sign, change.topic(), change.line(), end);
        })
        .toList();
  }

  /** Names the plan, so that {@code apply} does what was printed and nothing else. */
  String id() {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", lines()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static void compare(TopicState is, TopicState wanted, List<TopicChange> changes) {
    var name = wanted.name();
    if (is.partitions() != wanted.partitions())
      changes.add(new TopicChange.Partitions(name, is.partitions(), wanted.partitions()));
    if (is.replicas() != wanted.replicas())
      changes.add(new TopicChange.Replicas(name, is.replicas(), wanted.replicas()));
    for (Map.Entry<String, String> setting : wanted.config().entrySet()) {
      var value = is.config().get(setting.getKey());
      if (!setting.getValue().equals(value))
        changes.add(new TopicChange.Config(name, setting.getKey(), value, setting.getValue()));
    }
  }
}
