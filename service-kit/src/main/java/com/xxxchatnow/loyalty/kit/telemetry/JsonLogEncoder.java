package com.xxxchatnow.loyalty.kit.telemetry;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Logback's JSON, an object a line, with a line's key-value pairs as fields of that object. */
public final class JsonLogEncoder extends JsonEncoder {
  public JsonLogEncoder() {
    setWithKVPList(false);
  }

  @Override
  protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
    if (event.getKeyValuePairs() == null) return;
    for (var pair : event.getKeyValuePairs()) {
      line.append(",\"").append(JsonStringEncoder.getInstance().quoteAsString(pair.key));
      line.append("\":");
      if (pair.value instanceof Number) line.append(pair.value);
      else line.append('"').append(quoted(pair.value)).append('"');
    }
  }

  private static char[] quoted(Object value) {
    return JsonStringEncoder.getInstance().quoteAsString(String.valueOf(value));
  }
}
