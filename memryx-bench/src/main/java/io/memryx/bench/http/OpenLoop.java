package io.memryx.bench.http;

import io.memryx.bench.measure.Latencies;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One tenant's requests, sent when they are due over some connections. Where all are busy the next
 * request is late, and that counts as its time. Used by one thread; sends with others.
 */
final class OpenLoop {
  /** Stands for a status where there was none. */
  static final int NO_ANSWER = -1;

  private static final int OK = 200;

  private final URI address;
  private final List<byte[]> requests;
  private final Arrivals arrivals;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final Latencies answered = new Latencies();
  private final Map<Integer, Integer> statuses = new TreeMap<>();

  /** Sends these requests in turn. */
  OpenLoop(URI address, List<byte[]> requests, Arrivals arrivals, int connections) {
    this.address = address;
    this.requests = List.copyOf(requests);
    this.arrivals = arrivals;
    for (int connection = 0; connection < connections; connection++) {
      threads.add(new Thread(this::sendOn, "bench-open-loop-" + connection));
    }
  }

  /** What came of it. */
  record Outcome(Latencies.Percentiles answered, int count, Map<Integer, Integer> statuses) {
    Outcome {
      statuses = Map.copyOf(statuses);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Waits for the last answer. */
  Outcome await() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    synchronized (answered) {
      return new Outcome(answered.percentiles(), answered.size(), statuses);
    }
  }

  private void sendOn() {
    int request = next.getAndIncrement();
    while (request < arrivals.count()) {
      try (RawConnection connection = new RawConnection(address)) {
        while (request < arrivals.count() && !connection.ends()) {
          awaitUntil(arrivals.dueNanos(request));
          int status = connection.exchange(requests.get(request % requests.size()));
          note(status, System.nanoTime() - arrivals.dueNanos(request));
          request = next.getAndIncrement();
        }
      } catch (IOException | RuntimeException e) {
        note(NO_ANSWER, 0);
        request = next.getAndIncrement();
      }
    }
  }

  private static void awaitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void note(int status, long nanos) {
    synchronized (answered) {
      statuses.merge(status, 1, Integer::sum);
      if (status == OK) {
        answered.add(nanos);
      }
    }
  }
}
