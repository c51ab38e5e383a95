package com.xxxchatnow.loyalty.rrr;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * An HTTP server on a bare socket that fails as networks do; faults are values. Of RRR it knows the
 * token only.
 */
final class FaultyRrr implements AutoCloseable {

  /** What happens to a request. */
  sealed interface Effect {
    record Answer(int status, String body, Map<String, String> headers) implements Effect {}

    /** Answers after that time. */
    record Late(Duration after, Effect effect) implements Effect {}

    /** Answers when the latch is down. */
    record Held(CountDownLatch until, Effect effect) implements Effect {}

    /** Takes the request, never answers. */
    record Silence() implements Effect {}

    /** Closes with a TCP reset. */
    record Reset() implements Effect {}

    /** Promises a whole answer, sends half of it and closes. */
    record Cut(String body) implements Effect {}

    /** An answer without length whose JSON stops in the middle. */
    record CutWithoutLength(String body) implements Effect {}

    /** An endless answer of that many bytes. */
    record Flood(long bytes) implements Effect {}

    /** One byte at a time. */
    record Drip(Duration each) implements Effect {}
  }

  record Received(
      String method, String path, Map<String, String> headers, String body, long atNanos) {
    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }

    String token() {
      var authorization = header("Authorization");
      return authorization == null ? "" : authorization.replace("Bearer ", "");
    }
  }

  static final Effect SILENCE = new Effect.Silence();
  static final Effect RESET = new Effect.Reset();
  static final String EARNED =
      """
      {"status":"ACCEPTED","ledger_entry_id":"e-1","posted_at":"2026-11-01T10:00:00-04:00"}\
      """;

  static Effect answer(int status, String body) {
    return new Effect.Answer(status, body, Map.of("Content-Type", "application/json"));
  }

  static Effect error(int status, String code) {
    return answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"no\"}}");
  }

  static Effect earned() {
    return answer(200, EARNED);
  }

  static Effect granted(String token, long seconds) {
    return answer(
        200,
        "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
            .formatted(token, seconds));
  }

  final List<Received> calls = new CopyOnWriteArrayList<>();
  final List<Received> tokenCalls = new CopyOnWriteArrayList<>();
  final AtomicLong flooded = new AtomicLong();
  final AtomicInteger connections = new AtomicInteger();
  private final Queue<Effect> next = new ConcurrentLinkedQueue<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private volatile Function<Received, Effect> otherwise = call -> earned();
  private volatile Function<Received, Effect> tokens =
      call -> granted("token-" + tokenCalls.size(), 3600);

  FaultyRrr() {
    try {
      server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** The next requests meet these, one each. */
  FaultyRrr then(Effect... effects) {
    next.addAll(List.of(effects));
    return this;
  }

  /** All further requests meet this. */
  FaultyRrr otherwise(Function<Received, Effect> effect) {
    otherwise = effect;
    return this;
  }

  FaultyRrr tokens(Function<Received, Effect> effect) {
    tokens = effect;
    return this;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream());
      for (var request = read(in); request != null; request = read(in)) {
        var token = request.path().equals("/oauth/token");
        (token ? tokenCalls : calls).add(request);
        var queued = token ? null : next.poll();
        var effect =
            token ? tokens.apply(request) : queued != null ? queued : otherwise.apply(request);
        if (!apply(effect, socket)) return;
      }
    } catch (IOException | InterruptedException e) {
      // The client hung up.
    } finally {
      open.remove(socket);
    }
  }

  /** Whether the connection lives on. */
  private boolean apply(Effect effect, Socket socket) throws IOException, InterruptedException {
    var out = socket.getOutputStream();
    return switch (effect) {
      case Effect.Answer(var status, var body, var headers) -> {
        out.write(head(status, headers, body.getBytes(UTF_8).length));
        out.write(body.getBytes(UTF_8));
        out.flush();
        yield true;
      }
      case Effect.Late(var after, var then) -> {
        Thread.sleep(after);
        yield apply(then, socket);
      }
      case Effect.Held(var until, var then) -> {
        until.await();
        yield apply(then, socket);
      }
      case Effect.Silence() -> socket.getInputStream().read() >= 0;
      case Effect.Reset() -> {
        socket.setSoLinger(true, 0);
        yield false;
      }
      case Effect.Cut(var body) -> {
        out.write(head(200, Map.of(), body.length()));
        out.write(body.substring(0, body.length() / 2).getBytes(UTF_8));
        yield false;
      }
      case Effect.CutWithoutLength(var body) -> {
        out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
        out.write(body.substring(0, body.length() / 2).getBytes(UTF_8));
        yield false;
      }
      case Effect.Flood(var bytes) -> flood(out, bytes);
      case Effect.Drip(var each) -> {
        out.write(head(200, Map.of(), EARNED.length()));
        for (var b : EARNED.getBytes(UTF_8)) {
          out.write(b);
          out.flush();
          Thread.sleep(each);
        }
        yield true;
      }
    };
  }

  private boolean flood(OutputStream out, long bytes) throws IOException {
    out.write(head(200, Map.of(), bytes));
    var block = " ".repeat(1 << 16).getBytes(ISO_8859_1);
    for (long sent = 0; sent < bytes; sent += block.length) {
      out.write(block);
      flooded.addAndGet(block.length);
    }
    return true;
  }

  private static byte[] head(int status, Map<String, String> headers, long length) {
    var head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("Content-Length: " + length + "\r\n\r\n").toString().getBytes(ISO_8859_1);
  }

  private static Received read(InputStream in) throws IOException {
    var first = line(in);
    if (first == null) return null;
    var headers = new TreeMap<String, String>();
    for (var line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      var colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    var body = new String(in.readNBytes(length), UTF_8);
    var words = first.split(" ", -1);
    return new Received(words[0], words[1], headers, body, System.nanoTime());
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b; (b = in.read()) != '\n'; ) {
      if (b < 0) return null;
      if (b != '\r') line.write(b);
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : open) socket.close();
  }
}
