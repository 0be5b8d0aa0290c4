package io.memryx.internal.ivf;

import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * A scan of full-precision rows for one query or several: some rows are read, scored for every
 * query while they are in the cache, then the next. Scores are those of {@link ExactScorer#score},
 * to the bit, however many queries there are. Used once, by one thread.
 */
public final class ExactScan {
  private static final int PANEL_WIDTH = VectorKernels.PANEL_WIDTH;

  /**
   * A panel of products takes as long for one query as for 32; so long as the products of a dozen,
   * one by one.
   */
  private static final int FEWEST_IN_PANEL = 12;

  private final VectorKernels kernels;
  private final Vectors rows;
  private final RowSet dead;
  private final Patience patience;

  private final List<ExactScorer> scorers = new ArrayList<>();
  private final List<TopRows> tops = new ArrayList<>();

  /** Sum of components that were read only to have their cache lines near. */
  // Written and never read: without it the reads were dead code.
  @SuppressWarnings("UnusedVariable")
  private float touched;

  /**
   * Prepares a scan.
   *
   * @param dead rows to pass over
   * @param patience told of every row and query
   */
  public ExactScan(VectorKernels kernels, Vectors rows, RowSet dead, Patience patience) {
    this.kernels = kernels;
    this.rows = rows;
    this.dead = dead;
    this.patience = patience;
  }

  /** Adds a query; the best rows go to {@code top}. */
  public void add(ExactScorer scorer, TopRows top) {
    scorers.add(scorer);
    tops.add(top);
  }

  /** Scores every row that is not dead, for every query. */
  public void run() {
    List<QueryPanel> panels = panels();
    int inPanels = Math.min(scorers.size(), panels.size() * PANEL_WIDTH);
    var tile = new RowTile(rows);
    while (tile.next()) {
      patience.passed((tile.end() - tile.first()) * scorers.size());
      for (QueryPanel panel : panels) {
        panel.scan(tile, dead);
      }
      for (int i = inPanels; i < scorers.size(); i++) {
        scorers.get(i).scan(tile, dead, tops.get(i));
      }
    }
  }

  /** Scores some rows, for every query. */
  public void run(int[] wanted) {
    for (int first = 0; first < wanted.length; first += RowTile.ROWS) {
      int end = Math.min(wanted.length, first + RowTile.ROWS);
      patience.passed((end - first) * scorers.size());
      // They lie anywhere: as many as possible are to be on their way at once.
      for (int i = first; i < end; i++) {
        touched += rows.touch(wanted[i]);
      }
      for (int query = 0; query < scorers.size(); query++) {
        for (int i = first; i < end; i++) {
          tops.get(query).offer(scorers.get(query).score(rows, wanted[i]), wanted[i]);
        }
      }
    }
  }

  /** The first queries, in panels: all that don't leave too few for the last one. */
  private List<QueryPanel> panels() {
    List<QueryPanel> panels = new ArrayList<>();
    for (int from = 0; from + FEWEST_IN_PANEL <= scorers.size(); from += PANEL_WIDTH) {
      int end = Math.min(scorers.size(), from + PANEL_WIDTH);
      panels.add(new QueryPanel(kernels, scorers.subList(from, end), tops.subList(from, end)));
    }
    return panels;
  }
}
