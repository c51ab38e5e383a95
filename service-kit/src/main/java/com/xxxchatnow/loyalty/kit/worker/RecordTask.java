package com.xxxchatnow.loyalty.kit.worker;

import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.HANDLED;
import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.HANDLING;

import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.FaultPoints;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record in its handler, on a virtual thread of its own. A handler that throws has a defect:
 * the record is neither lost nor given away as poison, it is tried again, ever more slowly, and
 * holds back nothing but its key.
 */
record RecordTask(
    ConsumerRecord<byte[], byte[]> record,
    PartitionState lane,
    Worker.Handler handler,
    FaultPoints steps,
    WorkerMetrics metrics,
    Consumer<Throwable> fatal,
    Consumer<Finished> done)
    implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RecordTask.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

  /** A handled record and what is to be produced for it. */
  record Finished(
      PartitionState lane,
      ConsumerRecord<byte[], byte[]> record,
      List<ProducerRecord<byte[], byte[]>> results) {}

  @Override
  public void run() {
    try {
      var pause = FIRST_PAUSE;
      while (!lane.dropped() && !handled()) {
        Thread.sleep(pause);
        pause = pause.multipliedBy(2);
        if (pause.compareTo(MAX_PAUSE) > 0) pause = MAX_PAUSE;
      }
    } catch (InterruptedException _) {
      log.debug("stopped: {} belongs to another instance now", place());
    } catch (Error error) {
      fatal.accept(error);
    }
  }

  private boolean handled() throws InterruptedException {
    try {
      steps.reached(HANDLING);
      var results = metrics.timed(() -> handler.handle(record));
      steps.reached(HANDLED);
      done.accept(new Finished(lane, record, List.copyOf(results)));
      return true;
    } catch (InterruptedException stopped) {
      if (lane.dropped()) throw stopped;
      defect(stopped);
    } catch (RuntimeException defect) {
      if (!lane.dropped()) defect(defect);
    }
    return false;
  }

  private void defect(Exception defect) {
    metrics.defects.increment();
    log.error("{} is tried again, its handler threw", place(), withoutWords(defect));
  }

  /** Kinds and places of a fault: its messages may quote the record. */
  private static Throwable withoutWords(Throwable fault) {
    var cause = fault.getCause() == null ? null : withoutWords(fault.getCause());
    var bare = new Exception(fault.getClass().getName(), cause);
    bare.setStackTrace(fault.getStackTrace());
    return bare;
  }

  private String place() {
    return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
  }
}
