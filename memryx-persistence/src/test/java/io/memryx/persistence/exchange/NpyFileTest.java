package io.memryx.persistence.exchange;

import static io.memryx.persistence.exchange.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NpyFileTest {
  private static final float[][] ROWS = {{1, -2.5f, 0.333f}, {65504, 6e-8f, -0f}};
  private static final byte[] FLOATS = VectorFiles.floats(ROWS);
  private static final byte[] HALVES = VectorFiles.halves(ROWS);

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("base.npy");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void open_float32_readExactly(int version) throws IOException {
    VectorRows rows = open(version, VectorFiles.header("<f4", 2, 3), FLOATS);

    assertEquals(2, rows.rows());
    assertEquals(3, rows.dimension());
    assertArrayEquals(ROWS[0], rows.row(0));
    assertArrayEquals(ROWS[1], rows.row(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void open_float16_widened(int version) throws IOException {
    VectorRows rows = open(version, VectorFiles.header("<f2", 2, 3), HALVES);

    for (int row = 0; row < 2; row++) {
      for (int i = 0; i < 3; i++) {
        float expected = Float.float16ToFloat(Float.floatToFloat16(ROWS[row][i]));
        assertEquals(expected, rows.row(row)[i]);
      }
    }
  }

  @Test
  void open_everyHalf_widenedAsByTheSpecification() throws IOException {
    byte[] elements = new byte[2 << 16];
    for (int half = 0; half < 1 << 16; half++) {
      elements[2 * half] = (byte) half;
      elements[2 * half + 1] = (byte) (half >>> 8);
    }

    VectorRows rows = open(1, VectorFiles.header("<f2", 256, 256), elements);

    for (int half = 0; half < 1 << 16; half++) {
      assertEquals(widened(half), rows.row(half / 256)[half % 256], "half " + half);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'shape':(2,3),'fortran_order':False,'descr':'<f4'}",
        "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 3,)}\n",
        " {'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2L , 3L ) , } \n"
      })
  void open_otherSpellingsOfTheHeader_read(String header) throws IOException {
    assertArrayEquals(ROWS[1], open(1, header, FLOATS).row(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} junk",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, x)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999, 3)}"
      })
  void open_unreadableHeader_saysWhereAndWhatWasExpected(String header) {
    var failure = assertThrows(MalformedFileException.class, () -> open(1, header, FLOATS));

    assertTrue(failure.offset() >= 10, failure::getMessage);
    assertMentions("expected", failure);
  }

  @ParameterizedTest
  @ValueSource(strings = {">f4", "<f8", "<i4", "|u1", "f4"})
  void open_otherElementType_refused(String descr) {
    var failure =
        assertThrows(
            MalformedFileException.class, () -> open(1, VectorFiles.header(descr, 2, 3), FLOATS));

    assertMentions("'" + descr + "'", failure);
    assertMentions("'<f4' or '<f2'", failure);
  }

  @Test
  void open_fortranOrder_refused() {
    String header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";

    var failure = assertThrows(MalformedFileException.class, () -> open(1, header, FLOATS));

    assertMentions("Fortran order", failure);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "()",
        "(6,)",
        "(1, 2, 3)",
        "(0, 3)",
        "(2, 0)",
        "(3000000000, 3)",
        "(2, 999999999999999999)",
        "(2147483647, 1048576)"
      })
  void open_otherShape_refusedBeforeAnythingIsAllocated(String shape) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }".formatted(shape);

    assertThrows(MalformedFileException.class, () -> open(1, header, FLOATS));
  }

  @Test
  void open_everyTruncation_saysWhere() throws IOException {
    VectorFiles.npy(file, 1, VectorFiles.header("<f2", 2, 3), HALVES);
    byte[] whole = Files.readAllBytes(file);
    for (int size = 0; size < whole.length; size++) {
      VectorFiles.write(file, Arrays.copyOf(whole, size));

      var failure = assertThrows(MalformedFileException.class, () -> NpyFile.open(file), "" + size);

      assertTrue(failure.offset() <= size, failure::getMessage);
      assertMentions(file.toString(), failure);
    }
  }

  @Test
  void open_bytesAfterTheArray_refused() {
    byte[] longer = Arrays.copyOf(FLOATS, FLOATS.length + 1);

    assertThrows(
        MalformedFileException.class, () -> open(1, VectorFiles.header("<f4", 2, 3), longer));
  }

  @Test
  void open_notNpy_saysSo() {
    VectorFiles.write(file, "PK\3\4 this is a zip file".getBytes(StandardCharsets.US_ASCII));

    var failure = assertThrows(MalformedFileException.class, () -> NpyFile.open(file));

    assertMentions("not an npy file", failure);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 127})
  void open_unknownVersion_refused(int version) {
    var failure =
        assertThrows(
            MalformedFileException.class,
            () -> open(version, VectorFiles.header("<f4", 2, 3), FLOATS));

    assertEquals(6, failure.offset());
  }

  @Test
  void open_hugeHeader_refused() throws IOException {
    VectorFiles.npy(file, 2, VectorFiles.header("<f4", 2, 3), FLOATS);
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 8, 12, (byte) 0xff);
    VectorFiles.write(file, bytes);

    var failure = assertThrows(MalformedFileException.class, () -> NpyFile.open(file));

    assertMentions("4294967295", failure);
  }

  private VectorRows open(int version, String header, byte[] elements) throws IOException {
    return NpyFile.open(VectorFiles.npy(file, version, header, elements));
  }

  /** IEEE 754 binary16 by its definition: sign, five bits of exponent, ten of fraction. */
  private static float widened(int half) {
    double sign = half >>> 15 == 0 ? 1 : -1;
    int exponent = half >>> 10 & 31;
    int fraction = half & 1023;
    if (exponent == 31) {
      return (float) (fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN);
    }
    double magnitude =
        exponent == 0
            ? Math.scalb((double) fraction, -24)
            : Math.scalb(1024.0 + fraction, exponent - 25);
    return (float) (sign * magnitude);
  }
}
