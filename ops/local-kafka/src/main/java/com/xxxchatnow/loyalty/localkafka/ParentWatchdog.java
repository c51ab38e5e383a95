package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;

/**
 * The main of a child JVM: runs the real main and ends the JVM when the parent is gone, however it
 * went (SIGKILL too): then the system closes the pipe that is this process's standard input.
 */
final class ParentWatchdog {
  private static final Duration FOR_SHUTDOWN_HOOKS = Duration.ofSeconds(5);
  private static final int PARENT_GONE = 143;

  private ParentWatchdog() {}

  /**
   * @param args the real main class, then its arguments
   */
  public static void main(String[] args) throws Throwable {
    Thread.ofPlatform().daemon().name("leash").start(ParentWatchdog::endWithParent);
    var main = Class.forName(args[0]).getMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static void endWithParent() {
    try {
      while (System.in.read() != -1) {
        // Nobody writes; only the end of the stream says something.
      }
    } catch (IOException closed) {
      // As good as its end.
    }
    Thread.ofPlatform().daemon().start(ParentWatchdog::haltLater);
    System.exit(PARENT_GONE);
  }

  private static void haltLater() {
    try {
      Thread.sleep(FOR_SHUTDOWN_HOOKS);
    } catch (InterruptedException interrupted) {
      // Now, then.
    }
    Runtime.getRuntime().halt(PARENT_GONE);
  }
}
