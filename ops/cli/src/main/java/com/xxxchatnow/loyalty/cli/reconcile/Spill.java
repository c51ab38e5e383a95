package com.xxxchatnow.loyalty.cli.reconcile;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * Claims in temporary files, a file for a share of the members: a day of 10 million purchases needs
 * some 2 GB of disk, and memory for one share only. Nothing is left when it is closed.
 */
final class Spill implements AutoCloseable {
  static final int SHARES = 256;
  private static final int BUFFER = 8_192;
  private static final int PERCENT = 100;

  private final Path folder;
  private final DataOutputStream[] files = new DataOutputStream[SHARES];
  private final int sample;

  /**
   * @param sample percent of the members that are kept, always the same ones
   */
  Spill(int sample) throws IOException {
    this.sample = sample;
    this.folder = Files.createTempDirectory("loyalty-");
    for (var i = 0; i < SHARES; i++)
      files[i] =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file(i)), BUFFER));
  }

  void add(ExpectedEntry claim) {
    var hash = hash(claim.member());
    if (hash / SHARES % PERCENT >= sample) return;
    try {
      claim.write(files[(int) (hash % SHARES)]);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  /** The claims of a share's members, each member's in the order they came; after the last add. */
  Map<String, List<ExpectedEntry>> share(int number) throws IOException {
    files[number].close();
    var members = new TreeMap<String, List<ExpectedEntry>>();
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file(number))))) {
      while (true) {
        var claim = ExpectedEntry.read(in);
        members.computeIfAbsent(claim.member(), _ -> new ArrayList<>()).add(claim);
      }
    } catch (EOFException end) {
      return members;
    }
  }

  @Override
  public void close() throws IOException {
    for (var i = 0; i < SHARES; i++) {
      files[i].close();
      Files.deleteIfExists(file(i));
    }
    Files.deleteIfExists(folder);
  }

  private Path file(int number) {
    return folder.resolve(Integer.toString(number));
  }

  private static long hash(String member) {
    var crc = new CRC32();
    crc.update(member.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
