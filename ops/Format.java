import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds every source file to google-java-format: {@code check} names the files that differ and
 * exits 1, {@code apply} rewrites them. The build runs it with {@code ./mvnw verify}; to rewrite:
 * {@code ./mvnw -q -N verify -Dformat=apply}.
 */
void main(String[] args) throws IOException, FormatterException {
  var apply = "apply".equals(args[0]);
  var formatter = new Formatter();
  var differing = 0;
  for (var file : sources()) {
    var source = Files.readString(file);
    var formatted = formatter.formatSourceAndFixImports(source);
    if (formatted.equals(source)) continue;
    differing++;
    if (apply) Files.writeString(file, formatted);
    IO.println((apply ? "formatted " : "not formatted: ") + file);
  }
  if (!apply && differing > 0) {
    IO.println("run: ./mvnw -q -N verify -Dformat=apply");
    System.exit(1);
  }
}

List<Path> sources() throws IOException {
  try (var files = Files.walk(Path.of("."))) {
    return files
        .filter(file -> file.toString().endsWith(".java"))
        .filter(file ->
            !file.toString().contains("/target/") && !file.toString().contains("/node_modules/"))
        .toList();
  }
}
