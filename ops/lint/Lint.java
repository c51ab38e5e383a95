import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** Checks of Error Prone that contradict how this code is written. */
static final List<String> OFF =
    List.of(
        "AddressSelection", // loopback literals have one address
        "AnnotateFormatMethod", // would bring Error Prone's annotations into the programs
        "ArrayRecordComponent", // records that carry bytes are not compared
        "CanonicalDuration", // 48 hours and 120 seconds are the contract's own words
        "InlineFormatString", // a longer text reads better as a constant
        "MissingSummary"); // a javadoc may consist of its @param lines

/**
 * Runs Error Prone over the sources of all modules and names every finding; exits 1 when there is
 * one. All modules at once, because javac with Error Prone is slow until its JVM is warm: started
 * anew for the classes and the tests of each module, it would take several times as long.
 *
 * <p>The build runs it with {@code ./mvnw verify}; alone: {@code ./mvnw verify -DskipTests
 * -DskipITs -pl ops/lint -am}. Argument: the file that holds the class path of all modules and
 * their tests.
 */
void main(String[] args) throws IOException {
  var options =
      List.of(
          "-classpath",
          Files.readString(Path.of(args[0])).strip(),
          "-processorpath",
          System.getProperty("java.class.path"),
          "-proc:none",
          "-Xmaxwarns",
          "10000",
          "-Xmaxerrs",
          "10000",
          "-XDcompilePolicy=simple",
          "--should-stop=ifError=FLOW",
          "--should-stop=ifNoError=FLOW",
          "-Xplugin:ErrorProne -XepAllErrorsAsWarnings -Xep:"
              + String.join(":OFF -Xep:", OFF)
              + ":OFF");
  var findings = new TreeSet<String>();
  var compiler = ToolProvider.getSystemJavaCompiler();
  try (var files = compiler.getStandardFileManager(null, null, null)) {
    compiler
        .getTask(
            null,
            files,
            found -> {
              if (found.getKind() != Diagnostic.Kind.NOTE) findings.add(line(found));
            },
            options,
            null,
            files.getJavaFileObjectsFromPaths(sources()))
        .call();
  }
  findings.forEach(IO::println);
  if (!findings.isEmpty()) System.exit(1);
}

static String line(Diagnostic<? extends JavaFileObject> found) {
  var file =
      found.getSource() == null
          ? ""
          : found.getSource().getName() + ":" + found.getLineNumber() + ": ";
  return file + found.getMessage(null).strip();
}

static List<Path> sources() throws IOException {
  try (var files = Files.walk(Path.of("."))) {
    return files
        .filter(file -> file.toString().matches(".*/src/(main|test)/java/.*\\.java"))
        .filter(file -> !file.toString().contains("/target/"))
        .toList();
  }
}
