package io.memryx.bench.grow;

import io.memryx.persistence.exchange.HalfRowsWriter;
import io.memryx.persistence.exchange.VectorShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Writes the real vectors, each once, and after them the grown ones, block by block. */
final class GrownFile {
  /** Vectors grown by all threads before they are written. */
  private static final int BLOCK = 8192;

  private GrownFile() {}

  static void write(Path file, RealVectors real, Growth growth, int count) throws IOException {
    int dimension = real.dimension();
    try (var out = HalfRowsWriter.create(file, new VectorShape(count, dimension))) {
      for (int row = 0; row < real.rows(); row++) {
        out.write(real.components(), real.offset(row));
      }
      float[] block = new float[BLOCK * dimension];
      int grown = count - real.rows();
      for (int first = 0; first < grown; first += BLOCK) {
        int start = first;
        int size = Math.min(BLOCK, grown - first);
        IntStream.range(0, size)
            .parallel()
            .forEach(i -> growth.grow(start + i, block, i * dimension));
        for (int i = 0; i < size; i++) {
          out.write(block, i * dimension);
        }
      }
    }
  }
}
