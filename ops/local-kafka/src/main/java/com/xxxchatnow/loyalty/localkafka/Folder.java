package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder that goes with everything in it when it is closed. */
public record Folder(Path path) implements AutoCloseable {

  /**
   * A new folder.
   *
   * @param parent where; null for the JVM's temporary folder
   */
  public static Folder create(Path parent, String prefix) {
    try {
      if (parent == null) return new Folder(Files.createTempDirectory(prefix));
      Files.createDirectories(parent);
      return new Folder(Files.createTempDirectory(parent, prefix).toAbsolutePath());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      Files.walkFileTree(path, new Deletion());
    } catch (NoSuchFileException _) {
      // Gone already.
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) throw failure;
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
