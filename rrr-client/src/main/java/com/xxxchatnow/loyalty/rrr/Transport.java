package com.xxxchatnow.loyalty.rrr;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * One attempt over HTTP. It runs on a virtual thread of its own, so that the time limit covers all
 * of it (name lookup, handshake, the last byte that drips in) and an interrupted caller is free at
 * once, whatever the socket is doing.
 */
final class Transport implements AutoCloseable {
  private final URI baseUrl;
  private final CloseableHttpClient http;

  Transport(RrrClientConfig config) {
    baseUrl = config.baseUrl();
    var limits = config.limits();
    http =
        HttpClients.custom()
            .setConnectionManager(pool(config))
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.of(limits.attempt()))
                    .setResponseTimeout(Timeout.of(limits.attempt()))
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .evictExpiredConnections()
            .evictIdleConnections(TimeValue.of(limits.idleConnection()))
            .setUserAgent("xcn-loyalty-pipeline")
            .build();
  }

  private static PoolingHttpClientConnectionManager pool(RrrClientConfig config) {
    var limits = config.limits();
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setMaxConnTotal(config.connections())
        .setMaxConnPerRoute(config.connections())
        .setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(limits.connect()))
                .setSocketTimeout(Timeout.of(limits.attempt()))
                .setTimeToLive(TimeValue.of(limits.connectionAge()))
                .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                .build())
        .build();
  }

  /**
   * Sends a request and reads the whole answer within {@code nanos}.
   *
   * @throws InterruptedException at once; RRR may or may not do what was asked
   */
  Reply send(Request request, String token, long nanos) throws InterruptedException {
    var message = message(request, token);
    var attempt = new FutureTask<>(() -> http.execute(message, in -> read(in, message, request)));
    Thread.ofVirtual().name("rrr-attempt").start(attempt);
    try {
      return attempt.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      message.cancel();
      return new Reply.Lost("no answer within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
    } catch (InterruptedException e) {
      message.cancel();
      throw e;
    } catch (ExecutionException e) {
      return lost(e.getCause());
    }
  }

  private HttpUriRequestBase message(Request request, String token) {
    var message = new HttpUriRequestBase(request.method(), URI.create(baseUrl + request.path()));
    for (Map.Entry<String, String> header : request.headers().entrySet())
      message.setHeader(header.getKey(), header.getValue());
    message.setHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    message.setHeader(HttpHeaders.ACCEPT, "application/json");
    if (token != null) message.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token);
    if (request.body() != null)
      message.setEntity(new ByteArrayEntity(request.body(), ContentType.APPLICATION_JSON));
    return message;
  }

  /** Reads up to the limit; of a longer answer the rest is dropped with its connection. */
  private static Reply read(ClassicHttpResponse answer, HttpUriRequestBase message, Request request)
      throws IOException {
    var body = new byte[0];
    if (answer.getEntity() != null) {
      var maxBytes = request.maxAnswerBytes();
      body = bounded(answer.getEntity().getContent(), maxBytes);
      if (body.length > maxBytes) {
        message.cancel();
        throw new IOException("an answer of more than " + maxBytes + " bytes");
      }
    }
    return new Reply.Answered(
        answer.getCode(),
        body,
        header(answer, HttpHeaders.CONTENT_TYPE),
        header(answer, HttpHeaders.RETRY_AFTER));
  }

  private static String header(ClassicHttpResponse answer, String name) {
    var header = answer.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  private static byte[] bounded(InputStream in, int maxBytes) throws IOException {
    var read = new ByteArrayOutputStream();
    var buffer = new byte[8192];
    for (int n; read.size() <= maxBytes && (n = in.read(buffer)) >= 0; ) read.write(buffer, 0, n);
    return read.toByteArray();
  }

  /** Only the exception's class: messages name hosts and sometimes more. */
  private static Reply lost(Throwable cause) {
    if (cause instanceof IOException) return new Reply.Lost(cause.getClass().getSimpleName());
    throw new IllegalStateException("an attempt failed for a reason other than the network", cause);
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }
}
