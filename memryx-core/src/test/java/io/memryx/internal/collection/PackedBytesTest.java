package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
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
  void isAscii_oneByteAboveInAnyChunk_saysNo() {
    for (int above : new int[] {0, 17, PackedBytes.CHUNK_ROWS, 2 * PackedBytes.CHUNK_ROWS + 4}) {
      var ascii = new PackedBytes.Builder();
      var other = new PackedBytes.Builder();
      for (int row = 0; row < 2 * PackedBytes.CHUNK_ROWS + 5; row++) {
        ascii.append(new byte[] {'i', 'd', 0x7f});
        other.append(new byte[] {'i', 'd', (byte) (row == above ? 0xc3 : 0x7f)});
      }
      assertTrue(ascii.build().isAscii());
      assertFalse(other.build().isAscii(), "row " + above);
    }
    assertTrue(PackedBytes.empty().isAscii());
  }

  @Test
  void isEmpty_rowsWithAndWithoutBytes_isThatOfTheRow() {
    PackedBytes packed = random(PackedBytes.CHUNK_ROWS + 300);
    for (int row = 0; row < model.size(); row++) {
      assertEquals(model.get(row).length == 0, packed.isEmpty(row));
    }
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
    PackedBytes copy =
        PackedBytes.allocate(PackedBytes.decodeSizes(joined(packed.sizes()), model.size(), 0, 40));
    for (int c = 0; c < copy.bytesByChunk().size(); c++) {
      byte[] source = packed.bytesByChunk().get(c);
      System.arraycopy(source, 0, copy.bytesByChunk().get(c), 0, source.length);
    }
    for (int row = 0; row < model.size(); row++) {
      assertArrayEquals(model.get(row), copy.copyOf(row));
    }
  }

  private static byte[] joined(List<byte[]> parts) {
    var all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] sizesOf(int... lengths) {
    var builder = new PackedBytes.Builder();
    for (int length : lengths) {
      builder.append(new byte[length]);
    }
    return joined(builder.build().sizes());
  }

  @Test
  void sizes_areLeb128() {
    assertArrayEquals(new byte[] {0, 1, 0x7F}, sizesOf(0, 1, 127));
    assertArrayEquals(new byte[] {(byte) 0x80, 1, (byte) 0xFF, 0x7F}, sizesOf(128, 16_383));
    assertArrayEquals(new byte[] {(byte) 0x80, (byte) 0x80, 1}, sizesOf(16_384));
  }

  @Test
  void decodeSizes_ofAnySizes_givesThemBack() {
    int[] lengths = {0, 1, 127, 128, 129, 16_383, 16_384, 70_000, 2};
    assertArrayEquals(lengths, PackedBytes.decodeSizes(sizesOf(lengths), 9, 0, 70_000));
    assertArrayEquals(new int[0], PackedBytes.decodeSizes(new byte[0], 0, 0, 5));
  }

  @Test
  void decodeSizes_cutOffTooLongOrOutOfRange_isRefused() {
    refuseSizes(1, 0, 9);
    refuseSizes(1, 0, 9, 0x80);
    refuseSizes(1, 0, 9, 1, 1);
    refuseSizes(2, 0, 9, 1);
    refuseSizes(1, 0, 9, 10);
    refuseSizes(1, 1, 9, 0);
    // More than three bytes can't be needed, and would overflow in the end.
    refuseSizes(1, 0, Integer.MAX_VALUE, 0x80, 0x80, 0x80, 1);
    refuseSizes(1, 0, Integer.MAX_VALUE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F);
  }

  private static void refuseSizes(int count, int min, int max, int... encoded) {
    byte[] bytes = new byte[encoded.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) encoded[i];
    }
    assertThrows(
        IllegalArgumentException.class, () -> PackedBytes.decodeSizes(bytes, count, min, max));
  }
}
