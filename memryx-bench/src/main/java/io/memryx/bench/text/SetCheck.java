package io.memryx.bench.text;

import io.memryx.bench.dataset.Dataset;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A comparison of a set that was made with one that is given: texts line by line, vectors row by
 * row, component by component.
 */
final class SetCheck {
  private static final List<String> TEXTS =
      List.of("docs.txt", "ids.txt", "queries.txt", "qrels.txt");

  private final StringBuilder report = new StringBuilder();
  private boolean equal = true;

  private SetCheck() {}

  /** Compares two folders of the same files. */
  static SetCheck of(Path made, Path given) throws IOException {
    var check = new SetCheck();
    for (String name : TEXTS) {
      check.lines(name, made, given);
    }
    check.vectors("base", Dataset.openBase(made), Dataset.openBase(given));
    check.vectors("queries", Dataset.openQueries(made), Dataset.openQueries(given));
    check.truth(Dataset.open(made), Dataset.open(given));
    return check;
  }

  /** Whether everything is equal. */
  boolean isEqual() {
    return equal;
  }

  /** One line for each file. */
  String report() {
    return report.toString();
  }

  private void lines(String name, Path made, Path given) throws IOException {
    List<String> ours = Files.readAllLines(made.resolve(name));
    List<String> theirs = Files.readAllLines(given.resolve(name));
    int differing = Math.abs(ours.size() - theirs.size());
    for (int line = 0; line < Math.min(ours.size(), theirs.size()); line++) {
      differing += ours.get(line).equals(theirs.get(line)) ? 0 : 1;
    }
    say(differing == 0, "%s: %d of %d lines differ".formatted(name, differing, theirs.size()));
  }

  private void vectors(String name, VectorRows made, VectorRows given) {
    if (made.rows() != given.rows() || made.dimension() != given.dimension()) {
      say(
          false,
          "%s: %d x %d, given %d x %d"
              .formatted(name, made.rows(), made.dimension(), given.rows(), given.dimension()));
      return;
    }
    int differing = 0;
    double largest = 0;
    for (int row = 0; row < made.rows(); row++) {
      float[] ours = made.row(row);
      float[] theirs = given.row(row);
      differing += Arrays.equals(ours, theirs) ? 0 : 1;
      for (int d = 0; d < ours.length; d++) {
        largest = Math.max(largest, Math.abs((double) ours[d] - theirs[d]));
      }
    }
    say(
        differing == 0,
        String.format(
            Locale.ROOT,
            "%s: %d of %d vectors equal in every component, largest difference %.3g",
            name,
            made.rows() - differing,
            made.rows(),
            largest));
  }

  private void truth(Dataset made, Dataset given) {
    int queries = Math.min(made.truth().rows(), given.truth().rows());
    int same = 0;
    for (int query = 0; query < queries; query++) {
      same += Arrays.equals(made.truth().row(query), given.truth().row(query)) ? 1 : 0;
    }
    say(
        same == given.truth().rows(),
        "truth: %d of %d queries have the same neighbors".formatted(same, given.truth().rows()));
  }

  private void say(boolean holds, String line) {
    equal &= holds;
    report.append(line).append('\n');
  }
}
