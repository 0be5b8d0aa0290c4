package io.memryx.bench.peers;

import java.util.List;
import java.util.Optional;

/**
 * What a peer reached at one selectivity.
 *
 * @param peer its label
 * @param field the filter
 * @param matches rows that pass it
 * @param settings that were timed: the default, and the least effort that reaches each aim
 */
record FilteredFigures(String peer, SyntheticField field, int matches, List<Setting> settings) {

  FilteredFigures {
    settings = List.copyOf(settings);
  }

  /** Why a setting was timed. */
  enum Aim {
    DEFAULT("default", 0),
    RECALL_95("recall ≥ 0.95", 0.95),
    RECALL_99("recall ≥ 0.99", 0.99);

    private final String label;
    private final double recall;

    Aim(String label, double recall) {
      this.label = label;
      this.recall = recall;
    }

    String label() {
      return label;
    }

    double recall() {
      return recall;
    }
  }

  /**
   * A setting with its figures.
   *
   * @param aim what it is the answer to
   * @param rung the setting
   * @param recall of the true neighbors among the rows that pass, ties counted as found
   * @param queriesPerSecond of one thread, the median over the rounds
   * @param p50Micros median latency, of the median round
   * @param p99Micros what 99 of 100 searches do not exceed, of the median round
   */
  record Setting(
      Aim aim,
      Rung rung,
      double recall,
      double queriesPerSecond,
      double p50Micros,
      double p99Micros) {}

  /** The setting for an aim, or empty where none reached it. */
  Optional<Setting> at(Aim aim) {
    return settings.stream().filter(setting -> setting.aim() == aim).findFirst();
  }
}
