package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.internal.kernel.VectorKernels;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodeBlocksTest {
  /** Several chunks of both kinds, and a last block that is not full. */
  private static final int SIZE = 20_003;

  private static final int COLUMNS = 48;
  private static final int ROW_BYTES = 70;

  /** {@code SIZE × COLUMNS} and so on, row by row. */
  private final byte[] signs = random(SIZE * COLUMNS);

  private final byte[] factors = random(SIZE);
  private final byte[] rows = random(SIZE * ROW_BYTES);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  private CodeBlocks filled(CodeBlocks.Addends kept) {
    CodeBlocks codes = CodeBlocks.allocate(SIZE, COLUMNS, ROW_BYTES, kept);
    for (int position = 0; position < SIZE; position++) {
      for (int column = 0; column < COLUMNS; column++) {
        codes.signsOf(position)[codes.signsOffset(position) + column * CodeBlocks.SIGNS_STRIDE] =
            signs[position * COLUMNS + column];
      }
      codes.factorsOf(position)[codes.indexInChunk(position)] = factors[position];
      if (codes.hasAddends()) {
        codes.addendsOf(position)[codes.indexInChunk(position)] = -position;
      }
      System.arraycopy(
          rows, position * ROW_BYTES, codes.rowOf(position), codes.rowOffset(position), ROW_BYTES);
    }
    return codes;
  }

  @Test
  void put_toAnyPositionAcrossChunks_movesTheWholeCode() {
    CodeBlocks source = filled(CodeBlocks.Addends.KEPT);
    assertTrue(source.signs().size() > 1 && source.rows().size() > 1);
    CodeBlocks target = CodeBlocks.allocate(SIZE, COLUMNS, ROW_BYTES, CodeBlocks.Addends.KEPT);
    for (int position = 0; position < SIZE; position++) {
      target.put(movedTo(position), source, position);
    }
    for (int position = 0; position < SIZE; position++) {
      int moved = movedTo(position);
      for (int column = 0; column < COLUMNS; column++) {
        assertEquals(
            signs[position * COLUMNS + column],
            target.signsOf(moved)[target.signsOffset(moved) + column * CodeBlocks.SIGNS_STRIDE]);
      }
      assertEquals(factors[position], target.factorsOf(moved)[target.indexInChunk(moved)]);
      assertEquals(-position, target.addendsOf(moved)[target.indexInChunk(moved)]);
      int offset = target.rowOffset(moved);
      assertArrayEquals(
          Arrays.copyOfRange(rows, position * ROW_BYTES, (position + 1) * ROW_BYTES),
          Arrays.copyOfRange(target.rowOf(moved), offset, offset + ROW_BYTES));
    }
  }

  /** A permutation: the factor has no divisor in common with the size. */
  private static int movedTo(int position) {
    return (int) (position * 7_919L % SIZE);
  }

  @Test
  void layout_isBlocksOf32RowsColumnByColumnHalvesInterleaved() {
    CodeBlocks codes = filled(CodeBlocks.Addends.NONE);
    byte[] allSigns = joined(codes.signs());
    int padded = Math.ceilDiv(SIZE, VectorKernels.BLOCK_ROWS) * VectorKernels.BLOCK_ROWS;
    assertEquals(padded * COLUMNS, allSigns.length);
    for (int position = 0; position < SIZE; position++) {
      for (int column = 0; column < COLUMNS; column++) {
        int lane = 2 * (position % 16) + position % 32 / 16;
        int offset = position / 32 * COLUMNS * 32 + column * 32 + lane;
        assertEquals(signs[position * COLUMNS + column], allSigns[offset]);
      }
    }
    assertArrayEquals(Arrays.copyOf(factors, padded), joined(codes.factors()));
    assertArrayEquals(rows, joined(codes.rows()));
    assertFalse(codes.hasAddends());
    assertEquals(List.of(), codes.addends());
    assertEquals((long) padded * (COLUMNS + 1) + SIZE * (long) ROW_BYTES, codes.bytes());
  }

  private static byte[] joined(List<byte[]> chunks) {
    var all = new ByteArrayOutputStream();
    chunks.forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void allocate_oddSizes_giveEveryPositionRoom() {
    for (int size : new int[] {0, 1, 31, 32, 33, 8_191, 8_192, 8_193}) {
      CodeBlocks codes = CodeBlocks.allocate(size, 3, 2, CodeBlocks.Addends.KEPT);
      assertEquals(size, codes.size());
      assertEquals(
          Math.ceilDiv(size, 32) * 32, codes.addends().stream().mapToInt(a -> a.length).sum());
      assertEquals(2 * size, joined(codes.rows()).length);
      for (int position = 0; position < size; position++) {
        assertTrue(codes.signsOffset(position) + 2 * 32 < codes.signsOf(position).length);
        assertTrue(codes.rowOffset(position) + 2 <= codes.rowOf(position).length);
        int end = codes.endOfChunk(position);
        assertTrue(position < end && end <= size);
        assertSame(codes.signsOf(position), codes.signsOf(end - 1));
      }
    }
  }
}
