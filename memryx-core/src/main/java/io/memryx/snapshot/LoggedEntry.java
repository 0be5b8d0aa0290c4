package io.memryx.snapshot;

/** An entry as a change holds it: bytes as they are kept, the vector as it was given. */
public interface LoggedEntry extends VectorSource {

  /** The id in UTF-8; not to be changed. */
  byte[] id();

  /** The metadata, encoded as in section {@link SectionType#METADATA_BYTES}; not to be changed. */
  byte[] metadata();

  /** Components of the vector. */
  int dimension();
}
