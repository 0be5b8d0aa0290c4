package io.memryx.snapshot;

/**
 * The sections of a snapshot. Arrays are row-major; files hold them in little-endian order. Ids are
 * part of the file format: never change or reuse one.
 */
public enum SectionType {
  /** {@code lists × dimension} float32: the centroids. */
  CENTROIDS(1, ElementType.FLOAT32),
  /**
   * {@code lists + 1} int32: where each list begins in the list order, and where the last one ends.
   */
  LIST_STARTS(2, ElementType.INT32),
  /** {@code entries} int32: the ordinal at each position of the list order. */
  LIST_ORDINALS(3, ElementType.INT32),
  /** The quantiser's parameters, float32 (see its class for their meaning). */
  QUANTIZER(4, ElementType.FLOAT32),
  /** {@code entries × codeBytes} bytes in list order: the codes. */
  CODES(5, ElementType.INT8),
  /** {@code entries × dimension} float32 in order of ordinal: the vectors as they were given. */
  ORIGINALS(6, ElementType.FLOAT32),
  /** {@code entries} int32: the size of each id in bytes. */
  ID_LENGTHS(7, ElementType.INT32),
  /** The ids in UTF-8, one after the other. */
  ID_BYTES(8, ElementType.INT8),
  /** {@code entries} int32: the size of each entry's metadata in bytes. */
  METADATA_LENGTHS(9, ElementType.INT32),
  /** The encoded metadata, one after the other. */
  METADATA_BYTES(10, ElementType.INT8);

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
