package com.xxxchatnow.loyalty.webhook.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Cuts connections that do not bring a whole request's headers in time. An idle timeout does not: a
 * sender of one byte every few seconds is never idle.
 */
final class SlowConnections extends AbstractLifeCycle implements Connection.Listener {
  private static final int CHECKS_PER_LIMIT = 4;

  private final Duration limit;
  private final Connector connector;
  private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();
  private volatile Scheduler.Task next;

  /** How many requests a connection had brought when it was last seen to bring one. */
  private record Progress(long requests, long nanos) {}

  SlowConnections(Duration limit, Connector connector) {
    this.limit = limit;
    this.connector = connector;
  }

  @Override
  public void onOpened(Connection connection) {
    connections.put(connection, new Progress(0, System.nanoTime()));
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection);
  }

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    next.cancel();
  }

  private void schedule() {
    next =
        connector
            .getScheduler()
            .schedule(this::check, limit.toMillis() / CHECKS_PER_LIMIT, TimeUnit.MILLISECONDS);
  }

  private void check() {
    var now = System.nanoTime();
    connections.forEach((connection, progress) -> check(connection, progress, now));
    schedule();
  }

  private void check(Connection connection, Progress progress, long now) {
    var requests = connection.getMessagesIn();
    if (requests != progress.requests()) {
      connections.replace(connection, progress, new Progress(requests, now));
    } else if (now - progress.nanos() > limit.toNanos()) {
      connection.getEndPoint().close();
    }
  }
}
