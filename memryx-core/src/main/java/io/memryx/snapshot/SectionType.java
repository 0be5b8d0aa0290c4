package io.memryx.snapshot;

/**
 * The sections of a snapshot. Arrays are row-major; files hold them in little-endian order. Ids are
 * part of the file format: never change or reuse one.
 */
public enum SectionType {
  /** One LEB128 number an entry: the size of its id in bytes. */
  ID_SIZES(18, ElementType.INT8),
  /** The ids in UTF-8, one after the other. */
  ID_BYTES(8, ElementType.INT8),
  /** One LEB128 number an entry: the size of its metadata in bytes. */
  METADATA_SIZES(19, ElementType.INT8),
  /** The encoded metadata, one after the other. */
  METADATA_BYTES(10, ElementType.INT8),
  /** What training found, int32 (see the index's class). */
  TRAINING(20, ElementType.INT32),
  /** {@code dimension} float32: the mean of the data that the index was trained on. */
  MEAN(21, ElementType.FLOAT32),
  /** {@code lists × dimension} bytes: the centroids as seen from the mean, in steps of a scale. */
  CENTROID_CODES(11, ElementType.INT8),
  /** {@code lists} float32: the size of a step of each centroid's components. */
  CENTROID_SCALES(12, ElementType.FLOAT32),
  /**
   * {@code lists + 1} int32: where each list begins in the list order, and where the last one ends.
   */
  LIST_STARTS(2, ElementType.INT32),
  /** {@code entries} int32: the ordinal at each position of the list order. */
  LIST_ORDINALS(3, ElementType.INT32),
  /**
   * {@code lists + 1} int32: where in SPILLED_POSITIONS the rows begin that each list holds beside
   * its own, and where the last ones end. With SPILLED_POSITIONS or not at all.
   */
  SPILLED_STARTS(22, ElementType.INT32),
  /** {@code entries} int32: positions in the list order. */
  SPILLED_POSITIONS(23, ElementType.INT32),
  /** The quantiser's parameters, float32 (see its class for their meaning). */
  QUANTIZER(4, ElementType.FLOAT32),
  /** The quantiser's transforms, float16 (see its class). */
  TRANSFORMS(13, ElementType.INT16),
  /**
   * The sign bits of the codes, in blocks of 32 rows: each list's own rows, then those spilled into
   * it (see the class of the signs).
   */
  SIGN_CODES(24, ElementType.INT8),
  /** In the order of SIGN_CODES, padded to whole blocks: the factor of each row's sign bits. */
  SIGN_FACTORS(15, ElementType.INT8),
  /**
   * Float32 in the order of SIGN_CODES, padded to whole blocks: under l2 what turns a row's inner
   * products into distances, {@code -|c|² - |r|² - 2 <c,r̂>}, with its list's centroid c, its
   * residual r to that, and r̂ what its code stands for, or, where it is spilled, its signs; else
   * empty.
   */
  ADDENDS(17, ElementType.FLOAT32),
  /** {@code entries × rowBytes} in list order: the rest of the codes and their scale. */
  ROW_CODES(16, ElementType.INT8),
  /** {@code entries × dimension} float32 in order of ordinal: the vectors as they were given. */
  ORIGINALS(6, ElementType.FLOAT32);

  // 1, 5, 7 and 9 were centroids, codes and sizes in format 1; 14 were sign codes in another order
  // of
  // rows, before the first release.

  private final int id;
  private final ElementType elementType;

  SectionType(int id, ElementType elementType) {
    this.id = id;
    this.elementType = elementType;
  }

  /** The number of this section in files. */
  public int id() {
    return id;
  }

  /** What the section is an array of. */
  public ElementType elementType() {
    return elementType;
  }

  /** What a section is an array of. */
  public enum ElementType {
    /** Single bytes. */
    INT8(1),
    /** 16-bit integers, or IEEE 754 half-precision numbers as their bits. */
    INT16(2),
    /** 32-bit integers. */
    INT32(4),
    /** 32-bit IEEE 754 numbers. */
    FLOAT32(4);

    private final int bytes;

    ElementType(int bytes) {
      this.bytes = bytes;
    }

    /** Size of one element. */
    public int bytes() {
      return bytes;
    }
  }
}
