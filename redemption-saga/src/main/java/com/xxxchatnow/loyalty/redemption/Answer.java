package com.xxxchatnow.loyalty.redemption;

import com.fasterxml.jackson.databind.JsonNode;

/** An answer to a query, before it is sent. */
record Answer(int status, JsonNode body) {

  static Answer ok(JsonNode body) {
    return new Answer(200, body);
  }

  static Answer error(int status, String code, String message) {
    var body = Views.JSON.createObjectNode();
    body.putObject("error").put("code", code).put("message", message);
    return new Answer(status, body);
  }

  static Answer unknown() {
    return error(404, "NOT_FOUND", "no redemption of this order is known");
  }

  /** It is there, but just now nobody can be asked: to be asked again soon. */
  static Answer moving(String message) {
    return error(503, "UNAVAILABLE", message);
  }

  boolean isOk() {
    return status == 200;
  }

  /** Whether it tells a decided redemption. */
  boolean isDecided() {
    return isOk() && body.path("decided").asBoolean();
  }
}
