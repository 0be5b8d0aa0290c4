package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private static final Training TRAINING = new Training(7, 5_000, 0.25f, -0.01f, 0.99f);

  @Test
  void decode_ofWhatWasEncoded_isTheSame() {
    assertEquals(TRAINING, Training.decode(TRAINING.encode(), 7));
    var extreme = new Training(1, 1, 0, 0, 1);
    assertEquals(extreme, Training.decode(extreme.encode(), 1));
  }

  @Test
  void decode_impossibleNumbers_isRefused() {
    refuse(0, 0);
    refuse(0, 8);
    refuse(0, -1);
    refuse(1, 0);
    refuse(1, Integer.MIN_VALUE);
    for (float energy : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      refuse(2, Float.floatToRawIntBits(energy));
    }
    for (float margin : new float[] {Float.NEGATIVE_INFINITY, Float.NaN}) {
      refuse(3, Float.floatToRawIntBits(margin));
    }
    for (float recall : new float[] {-0.1f, 1.1f, Float.NaN}) {
      refuse(4, Float.floatToRawIntBits(recall));
    }
    for (int length : new int[] {0, 4, 6}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Training.decode(Arrays.copyOf(TRAINING.encode(), length), 7));
    }
  }

  private static void refuse(int index, int number) {
    int[] numbers = TRAINING.encode();
    numbers[index] = number;
    assertThrows(IllegalArgumentException.class, () -> Training.decode(numbers, 7));
  }
}
