package io.memryx.persistence.crash;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** One change that a client makes with one call, as a whole or not at all. */
sealed interface Step {

  /** What this step, made with this stamp, makes of a client's entries: id to stamp. */
  void applyTo(Map<String, Long> entries, long stamp);

  /** Entries are upserted in one batch. */
  record Put(SortedSet<String> ids) implements Step {
    public Put {
      ids = new TreeSet<>(ids);
    }

    @Override
    public void applyTo(Map<String, Long> entries, long stamp) {
      ids.forEach(id -> entries.put(id, stamp));
    }
  }

  /** Entries are deleted in one call, some of which are not there. */
  record Remove(SortedSet<String> ids) implements Step {
    public Remove {
      ids = new TreeSet<>(ids);
    }

    @Override
    public void applyTo(Map<String, Long> entries, long stamp) {
      entries.keySet().removeAll(ids);
    }
  }

  /** The client's collection, which is its own, is dropped. */
  record Drop() implements Step {
    @Override
    public void applyTo(Map<String, Long> entries, long stamp) {
      entries.clear();
    }
  }
}
