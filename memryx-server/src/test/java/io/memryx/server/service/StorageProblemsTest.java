package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.StoreLockedException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StorageProblemsTest {
  private static final String SECRET = "/volume/secret";

  @Test
  void fullDisk_is507() {
    assertEquals(
        ProblemCode.STORAGE_FULL,
        StorageProblems.of(new StorageFullException(SECRET, 10, 1, null)).code());
  }

  @Test
  void everythingElse_is503AndNamesNoPath() {
    List<PersistenceException> failures =
        List.of(
            new StorageUnwritableException(SECRET, null),
            new FencedException(SECRET, null),
            new StoreLockedException(SECRET),
            new CorruptSnapshotException(SECRET, 0, "bits", null),
            new UnsupportedFormatException(SECRET, "newer"));
    for (PersistenceException failure : failures) {
      Problem problem = StorageProblems.of(failure);
      assertEquals(ProblemCode.STORAGE_FAILED, problem.code());
      assertFalse(problem.toString().contains(SECRET));
    }
  }
}
