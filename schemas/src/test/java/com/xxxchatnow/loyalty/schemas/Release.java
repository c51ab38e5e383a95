package com.xxxchatnow.loyalty.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;

/**
 * Writes the next version of each schema that has changed since its last one, with its golden
 * records. It never touches a file that is there. See README.md for the command.
 */
final class Release {
  private Release() {}

  /**
   * @param args the folder of the released schemas
   */
  public static void main(String[] args) throws IOException {
    var folder = Path.of(args[0]);
    var faulty = false;
    for (var topic : Topics.RECORDS) {
      var faults = Evolution.faults(ReleasedSchemas.of(topic), ReleasedSchemas.current(topic));
      for (var fault : faults) System.err.println(topic.subject() + ": " + fault);
      faulty |= !faults.isEmpty();
    }
    if (faulty) {
      System.err.println("nothing released: see \"How to change a schema\" in schemas/README.md");
      System.exit(1);
    }
    for (var topic : Topics.RECORDS) release(topic, folder.resolve(topic.subject()));
  }

  private static void release(Topic<?> topic, Path folder) throws IOException {
    var released = ReleasedSchemas.of(topic);
    var current = ReleasedSchemas.current(topic);
    if (!released.isEmpty() && released.getLast().equals(current)) return;
    var version = released.size() + 1;
    var samples = Golden.samples(new Schema.Parser().parse(current));
    Files.createDirectories(folder);
    write(folder.resolve(version + ".avsc"), current);
    write(folder.resolve(version + ".golden"), Golden.write(samples));
    System.out.println("released " + topic.subject() + " version " + version);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
  }
}
