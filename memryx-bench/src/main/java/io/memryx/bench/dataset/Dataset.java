package io.memryx.bench.dataset;

import io.memryx.persistence.exchange.IntRows;
import io.memryx.persistence.exchange.MalformedFileException;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder of vectors to search in, queries, and the true answers.
 *
 * @param directory the folder
 * @param base the vectors that are searched; their row numbers are their ids
 * @param queries what is searched for
 * @param truth per query the rows of the nearest base vectors, best first
 */
public record Dataset(Path directory, VectorRows base, VectorRows queries, IntRows truth) {
  private static final List<String> BASE = List.of("base.f16.npy", "base.npy", "base.fvecs");
  private static final List<String> QUERIES = List.of("queries.fvecs", "queries.npy");
  private static final List<String> TRUTH = List.of("gt.ivecs");

  /** What this class expects a folder to hold, for help texts. */
  public static final String FOLDER_LAYOUT =
      "base.f16.npy or base.npy or base.fvecs (the vectors), queries.fvecs or queries.npy,"
          + " gt.ivecs (true rows per query, best first)";

  /** Refuses parts that do not belong together. */
  public Dataset {
    if (queries.dimension() != base.dimension()) {
      throw new IllegalArgumentException(
          "%s has %d dimensions, %s has %d: they are not of one data set"
              .formatted(queries.path(), queries.dimension(), base.path(), base.dimension()));
    }
    if (truth.rows() != queries.rows()) {
      throw new IllegalArgumentException(
          "%s has answers to %d queries, %s has %d: they are not of one data set"
              .formatted(truth.path(), truth.rows(), queries.path(), queries.rows()));
    }
  }

  /**
   * Opens a folder.
   *
   * @throws IOException if files are missing (all are named) or malformed
   */
  public static Dataset open(Path directory) throws IOException {
    List<String> missing = new ArrayList<>();
    Optional<Path> base = find(directory, BASE, missing);
    Optional<Path> queries = find(directory, QUERIES, missing);
    Optional<Path> truth = find(directory, TRUTH, missing);
    if (base.isEmpty() || queries.isEmpty() || truth.isEmpty()) {
      throw new NoSuchFileException(
          directory.toString(),
          null,
          "missing: " + String.join(", ", missing) + "; expected " + FOLDER_LAYOUT);
    }
    var dataset =
        new Dataset(
            directory,
            VectorRows.open(base.get()),
            VectorRows.open(queries.get()),
            VecsFile.openInts(truth.get()));
    dataset.base.requireFinite();
    dataset.queries.requireFinite();
    dataset.truth.requireBelow(dataset.base.rows());
    return dataset;
  }

  /** The folder's name. */
  public String name() {
    return String.valueOf(directory.toAbsolutePath().normalize().getFileName());
  }

  /**
   * Opens the vectors of a folder that need not be complete: of one whose truth is still to be
   * made.
   *
   * @throws IOException if the folder has none, or they are malformed or not finite
   */
  public static VectorRows openBase(Path directory) throws IOException {
    return openPart(directory, BASE);
  }

  /**
   * Opens the queries of a folder that need not be complete.
   *
   * @throws IOException if the folder has none, or they are malformed or not finite
   */
  public static VectorRows openQueries(Path directory) throws IOException {
    return openPart(directory, QUERIES);
  }

  private static VectorRows openPart(Path directory, List<String> names) throws IOException {
    List<String> missing = new ArrayList<>();
    Path file =
        find(directory, names, missing)
            .orElseThrow(
                () ->
                    new NoSuchFileException(
                        directory.toString(), null, "missing: " + String.join(", ", missing)));
    VectorRows rows = VectorRows.open(file);
    rows.requireFinite();
    return rows;
  }

  /**
   * The text behind every base vector, from {@code docs.txt}.
   *
   * @throws IOException if there is no such file or it has another number of lines
   */
  public List<String> texts() throws IOException {
    return lines("docs.txt", base.rows());
  }

  /**
   * The name of every base vector in its source, from {@code ids.txt}.
   *
   * @throws IOException if there is no such file or it has another number of lines
   */
  public List<String> sourceIds() throws IOException {
    return lines("ids.txt", base.rows());
  }

  /**
   * The lines of a text file in the folder.
   *
   * @throws IOException if there is no such file or it has another number of lines
   */
  public List<String> lines(String name, int expected) throws IOException {
    Path file = directory.resolve(name);
    List<String> lines = Files.readAllLines(file);
    if (lines.size() != expected) {
      throw new MalformedFileException(
          file, Files.size(file), lines.size() + " lines", String.valueOf(expected));
    }
    return lines;
  }

  private static Optional<Path> find(Path directory, List<String> names, List<String> missing) {
    Optional<Path> found =
        names.stream().map(directory::resolve).filter(Files::isRegularFile).findFirst();
    if (found.isEmpty()) {
      missing.add(String.join(" or ", names));
    }
    return found;
  }
}
