package io.memryx.bench.dataset;

import io.memryx.persistence.exchange.HalfRowsWriter;
import io.memryx.persistence.exchange.VecsWriter;
import io.memryx.persistence.exchange.VectorShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small files of data sets. */
public final class VectorFiles {
  private VectorFiles() {}

  /** Writes fvecs. */
  public static Path fvecs(Path file, float[][] rows) {
    return written(file, () -> VecsWriter.floats(file, List.of(rows)));
  }

  /** Writes ivecs. */
  public static Path ivecs(Path file, int[][] rows) {
    return written(file, () -> VecsWriter.ints(file, List.of(rows)));
  }

  /** Writes npy of float16. */
  public static Path halves(Path file, float[][] rows) {
    return written(
        file,
        () -> {
          try (var out =
              HalfRowsWriter.create(file, new VectorShape(rows.length, rows[0].length))) {
            for (float[] row : rows) {
              out.write(row, 0);
            }
          }
        });
  }

  /** Writes any bytes. */
  public static Path write(Path file, byte[] bytes) {
    return written(file, () -> Files.write(file, bytes));
  }

  private static Path written(Path file, Writing writing) {
    try {
      writing.run();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What may fail. */
  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }
}
