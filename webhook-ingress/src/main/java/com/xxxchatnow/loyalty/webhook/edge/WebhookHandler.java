package com.xxxchatnow.loyalty.webhook.edge;

import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Rejected;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Verified;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The way of a delivery, read downwards: path, method, media type, size, signature, body, Kafka.
 * What is not signed is not parsed; what Kafka has not acknowledged gets no 200.
 */
public final class WebhookHandler extends Handler.Abstract {
  public static final String PATH = "/webhooks/rrr";

  private final BodyReader bodies;
  private final Verifier verifier;
  private final WebhookPublisher webhooks;
  private final EdgeMetrics metrics;

  public WebhookHandler(
      BodyReader bodies, Verifier verifier, WebhookPublisher webhooks, EdgeMetrics metrics) {
    this.bodies = bodies;
    this.verifier = verifier;
    this.webhooks = webhooks;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback)
      throws InterruptedException {
    var begin = System.nanoTime();
    var answer = respond(request);
    metrics.answered(answer, System.nanoTime() - begin);
    answer.write(response, callback);
    return true;
  }

  private WebhookResponse respond(Request request) throws InterruptedException {
    if (!PATH.equals(request.getHttpURI().getPath())) return WebhookResponse.NOT_FOUND;
    if (!HttpMethod.POST.is(request.getMethod())) return WebhookResponse.METHOD_NOT_ALLOWED;
    if (!json(request.getHeaders())) return WebhookResponse.UNSUPPORTED_MEDIA_TYPE;
    return bodies.with(request, body -> verify(request, body));
  }

  private WebhookResponse verify(Request request, byte[] body) {
    var uri = request.getHttpURI().getPathQuery();
    var delivery = new Unverified(request.getMethod(), uri, headers(request.getHeaders()), body);
    return switch (delivery.verify(verifier)) {
      case Rejected(var why) -> {
        metrics.refused(why);
        yield WebhookResponse.UNAUTHENTICATED;
      }
      case Verified verified -> keep(verified);
    };
  }

  private WebhookResponse keep(Verified delivery) {
    return switch (WebhookBody.read(delivery.body())) {
      case WebhookBody.NotJson() -> WebhookResponse.NOT_JSON;
      case WebhookBody.NoEventId() -> WebhookResponse.NO_EVENT_ID;
      case WebhookBody.Event(var event) ->
          webhooks.keep(delivery, event) ? WebhookResponse.TAKEN : WebhookResponse.UNAVAILABLE;
    };
  }

  static boolean json(HttpFields headers) {
    if (headers.contains(HttpHeader.CONTENT_ENCODING) || encodedTransfer(headers)) return false;
    var types = headers.getFields(HttpHeader.CONTENT_TYPE);
    if (types.size() != 1 || types.getFirst().getValue() == null) return false;
    return json(types.getFirst().getValue().toLowerCase(Locale.ROOT).split(";"));
  }

  private static boolean encodedTransfer(HttpFields headers) {
    var encoding = headers.get(HttpHeader.TRANSFER_ENCODING);
    return encoding != null && !encoding.strip().equalsIgnoreCase("chunked");
  }

  /** With any parameters, as long as a charset is UTF-8. */
  private static boolean json(String[] type) {
    return type.length > 0
        && type[0].strip().equals("application/json")
        && Arrays.stream(type)
            .map(String::strip)
            .filter(parameter -> parameter.startsWith("charset"))
            .allMatch(parameter -> parameter.matches("charset=(utf-8|\"utf-8\")"));
  }

  /** All values of each header, by its name in lower case, in the order they came. */
  static Map<String, List<String>> headers(HttpFields fields) {
    var headers = new TreeMap<String, List<String>>();
    for (var field : fields) {
      headers
          .computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(field.getValue() == null ? "" : field.getValue());
    }
    return headers;
  }
}
