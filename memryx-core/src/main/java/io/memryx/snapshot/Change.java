package io.memryx.snapshot;

import java.util.Collection;
import java.util.List;

/** A change of a collection's entries, whole or not at all. */
public sealed interface Change {

  /**
   * Entries that go in, each in place of the one that has its id.
   *
   * @param entries of distinct ids, at least one; not to be changed
   */
  record Upsert(Collection<? extends LoggedEntry> entries) implements Change {}

  /**
   * Entries that go out.
   *
   * @param ids in UTF-8, distinct, at least one; of entries or of none; not to be changed
   */
  record Deletion(List<byte[]> ids) implements Change {

    /** Copies the list. */
    public Deletion {
      ids = List.copyOf(ids);
    }
  }
}
