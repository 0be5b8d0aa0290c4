package io.memryx;

/**
 * What a collection holds and what that takes in memory. Bytes are of the data structures
 * themselves (array payloads), not of object headers.
 *
 * @param vectors entries that searches can find
 * @param hotBuffer entries not yet in the built index, part of {@code vectors}
 * @param tombstones replaced and deleted entries that still take memory; the next build reclaims it
 *     ({@link BuildReport#reclaimed})
 * @param index what was built
 * @param bytes memory by component
 * @param buildBytes memory that a build begun now would take beside {@code bytes} until it ends,
 *     its result included: an upper estimate. Vectors of a lossless collection count where they
 *     will stay in memory, not where its commits store them
 */
public record CollectionStats(
    int vectors, int hotBuffer, int tombstones, Index index, Bytes bytes, long buildBytes) {

  /**
   * The built index.
   *
   * @param lists inverted lists; 0 if the entries are too few to be worth any
   * @param defaultProbes lists that a search probes unless told otherwise
   * @param routingRecall share of the neighbors found by a scan of all lists that those probes
   *     found in a sample when the index was trained
   * @param trainedVectors entries that the index was trained on
   * @param codeBytes bytes of codes and factors of one entry, without what second lists repeat
   */
  public record Index(
      int lists, int defaultProbes, float routingRecall, int trainedVectors, int codeBytes) {
    /** Entries are kept as they are. */
    public static final Index NONE = new Index(0, 0, 1, 0, 0);
  }

  /**
   * Memory by component, in bytes.
   *
   * @param codes quantised vectors and their factors, each once
   * @param routing centroids, inverted lists and the quantiser's transforms; of lossless
   *     collections the second lists too, with the signs and factors that they hold
   * @param originals full-precision vectors of the built index that are in memory; those that are
   *     mapped from a file take none of the heap
   * @param ids ids and their look-up table
   * @param metadata encoded metadata
   * @param bitmaps what filters were given to find matches by: which rows have which values
   * @param hotBuffer all of the hot buffer: vectors, ids, metadata
   * @param tombstones the marks on replaced and deleted entries; those themselves are in the other
   *     components until the next build
   */
  public record Bytes(
      long codes,
      long routing,
      long originals,
      long ids,
      long metadata,
      long bitmaps,
      long hotBuffer,
      long tombstones) {

    /** The sum of all components. */
    public long total() {
      return codes + routing + originals + ids + metadata + bitmaps + hotBuffer + tombstones;
    }
  }

  /** Bytes in memory per findable entry; 0 for an empty collection. */
  public double bytesPerVector() {
    return vectors == 0 ? 0 : (double) bytes.total() / vectors;
  }
}
