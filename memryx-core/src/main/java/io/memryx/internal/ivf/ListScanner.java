package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBlocks;
import io.memryx.internal.quantization.PreparedQuery;

/**
 * Scores the codes of inverted lists against one query, in two tiers: the sign bits of all, then
 * the whole codes of the best. For one search; not thread-safe.
 *
 * <p>Scores are internal ones: the inner product for cosine and dot; for l2, with query and vectors
 * as seen from the mean of the data, {@code 2 <q,x> - |x|²}, which lacks the {@code |q|²} that is
 * the same for all. Distances are the same from the mean, and data far from the origin lose no
 * digits to its offset.
 */
public final class ListScanner {
  private static final int BLOCK_ROWS = VectorKernels.BLOCK_ROWS;

  private static final float[] NO_ADDENDS = new float[BLOCK_ROWS];

  private final VectorKernels kernels;
  private final ClusterIndex index;
  private final RowSet dead;
  private final float[] products;
  private final PreparedQuery query;
  private final float constant;
  private final CandidatePool pool;
  private final float length;
  private final float margin;
  private final float[] estimates = new float[BLOCK_ROWS];
  private int listsProbed;

  /** Sum of bytes that were read only to have their cache lines near. */
  // Written and never read: without it the reads were dead code.
  @SuppressWarnings("UnusedVariable")
  private int touched;

  private int codesScanned;
  private int codesRanked;

  /**
   * Prepares a scan.
   *
   * @param query as {@link ExactScorer#query} gives it
   * @param dead rows (ordinals) to pass over
   * @param candidates number of rows whose whole codes are to be scored
   */
  public ListScanner(
      VectorKernels kernels,
      Metric metric,
      ClusterIndex index,
      float[] query,
      RowSet dead,
      int candidates) {
    this.kernels = kernels;
    this.index = index;
    this.dead = dead;
    float[] mean = index.centroids().mean();
    float[] seen = metric == Metric.L2 ? twiceFromMean(query, mean) : query;
    this.constant = metric == Metric.L2 ? -kernels.squaredL2(query, 0, mean, 0, mean.length) : 0;
    this.products = index.centroids().products(kernels, seen);
    this.query = index.quantizer().prepare(kernels, seen);
    this.pool = new CandidatePool(candidates);
    this.length = (float) Math.sqrt(kernels.dot(seen, 0, seen, 0, seen.length));
    // In the scale of top's scores, from which the constant is missing here.
    this.margin = index.training().signMargin() * length + constant;
  }

  /**
   * How many candidates of the first tier to score by their whole codes, unless told otherwise: the
   * sign bits misplace a neighbor by more ranks the more vectors there are, and the fewer bits.
   */
  public static int pool(int k, ClusterIndex index) {
    // On WordNet glosses (118k, 42 sign bytes, k = 10) 200 of them hold 0.994 of the true ten; of
    // 880k vectors 500 hold 0.993. At 19 dimensions (3 sign bytes) it takes fifteen times as many.
    double forTen = 0.6 * Math.sqrt(index.codes().size());
    double coarseness = Math.clamp(40.0 / index.codes().columns(), 1, 16);
    return (int) Math.max(32, coarseness * (forTen * (0.5 + k / 20.0) + 2 * k));
  }

  private static float[] twiceFromMean(float[] query, float[] mean) {
    float[] seen = new float[mean.length];
    for (int d = 0; d < seen.length; d++) {
      seen[d] = 2 * (query[d] - mean[d]);
    }
    return seen;
  }

  /**
   * Scans the nearest lists, and as many more as it takes to have so many candidates.
   *
   * @param probes at least this many lists, if there are so many
   * @param rowsWanted candidates to have, if there are so many live rows; no more than are kept
   * @return the lists scanned, nearest first
   */
  public int[] scanNearest(int probes, int rowsWanted) {
    int lists = index.lists().count();
    int[] scanned = scanFirst(Math.min(lists, probes));
    while (pool.size() < rowsWanted && scanned.length < lists) {
      scanned = scanFirst((int) Math.min(lists, 2L * scanned.length));
    }
    return scanned;
  }

  /** Scans those of the nearest lists that were not scanned before. */
  private int[] scanFirst(int probes) {
    int[] nearest = index.centroids().nearest(products, probes);
    for (int i = listsProbed; i < probes; i++) {
      scan(nearest[i]);
    }
    listsProbed = probes;
    return nearest;
  }

  private void scan(int list) {
    int from = index.lists().start(list);
    int to = index.lists().start(list + 1);
    codesScanned += to - from;
    for (int position = from; position < to; ) {
      int block = position & -BLOCK_ROWS;
      int end = Math.min(to, block + BLOCK_ROWS);
      scanBlock(block, rangeMask(position - block, end - block), products[list]);
      position = end;
    }
  }

  /** Bits {@code from} to {@code to - 1}. */
  private static int rangeMask(int from, int to) {
    return (int) ((1L << to) - (1L << from));
  }

  private void scanBlock(int block, int range, float product) {
    CodeBlocks codes = index.codes();
    int inChunk = codes.indexInChunk(block);
    boolean addends = codes.hasAddends();
    int better =
        kernels.scanBlock(
            query.tables(),
            codes.signsOf(block),
            codes.signsOffset(block),
            codes.factorsOf(block),
            inChunk,
            product,
            addends ? codes.addendsOf(block) : NO_ADDENDS,
            addends ? inChunk : 0,
            pool.threshold(),
            estimates);
    // Before there is a threshold, what is no number or minus infinity counts too.
    for (int rest = pool.takesAll() ? range : better & range; rest != 0; rest &= rest - 1) {
      int row = Integer.numberOfTrailingZeros(rest);
      if (dead.size() == 0 || !dead.contains(index.lists().ordinal(block + row))) {
        pool.add(finite(estimates[row]), block + row);
      }
    }
  }

  /**
   * A score that can be compared and subtracted. Estimates of the longest vectors may leave the
   * range of a float; such a row is no good neighbor, but a neighbor where there are no others.
   */
  private static float finite(float score) {
    return score > -Float.MAX_VALUE ? Math.min(score, Float.MAX_VALUE) : -Float.MAX_VALUE;
  }

  /**
   * Scores the whole codes of the best candidates; gives their positions and scores. Those whose
   * first score is so low that the whole code would hardly bring them among the best are passed
   * over.
   */
  public void rankCandidates(TopRows top) {
    pool.thinOut();
    if (pool.size() == 0) {
      return;
    }
    CodeBlocks codes = index.codes();
    for (int i = 0; i < pool.size(); i++) {
      touched += codes.touchRow(pool.position(i));
    }
    // The best by their signs first: they set the bound for the others.
    float first = pool.scoreOfBest(top.capacity());
    for (int i = 0; i < pool.size(); i++) {
      if (pool.score(i) >= first) {
        rank(pool.position(i), top);
      }
    }
    for (int i = 0; i < pool.size(); i++) {
      if (pool.score(i) < first && pool.score(i) + margin > top.worstScore()) {
        rank(pool.position(i), top);
      }
    }
  }

  private void rank(int position, TopRows top) {
    top.offer(finite(score(position, index.lists().listOf(position)) + constant), position);
    codesRanked++;
  }

  /**
   * By how much the whole code of each candidate scores more than its signs, for a query of length
   * 1; mostly less than 0, because candidates are those whose signs score too much.
   */
  public float[] signShortfalls() {
    pool.thinOut();
    float[] shortfalls = new float[pool.size()];
    for (int i = 0; i < shortfalls.length; i++) {
      int position = pool.position(i);
      float whole = finite(score(position, index.lists().listOf(position)));
      // Scores for a query of no length are not wrong by anything that counts.
      shortfalls[i] = length == 0 ? 0 : finite((whole - pool.score(i)) / length);
    }
    return shortfalls;
  }

  /** Scores the whole codes of all live rows; gives their positions and scores. */
  public void rankAll(TopRows top) {
    InvertedLists lists = index.lists();
    for (int list = 0; list < lists.count(); list++) {
      for (int position = lists.start(list); position < lists.start(list + 1); position++) {
        if (!dead.contains(lists.ordinal(position))) {
          top.offer(finite(score(position, list) + constant), position);
          codesRanked++;
        }
      }
    }
    listsProbed = lists.count();
    codesScanned = lists.size();
  }

  private float score(int position, int list) {
    CodeBlocks codes = index.codes();
    float residual =
        query.estimate(
            kernels,
            codes.signsOf(position),
            codes.signsOffset(position),
            CodeBlocks.SIGNS_STRIDE,
            codes.rowOf(position),
            codes.rowOffset(position));
    float addend = codes.hasAddends() ? codes.addendsOf(position)[codes.indexInChunk(position)] : 0;
    return products[list] + residual + addend;
  }

  /** Lists scanned. */
  public int listsProbed() {
    return listsProbed;
  }

  /** Codes passed, dead ones included. */
  public int codesScanned() {
    return codesScanned;
  }

  /** Codes scored as a whole. */
  public int codesRanked() {
    return codesRanked;
  }
}
