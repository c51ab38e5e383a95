package com.xxxchatnow.loyalty.kit.follower;

import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feature flags and the rollout. The environment gives the values at the start; {@code
 * loyalty.flags.v1} goes before it and changes them in every running instance within a moment
 * ({@code ops/loyalty flags set}).
 */
public final class Flags implements AutoCloseable {
  /** The settings that can be changed while running. */
  public static final Set<Setting> CHANGEABLE =
      Set.of(
          Setting.RRR_EARN_ENABLED,
          Setting.RRR_EARN_INTAKE,
          Setting.RRR_REDEEM_ENABLED,
          Setting.RRR_ROLLOUT_PERCENT,
          Setting.RRR_BETA_USERS);

  private static final Logger log = LoggerFactory.getLogger(Flags.class);

  private final Map<String, String> environment;
  private final Map<String, String> changed = new ConcurrentHashMap<>();
  private final Deserializer<FlagChanged> deserializer;
  private final TopicFollower follower;
  private volatile Values values;

  /** The values of the environment. Faults are reported to the settings. */
  public static Map<String, String> from(Settings settings) {
    return Map.of(
        Setting.RRR_EARN_ENABLED.name(), Boolean.toString(settings.flag(Setting.RRR_EARN_ENABLED)),
        Setting.RRR_EARN_INTAKE.name(), Boolean.toString(settings.flag(Setting.RRR_EARN_INTAKE)),
        Setting.RRR_REDEEM_ENABLED.name(),
            Boolean.toString(settings.flag(Setting.RRR_REDEEM_ENABLED)),
        Setting.RRR_ROLLOUT_PERCENT.name(),
            Integer.toString(settings.integer(Setting.RRR_ROLLOUT_PERCENT, 100, 0, 100)),
        Setting.RRR_BETA_USERS.name(), settings.text(Setting.RRR_BETA_USERS));
  }

  /**
   * Flags with the environment's values, following the topic. Call {@link #awaitCaughtUp()} before
   * use.
   */
  public Flags(Map<String, String> environment, String clientId, KafkaSettings kafka) {
    this.environment = environment;
    this.values = Values.of(environment);
    this.deserializer = kafka.serdes().deserializer();
    this.follower =
        new TopicFollower(Topics.FLAGS.name(), From.BEGINNING, clientId, kafka, this::changed);
  }

  /** Waits until the changed values are known; see {@link TopicFollower#awaitCaughtUp()}. */
  public Flags awaitCaughtUp() {
    follower.awaitCaughtUp();
    return this;
  }

  /** What keeps changes from being seen; empty when nothing does, for the readiness. */
  public Optional<String> problem() {
    return Optional.of(follower.problem()).filter(problem -> !problem.isEmpty());
  }

  public boolean earnEnabled() {
    return values.earnEnabled;
  }

  /** Whether purchases are begun that nobody had in hand before. */
  public boolean earnIntake() {
    return values.earnIntake;
  }

  public boolean redeemEnabled() {
    return values.redeemEnabled;
  }

  /** Whether the user takes part: beta users always; others by a percentile that never changes. */
  public boolean inRollout(String userId) {
    var now = values;
    return now.betaUsers.contains(userId) || percentile(userId) < now.rolloutPercent;
  }

  /** What is wrong with a value, or null; used by who writes the topic too. */
  public static String fault(String name, String value) {
    try {
      Values.of(Map.of(name, value));
      return null;
    } catch (IllegalArgumentException wrong) {
      return wrong.getMessage();
    }
  }

  @Override
  public void close() {
    follower.close();
  }

  static int percentile(String userId) {
    var crc = new CRC32();
    crc.update(userId.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % 100);
  }

  /** Whatever it throws is this record's fault alone; see {@link TopicFollower}. */
  private void changed(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) changed.remove(new String(record.key(), StandardCharsets.UTF_8));
    else accept(deserializer.deserialize(record.topic(), record.value()), record);
    var all = new java.util.HashMap<>(environment);
    all.putAll(changed);
    values = Values.of(all);
    log.info("Flags: {}", values.summary());
  }

  /** What is wrong is not logged: name and value are whatever somebody wrote there. */
  private void accept(FlagChanged change, ConsumerRecord<?, ?> record) {
    if (fault(change.getName(), change.getValue()) == null)
      changed.put(change.getName(), change.getValue());
    else
      log.error(
          "{}-{}@{} has no effect: no flag of this name, or not a value of it",
          record.topic(),
          record.partition(),
          record.offset());
  }

  private record Values(
      boolean earnEnabled,
      boolean earnIntake,
      boolean redeemEnabled,
      int rolloutPercent,
      Set<String> betaUsers) {

    static Values of(Map<String, String> all) {
      all.keySet().forEach(Values::known);
      var settings = Settings.of(all);
      var values =
          new Values(
              settings.flag(Setting.RRR_EARN_ENABLED),
              settings.flag(Setting.RRR_EARN_INTAKE),
              settings.flag(Setting.RRR_REDEEM_ENABLED),
              settings.integer(Setting.RRR_ROLLOUT_PERCENT, 100, 0, 100),
              settings.set(Setting.RRR_BETA_USERS));
      try {
        settings.check();
      } catch (SettingsException wrong) {
        throw new IllegalArgumentException(wrong.getMessage(), wrong);
      }
      return values;
    }

    private static void known(String name) {
      if (CHANGEABLE.stream().noneMatch(setting -> setting.name().equals(name))) {
        throw new IllegalArgumentException(name + " is not a flag");
      }
    }

    /** Beta users are user ids: only how many. */
    String summary() {
      return "earn=%s intake=%s redeem=%s rollout=%d%% beta users=%d"
          .formatted(earnEnabled, earnIntake, redeemEnabled, rolloutPercent, betaUsers.size());
    }
  }
}
