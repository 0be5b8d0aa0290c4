package io.memryx.persistence.internal.file;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StoreCondition;
import io.memryx.persistence.StoreCondition.State;
import io.memryx.persistence.internal.disk.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What is known against an open store. Thread-safe. */
final class StoreHealth {
  private final Storage storage;

  /** By key: why an older generation serves. */
  private final ConcurrentSkipListMap<String, String> degraded = new ConcurrentSkipListMap<>();

  /** Why the last change was refused, if that was for want of space. */
  private volatile @Nullable String full;

  StoreHealth(Storage storage) {
    this.storage = storage;
  }

  /** An older generation serves. */
  void degraded(String key, String reason) {
    degraded.put(key, reason);
  }

  /** The newest generation serves, or there is none any more. */
  void recovered(String key) {
    degraded.remove(key);
  }

  /** A change was refused for want of space. */
  void full(PersistenceException refusal) {
    full = refusal.getMessage();
  }

  /** A change was logged. */
  void roomy() {
    if (full != null) {
      full = null;
    }
  }

  StoreCondition condition() {
    List<String> reasons = new ArrayList<>();
    State state = State.SOUND;
    if (!degraded.isEmpty()) {
      state = State.DEGRADED;
      reasons.addAll(degraded.values());
    }
    String refusal = full;
    if (refusal != null) {
      state = State.FULL;
      reasons.addFirst(refusal);
    }
    try {
      storage.requireWritable();
    } catch (PersistenceException e) {
      state = State.READ_ONLY;
      reasons.addFirst(e.getMessage());
    }
    return new StoreCondition(state, reasons);
  }
}
