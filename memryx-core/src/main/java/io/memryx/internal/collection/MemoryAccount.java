package io.memryx.internal.collection;

import io.memryx.MemoryBudgetException;
import io.memryx.StoreOptions;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the collections of a store take of its memory budget. Memory is asked for before it is
 * allocated, so that any number of threads together stay within the budget. Thread-safe.
 */
final class MemoryAccount {
  private final long budget;
  private final AtomicLong used = new AtomicLong();

  MemoryAccount(long budget) {
    this.budget = budget;
  }

  /** For collections without a store. */
  static MemoryAccount unlimited() {
    return new MemoryAccount(StoreOptions.UNLIMITED);
  }

  long budget() {
    return budget;
  }

  long used() {
    return used.get();
  }

  /** A share of nothing so far. */
  Share newShare() {
    return new Share();
  }

  private boolean tryTake(long bytes) {
    for (long before = used.get(); bytes <= budget - before; before = used.get()) {
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
    return false;
  }

  /** What one holder has. Changed by one thread at a time. */
  final class Share {
    private volatile long bytes;

    /** What is taken now; for any thread. */
    long bytes() {
      return bytes;
    }

    /** Raises the share to so many bytes, unless that is over the budget. */
    boolean tryRaiseTo(long needed) {
      boolean raised = needed <= bytes || tryTake(needed - bytes);
      bytes = raised ? Math.max(bytes, needed) : bytes;
      return raised;
    }

    /**
     * Raises the share to so many bytes.
     *
     * @param purpose as in {@link MemoryBudgetException#ofStore}
     */
    void raiseTo(long needed, String purpose) {
      if (!tryRaiseTo(needed)) {
        throw MemoryBudgetException.ofStore(purpose, used.get() - bytes + needed, budget);
      }
    }

    /**
     * What is taken in fact, another share of this account given back at the same moment; never
     * refused.
     */
    void settle(long taken, Share ended) {
      if (!ended.account().equals(MemoryAccount.this)) {
        throw new IllegalArgumentException("the share to give back is of another account");
      }
      used.addAndGet(taken - bytes - ended.bytes);
      bytes = taken;
      ended.bytes = 0;
    }

    private MemoryAccount account() {
      return MemoryAccount.this;
    }

    /** What is taken in fact; never refused. */
    void settle(long taken) {
      used.addAndGet(taken - bytes);
      bytes = taken;
    }
  }
}
