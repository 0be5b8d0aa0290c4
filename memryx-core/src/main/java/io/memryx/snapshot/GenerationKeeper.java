package io.memryx.snapshot;

/** Where a store keeps the generations of its collections. Thread-safe. */
public interface GenerationKeeper {

  /** For stores that live in memory only. */
  GenerationKeeper NONE =
      new GenerationKeeper() {
        @Override
        public GenerationCommit commitOf(String collection) {
          return GenerationCommit.NONE;
        }

        @Override
        public void remove(String collection) {}

        @Override
        public void close() {}
      };

  /** What makes new generations of a collection durable. */
  GenerationCommit commitOf(String collection);

  /**
   * Removes all generations of a collection. When this returns they are gone for good; when it
   * throws, all of them are there or none, and searches of the collection go on.
   *
   * @throws io.memryx.MemryxException if that could not be made durable
   */
  void remove(String collection);

  /** The store is closed: called once, when no commit and no removal is under way. */
  void close();
}
