package io.memryx.persistence;

import java.util.List;

/**
 * How an open store is. Searches work in every state.
 *
 * @param state the worst that is so
 * @param reasons everything that keeps it from being sound, each with its remedy; none if it is
 */
public record StoreCondition(State state, List<String> reasons) {

  /** What a store can do, the worse the later. */
  public enum State {
    /** Everything. */
    SOUND,
    /**
     * Everything, but an older generation of a collection had to serve when it was loaded, since
     * the newest is damaged; told by the opening that found it so, until the collection's next
     * build.
     */
    DEGRADED,
    /** The last change was refused, for there was no space; changes work again when there is. */
    FULL,
    /** No changes: the medium failed, or another writer took over. The store is to be reopened. */
    READ_ONLY
  }

  /** Copies the list. */
  public StoreCondition {
    reasons = List.copyOf(reasons);
  }

  /** Of a store that nothing is known against. */
  public static StoreCondition sound() {
    return new StoreCondition(State.SOUND, List.of());
  }
}
