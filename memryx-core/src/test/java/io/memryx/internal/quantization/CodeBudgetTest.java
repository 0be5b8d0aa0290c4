package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.Compression;
import io.memryx.Metric;
import org.junit.jupiter.api.Test;

class CodeBudgetTest {
  @Test
  void of_384Dimensions_is121BytesWhateverTheMetric() {
    assertEquals(new CodeBudget(118, 3), CodeBudget.of(384, Metric.COSINE, Compression.COMPACT));
    assertEquals(new CodeBudget(118, 3), CodeBudget.of(384, Metric.DOT, Compression.LOSSLESS));
    assertEquals(new CodeBudget(114, 7), CodeBudget.of(384, Metric.L2, Compression.COMPACT));
  }

  @Test
  void of_otherDimensions_isTheirShare() {
    assertEquals(242, CodeBudget.of(768, Metric.COSINE, Compression.COMPACT).bytes());
    assertEquals(1_291, CodeBudget.of(4_096, Metric.COSINE, Compression.COMPACT).bytes());
    assertEquals(512, CodeBudget.of(768, Metric.COSINE, Compression.BALANCED).bytes());
  }

  @Test
  void of_fewDimensions_hasAFullGroup() {
    for (int dimension = 1; dimension <= 24; dimension++) {
      assertEquals(8, CodeBudget.of(dimension, Metric.COSINE, Compression.COMPACT).codeBytes());
    }
  }

  @Test
  void constructor_noByte_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new CodeBudget(0, 3));
    assertThrows(IllegalArgumentException.class, () -> new CodeBudget(1, -1));
  }
}
