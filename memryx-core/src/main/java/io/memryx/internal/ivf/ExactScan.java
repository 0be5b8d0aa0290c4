package io.memryx.internal.ivf;

import java.util.ArrayList;
import java.util.List;

/**
 * A scan of full-precision rows for one query or several: some rows are read, scored for every
 * query while they are in the cache, then the next. Scores are those of {@link ExactScorer#score},
 * to the bit, however many queries there are. Used once, by one thread.
 */
public final class ExactScan {
  private final Vectors rows;
  private final RowSet dead;
  private final Patience patience;
  private final List<ExactScorer> scorers = new ArrayList<>();
  private final List<TopRows> tops = new ArrayList<>();

  /**
   * Prepares a scan.
   *
   * @param dead rows to pass over
   * @param patience told of every row and query
   */
  public ExactScan(Vectors rows, RowSet dead, Patience patience) {
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
    var tile = new RowTile(rows);
    while (tile.next()) {
      patience.passed((tile.end() - tile.first()) * scorers.size());
      for (int i = 0; i < scorers.size(); i++) {
        scorers.get(i).scan(tile, dead, tops.get(i));
      }
    }
  }
}
