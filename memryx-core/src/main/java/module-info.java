/**
 * The vector store and its cluster index: no disk, no network, and no thread unless a store is to
 * build by itself.
 */
module io.memryx.core {
  requires roaringbitmap;
  requires static org.jspecify;
  requires static jdk.incubator.vector;
  requires static jdk.jfr;

  exports io.memryx;
  exports io.memryx.snapshot;
}
