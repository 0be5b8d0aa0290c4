package io.memryx.snapshot;

/**
 * Where the changes of one collection are logged before they are made, so that they can be made
 * again after a restart. Thread-safe.
 *
 * <p>Changes have sequence numbers, from 1, without gaps. A snapshot says up to which it holds them
 * ({@link SnapshotMeta#lastSequence}); those after it are in the log.
 */
public interface ChangeLog {

  /** For collections without one: changes are made at once, in any order. */
  ChangeLog NONE =
      new ChangeLog() {
        @Override
        public long append(Change change) {
          return 0;
        }

        @Override
        public void rotate() {}

        @Override
        public long bytes() {
          return 0;
        }
      };

  /**
   * Logs a change. Returning means that it is as durable as the log promises; changes appended at
   * the same time share the cost of that. Not cancelled: an interrupt that comes meanwhile must
   * neither end it nor be lost.
   *
   * @return its sequence number, one more than that of the change logged before it; 0 if nothing is
   *     logged here
   * @throws io.memryx.MemryxException if it could not be logged: it is not to be made, has no
   *     number, and is not made again after a restart, unless the medium failed so that nobody
   *     knows what is on it
   */
  long append(Change change);

  /**
   * Begins a new part of the log: changes that were logged before this call are in older parts,
   * which go when no snapshot that is kept needs them any more.
   *
   * @throws io.memryx.MemryxException if that could not be made durable; the old part goes on
   */
  void rotate();

  /** Size of the changes that were logged after the newest durable snapshot, as stored. */
  long bytes();
}
