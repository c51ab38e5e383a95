package com.xxxchatnow.loyalty.redemption.query;

import com.fasterxml.jackson.databind.JsonNode;

/** An answer to a query, before it is sent. */
record QueryResponse(int status, JsonNode body) {

  static QueryResponse ok(JsonNode body) {
    return new QueryResponse(200, body);
  }

  static QueryResponse error(int status, String code, String message) {
    var body = RedemptionJson.JSON.createObjectNode();
    body.putObject("error").put("code", code).put("message", message);
    return new QueryResponse(status, body);
  }

  static QueryResponse unknown() {
    return error(404, "NOT_FOUND", "no redemption of this order is known");
  }

  /** It may be there, but just now nobody can be asked: to be asked again soon. */
  static QueryResponse unavailable(String message) {
    return error(503, "UNAVAILABLE", message);
  }

  boolean isOk() {
    return status == 200;
  }

  boolean isUnavailable() {
    return status == 503;
  }

  /** Whether it tells a decided redemption. */
  boolean isDecided() {
    return isOk() && body.path("decided").asBoolean();
  }
}
