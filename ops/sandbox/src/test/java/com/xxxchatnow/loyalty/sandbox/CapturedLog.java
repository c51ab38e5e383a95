package com.xxxchatnow.loyalty.sandbox;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What the services of this JVM log, by their own configuration: each event as a line of text and
 * as a line of JSON, DEBUG of ours included.
 */
final class CapturedLog implements AutoCloseable {
  static final String CONFIGURATION = "observability-logback.xml";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final PrintStream console = System.out;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  CapturedLog() throws JoranException {
    System.setOut(new PrintStream(lines, true, StandardCharsets.UTF_8));
    context.reset();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(CapturedLog.class.getResource("/" + CONFIGURATION));
  }

  /** The console that the log does not go to. */
  PrintStream console() {
    return console;
  }

  String text() {
    return lines.toString(StandardCharsets.UTF_8);
  }

  /** The events in their JSON form. */
  List<JsonNode> json() {
    return text().lines().filter(line -> line.startsWith("{")).map(CapturedLog::parsed).toList();
  }

  private static JsonNode parsed(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException broken) {
      throw new AssertionError("not a line of JSON: " + line, broken);
    }
  }

  @Override
  public void close() throws JoranException {
    System.setOut(console);
    context.reset();
    new ContextInitializer(context).autoConfig();
  }
}
