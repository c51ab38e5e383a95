package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Purchases of a file, if one was given: read whole, then published. */
final class PurchaseRun {
  private final Path path;
  private List<PurchaseCompleted> purchases = List.of();
  private String faults;

  PurchaseRun(Path path, Clock clock) {
    this.path = path;
    if (path == null) return;
    try {
      purchases = PurchaseFile.read(path, clock);
    } catch (PurchaseFile.Faulty faulty) {
      faults = faulty.getMessage();
    } catch (IOException unreadable) {
      faults = path + ": can't be read: " + unreadable;
    }
  }

  boolean given() {
    return path != null;
  }

  /** What is wrong with the file, or null. */
  String faults() {
    return faults;
  }

  void publish(Publisher publisher, PublishedOrders orders) throws InterruptedException {
    var sends = new ArrayList<Future<RecordMetadata>>();
    for (var purchase : purchases) {
      orders.purchase(purchase.getEventId(), purchase.getOrderId());
      sends.add(publisher.publish(Topics.PURCHASES, purchase.getUserId(), purchase));
    }
    for (var send : sends) Publisher.sent(send);
  }
}
