package io.memryx.internal.quantization;

import io.memryx.internal.kernel.LevelPolynomial;

/**
 * Code adjustment (CAQ of SAQ, arXiv 2509.12086, section 4): the code of one slot moves by one
 * where that turns the decoded vector c towards y, that is where {@code <y,c>² / <c,c>} rises. Ours
 * works on one slot of all rows of a tile at once, without a branch, and tries only the direction
 * in which the optimum lies: {@code sign(y <c,c> - c <y,c>)}.
 *
 * <p>All arrays are {@link ResidualEncoder#TILE_ROWS} long, one number a row. The loops are small
 * on purpose: in one large loop the compiler makes no SIMD of it, which is four times slower.
 */
final class CodeAdjustment {
  private static final int ROWS = ResidualEncoder.TILE_ROWS;

  private final float[] level = new float[ROWS];
  private final float[] target = new float[ROWS];
  private final float[] dotStep = new float[ROWS];
  private final float[] squaredStep = new float[ROWS];
  private final float[] accepted = new float[ROWS];

  /**
   * The levels of one slot in the unit of its values.
   *
   * @param alpha times the code
   * @param beta times its cube
   * @param gamma times its fifth power
   * @param greatest the greatest code
   */
  record SlotLevels(float alpha, float beta, float gamma, float greatest) {
    static SlotLevels of(LevelPolynomial levels, float deviation, int bits) {
      return new SlotLevels(
          levels.alpha() * deviation,
          levels.beta() * deviation,
          levels.gamma() * deviation,
          GaussianLevels.greatest(bits) + 0.5f);
    }
  }

  /** The inner products that a tile's codes have with its values and with themselves. */
  static final class Products {
    /** {@code <y, c>}. */
    final float[] dot = new float[ROWS];

    /** {@code <c, c>}. */
    final float[] squared = new float[ROWS];

    /** Adds one slot. */
    void add(float[] value, float[] code, SlotLevels levels, float[] scratch) {
      writeLevels(code, levels.alpha, levels.beta, levels.gamma, scratch);
      addProducts(value, scratch, dot, squared);
    }

    private static void addProducts(float[] value, float[] level, float[] dot, float[] squared) {
      for (int r = 0; r < ROWS; r++) {
        dot[r] += value[r] * level[r];
        squared[r] += level[r] * level[r];
      }
    }
  }

  /** Adds one slot to the products. */
  void addTo(Products products, float[] value, float[] code, SlotLevels levels) {
    products.add(value, code, levels, level);
  }

  /** Adjusts the codes of one slot, and the products with them. */
  void adjust(float[] value, float[] code, SlotLevels levels, Products products) {
    float[] dot = products.dot;
    float[] squared = products.squared;
    writeLevels(code, levels.alpha, levels.beta, levels.gamma, level);
    writeDirection(value, level, dot, squared, target);
    step(code, levels.greatest, target);
    writeSteps(target, levels, value);
    writeAccepted(dot, squared, dotStep, squaredStep, accepted);
    move(accepted, target, code);
    add(accepted, dotStep, dot);
    add(accepted, squaredStep, squared);
  }

  private static void writeLevels(
      float[] code, float alpha, float beta, float gamma, float[] level) {
    for (int r = 0; r < ROWS; r++) {
      float v = code[r];
      level[r] = v * (alpha + v * v * (beta + v * v * gamma));
    }
  }

  /** Positive where a greater level would be better. */
  private static void writeDirection(
      float[] value, float[] level, float[] dot, float[] squared, float[] direction) {
    for (int r = 0; r < ROWS; r++) {
      direction[r] = value[r] * squared[r] - level[r] * dot[r];
    }
  }

  /** From directions to the codes one step that way. */
  private static void step(float[] code, float greatest, float[] target) {
    for (int r = 0; r < ROWS; r++) {
      target[r] = Math.min(greatest, Math.max(-greatest, code[r] + Math.signum(target[r])));
    }
  }

  private void writeSteps(float[] target, SlotLevels levels, float[] value) {
    writeLevels(target, levels.alpha, levels.beta, levels.gamma, accepted);
    writeProductSteps(level, accepted, value, dotStep, squaredStep);
  }

  private static void writeProductSteps(
      float[] from, float[] to, float[] value, float[] dotStep, float[] squaredStep) {
    for (int r = 0; r < ROWS; r++) {
      float step = to[r] - from[r];
      dotStep[r] = value[r] * step;
      squaredStep[r] = step * (to[r] + from[r]);
    }
  }

  /** 1 where {@code <y,c>² / <c,c>} rises, else 0. */
  private static void writeAccepted(
      float[] dot, float[] squared, float[] dotStep, float[] squaredStep, float[] accepted) {
    for (int r = 0; r < ROWS; r++) {
      float moved = dot[r] + dotStep[r];
      float gain = moved * moved * squared[r] - dot[r] * dot[r] * (squared[r] + squaredStep[r]);
      accepted[r] = Math.max(0f, Math.signum(gain));
    }
  }

  private static void move(float[] accepted, float[] target, float[] code) {
    for (int r = 0; r < ROWS; r++) {
      code[r] += accepted[r] * (target[r] - code[r]);
    }
  }

  private static void add(float[] accepted, float[] step, float[] sum) {
    for (int r = 0; r < ROWS; r++) {
      sum[r] += accepted[r] * step[r];
    }
  }
}
