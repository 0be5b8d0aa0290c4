package io.memryx.persistence.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WritersTest {
  @TempDir private Path directory;

  @Test
  void halfRows_written_areReadAsTheNearestFloat16() throws IOException {
    float[] vectors = {9, 1, -0.5f, 0.1f, 65504, 0x1p-24f, 3};
    Path file = directory.resolve("base.f16.npy");

    try (var out = HalfRowsWriter.create(file, new VectorShape(2, 3))) {
      out.write(vectors, 1);
      out.write(vectors, 4);
    }

    VectorRows rows = NpyFile.open(file);
    assertEquals(2, rows.rows());
    float tenth = Float.float16ToFloat(Float.floatToFloat16(0.1f));
    assertArrayEquals(new float[] {1, -0.5f, tenth}, rows.row(0));
    assertArrayEquals(new float[] {65504, 0x1p-24f, 3}, rows.row(1));
    assertEquals(128 + 2 * 3 * 2, Files.size(file));
  }

  @Test
  void halfRows_largerThanTheBuffer_areAllThere() throws IOException {
    int count = 3000;
    float[] vector = new float[384];
    Path file = directory.resolve("base.f16.npy");

    try (var out = HalfRowsWriter.create(file, new VectorShape(count, vector.length))) {
      for (int row = 0; row < count; row++) {
        vector[5] = row % 2048;
        out.write(vector, 0);
      }
    }

    VectorRows rows = NpyFile.open(file);
    for (int row = 0; row < count; row++) {
      assertEquals(row % 2048, rows.row(row)[5]);
    }
  }

  @Test
  void halfRows_closedTooEarly_isRefused() throws IOException {
    var out = HalfRowsWriter.create(directory.resolve("base.f16.npy"), new VectorShape(2, 1));
    out.write(new float[] {1}, 0);

    var failure = assertThrows(IOException.class, out::close);

    assertEquals(
        "1 rows were written, the header promises 2: the file is unfinished", failure.getMessage());
  }

  @Test
  void halfRows_oneTooMany_isRefused() throws IOException {
    try (var out =
        HalfRowsWriter.create(directory.resolve("base.f16.npy"), new VectorShape(1, 1))) {
      out.write(new float[] {1}, 0);
      assertThrows(IllegalStateException.class, () -> out.write(new float[] {2}, 0));
    }
  }

  @Test
  void vecs_written_areReadBack() throws IOException {
    Path floats = directory.resolve("queries.fvecs");
    Path ints = directory.resolve("gt.ivecs");

    VecsWriter.floats(floats, List.of(new float[] {1.5f, -2}, new float[] {0, 1e-30f}));
    VecsWriter.ints(ints, List.of(new int[] {7, -1, 3}));

    assertArrayEquals(new float[] {0, 1e-30f}, VecsFile.openFloats(floats).row(1));
    assertArrayEquals(new int[] {7, -1, 3}, VecsFile.openInts(ints).row(0));
  }
}
