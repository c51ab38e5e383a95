package com.xxxchatnow.loyalty.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of this repository: its prose, headings, anchors and links. */
record Markdown(Path file, List<String> prose) {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".data");
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
  private static final Pattern INLINE = Pattern.compile("]\\(([^)\\s]+)[^)]*\\)");
  private static final Pattern DEFINITION = Pattern.compile("\\[([^]]+)]: +(\\S+)");
  private static final Pattern REFERENCE = Pattern.compile("]\\[([^]]+)]|\\[(\\w+(?:IT|Test))]");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");
  private static final Pattern EXTERNAL = Pattern.compile("[a-z]+:.*");

  /** The files with this ending, without what is built or installed. */
  static List<Path> files(String ending) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(ending)) files.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  static Markdown read(Path file) throws IOException {
    var prose = new ArrayList<String>();
    var inCode = false;
    for (var line : Files.readAllLines(file)) {
      var fence = line.strip().startsWith("```");
      if (!fence && !inCode) prose.add(line);
      if (fence) inCode = !inCode;
    }
    return new Markdown(file, prose);
  }

  String name() {
    return ROOT.relativize(file).toString();
  }

  /** The texts of the headings, with their number signs: {@code ## Guarantees}. */
  List<String> headings() {
    return prose.stream().filter(line -> HEADING.matcher(line).matches()).toList();
  }

  /** The lines between this heading and the next one. */
  List<String> section(String heading) {
    return prose.stream()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !HEADING.matcher(line).matches())
        .toList();
  }

  /** Where a link can point to within the file, as GitHub names the headings. */
  Set<String> anchors() {
    var anchors = new HashSet<String>();
    var seen = new HashMap<String, Integer>();
    for (var line : prose) {
      var heading = HEADING.matcher(line);
      if (!heading.matches()) continue;
      var anchor = anchor(heading.group(1));
      var before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  static String anchor(String heading) {
    return heading
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  /** The targets of all links that stay within the repository. */
  List<String> targets() {
    return prose.stream()
        .map(line -> CODE.matcher(line).replaceAll("``"))
        .flatMap(line ->
            Stream.concat(
                INLINE.matcher(line).results().map(link -> link.group(1)),
                DEFINITION.matcher(line).results().map(link -> link.group(2))))
        .filter(target -> !EXTERNAL.matcher(target).matches())
        .toList();
  }

  /** Names in reference links, and names of tests in brackets, that the file does not define. */
  List<String> undefined() {
    var defined = new HashSet<String>();
    prose.forEach(
        line -> DEFINITION.matcher(line).results().forEach(found -> defined.add(found.group(1))));
    return prose.stream()
        .map(line -> CODE.matcher(line).replaceAll("``"))
        .flatMap(line -> REFERENCE.matcher(line).results())
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .filter(name -> !defined.contains(name))
        .toList();
  }

  /** Lines of running text: no table, no definition of a link, no heading. */
  Stream<String> runningText() {
    return prose.stream()
        .filter(line ->
            !line.strip().startsWith("|")
                && !HEADING.matcher(line).matches()
                && !DEFINITION.matcher(line).lookingAt());
  }

  /** Words as a reader counts them: a dash or the bar of a table is none. */
  static long words(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !DEFINITION.matcher(line).lookingAt())
        .flatMap(line -> Stream.of(line.split("\\s+")))
        .filter(word -> word.chars().anyMatch(Character::isLetterOrDigit))
        .count();
  }
}
