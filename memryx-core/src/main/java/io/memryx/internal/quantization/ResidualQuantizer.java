package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.LookupTables;
import io.memryx.internal.kernel.SignFactors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Residuals as codes: a trained linear transform packs what matters to inner products into few
 * dimensions, which get bits in proportion. Immutable and thread-safe.
 *
 * <p>With T and Tq dual to each other ({@code T Tqᵀ = I}), {@code y = Tᵀ r} and {@code q' = Tqᵀ q},
 * {@code <q, r> = <q', y>}. The outputs y are put in order of falling deviation σ: their
 * <em>slots</em>. Slots come in groups of eight that share a number of bits. A code holds for each
 * slot of a group with bits a half-integer v, meaning {@code σ level(v)} (see {@link
 * GaussianLevels}), and for the whole vector two scales that make estimates unbiased in the manner
 * of RaBitQ (arXiv 2405.12497, section 3.2), but for residuals in the transformed space:
 *
 * <pre>
 *   c = σ level(v)            s  = |y|² / &lt;y, c&gt;      &lt;q, r&gt; ≈ s  Σ w level(v)     w = q' σ
 *   p = σ sign(v)             s₁ = |y|² / &lt;y, p&gt;      &lt;q, r&gt; ≈ s₁ Σ w sign(v)
 * </pre>
 *
 * <p>Stored: {@link #parameters} are σ by output (dimension), bits by group, and the least s₁;
 * {@link #transforms} are T, then Tq, as float16: for each block (see {@link TransformBlocks})
 * {@code size × size}, one row per output, outputs of a block by falling σ.
 */
public final class ResidualQuantizer {
  /** The name that snapshots record. */
  public static final String NAME = "residual-klt";

  private static final int GROUP = CodeShape.GROUP;

  /** All of its bits are set in a float16 that is not finite, and in no other. */
  private static final int HALF_EXPONENT = 0x7c00;

  private final TransformBlocks blocks;
  private final float[] deviations;
  private final byte[] groupBits;
  private final float leastSignFactor;
  private final short[] transforms;
  private final CodeShape shape;

  /** Slot of each output; those beyond the coded slots get no bits. */
  private final int[] slots;

  /** Deviation of each coded slot, zero where a group is filled up. */
  private final float[] slotDeviations;

  private final BlockTransform queryTransform;

  private ResidualQuantizer(
      TransformBlocks blocks,
      float[] deviations,
      byte[] groupBits,
      float leastSignFactor,
      short[] transforms) {
    this.blocks = blocks;
    this.deviations = deviations;
    this.groupBits = groupBits;
    this.leastSignFactor = leastSignFactor;
    this.transforms = transforms;
    this.shape = new CodeShape(groupBits, GaussianLevels.polynomials());
    this.slots = slots(deviations);
    this.slotDeviations = new float[shape.columns() * GROUP];
    for (int output = 0; output < slots.length; output++) {
      if (slots[output] < slotDeviations.length) {
        slotDeviations[slots[output]] = deviations[output];
      }
    }
    this.queryTransform =
        new BlockTransform(blocks, transforms, blocks.components(), codedOutputs());
  }

  /** The order of falling deviation; of equals, the lower output first. */
  private static int[] slots(float[] deviations) {
    int[] order =
        IntStream.range(0, deviations.length)
            .boxed()
            .sorted(Comparator.comparingDouble(output -> -deviations[output]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] slots = new int[order.length];
    for (int slot = 0; slot < order.length; slot++) {
      slots[order[slot]] = slot;
    }
    return slots;
  }

  /** How many of each block's outputs have bits: the first ones, for there deviations fall. */
  private int[] codedOutputs() {
    int[] coded = new int[blocks.count()];
    for (int block = 0; block < coded.length; block++) {
      for (int output = blocks.start(block); output < blocks.start(block + 1); output++) {
        coded[block] += slots[output] < slotDeviations.length ? 1 : 0;
      }
    }
    return coded;
  }

  /**
   * What training found.
   *
   * @param deviations σ by output, falling within each block
   * @param groupBits bits by group, falling
   * @param leastSignFactor what s₁ is at least (see {@link SignFactors})
   * @param transforms T and Tq as float16
   * @throws IllegalArgumentException if sizes or values contradict one another
   */
  public static ResidualQuantizer of(
      TransformBlocks blocks,
      float[] deviations,
      byte[] groupBits,
      float leastSignFactor,
      short[] transforms) {
    requireSize("deviations", deviations.length, blocks.dimension());
    requireSize("groups", groupBits.length, BitAllocation.groups(blocks.dimension()));
    requireSize("components of transforms", transforms.length, 2 * blocks.components());
    requireFallingDeviations(blocks, deviations);
    if (!SignFactors.isLeast(leastSignFactor)) {
      throw new IllegalArgumentException(
          "least sign factor is " + leastSignFactor + ", expected 0 or more and far from infinity");
    }
    if (groupBits[0] < 1) {
      throw new IllegalArgumentException(
          "first group has " + groupBits[0] + " bits, expected at least 1");
    }
    requireFinite(transforms);
    return new ResidualQuantizer(
        blocks, deviations.clone(), groupBits.clone(), leastSignFactor, transforms.clone());
  }

  private static void requireFinite(short[] halves) {
    for (short half : halves) {
      if ((half & HALF_EXPONENT) == HALF_EXPONENT) {
        throw new IllegalArgumentException("transforms hold a component that is not finite");
      }
    }
  }

  private static void requireSize(String what, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(actual + " " + what + ", expected " + expected);
    }
  }

  private static void requireFallingDeviations(TransformBlocks blocks, float[] deviations) {
    for (int block = 0; block < blocks.count(); block++) {
      float before = Float.MAX_VALUE;
      for (int output = blocks.start(block); output < blocks.start(block + 1); output++) {
        if (!(deviations[output] >= 0 && deviations[output] <= before)) {
          throw new IllegalArgumentException(
              "deviation %d is %s, expected 0 to %s: they fall within a block"
                  .formatted(output, deviations[output], before));
        }
        before = deviations[output];
      }
    }
  }

  /**
   * The quantiser that {@link #parameters} and {@link #transforms} described, the same to the bit.
   *
   * @throws IllegalArgumentException if they contradict one another or the dimension
   */
  public static ResidualQuantizer ofParameters(
      int dimension, float[] parameters, short[] transforms) {
    int groups = BitAllocation.groups(dimension);
    requireSize("parameters of the quantiser", parameters.length, dimension + groups + 1);
    byte[] groupBits = new byte[groups];
    for (int group = 0; group < groups; group++) {
      float bits = parameters[dimension + group];
      groupBits[group] = (byte) bits;
      if (groupBits[group] != bits) {
        throw new IllegalArgumentException(
            "group " + group + " has " + bits + " bits, expected a whole number");
      }
    }
    return of(
        new TransformBlocks(dimension),
        Arrays.copyOf(parameters, dimension),
        groupBits,
        parameters[dimension + groups],
        transforms);
  }

  /** Deviations, bits of groups and the least sign factor; a fresh array. */
  public float[] parameters() {
    int dimension = dimension();
    float[] parameters = Arrays.copyOf(deviations, dimension + groupBits.length + 1);
    for (int group = 0; group < groupBits.length; group++) {
      parameters[dimension + group] = groupBits[group];
    }
    parameters[dimension + groupBits.length] = leastSignFactor;
    return parameters;
  }

  /** T, then Tq, as float16; not to be changed. */
  public short[] transforms() {
    return transforms;
  }

  /** Components of a vector. */
  public int dimension() {
    return blocks.dimension();
  }

  /** Bits of the groups and the layout of row codes. */
  public CodeShape shape() {
    return shape;
  }

  /** What a sign factor of 0 stands for. */
  public float leastSignFactor() {
    return leastSignFactor;
  }

  /** Memory of the transforms and all else. */
  public long bytes() {
    return (long) Short.BYTES * transforms.length
        + queryTransform.bytes()
        + (long) Float.BYTES * (deviations.length + slots.length + slotDeviations.length);
  }

  /** What turns residuals into codes, for one thread. */
  public ResidualEncoder newEncoder(VectorKernels kernels) {
    return new ResidualEncoder(kernels, this);
  }

  /** Prepares a query to be scored against many codes. */
  public PreparedQuery prepare(VectorKernels kernels, float[] query) {
    return prepare(kernels, List.of(query)).getFirst();
  }

  /**
   * Prepares queries to be scored against many codes: the transform is read once for all of them,
   * and each comes out as it would alone, to the bit.
   */
  public List<PreparedQuery> prepare(VectorKernels kernels, List<float[]> queries) {
    float[][] weights = new float[queries.size()][shape.weightsLength()];
    float[] outputs = new float[queries.size() * VectorKernels.PANEL_WIDTH];
    for (int block = 0; block < blocks.count(); block++) {
      float[] rows = rowsOfBlock(queries, block);
      for (int panel = 0; panel < queryTransform.panelCount(block); panel++) {
        queryTransform.multiply(kernels, block, panel, rows, 0, queries.size(), outputs);
        for (int i = 0; i < weights.length; i++) {
          weigh(outputs, i, block, panel, weights[i]);
        }
      }
    }
    List<PreparedQuery> prepared = new ArrayList<>(weights.length);
    for (float[] ofQuery : weights) {
      LookupTables tables = LookupTables.of(ofQuery, shape.columns(), leastSignFactor);
      prepared.add(new PreparedQuery(shape, ofQuery, tables));
    }
    return prepared;
  }

  /** What a block of the transform sees of the queries, one after the other. */
  private float[] rowsOfBlock(List<float[]> queries, int block) {
    int size = blocks.size(block);
    float[] rows = new float[queries.size() * size];
    for (int i = 0; i < queries.size(); i++) {
      System.arraycopy(queries.get(i), blocks.start(block), rows, i * size, size);
    }
    return rows;
  }

  /** Puts the outputs of one panel, for one query, where their slots are. */
  private void weigh(float[] outputs, int query, int block, int panel, float[] weights) {
    int first = panel * VectorKernels.PANEL_WIDTH;
    int end = Math.min(VectorKernels.PANEL_WIDTH, queryTransform.outputs(block) - first);
    int offset = query * VectorKernels.PANEL_WIDTH;
    for (int j = 0; j < end; j++) {
      int slot = slots[blocks.start(block) + first + j];
      weights[slot] = outputs[offset + j] * slotDeviations[slot];
    }
  }

  /**
   * Writes the residual that a code stands for.
   *
   * @param signs holds the sign byte of group g at {@code signsOffset + g × signsStride}
   * @param row holds the row code from {@code rowOffset} on
   * @param residual receives {@link #dimension} components
   */
  public void decode(
      byte[] signs, int signsOffset, int signsStride, byte[] row, int rowOffset, float[] residual) {
    float[] levels = new float[slotDeviations.length];
    int offset = rowOffset;
    for (int group = 0; group < shape.columns(); group++) {
      int bits = shape.bits(group);
      long magnitudes = CodeShape.magnitudes(row, offset, bits - 1);
      int sign = signs[signsOffset + group * signsStride];
      for (int i = 0; i < GROUP; i++) {
        int magnitude = (int) (magnitudes >>> (i * (bits - 1))) & GaussianLevels.greatest(bits);
        float level = GaussianLevels.level(bits, magnitude);
        levels[group * GROUP + i] = (sign >> i & 1) == 0 ? -level : level;
      }
      offset += bits - 1;
    }
    float scale = RowCodes.scale(shape, row, rowOffset);
    float[] outputs = new float[dimension()];
    for (int output = 0; output < outputs.length; output++) {
      int slot = slots[output];
      outputs[output] = slot < levels.length ? scale * slotDeviations[slot] * levels[slot] : 0;
    }
    Arrays.fill(residual, 0, dimension(), 0);
    for (int block = 0; block < blocks.count(); block++) {
      queryTransform.addColumns(block, outputs, blocks.start(block), residual);
    }
  }

  /** The scale of a row code that begins at an offset; finite in every code that was encoded. */
  public float scale(byte[] row, int rowOffset) {
    return RowCodes.scale(shape, row, rowOffset);
  }

  TransformBlocks blocks() {
    return blocks;
  }

  /** Slot of an output. */
  int slot(int output) {
    return slots[output];
  }

  /** Deviations of the coded slots; not to be changed. */
  float[] slotDeviations() {
    return slotDeviations;
  }

  /** T with all its outputs: those without bits count for a residual's length. */
  BlockTransform encodingTransform() {
    int[] outputs = IntStream.range(0, blocks.count()).map(blocks::size).toArray();
    return new BlockTransform(blocks, transforms, 0, outputs);
  }
}
