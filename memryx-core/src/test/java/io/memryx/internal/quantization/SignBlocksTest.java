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

class SignBlocksTest {
  /** Several chunks, and a last block that is not full. */
  private static final int SIZE = 20_003;

  private static final int COLUMNS = 48;

  /** {@code SIZE × COLUMNS} and so on, row by row. */
  private final byte[] signs = random(SIZE * COLUMNS);

  private final byte[] factors = random(SIZE);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  private SignBlocks filled(SignBlocks.Addends kept) {
    SignBlocks blocks = SignBlocks.allocate(SIZE, COLUMNS, kept);
    for (int position = 0; position < SIZE; position++) {
      for (int column = 0; column < COLUMNS; column++) {
        blocks.signsOf(position)[blocks.signsOffset(position) + column * SignBlocks.STRIDE] =
            signs[position * COLUMNS + column];
      }
      blocks.factorsOf(position)[blocks.indexInChunk(position)] = factors[position];
      if (blocks.hasAddends()) {
        blocks.addendsOf(position)[blocks.indexInChunk(position)] = -position;
      }
    }
    return blocks;
  }

  @Test
  void put_toAnyPositionAcrossChunks_movesAllOfTheRow() {
    SignBlocks source = filled(SignBlocks.Addends.KEPT);
    assertTrue(source.signs().size() > 1);
    SignBlocks target = SignBlocks.allocate(SIZE, COLUMNS, SignBlocks.Addends.KEPT);
    for (int position = 0; position < SIZE; position++) {
      target.put(movedTo(position), source, position);
    }
    for (int position = 0; position < SIZE; position++) {
      int moved = movedTo(position);
      for (int column = 0; column < COLUMNS; column++) {
        assertEquals(
            signs[position * COLUMNS + column],
            target.signsOf(moved)[target.signsOffset(moved) + column * SignBlocks.STRIDE]);
      }
      assertEquals(factors[position], target.factorsOf(moved)[target.indexInChunk(moved)]);
      assertEquals(-position, target.addend(moved));
    }
  }

  /** A permutation: the factor has no divisor in common with the size. */
  private static int movedTo(int position) {
    return (int) (position * 7_919L % SIZE);
  }

  @Test
  void layout_isBlocksOf32RowsColumnByColumnHalvesInterleaved() {
    SignBlocks blocks = filled(SignBlocks.Addends.NONE);
    byte[] allSigns = joined(blocks.signs());
    int padded = Math.ceilDiv(SIZE, VectorKernels.BLOCK_ROWS) * VectorKernels.BLOCK_ROWS;
    assertEquals(padded * COLUMNS, allSigns.length);
    for (int position = 0; position < SIZE; position++) {
      for (int column = 0; column < COLUMNS; column++) {
        int lane = 2 * (position % 16) + position % 32 / 16;
        int offset = position / 32 * COLUMNS * 32 + column * 32 + lane;
        assertEquals(signs[position * COLUMNS + column], allSigns[offset]);
      }
      assertEquals(0, blocks.addend(position));
    }
    assertArrayEquals(Arrays.copyOf(factors, padded), joined(blocks.factors()));
    assertFalse(blocks.hasAddends());
    assertEquals(List.of(), blocks.addends());
    assertEquals((long) padded * (COLUMNS + 1), blocks.bytes());
  }

  private static byte[] joined(List<byte[]> chunks) {
    var all = new ByteArrayOutputStream();
    chunks.forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void allocate_oddSizes_giveEveryPositionRoom() {
    for (int size : new int[] {0, 1, 31, 32, 33, 8_191, 8_192, 8_193}) {
      SignBlocks blocks = SignBlocks.allocate(size, 3, SignBlocks.Addends.KEPT);
      assertEquals(size, blocks.size());
      assertEquals(
          Math.ceilDiv(size, 32) * 32, blocks.addends().stream().mapToInt(a -> a.length).sum());
      for (int position = 0; position < size; position++) {
        int end = blocks.endOfChunk(position);
        assertTrue(position < end && end <= size);
        assertSame(blocks.signsOf(position), blocks.signsOf(end - 1));
        assertTrue(blocks.signsOffset(position) + 2 * 32 < blocks.signsOf(position).length);
      }
    }
  }
}
