package io.memryx.bench.peers;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What an index was built from and what building took, kept beside it: whoever finds it again knows
 * whether it is the one wanted, and reports the times of then.
 *
 * @param subject what was built of what; an index of another subject is no substitute
 * @param cost what it took
 * @param when date and load of the machine, for reports
 */
record BuildRecord(Subject subject, Cost cost, String when) {
  private static final String FILE = "record.properties";

  /**
   * What was built of what.
   *
   * @param configuration of the peer, versions included
   * @param dataset its name
   * @param rows number of vectors
   * @param dimension of the vectors
   * @param threads that built
   */
  record Subject(String configuration, String dataset, int rows, int dimension, int threads) {}

  /**
   * What building took.
   *
   * @param seconds in all
   * @param takenOverSeconds of those, spent for another peer's index and taken over
   * @param heapPeakBytes most heap in use, garbage included
   * @param heapAfterCollectionBytes most heap in use right after a collection; 0 if there was none
   */
  record Cost(
      double seconds, double takenOverSeconds, long heapPeakBytes, long heapAfterCollectionBytes) {}

  void write(Path directory) throws IOException {
    var properties = new Properties();
    properties.setProperty("configuration", subject.configuration);
    properties.setProperty("dataset", subject.dataset);
    properties.setProperty("rows", String.valueOf(subject.rows));
    properties.setProperty("dimension", String.valueOf(subject.dimension));
    properties.setProperty("threads", String.valueOf(subject.threads));
    properties.setProperty("seconds", String.valueOf(cost.seconds));
    properties.setProperty("taken_over_seconds", String.valueOf(cost.takenOverSeconds));
    properties.setProperty("heap_peak_bytes", String.valueOf(cost.heapPeakBytes));
    properties.setProperty(
        "heap_after_collection_bytes", String.valueOf(cost.heapAfterCollectionBytes));
    properties.setProperty("when", when);
    try (Writer out = Files.newBufferedWriter(directory.resolve(FILE))) {
      properties.store(out, "An index of the benchmark 'peers'");
    }
  }

  /** The record in a directory, or empty if no build ended there. */
  static Optional<BuildRecord> read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    var subject =
        new Subject(
            text(properties, "configuration"),
            text(properties, "dataset"),
            Integer.parseInt(text(properties, "rows")),
            Integer.parseInt(text(properties, "dimension")),
            Integer.parseInt(text(properties, "threads")));
    var cost =
        new Cost(
            Double.parseDouble(text(properties, "seconds")),
            Double.parseDouble(text(properties, "taken_over_seconds")),
            Long.parseLong(text(properties, "heap_peak_bytes")),
            Long.parseLong(text(properties, "heap_after_collection_bytes")));
    return Optional.of(new BuildRecord(subject, cost, text(properties, "when")));
  }

  private static String text(Properties properties, String name) throws IOException {
    String value = properties.getProperty(name);
    if (value == null) {
      throw new IOException("a build's record lacks '" + name + "': remove its directory");
    }
    return value;
  }
}
