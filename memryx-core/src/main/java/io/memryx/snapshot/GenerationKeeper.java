package io.memryx.snapshot;

/** Where a store keeps the generations of its collections. Thread-safe. */
public interface GenerationKeeper {

  /** For stores that live in memory only. */
  GenerationKeeper NONE =
      new GenerationKeeper() {
        @Override
        public void create(String collection, Snapshot empty) {}

        @Override
        public ChangeLog logOf(String collection) {
          return ChangeLog.NONE;
        }

        @Override
        public GenerationCommit commitOf(String collection) {
          return GenerationCommit.NONE;
        }

        @Override
        public void remove(String collection) {}

        @Override
        public void close() {}
      };

  /**
   * A collection was made: called before anybody else sees it. When this returns it is there after
   * a restart, too.
   *
   * @param empty its first generation
   * @throws io.memryx.MemryxException if that could not be made durable: there is no such
   *     collection
   */
  void create(String collection, Snapshot empty);

  /** Where the changes of a collection are logged. */
  ChangeLog logOf(String collection);

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
