package io.memryx.internal.build;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildRequest;
import io.memryx.Metric;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Chooses how many lists a search probes by default: so many that a sample of queries made of the
 * data finds the wanted share of what a scan of all lists finds.
 *
 * <p>A vector of the data finds its neighbors more easily than a query of another kind does: on
 * WordNet glosses (118k vectors, 1,030 lists) 0.99 takes 107 lists for vectors of the data and 205
 * for real queries. So a sample query is a vector with half of another one added, and the share
 * aimed at is half as far from 1 as the one wanted.
 */
final class ProbeCalibration {
  /** Ten neighbors of each: the share is known to about 0.002. */
  private static final int QUERIES = 512;

  private static final int NEIGHBORS = 10;

  /** Below this, scanning every code takes less than routing could save. */
  private static final int SMALL_INDEX = 16_384;

  private final VectorKernels kernels;
  private final Workers workers;
  private final BuildMonitor monitor;
  private final Metric metric;
  private final BuildRequest request;

  ProbeCalibration(
      VectorKernels kernels,
      Workers workers,
      BuildMonitor monitor,
      Metric metric,
      BuildRequest request) {
    this.kernels = kernels;
    this.workers = workers;
    this.monitor = monitor;
    this.metric = metric;
    this.request = request;
  }

  /**
   * The index with its default probes.
   *
   * @param vectors what the index is of, by ordinal
   * @param listOfRow the list of each
   */
  ClusterIndex calibrate(ClusterIndex index, Vectors vectors, int[] listOfRow) {
    if (vectors.size() <= SMALL_INDEX) {
      return index;
    }
    monitor.begin(Phase.CALIBRATE, QUERIES);
    int lists = index.lists().count();
    int[] sample = new SplittableRandom(request.seed()).ints(QUERIES, 0, vectors.size()).toArray();
    // How many of all neighbors are in the list that is probed as the n-th.
    var neighborsAtRank = new AtomicIntegerArray(lists);
    workers.forEachBlock(
        QUERIES,
        8,
        monitor::report,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            countRanks(
                index, vectors, sample[i], sample[(i + 1) % QUERIES], listOfRow, neighborsAtRank);
          }
        });
    return index.withTraining(choose(index.training(), neighborsAtRank));
  }

  private void countRanks(
      ClusterIndex index,
      Vectors vectors,
      int row,
      int other,
      int[] listOfRow,
      AtomicIntegerArray neighborsAtRank) {
    float[] query = new float[vectors.dimension()];
    vectors.copyScaledTo(row, 1, query, 0);
    float[] blend = new float[vectors.dimension()];
    vectors.copyScaledTo(other, 1, blend, 0);
    for (int d = 0; d < query.length; d++) {
      query[d] += blend[d] / 2;
    }
    var scanner =
        new ListScanner(
            kernels,
            metric,
            index,
            query,
            RowSet.empty().with(row, other),
            ListScanner.pool(NEIGHBORS, vectors.size()));
    int[] order = scanner.scanNearest(index.lists().count(), 0);
    var top = new TopRows(NEIGHBORS, TopRows.LOWER_ROW_FIRST);
    scanner.rankCandidates(top);
    int[] rankOfList = new int[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      rankOfList[order[rank]] = rank;
    }
    for (int i = 0; i < top.size(); i++) {
      neighborsAtRank.incrementAndGet(rankOfList[listOfRow[top.row(i)]]);
    }
  }

  private Training choose(Training training, AtomicIntegerArray neighborsAtRank) {
    long all = 0;
    for (int rank = 0; rank < neighborsAtRank.length(); rank++) {
      all += neighborsAtRank.get(rank);
    }
    long found = 0;
    int probes = 0;
    while (probes < neighborsAtRank.length() && found < (1 + request.routingRecall()) / 2 * all) {
      found += neighborsAtRank.get(probes++);
    }
    return new Training(
        Math.max(1, probes),
        training.trainedVectors(),
        training.meanResidualEnergy(),
        all == 0 ? 1 : (float) found / all);
  }
}
