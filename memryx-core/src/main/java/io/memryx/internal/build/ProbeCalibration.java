package io.memryx.internal.build;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ListQuery;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.Searchable;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Chooses how many lists a search probes by default: so many that a sample of queries made of the
 * data finds the wanted share of what a scan of all lists finds. And measures, on the same sample,
 * how much more a whole code may score than its signs.
 *
 * <p>A vector of the data finds its neighbors more easily than a query of another kind does: on
 * WordNet glosses (118k vectors, 1,030 lists, every vector in one) 0.99 takes 107 lists for vectors
 * of the data and 205 for real queries. So a sample query is a vector with half of another one
 * added, and the share aimed at is a third as far from 1 as the one wanted.
 */
final class ProbeCalibration {
  /** Ten neighbors of each: the share is known to about 0.002. */
  private static final int QUERIES = 512;

  private static final int NEIGHBORS = 10;

  /** Up to here, scanning every code takes less than routing could save. */
  private static final int SMALL_INDEX = 16_384;

  /**
   * Fewer sign bytes say so little of an outlier that a margin that holds for most of the others
   * passes it over, and whole codes that small are scored in no time.
   */
  private static final int FEWEST_COLUMNS = 8;

  private final VectorKernels kernels;
  private final Workers workers;
  private final BuildMonitor monitor;
  private final CollectionOptions options;
  private final BuildRequest request;

  ProbeCalibration(
      VectorKernels kernels,
      Workers workers,
      BuildMonitor monitor,
      CollectionOptions options,
      BuildRequest request) {
    this.kernels = kernels;
    this.workers = workers;
    this.monitor = monitor;
    this.options = options;
    this.request = request;
  }

  /**
   * The index with its default probes and sign margin.
   *
   * @param vectors what the index is of, by ordinal
   */
  ClusterIndex calibrate(ClusterIndex index, Vectors vectors) {
    monitor.begin(Phase.CALIBRATE, QUERIES);
    int[] sample = new SplittableRandom(request.seed()).ints(QUERIES, 0, vectors.size()).toArray();
    // How many of all neighbors are in the list that is probed as the n-th.
    var neighborsAtRank = new AtomicIntegerArray(index.lists().count());
    int[] spilledPlaces = index.spilled().positions();
    float[][] shortfalls = new float[QUERIES][];
    workers.forEachBlock(
        QUERIES,
        8,
        monitor::report,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            var pair = RowSet.empty().with(sample[i], sample[(i + 1) % QUERIES]);
            float[] query = blend(vectors, sample[i], sample[(i + 1) % QUERIES]);
            var scanner =
                new ListScanner(
                    kernels,
                    index,
                    ListQuery.prepare(kernels, options.metric(), index, query),
                    Searchable.allBut(pair),
                    new ListScanner.Wanted(ListScanner.pool(NEIGHBORS, index), 0),
                    Patience.endless());
            int[] order = scanner.scanNearest(index.lists().count());
            var top = new TopRows(NEIGHBORS, TopRows.LOWER_ROW_FIRST);
            scanner.rankCandidates(top);
            countRanks(order, top, index, spilledPlaces, neighborsAtRank);
            shortfalls[i] = scanner.signShortfalls(top);
          }
        });
    Training training = index.training();
    float signMargin =
        index.signs().columns() < FEWEST_COLUMNS ? Float.MAX_VALUE : quantile(shortfalls);
    return index.withTraining(
        vectors.size() <= SMALL_INDEX
            ? new Training(
                training.defaultProbes(),
                training.trainedVectors(),
                training.meanResidualEnergy(),
                signMargin,
                1)
            : choose(training, signMargin, neighborsAtRank));
  }

  /**
   * Share of neighbors whose whole codes score no more above their signs than the margin. Others
   * are passed over only if they are far down among the neighbors as well: of 300 candidates on
   * WordNet glosses 0.97 scores 239 whole codes, 0.9 scores 190 and loses nothing, 0.8 six
   * ten-thousandths of recall.
   */
  private double marginQuantile() {
    return switch (options.compression()) {
      case LOSSLESS -> 0.87;
      case COMPACT, BALANCED -> 0.995;
    };
  }

  private float quantile(float[][] shortfalls) {
    int count = Arrays.stream(shortfalls).mapToInt(some -> some.length).sum();
    if (count == 0) {
      return Float.MAX_VALUE;
    }
    float[] all = new float[count];
    int filled = 0;
    for (float[] some : shortfalls) {
      System.arraycopy(some, 0, all, filled, some.length);
      filled += some.length;
    }
    Arrays.sort(all);
    return all[(int) (marginQuantile() * (all.length - 1))];
  }

  private static float[] blend(Vectors vectors, int row, int other) {
    float[] query = new float[vectors.dimension()];
    float[] added = new float[vectors.dimension()];
    vectors.copyScaledTo(row, 1, query, 0);
    vectors.copyScaledTo(other, 1, added, 0);
    for (int d = 0; d < query.length; d++) {
      query[d] += added[d] / 2;
    }
    return query;
  }

  private static void countRanks(
      int[] order,
      TopRows top,
      ClusterIndex index,
      int[] spilledPlaces,
      AtomicIntegerArray neighborsAtRank) {
    int[] rankOfList = new int[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      rankOfList[order[rank]] = rank;
    }
    for (int i = 0; i < top.size(); i++) {
      int rank = rankOfList[index.lists().listOf(top.row(i))];
      if (index.isSpilled()) {
        int second = index.spilled().listOf(spilledPlaces[top.row(i)]);
        rank = Math.min(rank, rankOfList[second]);
      }
      neighborsAtRank.incrementAndGet(rank);
    }
  }

  private Training choose(Training training, float signMargin, AtomicIntegerArray neighborsAtRank) {
    long all = 0;
    for (int rank = 0; rank < neighborsAtRank.length(); rank++) {
      all += neighborsAtRank.get(rank);
    }
    long found = 0;
    int probes = 0;
    while (probes < neighborsAtRank.length() && found < (2 + request.routingRecall()) / 3 * all) {
      found += neighborsAtRank.get(probes++);
    }
    return new Training(
        Math.max(1, probes),
        training.trainedVectors(),
        training.meanResidualEnergy(),
        signMargin,
        all == 0 ? 1 : (float) found / all);
  }
}
