package io.memryx.internal.quantization;

import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.internal.kernel.CodeShape;

/**
 * The bytes that one vector may take in memory: its code, its scale, its sign factor and, where
 * distances are asked for, what turns inner products into them.
 *
 * @param codeBytes bytes of the code's bits alone
 * @param factorBytes bytes of the factors beside them
 */
public record CodeBudget(int codeBytes, int factorBytes) {
  /** At this dimension the shares below are whole numbers. */
  private static final int REFERENCE_DIMENSION = 384;

  /** Bytes a vector of that dimension. */
  private static final int COMPACT_BYTES = 121;

  private static final int BALANCED_BYTES = 256;

  /** The scale as float16 and the sign factor. */
  private static final int SCALE_BYTES = Short.BYTES + 1;

  /**
   * One group of eight dimensions at full precision: in few dimensions the share would leave less
   * than a bit for each, and there is nothing to be gained by so small vectors.
   */
  private static final int LEAST_CODE_BYTES = CodeShape.MAX_BITS;

  /** Refuses a code without a byte. */
  public CodeBudget {
    if (codeBytes < 1 || factorBytes < 0) {
      throw new IllegalArgumentException(
          "code of %d bytes and factors of %d, expected at least 1 and 0"
              .formatted(codeBytes, factorBytes));
    }
  }

  /** What a collection spends on a vector. */
  public static CodeBudget of(int dimension, Metric metric, Compression compression) {
    int perReference =
        switch (compression) {
          case COMPACT, LOSSLESS -> COMPACT_BYTES;
          case BALANCED -> BALANCED_BYTES;
        };
    int factorBytes =
        switch (metric) {
          case COSINE, DOT -> SCALE_BYTES;
          case L2 -> SCALE_BYTES + Float.BYTES;
        };
    int bytes = Math.round((float) dimension * perReference / REFERENCE_DIMENSION);
    return new CodeBudget(Math.max(LEAST_CODE_BYTES, bytes - factorBytes), factorBytes);
  }

  /** Sign bytes at most: a byte a group, and no more groups than bytes. */
  public int maxColumns(int dimension) {
    return Math.min(codeBytes, BitAllocation.groups(dimension));
  }

  /** Everything together. */
  public int bytes() {
    return codeBytes + factorBytes;
  }
}
