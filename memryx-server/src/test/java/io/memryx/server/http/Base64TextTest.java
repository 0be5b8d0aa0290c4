package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class Base64TextTest {
  private static final long SEED = 5;
  private final Base64Text text = new Base64Text();

  private byte[] decode(String given, int pieceLength) {
    char[] characters = given.toCharArray();
    text.begin();
    for (int from = 0; from < characters.length; from += pieceLength) {
      text.write(characters, from, Math.min(pieceLength, characters.length - from));
    }
    int length = text.decode();
    return Arrays.copyOf(text.bytes(), length);
  }

  @Test
  void decode_textsOfAllLengthsInPieces_givesTheirBytes() {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < 500; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      String given = Base64.getEncoder().encodeToString(bytes);
      assertArrayEquals(
          bytes, decode(given, 1 + random.nextInt(100)), "seed " + SEED + ", " + given);
    }
  }

  @Test
  void decode_sameLengthAgain_usesTheSameArrays() {
    assertArrayEquals(new byte[] {0, 0, 0}, decode("AAAA", 4));
    byte[] first = text.bytes();
    assertArrayEquals(new byte[] {0, 0, 1}, decode("AAAB", 4));
    assertSame(first, text.bytes());
  }

  @Test
  void decode_whatIsNoBase64_isRefused() {
    for (String given : new String[] {"####", "AA-A", "AAA\u0141", "A", "AAAAA", "A===", "AA A"}) {
      assertThrows(IllegalArgumentException.class, () -> decode(given, 3), given);
    }
  }

  @Test
  void decode_nothing_isNothing() {
    assertEquals(0, decode("", 1).length);
  }
}
