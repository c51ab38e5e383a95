package com.xxxchatnow.loyalty.webhook.edge;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads bodies into bounded memory: each body by its size and its time, and all of them together. A
 * slow sender takes memory only for what it has sent.
 */
public final class BodyReader {
  private final int maxBytes;
  private final Duration maxTime;
  private final Semaphore memory;

  /**
   * @param maxBytes of one body
   * @param maxTime from the headers to the end of the body; checked whenever something arrives, so
   *     that the connection's idle timeout is to be added
   * @param memory bytes of all bodies that are being read or processed
   */
  public BodyReader(int maxBytes, Duration maxTime, int memory) {
    this.maxBytes = maxBytes;
    this.maxTime = maxTime;
    this.memory = new Semaphore(memory);
  }

  /**
   * Reads the body and holds its memory until {@code use} returns.
   *
   * @return what {@code use} returns, or why the body was not read
   */
  WebhookResponse with(Request request, Function<byte[], WebhookResponse> use)
      throws InterruptedException {
    if (request.getLength() > maxBytes) return WebhookResponse.TOO_LARGE;
    var held = new Held();
    try {
      var problem = read(request, held);
      return problem == null ? use.apply(held.bytes.toByteArray()) : problem;
    } finally {
      memory.release(held.memory);
    }
  }

  /** A body on its way, and the memory taken for it. */
  private static final class Held {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    int memory;
  }

  private WebhookResponse read(Request request, Held held) throws InterruptedException {
    var deadline = System.nanoTime() + maxTime.toNanos();
    while (true) {
      var chunk = request.read();
      if (chunk == null) {
        awaitMore(request);
        if (System.nanoTime() - deadline > 0) return WebhookResponse.TOO_SLOW;
        continue;
      }
      if (Content.Chunk.isFailure(chunk)) return broken(chunk.getFailure());
      try {
        var problem = add(chunk, held);
        if (problem != null) return problem;
        if (chunk.isLast()) return null;
      } finally {
        chunk.release();
      }
    }
  }

  private WebhookResponse add(Content.Chunk chunk, Held held) {
    var size = chunk.remaining();
    if (held.bytes.size() + size > maxBytes) return WebhookResponse.TOO_LARGE;
    if (!memory.tryAcquire(size)) return WebhookResponse.UNAVAILABLE;
    held.memory += size;
    var bytes = new byte[size];
    chunk.getByteBuffer().get(bytes);
    held.bytes.writeBytes(bytes);
    return null;
  }

  /**
   * Waits for more, or for the idle timeout, and never gives up earlier: Jetty aborts a connection
   * that is answered while it is still asked for content.
   */
  private static void awaitMore(Request request) throws InterruptedException {
    var there = new CountDownLatch(1);
    request.demand(there::countDown);
    there.await();
  }

  /** The connection is idle for too long, was cut, or sent no proper chunk. */
  private static WebhookResponse broken(Throwable failure) {
    return failure instanceof TimeoutException
        ? WebhookResponse.TOO_SLOW
        : WebhookResponse.BAD_REQUEST;
  }
}
