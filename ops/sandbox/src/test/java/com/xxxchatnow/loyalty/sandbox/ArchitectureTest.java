package com.xxxchatnow.loyalty.sandbox;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** The arrows of the design, each with its reason. */
class ArchitectureTest {
  private static final String ROOT = "com.xxxchatnow.loyalty.";
  private static final String EARN = ROOT + "earn..";
  private static final String REDEMPTION = ROOT + "redemption..";
  private static final String WEBHOOK = ROOT + "webhook..";
  private static final String RRR = ROOT + "rrr..";
  private static final String KIT = ROOT + "kit..";
  private static final String SCHEMAS = ROOT + "schemas..";
  private static final String EVENTS = ROOT + "events..";
  private static final String SIMULATOR = ROOT + "simulator..";
  private static final String LOCAL_KAFKA = ROOT + "localkafka..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("com.xxxchatnow.loyalty");

  @Test
  void services_do_not_know_each_other() {
    holds(
        SlicesRuleDefinition.slices()
            .matching(ROOT + "(earn|redemption|webhook)..")
            .should()
            .notDependOnEachOther()
            .because("each is deployed, scaled and understood alone"));
  }

  @Test
  void the_rrr_client_knows_no_kafka_and_nothing_of_ours() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(RRR)
            .should()
            .dependOnClassesThat(
                resideInAPackage("org.apache.kafka..")
                    .or(
                        resideInAPackage("com.xxxchatnow.loyalty..")
                            .and(resideInAPackage(RRR).negate()))
                    .as("Kafka or another part of the pipeline"))
            .because("RRR's API is a thing of its own, usable and testable without a broker"));
  }

  @Test
  void schemas_know_no_http() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(SCHEMAS, EVENTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.net.http..", "com.sun.net.httpserver..", "org.apache.hc..", "org.eclipse..")
            .because("whoever reads a topic needs no HTTP"));
  }

  @Test
  void nothing_points_back() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(KIT, SCHEMAS, EVENTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EARN, REDEMPTION, WEBHOOK, RRR, ROOT + "cli..", ROOT + "sandbox..")
            .because("what every service needs once must not know who needs it"));
  }

  @Test
  void the_judge_is_independent() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(SIMULATOR, LOCAL_KAFKA)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EARN, REDEMPTION, WEBHOOK, RRR, KIT, SCHEMAS, EVENTS)
            .because("a simulator that shares the client's code shares its mistakes"));
  }

  @Test
  void services_do_not_ship_the_test_bench() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(EARN, REDEMPTION, WEBHOOK, RRR, KIT, SCHEMAS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SIMULATOR, LOCAL_KAFKA)
            .because("they are for tests and the sandbox"));
  }

  @Test
  void only_settings_read_the_environment() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(EARN, REDEMPTION, WEBHOOK, RRR, KIT, SCHEMAS)
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "kit.settings.Settings")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("one catalogue of settings, all faults in one message"));
  }

  @Test
  void only_a_clock_tells_the_time() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("com.xxxchatnow.loyalty..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .because("a test moves the time, it does not wait for it"));
  }

  @Test
  void the_state_machine_is_pure() {
    holds(
        classes()
            .that()
            .resideInAPackage(ROOT + "redemption.machine..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", EVENTS, ROOT + "redemption.machine..")
            .because("the rules of the saga are read and tested without Kafka, HTTP or a clock"));
  }

  @Test
  void the_earn_policy_is_pure() {
    holds(
        classes()
            .that()
            .haveFullyQualifiedName(ROOT + "earn.policy.Policy")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", EVENTS, ROOT + "earn.policy")
            .because("a replay of the same purchase computes the same points"));
  }

  @Test
  void packages_have_no_cycles() {
    holds(
        SlicesRuleDefinition.slices()
            .matching("com.xxxchatnow.loyalty.(**)")
            .should()
            .beFreeOfCycles()
            .because("a package is read with those below it, never with those above it"));
  }

  @Test
  void requests_and_answers_of_rrr_know_no_machinery() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "rrr.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "rrr", "org.apache.hc..", "io.github.resilience4j..")
            .because(
                "what RRR is told and answers is readable without retries, tokens and limits"));
  }

  @Test
  void the_worker_stands_apart() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "kit.worker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                ROOT + "kit.service..",
                ROOT + "kit.follower..",
                ROOT + "kit.links..",
                ROOT + "kit.streams..")
            .because("the worker is used and tested without the life of a service around it"));
  }

  @Test
  void queries_and_calls_do_not_know_each_other() {
    holds(
        SlicesRuleDefinition.slices()
            .matching(ROOT + "redemption.(calls|query)..")
            .should()
            .notDependOnEachOther()
            .because("one serves the checkout, the other waits for RRR"));
  }

  @Test
  void edge_and_router_do_not_know_each_other() {
    holds(
        SlicesRuleDefinition.slices()
            .matching(ROOT + "webhook.(edge|router)..")
            .should()
            .notDependOnEachOther()
            .because("a webhook is safe in its topic whatever becomes of the router"));
  }

  private static void holds(ArchRule rule) {
    rule.check(CLASSES);
  }
}
