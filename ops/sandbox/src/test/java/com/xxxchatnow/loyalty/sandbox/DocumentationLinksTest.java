package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links and anchors of every Markdown file resolve, and READMEs have one form. */
class DocumentationLinksTest {

  /** How code cites a page: docs/rrr-contract.md#earn, with or without the heading. */
  private static final Pattern CITATION = Pattern.compile("\\b(docs/[\\w./-]+\\.md)(#[\\w-]+)?");

  private static final int MAX_WORDS = 750;
  private static final int MAX_COLUMNS = 100;

  /** What every README of a module has, in this order. */
  private static final List<String> SKELETON =
      List.of("## Diagram", "## Run it", "## Guarantees", "## Failure matrix", "## Links");

  /** Read like a module, without being one for Maven. */
  private static final String CONTAINERS = "ops/docker";

  @ParameterizedTest
  @MethodSource("markdown")
  void every_link_resolves(Path file) throws IOException {
    var page = Markdown.read(file);
    var faults = new ArrayList<String>();
    for (var target : page.targets()) fault(page, target).ifPresent(faults::add);
    page.undefined().forEach(name -> faults.add("[" + name + "] has no definition"));
    assertThat(faults).as(page.name()).isEmpty();
  }

  @Test
  void every_page_that_java_cites_is_there() throws IOException {
    var root = new Markdown(Markdown.ROOT.resolve("README.md"), List.of());
    var faults = new ArrayList<String>();
    for (var source : Markdown.files(".java"))
      for (var citation : CITATION.matcher(Files.readString(source)).results().toList())
        fault(root, citation.group())
            .ifPresent(fault -> faults.add(Markdown.ROOT.relativize(source) + ": " + fault));
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("readmesOfModules")
  void a_readme_has_the_form_of_the_others(Path file) throws IOException {
    var page = Markdown.read(file);
    assertThat(page.headings()).as(page.name()).containsSubsequence(SKELETON);
    assertThat(Markdown.words(file)).as("words of " + page.name()).isBetween(50L, (long) MAX_WORDS);
  }

  @ParameterizedTest
  @MethodSource("readmesOfModules")
  void each_guarantee_links_to_the_test_that_holds_it(Path file) throws IOException {
    var claims = items(Markdown.read(file).section("## Guarantees"));
    assertThat(claims).as(file.toString()).isNotEmpty();
    assertThat(claims).allMatch(claim -> claim.matches("(?s).*(?:]\\(|\\[\\w+(?:IT|Test)]).*"));
  }

  @ParameterizedTest
  @MethodSource("markdown")
  void running_text_is_wrapped(Path file) throws IOException {
    assertThat(Markdown.read(file).runningText().filter(DocumentationLinksTest::tooLong))
        .as(file.toString())
        .isEmpty();
  }

  static List<Path> markdown() throws IOException {
    return Markdown.files(".md").stream()
        .filter(file -> !file.endsWith("TABLE.md")) // written by a test
        .toList();
  }

  static List<Path> readmesOfModules() throws IOException {
    return Markdown.files("README.md").stream()
        .filter(file -> !file.getParent().equals(Markdown.ROOT))
        .filter(file ->
            Files.exists(file.resolveSibling("pom.xml")) || file.getParent().endsWith(CONTAINERS))
        .toList();
  }

  private static Optional<String> fault(Markdown page, String target) throws IOException {
    var parts = target.split("#", 2);
    var file = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
    if (!file.startsWith(Markdown.ROOT)) return Optional.of(target + " is outside the repository");
    if (!Files.exists(file)) return Optional.of(target + " does not exist" + elsewhere(file));
    if (parts.length == 1 || !file.toString().endsWith(".md")) return Optional.empty();
    return Markdown.read(file).anchors().contains(parts[1])
        ? Optional.empty()
        : Optional.of(target + ": no such heading");
  }

  /** A class that was moved to another package is still found by its name. */
  private static String elsewhere(Path missing) throws IOException {
    var name = missing.getFileName();
    var found =
        Markdown.files(name.toString()).stream()
            .filter(file -> file.getFileName().equals(name))
            .map(file -> Markdown.ROOT.relativize(file).toString())
            .toList();
    return found.isEmpty() ? "" : ", but there is " + found;
  }

  /** The items of a list, each with the lines it goes on in. */
  private static List<String> items(List<String> lines) {
    var items = new ArrayList<String>();
    for (var line : lines) {
      if (line.startsWith("- ") || line.matches("\\d+\\. .*")) items.add(line);
      else if (!items.isEmpty() && line.startsWith("  "))
        items.set(items.size() - 1, items.getLast() + "\n" + line);
    }
    return items;
  }

  /** Without the targets of links and commands that must not be broken. */
  private static boolean tooLong(String line) {
    var shown = line.replaceAll("]\\([^)]*\\)", "]").replaceAll("`[^`]{60,}`", "");
    return shown.length() > MAX_COLUMNS;
  }
}
