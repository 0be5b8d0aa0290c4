package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodeRowsTest {
  /** Several chunks. */
  private static final int SIZE = 20_003;

  private static final int ROW_BYTES = 70;

  private final byte[] bytes = new byte[SIZE * ROW_BYTES];

  CodeRowsTest() {
    new SplittableRandom(3).nextBytes(bytes);
  }

  private CodeRows filled() {
    CodeRows rows = CodeRows.allocate(SIZE, ROW_BYTES);
    for (int position = 0; position < SIZE; position++) {
      System.arraycopy(
          bytes, position * ROW_BYTES, rows.rowOf(position), rows.rowOffset(position), ROW_BYTES);
    }
    return rows;
  }

  @Test
  void put_toAnyPositionAcrossChunks_movesTheWholeRow() {
    CodeRows source = filled();
    assertTrue(source.rows().size() > 1);
    CodeRows target = CodeRows.allocate(SIZE, ROW_BYTES);
    for (int position = 0; position < SIZE; position++) {
      target.put(SIZE - 1 - position, source, position);
    }
    for (int position = 0; position < SIZE; position++) {
      int moved = SIZE - 1 - position;
      int offset = target.rowOffset(moved);
      assertArrayEquals(
          Arrays.copyOfRange(bytes, position * ROW_BYTES, (position + 1) * ROW_BYTES),
          Arrays.copyOfRange(target.rowOf(moved), offset, offset + ROW_BYTES));
    }
  }

  @Test
  void layout_isRowAfterRow() {
    CodeRows rows = filled();
    var all = new ByteArrayOutputStream();
    rows.rows().forEach(all::writeBytes);
    assertArrayEquals(bytes, all.toByteArray());
    assertEquals(bytes.length, rows.bytes());
  }
}
