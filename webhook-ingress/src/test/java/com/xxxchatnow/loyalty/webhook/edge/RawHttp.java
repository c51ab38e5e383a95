package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A client that sends exactly these bytes, however wrong, and reads answers one by one. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  private final Socket socket;
  private final InputStream in;

  /**
   * @param headers lines as they came
   */
  record Reply(int status, List<String> headers, String body) {
    String header(String name) {
      var prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(it -> it.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(it -> it.substring(prefix.length()).strip())
          .findFirst()
          .orElse(null);
    }
  }

  RawHttp(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawHttp send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** The next answer; null when the server closed instead. */
  Reply reply() throws IOException {
    var head = head();
    var length = head == null ? null : head.header("Content-Length");
    if (length == null || head.status() / 100 == 1) return head;
    var body = new String(in.readNBytes(Integer.parseInt(length)), ISO_8859_1);
    return new Reply(head.status(), head.headers(), body);
  }

  /** The next answer without its body: all of an answer to HEAD. */
  Reply head() throws IOException {
    var status = line();
    if (status == null) return null;
    var headers = new ArrayList<String>();
    for (var line = line(); line != null && !line.isEmpty(); line = line()) headers.add(line);
    return new Reply(Integer.parseInt(status.split(" ", -1)[1]), headers, null);
  }

  /** Whether the server says nothing for that long. */
  boolean silentFor(Duration span) throws IOException {
    socket.setSoTimeout((int) span.toMillis());
    in.mark(1);
    try {
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  /** Whether the server ends the connection with nothing more to say. */
  boolean closed() throws IOException {
    return in.read() < 0;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) return null;
      if (b != '\r') line.write(b);
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
