package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.snapshot.VectorSource;
import java.util.Arrays;
import java.util.List;

/**
 * Appends rows to a growing set of vectors, of which {@link #view} gives immutable views. One
 * writer at a time; views are for any thread that receives them safely.
 *
 * <p>What is published never moves under a reader: a chunk that grows is replaced by a copy in a
 * new table of chunks.
 */
public final class VectorRowsBuilder {
  private static final int FIRST_ROWS = 1;

  private final Metric metric;
  private final int dimension;
  private final int shift;
  private final int expectedRows;
  private float[][] chunks = new float[0][];
  private float[][] scales = new float[0][];
  private int size;

  /** No rows yet, and nobody knows how many there will be. */
  public VectorRowsBuilder(Metric metric, int dimension) {
    this(metric, dimension, 0);
  }

  /** No rows yet; exactly so many are expected, and no more memory than they need is taken. */
  public VectorRowsBuilder(Metric metric, int dimension, int expectedRows) {
    this.expectedRows = expectedRows;
    this.metric = metric;
    this.dimension = dimension;
    this.shift = VectorRows.chunkShift(dimension);
  }

  /** Makes room, so that appending so many rows allocates nothing. */
  public void reserve(int rows) {
    for (long needed = (long) size + rows; capacity() < needed; ) {
      grow(needed);
    }
  }

  /** The number of rows that {@link #append} was called for or that were shared. */
  public int size() {
    return size;
  }

  /**
   * Appends a row.
   *
   * @param source of {@code dimension} components
   */
  public void append(VectorSource source) {
    reserve(1);
    float[] chunk = chunks[size >> shift];
    int rowInChunk = size & ((1 << shift) - 1);
    source.copyVectorTo(chunk, rowInChunk * dimension);
    setScale(size, VectorRows.scaleOf(metric, chunk, rowInChunk * dimension, dimension));
    size++;
  }

  /** Appends a row of other rows. */
  public void append(VectorRows source, int row) {
    reserve(1);
    int offset = (size & ((1 << shift) - 1)) * dimension;
    System.arraycopy(
        source.chunkOf(row), source.offsetOf(row), chunks[size >> shift], offset, dimension);
    setScale(size, source.scale(row));
    size++;
  }

  /** Appends all rows; whole chunks that lie in memory are shared, not copied. */
  public void appendAll(JoinedRows joined) {
    joined.forEachRun(
        0,
        joined.size(),
        (vectors, row, count, _) -> {
          if (vectors instanceof VectorRows inMemory) {
            appendRun(inMemory, row, row + count);
          } else {
            for (int r = row; r < row + count; r++) {
              int source = r;
              append((array, offset) -> vectors.copyTo(source, 1, array, offset));
            }
          }
        });
  }

  private void appendRun(VectorRows source, int from, int to) {
    int row = from;
    while (row < to) {
      boolean wholeChunk =
          source.offsetOf(row) == 0
              && source.endOfChunk(row) - row == 1 << shift
              && source.endOfChunk(row) <= to;
      if (wholeChunk && (size & ((1 << shift) - 1)) == 0) {
        share(source, row);
        row += 1 << shift;
      } else {
        append(source, row++);
      }
    }
  }

  /**
   * Makes room for so many rows in an empty builder, to be written from outside.
   *
   * @return the arrays, in order; the last one may have more room than is asked for
   */
  public List<float[]> reserveChunks(int rows) {
    reserve(rows);
    return List.of(chunks);
  }

  /** Counts rows that were written from outside, and scales them. */
  public void adopt(int rows) {
    for (int row = 0; row < rows; row++) {
      int offset = (row & ((1 << shift) - 1)) * dimension;
      setScale(row, VectorRows.scaleOf(metric, chunks[row >> shift], offset, dimension));
    }
    size = rows;
  }

  /**
   * An upper bound of what {@link #reserve} allocates: what is added, and the chunk that is
   * replaced by a larger one.
   */
  public long growthBytes(int rows) {
    long missing = (long) size + rows - capacity();
    if (missing <= 0) {
      return 0;
    }
    int fullRows = 1 << shift;
    int last = chunks.length - 1;
    int lastRows = last < 0 ? 0 : chunks[last].length / dimension;
    // At most a first chunk that doubles, then whole ones.
    long added =
        missing + Math.max(FIRST_ROWS, last <= 0 && size + rows <= fullRows ? lastRows : fullRows);
    long replaced = lastRows < fullRows ? lastRows : 0;
    return (added + replaced) * (dimension + (metric == Metric.COSINE ? 1L : 0L)) * Float.BYTES;
  }

  /** Memory of the vectors and their scales, with the room that there is for more. */
  public long bytes() {
    return capacity() * (dimension + (metric == Metric.COSINE ? 1L : 0L)) * Float.BYTES;
  }

  /** The rows so far. */
  public VectorRows view() {
    return view(size);
  }

  /**
   * The first rows, {@code rows} of them; those not appended yet must be before anyone else sees
   * the view.
   */
  public VectorRows view(int rows) {
    return new VectorRows(metric, dimension, chunks, scales, rows);
  }

  private long capacity() {
    return chunks.length == 0
        ? 0
        : ((long) (chunks.length - 1) << shift) + chunks[chunks.length - 1].length / dimension;
  }

  private void share(VectorRows source, int row) {
    int chunk = size >> shift;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
      scales = Arrays.copyOf(scales, chunk + 1);
    } else {
      chunks = chunks.clone();
      scales = scales.clone();
    }
    chunks[chunk] = source.chunkOf(row);
    scales[chunk] = new float[metric == Metric.COSINE ? 1 << shift : 0];
    for (int r = 0; r < 1 << shift; r++) {
      setScale(size + r, source.scale(row + r));
    }
    size += 1 << shift;
  }

  /** Extends the last chunk if it is not full-sized, or adds one. */
  private void grow(long needed) {
    int last = chunks.length - 1;
    int lastRows = last < 0 ? 1 << shift : chunks[last].length / dimension;
    boolean extend = lastRows < 1 << shift;
    int target = extend ? last : last + 1;
    int rows = chunkRows(target, needed, extend ? 2 * lastRows : FIRST_ROWS);
    float[][] grownChunks = Arrays.copyOf(chunks, target + 1);
    float[][] grownScales = Arrays.copyOf(scales, target + 1);
    int scaleCount = metric == Metric.COSINE ? rows : 0;
    grownChunks[target] =
        extend ? Arrays.copyOf(chunks[last], rows * dimension) : new float[rows * dimension];
    grownScales[target] = extend ? Arrays.copyOf(scales[last], scaleCount) : new float[scaleCount];
    chunks = grownChunks;
    scales = grownScales;
  }

  /**
   * Rows to make room for in a chunk: what is expected; else double in the first chunk, so that
   * small collections stay small, and all of a later one.
   */
  private int chunkRows(int chunk, long needed, int atLeast) {
    int fullRows = 1 << shift;
    long base = (long) chunk << shift;
    long rows = Math.max(needed, expectedRows) - base;
    if (expectedRows <= base) {
      rows = chunk == 0 ? Math.max(rows, atLeast) : fullRows;
    }
    return (int) Math.min(fullRows, rows);
  }

  private void setScale(int row, float scale) {
    if (metric == Metric.COSINE) {
      scales[row >> shift][row & ((1 << shift) - 1)] = scale;
    }
  }
}
