package io.memryx.persistence;

import io.memryx.persistence.internal.file.Repairer;
import java.nio.file.Path;

/**
 * The way to open a damaged store again, with what is sound. Nothing is deleted: damaged files get
 * names that end in {@code .corrupt}. A backup that has everything is better; copy the directory
 * before. Takes the store's lock.
 */
public final class StoreRepair {
  private StoreRepair() {}

  /**
   * Says what a repair would do, and changes nothing.
   *
   * @throws IllegalArgumentException if there is no store
   * @throws StoreLockedException if somebody has it open
   * @throws StorageUnwritableException if it can't be read for reasons outside the files
   */
  public static RepairReport plan(Path store) {
    return Repairer.plan(store);
  }

  /**
   * Does what a plan said.
   *
   * @param token the plan's
   * @throws IllegalArgumentException if there is no store, or the token is not of exactly what is
   *     to be done now
   * @throws StoreLockedException if somebody has it open
   * @throws StorageFullException if there is too little space for a copy of the cut log; nothing is
   *     lost, and it can be tried again
   * @throws StorageUnwritableException if something can't be read or written for other reasons
   */
  public static RepairReport repair(Path store, String token) {
    return Repairer.repair(store, token);
  }
}
