package io.memryx.internal.ivf;

import io.memryx.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The live rows of several sets of vectors, one set after the other. */
public final class JoinedRows implements Vectors {
  private final Metric metric;
  private final int dimension;
  private final List<Part> parts;

  /** {@code starts[p]} is the row that part p begins with; one more for the end. */
  private final int[] starts;

  private JoinedRows(Metric metric, int dimension, List<Part> parts) {
    this.metric = metric;
    this.dimension = dimension;
    this.parts = List.copyOf(parts);
    this.starts = new int[parts.size() + 1];
    for (int p = 0; p < parts.size(); p++) {
      starts[p + 1] = starts[p] + parts.get(p).size();
    }
  }

  /** Nothing yet. */
  public static Builder builder(Metric metric, int dimension) {
    return new Builder(metric, dimension);
  }

  /**
   * A set of vectors and those of its rows that count.
   *
   * @param rows rising; empty for all, because a part has at least one
   */
  // A record of an array on purpose: private to this class, never changed.
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(Vectors vectors, int[] rows) {
    int size() {
      return rows.length == 0 ? vectors.size() : rows.length;
    }

    /** How many rows from this one on, at most {@code count}, follow one another in the set. */
    int run(int index, int count) {
      int run = 1;
      if (rows.length == 0) {
        return count;
      }
      while (run < count && rows[index + run] == rows[index] + run) {
        run++;
      }
      return run;
    }

    int row(int index) {
      return rows.length == 0 ? index : rows[index];
    }
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public int size() {
    return starts[parts.size()];
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public float touch(int row) {
    Part part = parts.get(partOf(row));
    return part.vectors.touch(part.row(row - starts[partOf(row)]));
  }

  @Override
  public void copyTo(int first, int count, float[] target, int targetOffset) {
    forEachRun(
        first,
        count,
        (vectors, row, rowCount, index) ->
            vectors.copyTo(row, rowCount, target, targetOffset + index * dimension));
  }

  /** Calls {@code visitor} for every run of rows that follow one another in their set, in order. */
  public void forEachRun(int first, int count, RunVisitor visitor) {
    int done = 0;
    int p = partOf(first);
    while (done < count) {
      while (first + done >= starts[p + 1]) {
        p++;
      }
      Part part = parts.get(p);
      int index = first + done - starts[p];
      int run = part.run(index, Math.min(count - done, starts[p + 1] - first - done));
      visitor.visit(part.vectors, part.row(index), run, done);
      done += run;
    }
  }

  private int partOf(int row) {
    int found = Arrays.binarySearch(starts, row);
    return found >= 0 ? found : -found - 2;
  }

  /** Sees a run of rows. */
  @FunctionalInterface
  public interface RunVisitor {
    /**
     * Called with rows {@code [row, row + count)} of a set, which are those from {@code index} on
     * of what is visited.
     */
    void visit(Vectors vectors, int row, int count, int index);
  }

  /** Collects parts in order. */
  public static final class Builder {
    private final Metric metric;
    private final int dimension;
    private final List<Part> parts = new ArrayList<>();

    private Builder(Metric metric, int dimension) {
      this.metric = metric;
      this.dimension = dimension;
    }

    /** Adds the rows that are not dead. */
    public Builder add(Vectors vectors, RowSet dead) {
      if (vectors.size() > dead.size()) {
        parts.add(
            new Part(vectors, dead.size() == 0 ? new int[0] : dead.complement(vectors.size())));
      }
      return this;
    }

    /** All that was added. */
    public JoinedRows build() {
      return new JoinedRows(metric, dimension, parts);
    }
  }
}
