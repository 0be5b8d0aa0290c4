package io.memryx;

/**
 * What a collection would take, before it is loaded. Upper estimates, for ids and metadata of the
 * sizes that were given. Of a lossless collection as if it were durable: one in memory alone keeps
 * its vectors besides, once when it is built and for good.
 *
 * @param vectors number of entries
 * @param bytes memory by component once everything is in a built index
 * @param diskBytes size of its snapshot
 * @param loadBytes memory while entries come in: the hot buffer before the first build
 * @param buildBytes memory that the build takes beside {@code loadBytes} until it ends, its result
 *     included
 */
public record Estimate(
    int vectors, CollectionStats.Bytes bytes, long diskBytes, long loadBytes, long buildBytes) {

  /** Memory once everything is in a built index. */
  public long memoryBytes() {
    return bytes.total();
  }

  /** Memory at the end of a first build of everything, when old and new are both there. */
  public long peakBytes() {
    return loadBytes + buildBytes;
  }
}
