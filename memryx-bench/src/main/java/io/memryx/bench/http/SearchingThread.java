package io.memryx.bench.http;

import io.memryx.bench.measure.Latencies;
import io.memryx.bench.truth.KnownVectors;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Searches for known vectors until it is told to stop; each must be found first. The results may be
 * read once it was stopped.
 */
final class SearchingThread {
  private final ServerClient client;
  private final KnownVectors known;
  private final int rows;
  private final int k;
  private final SplittableRandom random;
  private final Thread thread = new Thread(this::searchOn, "bench-searches");
  private volatile boolean stopped;

  /** Written by the thread alone; read after it was joined. */
  private final Latencies latencies = new Latencies();

  private int errors;
  private int misses;
  private String firstFault = "";

  SearchingThread(ServerClient client, KnownVectors known, int rows, int k, long seed) {
    this.client = client;
    this.known = known;
    this.rows = rows;
    this.k = k;
    this.random = new SplittableRandom(seed);
  }

  void start() {
    thread.start();
  }

  /** What the searches came to, given how long the build took. */
  HttpReport.Finalizing report(double seconds) {
    return new HttpReport.Finalizing(
        seconds, latencies.size(), latencies.percentiles(), errors, misses, firstFault);
  }

  /** Stops the thread and waits for its end. */
  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  private void searchOn() {
    try {
      while (!stopped) {
        search(random.nextInt(rows));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void search(int row) throws InterruptedException {
    float[] vector = known.vector(row);
    long start = System.nanoTime();
    OptionalInt first;
    try {
      List<Hit> hits = client.search(vector, k);
      latencies.add(System.nanoTime() - start);
      first =
          hits.isEmpty()
              ? OptionalInt.empty()
              : OptionalInt.of(Integer.parseInt(hits.getFirst().id()));
    } catch (RuntimeException e) {
      // Whatever it is: a thread that ended in silence would look like searches without errors.
      errors++;
      note(e.toString());
      return;
    }
    if (!known.foundFirst(row, first)) {
      misses++;
      note("searching for row " + row + " found " + first + " first");
    }
  }

  private void note(String fault) {
    if (firstFault.isEmpty()) {
      firstFault = fault;
    }
  }
}
