package io.memryx.persistence;

/** Another writer has the store open. */
public final class StoreLockedException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  /** Names the store. */
  public StoreLockedException(String location) {
    super(
        location
            + " is open in another writer, and a store has one: stop that one, or use another directory",
        null);
  }
}
