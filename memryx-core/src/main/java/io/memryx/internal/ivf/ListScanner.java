package io.memryx.internal.ivf;

import io.memryx.internal.kernel.BlockScores;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.PreparedQuery;
import io.memryx.internal.quantization.SignBlocks;
import java.util.Arrays;

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

  private static final int MAX_RUN_ROWS = BlockScores.MAX_BLOCKS * BLOCK_ROWS;

  private static final float[] NO_ADDENDS = new float[MAX_RUN_ROWS];

  private final VectorKernels kernels;
  private final ClusterIndex index;
  private final RowSet dead;
  private final float[] products;
  private final PreparedQuery query;
  private final float constant;
  private final Wanted wanted;
  private final Patience patience;
  private final CandidatePool pool;
  private final float length;
  private final float margin;
  private final BlockScores scores = new BlockScores();
  private int listsProbed;

  /** Sum of bytes that were read only to have their cache lines near. */
  // Written and never read: without it the reads were dead code.
  @SuppressWarnings("UnusedVariable")
  private int touched;

  private int codesScanned;
  private int codesRanked;

  /**
   * What a scan is to find.
   *
   * @param candidates rows whose whole codes are to be scored
   * @param rows to have, if there are so many live ones; at most as many
   */
  public record Wanted(int candidates, int rows) {}

  /**
   * Prepares a scan.
   *
   * @param dead rows (ordinals) to pass over
   * @param patience told of every row scored
   */
  public ListScanner(
      VectorKernels kernels,
      ClusterIndex index,
      ListQuery query,
      RowSet dead,
      Wanted wanted,
      Patience patience) {
    this.kernels = kernels;
    this.index = index;
    this.dead = dead;
    this.constant = query.constant();
    this.products = query.products();
    this.query = query.codes();
    this.wanted = wanted;
    this.patience = patience;
    this.pool = new CandidatePool(capacity());
    this.length = query.length();
    // In the scale of top's scores, from which the constant is missing here.
    this.margin = index.training().signMargin() * length + constant;
  }

  /**
   * How many candidates of the first tier to score by their whole codes, unless told otherwise: the
   * sign bits misplace a neighbor by more ranks the more vectors there are, and the fewer bits.
   */
  public static int pool(int k, ClusterIndex index) {
    // On WordNet glosses (118k, k = 10; they had 42 sign bytes then) 200 of them hold 0.994 of the
    // true ten; of 880k vectors 500 hold 0.993. At 19 dimensions (3 sign bytes) it takes fifteen
    // times as many.
    double forTen = 0.6 * Math.sqrt(index.codes().size());
    double coarseness = Math.clamp(40.0 / index.signs().columns(), 1, 16);
    return (int) Math.max(32, coarseness * (forTen * (0.5 + k / 20.0) + 2 * k));
  }

  /** Some rows come twice: of so many candidates, enough are different ones. */
  private int capacity() {
    int candidates = wanted.candidates();
    return index.isSpilled()
        ? Math.max(candidates + candidates / 4, 2 * wanted.rows())
        : candidates;
  }

  /**
   * Scans the nearest lists, and as many more as it takes to have the rows wanted.
   *
   * @param probes at least this many lists, if there are so many
   * @return the lists scanned, nearest first
   */
  public int[] scanNearest(int probes) {
    int lists = index.lists().count();
    int[] scanned = scanFirst(Math.min(lists, probes));
    while (pool.size() < copies() * wanted.rows() && scanned.length < lists) {
      scanned = scanFirst((int) Math.min(lists, 2L * scanned.length));
    }
    return scanned;
  }

  /** How often a row may be among the candidates. */
  private int copies() {
    return index.isSpilled() ? 2 : 1;
  }

  /** Scans those of the nearest lists that were not scanned before. */
  private int[] scanFirst(int probes) {
    int[] nearest = index.centroids().nearest(products, probes);
    // Where every list is scanned anyway, spilled rows would only come a second time.
    boolean all = listsProbed == 0 && probes == index.lists().count();
    for (int i = listsProbed; i < probes; i++) {
      int list = nearest[i];
      scan(list, all ? firstSpilledPosition(list) : index.firstScanPosition(list + 1));
    }
    listsProbed = probes;
    return nearest;
  }

  /** The scan position where a list's spilled rows begin. */
  private int firstSpilledPosition(int list) {
    return index.ownScanPosition(list, index.lists().start(list + 1));
  }

  /**
   * Scans a list up to a scan position in runs of blocks; the first and the last block belong to
   * other lists as well.
   */
  private void scan(int list, int to) {
    SignBlocks signs = index.signs();
    int from = index.firstScanPosition(list);
    codesScanned += to - from;
    patience.passed(to - from);
    for (int at = from; at < to; ) {
      int first = at & -BLOCK_ROWS;
      int end = Math.min(to, Math.min(signs.endOfChunk(first), first + MAX_RUN_ROWS));
      scanRun(first, Math.ceilDiv(end - first, BLOCK_ROWS), products[list]);
      addCandidates(list, first, at, end);
      at = end;
    }
  }

  private void scanRun(int first, int blocks, float product) {
    SignBlocks signs = index.signs();
    int inChunk = signs.indexInChunk(first);
    boolean addends = signs.hasAddends();
    kernels.scanBlocks(
        query.tables(),
        blocks,
        signs.signsOf(first),
        signs.signsOffset(first),
        signs.factorsOf(first),
        inChunk,
        product,
        addends ? signs.addendsOf(first) : NO_ADDENDS,
        addends ? inChunk : 0,
        pool.threshold(),
        scores);
  }

  /**
   * Takes what is above the threshold, from one scan position of the run to another. Candidates are
   * known by position; spilled ones, for the time being, by their place beyond all positions.
   */
  private void addCandidates(int list, int first, int from, int to) {
    int spilledFrom = firstSpilledPosition(list);
    int ownOffset = -index.ownScanPosition(list, 0);
    int spilledOffset = index.lists().size() - index.spilledScanPosition(list, 0);
    for (int block = first; block < to; block += BLOCK_ROWS) {
      // Before there is a threshold, what is no number or minus infinity counts too.
      int above = pool.takesAll() ? -1 : scores.above((block - first) / BLOCK_ROWS);
      int range = rangeMask(Math.max(from - block, 0), Math.min(to - block, BLOCK_ROWS));
      for (int rest = above & range; rest != 0; rest &= rest - 1) {
        int at = block + Integer.numberOfTrailingZeros(rest);
        int candidate = at + (at < spilledFrom ? ownOffset : spilledOffset);
        if (dead.size() == 0 || !dead.contains(index.lists().ordinal(position(candidate)))) {
          pool.add(finite(scores.estimate(at - first)), candidate);
        }
      }
    }
  }

  /** Bits {@code from} to {@code to - 1}. */
  private static int rangeMask(int from, int to) {
    return (int) ((1L << to) - (1L << from));
  }

  private int position(int candidate) {
    int size = index.lists().size();
    return candidate < size ? candidate : index.spilled().ordinal(candidate - size);
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
    gatherCandidates();
    if (pool.size() == 0) {
      return;
    }
    patience.passed(pool.size());
    CodeRows codes = index.codes();
    for (int i = 0; i < pool.size(); i++) {
      touched += codes.touch(pool.position(i));
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

  /** Leaves the best candidates in the pool, by their positions, each row once. */
  private void gatherCandidates() {
    pool.thinOut();
    if (index.isSpilled()) {
      pool.merge(this::position);
      pool.keepAbout(wanted.candidates());
    }
  }

  private void rank(int position, TopRows top) {
    top.offer(finite(score(position, index.lists().listOf(position)) + constant), position);
    codesRanked++;
  }

  /**
   * By how much the whole codes of the best candidates score more than their signs, for a query of
   * length 1.
   *
   * @param best what {@link #rankCandidates} made of them
   */
  public float[] signShortfalls(TopRows best) {
    float[] shortfalls = new float[pool.size()];
    int found = 0;
    for (int i = 0; i < pool.size(); i++) {
      int position = pool.position(i);
      float whole = finite(score(position, index.lists().listOf(position)));
      if (finite(whole + constant) >= best.worstScore()) {
        // Scores for a query of no length are not wrong by anything that counts.
        shortfalls[found++] = length == 0 ? 0 : finite((whole - pool.score(i)) / length);
      }
    }
    return Arrays.copyOf(shortfalls, found);
  }

  /** Scores the whole codes of all live rows; gives their positions and scores. */
  public void rankAll(TopRows top) {
    InvertedLists lists = index.lists();
    for (int list = 0; list < lists.count(); list++) {
      patience.passed(lists.start(list + 1) - lists.start(list));
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
    SignBlocks signs = index.signs();
    CodeRows codes = index.codes();
    int at = index.ownScanPosition(list, position);
    float residual =
        query.estimate(
            kernels,
            signs.signsOf(at),
            signs.signsOffset(at),
            SignBlocks.STRIDE,
            codes.rowOf(position),
            codes.rowOffset(position));
    return products[list] + residual + signs.addend(at);
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
