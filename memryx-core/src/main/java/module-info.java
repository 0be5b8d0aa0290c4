/** The vector store and its cluster index: no disk, no network, no thread of its own. */
module io.memryx.core {
  requires roaringbitmap;
  requires static org.jspecify;
  requires static jdk.incubator.vector;

  exports io.memryx;
  exports io.memryx.snapshot;
}
