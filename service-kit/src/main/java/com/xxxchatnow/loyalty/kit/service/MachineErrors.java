package com.xxxchatnow.loyalty.kit.service;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process after an {@link OutOfMemoryError} or another fault of the virtual machine on any
 * thread: what stands in memory is not to be trusted any more, a crash costs nothing, and a process
 * that lost one of its threads would stay as a corpse. A {@link StackOverflowError} is no such
 * fault: the record that causes it is the only one concerned.
 */
final class MachineErrors {
  private MachineErrors() {}

  /**
   * Watches for what no thread catches, and for what a library catches and logs: Kafka's own
   * threads do.
   */
  static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> {
      if (isIn(fault)) end(fault);
      LoggerFactory.getLogger(MachineErrors.class)
          .error("Uncaught in thread {}: please report it", thread.getName(), fault);
    });
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      var watch = new Watch();
      watch.setContext(context);
      watch.start();
      context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(watch);
    }
  }

  /** Whether it, or what caused it, is a fault of the virtual machine. */
  static boolean isIn(Throwable fault) {
    for (var cause = fault; cause != null; cause = cause.getCause())
      if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError))
        return true;
    return false;
  }

  /** At once and without closing anything: that takes memory too. */
  static void end(Throwable fault) {
    try {
      System.err.println("ends at once: " + fault);
    } finally {
      Runtime.getRuntime().halt(Service.EXIT_FATAL);
    }
  }

  private static final class Watch extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      if (event.getThrowableProxy() instanceof ThrowableProxy logged && isIn(logged.getThrowable()))
        end(logged.getThrowable());
    }
  }
}
