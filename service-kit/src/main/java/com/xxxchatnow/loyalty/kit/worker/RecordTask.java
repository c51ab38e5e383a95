package com.xxxchatnow.loyalty.kit.worker;

import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.HANDLED;
import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.HANDLING;

import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.FaultPoints;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record in its handler, on a virtual thread of its own. A handler that throws, whatever it is
 * but a fault of the whole virtual machine, has a defect: the record is neither lost nor
 * dead-lettered, it is handled again, ever more slowly, and holds back nothing but its key.
 */
record RecordTask(
    Delivery delivery,
    PartitionState partition,
    Worker.Handler handler,
    FaultPoints faultPoints,
    WorkerMetrics metrics,
    Consumer<Throwable> fatal,
    Consumer<Finished> done)
    implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RecordTask.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

  /** A handled record and what is to be produced for it. */
  record Finished(
      PartitionState partition, Delivery delivery, List<ProducerRecord<byte[], byte[]>> results) {}

  @Override
  public void run() {
    try {
      var pause = FIRST_PAUSE;
      while (!partition.dropped() && !handled()) {
        Thread.sleep(pause);
        pause = pause.multipliedBy(2);
        if (pause.compareTo(MAX_PAUSE) > 0) pause = MAX_PAUSE;
      }
    } catch (InterruptedException _) {
      log.debug("stopped: {} belongs to another instance now", place());
    } catch (VirtualMachineError error) {
      fatal.accept(error);
    }
  }

  private boolean handled() throws InterruptedException {
    try {
      faultPoints.reached(HANDLING);
      var results = metrics.timed(() -> handler.handle(delivery));
      faultPoints.reached(HANDLED);
      done.accept(new Finished(partition, delivery, List.copyOf(results)));
      return true;
    } catch (InterruptedException stopped) {
      if (partition.dropped()) throw stopped;
      defect(stopped);
    } catch (RuntimeException | Error defect) {
      // The one that a record can cause by itself: everything else of the machine is everybody's.
      if (defect instanceof VirtualMachineError machine && !(defect instanceof StackOverflowError))
        throw machine;
      if (!partition.dropped()) defect(defect);
    }
    return false;
  }

  private void defect(Throwable defect) {
    metrics.defects.increment();
    log.error(
        "{} is handled again later: its handler threw. Please report it with this trace",
        place(),
        withoutMessages(defect));
  }

  /** Classes and places of a fault: its messages may quote the record. */
  private static Throwable withoutMessages(Throwable fault) {
    var cause = fault.getCause() == null ? null : withoutMessages(fault.getCause());
    var bare = new Exception(fault.getClass().getName(), cause);
    bare.setStackTrace(fault.getStackTrace());
    return bare;
  }

  private String place() {
    var record = delivery.record();
    return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
  }
}
