package io.memryx;

/**
 * What a collection holds and what that takes in memory. Bytes are of the data structures
 * themselves (array payloads), not of object headers.
 *
 * @param vectors entries that searches can find
 * @param hotBuffer entries not yet in the built index, part of {@code vectors}
 * @param tombstones replaced entries that still take memory until the next build
 * @param lists inverted lists of the built index
 * @param defaultProbes lists that a search probes unless told otherwise
 * @param bytes memory by component
 * @param buildBytes memory that a build begun now would take beside {@code bytes} until it ends,
 *     its result included: an upper estimate
 */
public record CollectionStats(
    int vectors,
    int hotBuffer,
    int tombstones,
    int lists,
    int defaultProbes,
    Bytes bytes,
    long buildBytes) {

  /**
   * Memory by component, in bytes.
   *
   * @param codes quantised vectors and their factors
   * @param lists centroids and inverted lists
   * @param originals full-precision vectors of the built index
   * @param ids ids and their look-up table
   * @param metadata encoded metadata
   * @param hotBuffer all of the hot buffer: vectors, ids, metadata
   */
  public record Bytes(
      long codes, long lists, long originals, long ids, long metadata, long hotBuffer) {

    /** The sum of all components. */
    public long total() {
      return codes + lists + originals + ids + metadata + hotBuffer;
    }
  }

  /** Bytes in memory per findable entry; 0 for an empty collection. */
  public double bytesPerVector() {
    return vectors == 0 ? 0 : (double) bytes.total() / vectors;
  }
}
