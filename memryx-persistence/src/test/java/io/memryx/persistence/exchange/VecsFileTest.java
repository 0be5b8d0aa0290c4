package io.memryx.persistence.exchange;

import static io.memryx.persistence.exchange.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VecsFileTest {
  private static final float[][] ROWS = {{1, -2.5f, 3e-40f}, {0, Float.MAX_VALUE, -0f}};

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("vectors");
  }

  @Test
  void openFloats_rows_readExactly() throws IOException {
    VectorRows rows = VecsFile.openFloats(VectorFiles.fvecs(file, ROWS));

    assertEquals(2, rows.rows());
    assertEquals(3, rows.dimension());
    assertArrayEquals(ROWS[0], rows.row(0));
    assertArrayEquals(ROWS[1], rows.row(1));
    assertArrayEquals(ROWS, rows.first(2));
  }

  @Test
  void copyRow_offset_leavesTheRestAlone() throws IOException {
    float[] target = {9, 9, 9, 9, 9};

    VecsFile.openFloats(VectorFiles.fvecs(file, ROWS)).copyRow(0, target, 1);

    assertArrayEquals(new float[] {9, 1, -2.5f, 3e-40f, 9}, target);
  }

  @Test
  void row_outOfRange_refused() throws IOException {
    VectorRows rows = VecsFile.openFloats(VectorFiles.fvecs(file, ROWS));

    assertThrows(IndexOutOfBoundsException.class, () -> rows.row(2));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.row(-1));
  }

  @Test
  void openInts_rows_readExactly() throws IOException {
    int[][] rows = {{3, 1, 2, Integer.MAX_VALUE}, {0, -1, Integer.MIN_VALUE, 7}};

    IntRows read = VecsFile.openInts(VectorFiles.ivecs(file, rows));

    assertEquals(2, read.rows());
    assertEquals(4, read.width());
    assertArrayEquals(rows[0], read.row(0));
    assertArrayEquals(rows[1], read.row(1));
    assertThrows(IndexOutOfBoundsException.class, () -> read.row(2));
  }

  @Test
  void open_everyTruncation_saysWhere() throws IOException {
    byte[] whole = Files.readAllBytes(VectorFiles.fvecs(file, ROWS));
    int rowBytes = whole.length / 2;
    for (int size = 0; size < whole.length; size++) {
      if (size == rowBytes) {
        continue;
      }
      VectorFiles.write(file, Arrays.copyOf(whole, size));

      var failure =
          assertThrows(MalformedFileException.class, () -> VecsFile.openFloats(file), "" + size);

      assertEquals(file, failure.file());
      assertTrue(failure.offset() <= size, failure::getMessage);
      assertMentions(file.toString(), failure);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (1 << 20) + 1})
  void open_impossibleWidth_saysSo(int width) {
    VectorFiles.write(file, littleEndian(width, 0, 0, 0));

    var failure = assertThrows(MalformedFileException.class, () -> VecsFile.openFloats(file));

    assertEquals(0, failure.offset());
    assertMentions("width is " + width, failure);
  }

  @Test
  void open_widthThatChanges_saysWhichRow() {
    VectorFiles.write(file, littleEndian(1, 5, 1, 6, 2, 7));

    var failure = assertThrows(MalformedFileException.class, () -> VecsFile.openInts(file));

    assertEquals(16, failure.offset());
    assertMentions("row 2 has width 2", failure);
  }

  @Test
  void requireFinite_notANumber_saysWhere() throws IOException {
    float[][] rows = {{1, 2}, {3, Float.NaN}};
    VectorRows read = VecsFile.openFloats(VectorFiles.fvecs(file, rows));

    var failure = assertThrows(MalformedFileException.class, read::requireFinite);

    assertEquals(12 + 4 + 4, failure.offset());
    assertMentions("component 1 of row 1 is NaN", failure);
  }

  private static byte[] littleEndian(int... values) {
    byte[] bytes = new byte[4 * values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i / 4] >>> (8 * (i % 4)));
    }
    return bytes;
  }
}
