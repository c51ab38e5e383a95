package com.xxxchatnow.loyalty.rrr;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the module logs while a test runs. */
final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("com.xxxchatnow.loyalty.rrr");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  CapturedLog() {
    logger.setLevel(Level.TRACE);
    logger.setAdditive(false);
    logger.addAppender(this);
    start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(event.getLevel() + " " + event.getFormattedMessage());
  }

  List<String> lines(String containing) {
    return lines.stream().filter(line -> line.contains(containing)).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(null);
    logger.setAdditive(true);
  }
}
