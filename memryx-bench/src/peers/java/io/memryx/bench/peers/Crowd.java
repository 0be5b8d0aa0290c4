package io.memryx.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads that search at once, each one query at a time. */
final class Crowd {
  private final float[][] queries;
  private final int k;
  private final double seconds;

  /**
   * Every thread asks these queries again and again, each beginning elsewhere.
   *
   * @param queries shared, not copied
   * @param k neighbors asked for
   * @param seconds that every thread searches
   */
  Crowd(float[][] queries, int k, double seconds) {
    this.queries = queries;
    this.k = k;
    this.seconds = seconds;
  }

  /** Answers per second of all threads together. */
  <A> double queriesPerSecond(PeerIndex<A> index, Rung rung, int threads) throws IOException {
    List<Future<Double>> rates = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        int first = (int) ((long) queries.length * thread / threads);
        PeerIndex.Searcher<A> searcher = index.searcher();
        rates.add(workers.submit(() -> rate(searcher, rung, first)));
      }
    }
    double sum = 0;
    for (Future<Double> rate : rates) {
      sum += result(rate);
    }
    return sum;
  }

  private <A> double rate(PeerIndex.Searcher<A> searcher, Rung rung, int first) throws IOException {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    int asked = 0;
    while (asked == 0 || System.nanoTime() < end) {
      searcher.search(queries[(first + asked) % queries.length], rung, k);
      asked++;
    }
    return asked * 1e9 / (System.nanoTime() - start);
  }

  private static double result(Future<Double> rate) throws IOException {
    try {
      return rate.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while searching", e);
    } catch (ExecutionException e) {
      throw new IOException("a search failed: " + e.getCause(), e.getCause());
    }
  }
}
