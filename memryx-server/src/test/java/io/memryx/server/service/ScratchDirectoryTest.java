package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.server.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

final class ScratchDirectoryTest {
  private static ProblemCode codeOf(IOException cause) {
    return ScratchDirectory.unusable(cause).problem().code();
  }

  @Test
  void fullDisk_isToldFromOneThatFailed() {
    assertEquals(ProblemCode.STORAGE_FULL, codeOf(new IOException("No space left on device")));
    assertEquals(ProblemCode.STORAGE_FULL, codeOf(new IOException("Disk quota exceeded")));
    assertEquals(ProblemCode.STORAGE_FAILED, codeOf(new AccessDeniedException("/volume")));
  }
}
