package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MatchedPositionsTest {
  private static final int POSITIONS = 500;

  @Test
  void anySet_windowsAndSteps_sayWhatItsBitsSay() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var bits = new BitSet();
      int share = random.nextInt(1, 200);
      for (int position = 0; position < POSITIONS; position++) {
        bits.set(position, random.nextInt(200) < share);
      }
      var matched = new MatchedPositions(bits.toLongArray());
      for (int from = 0; from < POSITIONS + 100; from++) {
        String what = "seed " + seed + ", from " + from;
        assertEquals(bits.get(from), matched.contains(from), what);
        int next = bits.nextSetBit(from);
        assertEquals(next < 0 ? Integer.MAX_VALUE : next, matched.next(from), what);
        int window = 0;
        for (int i = 0; i < Integer.SIZE; i++) {
          window |= bits.get(from + i) ? 1 << i : 0;
        }
        assertEquals(window, matched.window(from), what);
      }
    }
  }
}
