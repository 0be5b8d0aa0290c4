package io.memryx.internal.metadata;

/**
 * Encoded metadata by row, where it lies: a row is a range of some array, which is not to be
 * changed. Its bytes are those of {@link MetadataCodec}: made by it, or accepted by it.
 */
public interface EncodedRows {
  /** Number of rows. */
  int size();

  /** The array that a row lies in. */
  byte[] array(int row);

  /** Where the row begins in its array. */
  int start(int row);

  /** Where the row ends in its array. */
  int end(int row);
}
