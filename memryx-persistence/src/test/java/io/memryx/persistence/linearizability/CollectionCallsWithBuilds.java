package io.memryx.persistence.linearizability;

import org.jetbrains.lincheck.datastructures.Operation;

/** The calls that threads make while builds go on: one at a time, as more would be refused. */
public class CollectionCallsWithBuilds extends CollectionCalls {

  @Operation(nonParallelGroup = "build")
  public boolean build() {
    return tryBuild();
  }
}
