package io.memryx.bench.sweep;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.bench.dataset.Loader;
import io.memryx.bench.measure.Latencies;
import io.memryx.bench.truth.KnownVectors;
import io.memryx.persistence.exchange.VectorRows;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A build with a second thread that searches for known vectors all the while, and adds some: what
 * has been added must be found by the very next search and still be there after the build.
 */
final class SearchedBuild {
  /** Neighbours asked for, as in the other measurements. */
  private static final int K = 10;

  /** Searches between two adds: many, because searches are what is measured. */
  private static final int SEARCHES_PER_ADD = 8;

  private static final int ROWS_PER_ADD = 4;

  private final VectorCollection collection;
  private final VectorRows base;
  private final KnownVectors known;
  private final SplittableRandom random;

  /** Guarded by the build's end: written by the searching thread, read after it was joined. */
  private final Latencies searches = new Latencies();

  private int errors;
  private int misses;
  private String firstFault = "";
  private int rowsThere;

  SearchedBuild(VectorCollection collection, VectorRows base, KnownVectors known, long seed) {
    this.collection = collection;
    this.base = base;
    this.known = known;
    this.random = new SplittableRandom(seed);
  }

  /**
   * What a build under searches came to.
   *
   * @param build the build's own report
   * @param searches number of searches during the build
   * @param errors searches and adds that threw
   * @param misses searches that did not find their vector first
   * @param firstFault the first error or miss, or an empty text
   * @param added entries added during the build
   * @param lost of those, entries that were not found after it
   * @param latencies of the searches
   */
  record Outcome(
      BuildReport build,
      int searches,
      int errors,
      int misses,
      String firstFault,
      int added,
      int lost,
      Latencies.Percentiles latencies) {

    boolean sound() {
      return errors == 0 && misses == 0 && lost == 0;
    }
  }

  /**
   * Builds while searching.
   *
   * @param upserted rows that are in the collection; the rest is added as the build goes on
   */
  Outcome run(BuildRequest request, int upserted) {
    rowsThere = upserted;
    BuildReport build;
    try (ExecutorService builder = Executors.newSingleThreadExecutor()) {
      Future<BuildReport> future = builder.submit(() -> collection.build(request));
      while (!future.isDone()) {
        searchAndAdd();
      }
      build = result(future);
    }
    int added = rowsThere - upserted;
    int lost = 0;
    for (int row = upserted; row < rowsThere; row++) {
      if (!known.foundFirst(row, firstRow(known.vector(row)))) {
        lost++;
      }
    }
    return new Outcome(
        build, searches.size(), errors, misses, firstFault, added, lost, searches.percentiles());
  }

  private void searchAndAdd() {
    for (int i = 0; i < SEARCHES_PER_ADD; i++) {
      search(random.nextInt(rowsThere));
    }
    int end = Math.min(rowsThere + ROWS_PER_ADD, base.rows());
    if (rowsThere == end) {
      return;
    }
    try {
      Loader.upsert(collection, base, rowsThere, end);
      rowsThere = end;
      search(end - 1);
    } catch (RuntimeException e) {
      errors++;
      note("adding rows " + rowsThere + " to " + (end - 1) + ": " + e);
    }
  }

  private void search(int row) {
    float[] vector = known.vector(row);
    long start = System.nanoTime();
    OptionalInt first;
    try {
      first = firstRow(vector);
    } catch (RuntimeException e) {
      errors++;
      note("searching for row " + row + ": " + e);
      return;
    }
    searches.add(System.nanoTime() - start);
    if (!known.foundFirst(row, first)) {
      misses++;
      note("searching for row " + row + " found " + first + " first");
    }
  }

  private OptionalInt firstRow(float[] vector) {
    List<Neighbor> neighbors = collection.search(SearchRequest.of(vector, K)).neighbors();
    return neighbors.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(neighbors.getFirst().id()));
  }

  private void note(String fault) {
    if (firstFault.isEmpty()) {
      firstFault = fault;
    }
  }

  private static BuildReport result(Future<BuildReport> build) {
    try {
      return build.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while building", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the build failed: " + e.getCause(), e.getCause());
    }
  }
}
