package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedBytesTest {
  private final List<byte[]> model = new ArrayList<>();

  private PackedBytes random(int rows) {
    var random = new SplittableRandom(23);
    var builder = new PackedBytes.Builder();
    for (int row = 0; row < rows; row++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      model.add(bytes);
      builder.append(bytes);
    }
    return builder.build();
  }

  @Test
  void rows_overSeveralChunks_comeBack() {
    PackedBytes packed = random(2 * PackedBytes.CHUNK_ROWS + 5);
    assertEquals(model.size(), packed.size());
    for (int row = 0; row < model.size(); row++) {
      assertArrayEquals(model.get(row), packed.copyOf(row));
      assertTrue(packed.rowEquals(row, model.get(row)));
    }
    assertFalse(packed.rowEquals(0, new byte[100]));
  }

  @Test
  void compare_isThatOfTheBytesUnsigned() {
    PackedBytes packed = random(300);
    for (int a = 0; a < 300; a += 7) {
      for (int b = 0; b < 300; b += 5) {
        assertEquals(
            Integer.signum(Arrays.compareUnsigned(model.get(a), model.get(b))),
            Integer.signum(packed.compare(a, b)));
      }
    }
  }

  @Test
  void allocate_filledFromTheChunks_isTheSame() {
    PackedBytes packed = random(PackedBytes.CHUNK_ROWS + 77);
    int[] lengths = packed.lengths().stream().flatMapToInt(Arrays::stream).toArray();
    PackedBytes copy = PackedBytes.allocate(lengths);
    for (int c = 0; c < copy.bytesByChunk().size(); c++) {
      byte[] source = packed.bytesByChunk().get(c);
      System.arraycopy(source, 0, copy.bytesByChunk().get(c), 0, source.length);
    }
    for (int row = 0; row < model.size(); row++) {
      assertArrayEquals(model.get(row), copy.copyOf(row));
    }
  }
}
