package io.memryx.server.http;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the name that somebody may have meant. */
final class Nearest {
  /** More edits than this make another word of it. */
  private static final int MAX_EDITS = 3;

  /** Longer names are not misspelt ones. */
  private static final int MAX_LENGTH = 40;

  private Nearest() {}

  /** The known name that takes the fewest edits to become, if they are few. */
  static Optional<String> to(String name, List<String> known) {
    if (name.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> edits(name, candidate) <= Math.min(MAX_EDITS, candidate.length() / 2))
        .min(Comparator.comparingInt(candidate -> edits(name, candidate)));
  }

  /** Insertions, deletions and replacements that turn one text into another. */
  static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int line = 1; line <= from.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column <= to.length(); column++) {
        int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
      }
    }
    return row[to.length()];
  }
}
