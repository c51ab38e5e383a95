package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of a file as people have it: UTF-8 with or without a byte order mark, or UTF-16. */
final class PurchaseText {
  private static final String MARK = "\uFEFF";

  /** What the file is not, and what to do. */
  private static final class NotUtf8 extends CharacterCodingException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      return "the file is not UTF-8; is it Latin-1 or Windows-1252? Save it as UTF-8";
    }
  }

  private PurchaseText() {}

  /**
   * @throws CharacterCodingException saying what to do when the encoding can't be told
   */
  static String of(Path path) throws IOException {
    var bytes = Files.readAllBytes(path);
    if (isUtf16(bytes)) return UTF_16.decode(ByteBuffer.wrap(bytes)).toString();
    if (validLength(bytes) < bytes.length) throw new NotUtf8();
    var text = new String(bytes, UTF_8);
    return text.startsWith(MARK) ? text.substring(1) : text;
  }

  /** The line of the first bytes that are not UTF-8, from 1. */
  static int lineOf(Path path) throws IOException {
    var bytes = Files.readAllBytes(path);
    var line = 1;
    for (var i = 0; i < validLength(bytes); i++) if (bytes[i] == '\n') line++;
    return line;
  }

  private static boolean isUtf16(byte[] bytes) {
    if (bytes.length < 2) return false;
    var first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    return first == 0xfeff || first == 0xfffe;
  }

  private static int validLength(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = java.nio.CharBuffer.allocate(bytes.length + 1);
    UTF_8.newDecoder().decode(in, out, true);
    return in.position();
  }
}
