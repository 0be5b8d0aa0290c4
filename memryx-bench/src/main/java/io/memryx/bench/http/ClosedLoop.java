package io.memryx.bench.http;

import io.memryx.bench.measure.Latencies;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients that keep their connections and send the next request when the last one is answered: for
 * what a request costs, not for what clients of a busy server wait ({@link OpenLoop}). Used by one
 * thread; sends with others.
 */
final class ClosedLoop implements AutoCloseable {
  private static final int OK = 200;

  private final List<RawConnection> connections = new ArrayList<>();
  private final ExecutorService threads;

  ClosedLoop(URI address, int clients) throws IOException {
    threads = Executors.newFixedThreadPool(clients);
    for (int client = 0; client < clients; client++) {
      connections.add(new RawConnection(address));
    }
  }

  /**
   * What came of it.
   *
   * @param seconds from the first request to the last answer
   */
  record Outcome(Latencies latencies, double seconds) {
    int count() {
      return latencies.size();
    }
  }

  /** Sends these requests in turn for so long. Every answer must be 200. */
  Outcome send(List<byte[]> requests, double seconds) throws InterruptedException {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    List<Future<Latencies>> clients = new ArrayList<>();
    for (RawConnection connection : connections) {
      int first = clients.size() * requests.size() / connections.size();
      clients.add(threads.submit(() -> send(connection, requests, first, end)));
    }
    Latencies all = new Latencies();
    for (Future<Latencies> client : clients) {
      try {
        all.addAll(client.get());
      } catch (ExecutionException e) {
        throw new ServerRunException("a client failed: " + e.getCause(), e);
      }
    }
    return new Outcome(all, (System.nanoTime() - begin) / 1e9);
  }

  private static Latencies send(
      RawConnection connection, List<byte[]> requests, int first, long end) throws IOException {
    Latencies latencies = new Latencies();
    int next = first;
    for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
      int status = connection.exchange(requests.get(next));
      latencies.add(System.nanoTime() - begin);
      next = (next + 1) % requests.size();
      if (status != OK) {
        throw new ServerRunException("a request was answered " + status + ", expected 200");
      }
    }
    return latencies;
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    for (RawConnection connection : connections) {
      connection.close();
    }
  }
}
