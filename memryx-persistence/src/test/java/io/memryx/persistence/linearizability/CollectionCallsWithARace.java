package io.memryx.persistence.linearizability;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Calls of which one is in truth two: a test of the tests. */
@Param(name = "id", gen = IntGen.class, conf = "1:3")
@Param(name = "value", gen = IntGen.class, conf = "1:4")
public class CollectionCallsWithARace extends CollectionCalls {

  @Override
  @Operation
  public int upsertTwo(@Param(name = "id") int id, @Param(name = "value") int value) {
    return upsert(id, value) + upsert(id + 1, value);
  }
}
