package io.memryx.persistence.linearizability;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Calls of which one is in truth two: a test of the tests. */
@Param(name = "id", gen = IntGen.class, conf = "1:9")
public class CollectionCallsWithARace {
  private final CollectionCalls calls = new CollectionCalls();

  @Operation
  // The scheduler is asked on purpose: what goes wrong between the two halves is to go wrong soon.
  @SuppressWarnings("ThreadPriorityCheck")
  public int upsertTwo(@Param(name = "id") int id, @Param(name = "id") int value) {
    int first = calls.upsert(id, value);
    Thread.yield();
    return first + calls.upsert(id + 1, value);
  }

  @Operation
  public int size() {
    return calls.size();
  }
}
