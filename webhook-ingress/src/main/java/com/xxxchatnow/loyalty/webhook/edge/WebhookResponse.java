package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Every response of the server. None repeats what was sent, or says more than a sender needs in
 * order to correct it.
 */
public enum WebhookResponse {
  TAKEN(200, ""),
  BAD_REQUEST(400, "this is not an HTTP request the server understands"),
  NOT_JSON(400, "the body is not JSON"),
  NO_EVENT_ID(400, "the body has no event_id of 1 to 128 characters"),
  UNAUTHENTICATED(401, "the signature is missing or wrong"),
  NOT_FOUND(404, "there is nothing here"),
  METHOD_NOT_ALLOWED(405, "only POST"),
  TOO_SLOW(408, "the request did not arrive in time"),
  TOO_LARGE(413, "the body is larger than 256 KiB"),
  URI_TOO_LONG(414, "the request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "only application/json in UTF-8, not encoded"),
  EXPECTATION_FAILED(417, "only 100-continue can be expected"),
  HEADERS_TOO_LARGE(431, "the headers are too large"),
  INTERNAL_ERROR(500, "the request could not be served"),
  UNAVAILABLE(503, "the event could not be kept; send it again later");

  private static final int RETRY_AFTER_SECONDS = 5;

  public final int status;

  @SuppressWarnings("ImmutableEnumChecker") // written once, never handed out
  private final byte[] body;

  WebhookResponse(int status, String message) {
    this.status = status;
    this.body =
        status == 200
            ? new byte[0]
            : "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}"
                .formatted(name(), message)
                .getBytes(UTF_8);
  }

  /**
   * The response to a request that never reached our own code. That it speaks another HTTP (Jetty:
   * 501, 505) is the sender's fault.
   */
  static WebhookResponse of(int status) {
    return Arrays.stream(values())
        .filter(answer -> answer.status == status)
        .findFirst()
        .orElse(BAD_REQUEST);
  }

  void write(Response response, Callback callback) {
    response.setStatus(status);
    var headers = response.getHeaders();
    if (body.length > 0) headers.put(HttpHeader.CONTENT_TYPE, "application/json");
    headers.put(HttpHeader.CONTENT_LENGTH, body.length);
    special(headers);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  private void special(HttpFields.Mutable headers) {
    switch (this) {
      case METHOD_NOT_ALLOWED -> headers.put(HttpHeader.ALLOW, "POST");
      case UNAVAILABLE -> headers.put(HttpHeader.RETRY_AFTER, RETRY_AFTER_SECONDS);
      // The rest of the request is not read.
      case TOO_LARGE, TOO_SLOW, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST ->
          headers.put(HttpHeader.CONNECTION, "close");
      default -> {}
    }
  }
}
