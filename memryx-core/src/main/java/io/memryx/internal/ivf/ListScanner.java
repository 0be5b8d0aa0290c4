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
  private final Searchable rows;
  private final float[] products;
  private final PreparedQuery query;
  private final float constant;
  private final Wanted wanted;
  private final Patience patience;
  private final CandidatePool pool;
  private final float length;
  private final float margin;
  private final BlockScores scores = new BlockScores();

  /** One a block of a run; bit {@code r} is whether row {@code r} of the block is scanned. */
  private final int[] scanned = new int[BlockScores.MAX_BLOCKS];

  private int listsProbed;
  private int matchesScanned;

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
   * @param rows to have, if there are so many that may be found; at most as many
   * @param matches rows that pass a filter that the lists to probe are expected to hold
   */
  public record Wanted(int candidates, int rows, int matches) {

    /** Without a filter. */
    public Wanted(int candidates, int rows) {
      this(candidates, rows, 0);
    }
  }

  /**
   * Prepares a scan.
   *
   * @param rows which may be found
   * @param patience told of every row scored
   */
  public ListScanner(
      VectorKernels kernels,
      ClusterIndex index,
      ListQuery query,
      Searchable rows,
      Wanted wanted,
      Patience patience) {
    this.kernels = kernels;
    this.index = index;
    this.rows = rows;
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
   * Scans the nearest lists, and as many more as it takes to have what is wanted.
   *
   * @param probes at least this many lists, if there are so many
   * @return the lists scanned, nearest first, and maybe further ones
   */
  public int[] scanNearest(int probes) {
    int lists = index.lists().count();
    int[] nearest = index.centroids().nearest(products, Math.min(lists, probes));
    // Where every list is scanned anyway, spilled rows would only come a second time.
    boolean all = nearest.length == lists;
    for (int list : nearest) {
      scan(list, all ? firstSpilledPosition(list) : index.firstScanPosition(list + 1));
    }
    double matches = matchesToScan();
    while (!hasEnough(matches) && listsProbed < lists) {
      if (listsProbed == nearest.length) {
        nearest = index.centroids().nearest(products, (int) Math.min(lists, 2L * listsProbed));
      }
      int list = nearest[listsProbed];
      scan(list, index.firstScanPosition(list + 1));
    }
    return nearest;
  }

  /**
   * Matches to scan, now that the nearest lists are scanned. Where those hold fewer than was
   * expected, matches lie away from the query, and which lists are near says less about where the
   * nearest of them are: the fewer there were, the more are to be scanned.
   */
  private double matchesToScan() {
    double missing = (double) wanted.matches() / Math.max(1, matchesScanned);
    return wanted.matches() * Math.max(1, missing);
  }

  private boolean hasEnough(double matches) {
    return pool.size() >= copies() * wanted.rows() && matchesScanned >= matches;
  }

  /** How often a row may be among the candidates. */
  private int copies() {
    return index.isSpilled() ? 2 : 1;
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
    int from = index.firstScanPosition(list);
    patience.passed(to - from);
    if (rows.isFiltered()) {
      scanPassing(list, from, to);
    } else {
      scanAll(list, from, to);
    }
    listsProbed++;
  }

  private void scanAll(int list, int from, int to) {
    SignBlocks signs = index.signs();
    codesScanned += to - from;
    for (int at = from; at < to; ) {
      int first = at & -BLOCK_ROWS;
      int end = Math.min(to, Math.min(signs.endOfChunk(first), first + MAX_RUN_ROWS));
      int blocks = Math.ceilDiv(end - first, BLOCK_ROWS);
      Arrays.fill(scanned, 0, blocks, -1);
      scanned[0] = rangeMask(at - first, BLOCK_ROWS);
      scanned[blocks - 1] &= rangeMask(0, end - first - (blocks - 1) * BLOCK_ROWS);
      scanRun(list, first, blocks);
      at = end;
    }
  }

  /** Without the blocks in which nothing passes. */
  private void scanPassing(int list, int from, int to) {
    int first = from & -BLOCK_ROWS;
    int blocks = 0;
    for (int block = first; block < to; block += BLOCK_ROWS) {
      int range = rangeMask(Math.max(from - block, 0), Math.min(to - block, BLOCK_ROWS));
      int mask = range & passing(list, block, range);
      boolean joins = mask != 0 && blocks < scanned.length && !beginsChunk(block);
      if (!joins) {
        scanRun(list, first, blocks);
        first = block;
        blocks = 0;
      }
      if (mask != 0) {
        scanned[blocks++] = mask;
        codesScanned += Integer.bitCount(range);
      } else {
        first = block + BLOCK_ROWS;
      }
    }
    scanRun(list, first, blocks);
  }

  private boolean beginsChunk(int block) {
    return index.signs().indexInChunk(block) == 0;
  }

  /**
   * The rows of a block that are worth scoring, as bits: of a list's own rows those that pass the
   * filter. Rows spilled into it, which lie anywhere, are looked up when they score well.
   *
   * @param range the rows of the block that belong to the list
   */
  private int passing(int list, int block, int range) {
    int spilledFrom = firstSpilledPosition(list);
    if (block >= spilledFrom) {
      return -1;
    }
    int own = range & rangeMask(0, Math.min(spilledFrom - block, BLOCK_ROWS));
    int first = Integer.numberOfTrailingZeros(own);
    int passing = own & (rows.window(block + first - index.ownScanPosition(list, 0)) << first);
    matchesScanned += Integer.bitCount(passing);
    return passing | (range & ~own);
  }

  private void scanRun(int list, int first, int blocks) {
    if (blocks > 0) {
      score(first, blocks, products[list]);
      addCandidates(list, first, blocks);
    }
  }

  private void score(int first, int blocks, float product) {
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
   * Takes what is above the threshold of a run's rows that are scanned. Candidates are known by
   * position; spilled ones, for the time being, by their place beyond all positions.
   */
  private void addCandidates(int list, int first, int blocks) {
    boolean filtered = rows.isFiltered();
    boolean allLive = rows.dead().size() == 0;
    int spilledFrom = firstSpilledPosition(list);
    int ownOffset = -index.ownScanPosition(list, 0);
    int spilledOffset = index.lists().size() - index.spilledScanPosition(list, 0);
    for (int block = 0; block < blocks; block++) {
      // Before there is a threshold, what is no number or minus infinity counts too.
      int above = pool.takesAll() ? -1 : scores.above(block);
      for (int rest = above & scanned[block]; rest != 0; rest &= rest - 1) {
        int row = block * BLOCK_ROWS + Integer.numberOfTrailingZeros(rest);
        int at = first + row;
        int candidate = at + (at < spilledFrom ? ownOffset : spilledOffset);
        boolean passes = !filtered || at < spilledFrom || rows.passes(position(candidate));
        if (passes && (allLive || isAlive(candidate))) {
          pool.add(finite(scores.estimate(row)), candidate);
        }
      }
    }
  }

  private boolean isAlive(int candidate) {
    RowSet dead = rows.dead();
    return dead.size() == 0 || !dead.contains(index.lists().ordinal(position(candidate)));
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

  /** Scores the whole codes of all rows that may be found; gives their positions and scores. */
  public void rankAll(TopRows top) {
    InvertedLists lists = index.lists();
    int list = 0;
    for (int at = rows.next(0); at < lists.size(); at = rows.next(at + 1)) {
      while (lists.start(list + 1) <= at) {
        list++;
      }
      patience.passed(1);
      if (isAlive(at)) {
        top.offer(finite(score(at, list) + constant), at);
        codesRanked++;
      }
    }
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

  /** Codes scored by their signs, dead ones included. */
  public int codesScanned() {
    return codesScanned;
  }

  /** Codes scored as a whole. */
  public int codesRanked() {
    return codesRanked;
  }
}
