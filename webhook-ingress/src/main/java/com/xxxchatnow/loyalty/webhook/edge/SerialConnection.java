package com.xxxchatnow.loyalty.webhook.edge;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * A connection on which one thread at a time looks for requests. Jetty 12.1.14 answers a request
 * that is no HTTP on a second thread and looks for more on a third, while the first, which found it
 * bad, is not yet done: both give the connection's one buffer back, and one may do so while the
 * other fills it (jetty.project, issue 12939).
 */
final class SerialConnection extends HttpConnection {
  private final Lock looking = new ReentrantLock();

  private SerialConnection(HttpConfiguration http, Connector connector, EndPoint endPoint) {
    super(http, connector, endPoint);
  }

  static HttpConnectionFactory factory(HttpConfiguration http) {
    return new HttpConnectionFactory(http) {
      @Override
      public Connection newConnection(Connector connector, EndPoint endPoint) {
        var connection = new SerialConnection(getHttpConfiguration(), connector, endPoint);
        return configure(connection, connector, endPoint);
      }
    };
  }

  @Override
  public void onFillable() {
    looking.lock();
    try {
      super.onFillable();
    } finally {
      looking.unlock();
    }
  }
}
