package io.memryx.persistence.internal.wal;

import static io.memryx.persistence.internal.wal.TestLog.failureOf;
import static io.memryx.persistence.internal.wal.TestLog.text;
import static io.memryx.persistence.internal.wal.TestLog.upsert;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.persistence.internal.disk.UnopenedException;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogFaultTest {
  private static final int MAX_OPERATIONS = 1_000;
  private static final int SCRIPT_LENGTH = 8;

  /** What was asked for, and what became of it. */
  private static final class Story {
    final List<String> acknowledged = new ArrayList<>();
    final List<String> attempted = new ArrayList<>();
    final List<RuntimeException> failures = new ArrayList<>();
    int acknowledgedAfterFailure;

    /** The eighth part of a script: small changes, a rotation, one of several frames. */
    void step(CollectionLog log, int step) {
      if (step % 4 == 2) {
        note(failureOf(log::rotate));
        return;
      }
      Change change = step == 5 ? upsert("large" + step, 600, 2_048) : upsert("step" + step, 3);
      attempted.add(text(change));
      @Nullable RuntimeException failure = failureOf(() -> acknowledged.add(append(log, change)));
      note(failure);
      if (failure == null && !failures.isEmpty()) {
        acknowledgedAfterFailure++;
      }
    }

    private static String append(CollectionLog log, Change change) {
      return log.append(change) + ": " + text(change);
    }

    private void note(@Nullable RuntimeException failure) {
      if (failure != null) {
        failures.add(failure);
      }
    }
  }

  @Test
  void append_anyOneOperationMeetsAFullDisk_failsWholeAndGoesOnAfterwards() throws IOException {
    int failing = 0;
    int refused = 0;
    for (boolean complete = false; !complete; failing++) {
      var files = new MemoryFiles();
      var story = new Story();
      TestLog log = TestLog.open(files);
      int at = failing;
      files.setFault(
          (index, operation) -> {
            if (index == at && !operation.startsWith("force")) {
              throw new IOException("No space left on device");
            }
          });
      for (int step = 0; step < SCRIPT_LENGTH; step++) {
        story.step(log.log, step);
      }
      complete = files.operations() <= at;
      files.setFault((index, operation) -> {});
      for (RuntimeException failure : story.failures) {
        assertInstanceOf(StorageFullException.class, failure, "at " + at);
        refused++;
      }
      assertTrue(story.failures.size() <= 1, () -> "at " + at + ": " + story.failures);
      assertEquals(
          story.acknowledged.size() + 1, log.log.append(upsert("afterwards", 1)), "at " + at);
      story.acknowledged.add(story.acknowledged.size() + 1 + ": " + text(upsert("afterwards", 1)));
      log.close();
      for (Unforced unforced : List.of(Unforced.KEPT, Unforced.LOST)) {
        assertEquals(
            story.acknowledged,
            TestLog.read(files.afterPowerCut(-1, unforced), Position.START),
            "at " + at + ", unforced " + unforced);
      }
      assertTrue(failing < MAX_OPERATIONS);
    }
    System.out.printf(
        "full disk at each of %d operations: %d refused, all others kept%n", failing, refused);
    assertTrue(refused > 10, refused + " refused");
  }

  /** As at the limit of open files, when another thread takes the last one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void append_segmentCanNotBeOpenedNorItsDirectory_refusesAndGoesOnAfterwards(int refused)
      throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("before", 1));
      files.setFault(
          (_, operation) -> {
            if (operation.startsWith("openExtent")) {
              throw new IOException("Too many open files");
            }
            if (operation.equals("syncDirectory")) {
              throw new UnopenedException(
                  TestLog.DIRECTORY, new IOException("Too many open files"));
            }
          });
      for (int i = 0; i < refused; i++) {
        assertThrows(StorageUnwritableException.class, log.log::rotate);
      }
      assertEquals(2, log.log.append(upsert("meanwhile", 1)));
      MemoryFiles cut = files.afterPowerCut(1, Unforced.LOST); // What was made, not its removal.
      files.setFault((_, _) -> {});
      log.log.rotate();
      assertEquals(3, log.log.append(upsert("after", 1)));
      List<String> all =
          List.of(
              "1: " + text(upsert("before", 1)),
              "2: " + text(upsert("meanwhile", 1)),
              "3: " + text(upsert("after", 1)));
      assertTrue(cut.isFile(TestLog.segment(2)));
      assertEquals(all.subList(0, 2), TestLog.read(cut, Position.START));
      assertEquals(all, TestLog.read(files.afterPowerCut(0, Unforced.LOST), Position.START));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_096, 8_192, 69_632, 200_000, 4_194_304, 5_000_000})
  void append_diskReallyFull_refusesAllUntilThereIsSpaceAndKeepsTheRest(int space)
      throws IOException {
    var files = new MemoryFiles();
    files.largestWrite = 10_000;
    var story = new Story();
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("before", 3));
      story.acknowledged.add("1: " + text(upsert("before", 3)));
      files.space = space;
      for (int step = 0; step < 3 * SCRIPT_LENGTH; step++) {
        story.step(log.log, step);
      }
      story.failures.forEach(failure -> assertInstanceOf(StorageFullException.class, failure));
      files.space = Long.MAX_VALUE;
      int failures = story.failures.size();
      for (int step = 0; step < SCRIPT_LENGTH; step++) {
        story.step(log.log, step);
      }
      assertEquals(failures, story.failures.size(), "there is space again");
      for (Unforced unforced : Unforced.values()) {
        assertEquals(
            story.acknowledged,
            TestLog.read(files.afterPowerCut(-1, unforced), Position.START),
            "unforced " + unforced);
      }
    }
    assertEquals(story.acknowledged, TestLog.read(files, Position.START));
  }

  @Test
  void append_anyOneOperationFails_nothingIsAcknowledgedAfterAFailedWriteOrForce()
      throws IOException {
    int failing = 0;
    int unwritable = 0;
    for (boolean complete = false; !complete; failing++) {
      var files = new MemoryFiles();
      var story = new Story();
      TestLog log = TestLog.open(files);
      int at = failing;
      var failed = new ArrayList<String>();
      var touchedAfter = new ArrayList<String>();
      files.setFault(
          (index, operation) -> {
            if (!failed.isEmpty() && changesBytes(failed.getFirst()) && changesBytes(operation)) {
              touchedAfter.add(operation);
            }
            if (index == at) {
              failed.add(operation);
              throw new IOException("injected into " + operation);
            }
          });
      for (int step = 0; step < SCRIPT_LENGTH; step++) {
        story.step(log.log, step);
      }
      complete = files.operations() <= at;
      boolean readOnly = !failed.isEmpty() && changesBytes(failed.getFirst());
      if (readOnly) {
        unwritable++;
        assertEquals(0, story.acknowledgedAfterFailure, "after " + failed + " at " + at);
        assertEquals(List.of(), touchedAfter, "after " + failed + " at " + at);
        assertThrows(StorageUnwritableException.class, log::close);
        assertEquals(List.of(), touchedAfter, "closing after " + failed + " at " + at);
      } else {
        failureOf(log::close); // The failing operation may be one of closing.
      }
      story.failures.forEach(
          failure -> assertInstanceOf(StorageUnwritableException.class, failure));
      judge(files, story, "at " + at + " " + failed);
      assertTrue(failing < MAX_OPERATIONS);
    }
    System.out.printf("each of %d operations fails: %d of them end writing%n", failing, unwritable);
    assertTrue(unwritable > 10, unwritable + " ended writing");
  }

  /** Allocated beforehand, as the JVM keeps some. */
  private final OutOfMemoryError noMemory = new OutOfMemoryError("injected");

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void append_noMemoryAtAnyOperation_nothingIsAcknowledgedThatIsNotThereAndNobodyHangs()
      throws IOException {
    int failing = 0;
    int ended = 0;
    for (boolean complete = false; !complete; failing++) {
      var files = new MemoryFiles();
      var story = new Story();
      TestLog log = TestLog.open(files);
      int at = failing;
      files.setFault(
          (index, operation) -> {
            if (index == at) {
              throw noMemory;
            }
          });
      String where = "at " + at;
      List<Throwable> failures =
          assertTimeoutPreemptively(SOON, () -> playWithoutMemory(story, log), where);
      complete = files.operations() <= at;
      if (!failures.isEmpty()) {
        ended++;
        assertEquals(0, story.acknowledgedAfterFailure, where);
        assertSame(noMemory, failures.getFirst(), where);
        for (Throwable later : failures.subList(1, failures.size())) {
          assertInstanceOf(StorageUnwritableException.class, later, where);
          assertSame(noMemory, later.getCause(), where);
        }
        var refused =
            assertTimeoutPreemptively(
                SOON,
                () ->
                    assertThrows(
                        StorageUnwritableException.class, () -> log.log.append(upsert("late", 1))));
        assertSame(noMemory, refused.getCause(), where);
      }
      assertTimeoutPreemptively(SOON, () -> closeWhateverComes(log), where);
      judge(files, story, where);
      assertTrue(failing < MAX_OPERATIONS);
    }
    System.out.printf(
        "no memory at each of %d operations: %d of them end writing%n", failing, ended);
    assertTrue(ended > 10, ended + " ended writing");
  }

  private static List<Throwable> playWithoutMemory(Story story, TestLog log) {
    List<Throwable> failures = new ArrayList<>();
    for (int step = 0; step < SCRIPT_LENGTH; step++) {
      int number = step;
      int before = story.acknowledged.size();
      Throwable thrown = thrownBy(() -> story.step(log.log, number));
      if (thrown != null) {
        failures.add(thrown);
      } else if (story.failures.size() + failures.size() > 0) {
        failures.addAll(story.failures);
        story.failures.clear();
        story.acknowledgedAfterFailure += story.acknowledged.size() - before;
      }
    }
    return failures;
  }

  private static @Nullable Throwable thrownBy(Runnable call) {
    try {
      call.run();
      return null;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  /** As many wait as the log's thread takes at once, and more; each is answered. */
  @Test
  void append_noMemoryWhileManyWait_allAreAnsweredAndNoneWithSuccess() throws Exception {
    var files = new MemoryFiles();
    TestLog log = TestLog.open(files);
    log.log.append(upsert("before", 1));
    var arrived = new CountDownLatch(1);
    var all = new CountDownLatch(1);
    files.setFault(
        (index, operation) -> {
          if (operation.startsWith("write")) {
            arrived.countDown();
            awaitUninterruptibly(all);
            throw noMemory;
          }
        });
    List<FutureTask<Long>> appends = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Change change = upsert("waiting" + i, 1);
      var append = new FutureTask<>(() -> log.log.append(change));
      appends.add(append);
      Thread.ofPlatform().daemon().start(append);
    }
    assertTrue(arrived.await(SOON.toSeconds(), TimeUnit.SECONDS));
    all.countDown();
    for (FutureTask<Long> append : appends) {
      var failure =
          assertThrows(
              ExecutionException.class, () -> append.get(SOON.toSeconds(), TimeUnit.SECONDS));
      Throwable cause = failure.getCause();
      assertTrue(
          cause instanceof OutOfMemoryError || cause instanceof StorageUnwritableException,
          () -> "" + cause);
    }
    assertTimeoutPreemptively(SOON, () -> closeWhateverComes(log));
    assertEquals(
        List.of("1: " + text(upsert("before", 1))),
        TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START));
  }

  private static void closeWhateverComes(TestLog log) {
    Throwable thrown = thrownBy(log::close);
    assertTrue(thrown == null || !(thrown instanceof AssertionError), () -> "" + thrown);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The change itself can't be read: nothing was written, and the log goes on. */
  @Test
  void append_noMemoryToEncode_failsThatAppendOnly() throws IOException {
    var files = new MemoryFiles();
    var hopeless =
        new Change.Upsert(
            List.of(
                new LoggedEntry() {
                  @Override
                  public byte[] id() {
                    return TestLog.bytes("hopeless");
                  }

                  @Override
                  public byte[] metadata() {
                    return new byte[0];
                  }

                  @Override
                  public int dimension() {
                    return 3;
                  }

                  @Override
                  public void copyVectorTo(float[] target, int offset) {
                    throw noMemory;
                  }
                }));
    try (TestLog log = TestLog.open(files)) {
      assertEquals(1, log.log.append(upsert("before", 1)));
      assertSame(noMemory, thrownBy(() -> log.log.append(hopeless)));
      assertEquals(2, log.log.append(upsert("after", 1)));
    }
    assertEquals(
        List.of("1: " + text(upsert("before", 1)), "2: " + text(upsert("after", 1))),
        TestLog.read(files, Position.START));
  }

  private static boolean changesBytes(String operation) {
    return operation.startsWith("write")
        || operation.startsWith("force")
        || operation.startsWith("setSize")
        || operation.startsWith("syncDirectory");
  }

  /** Everything acknowledged is there, in order; of the rest whole changes at most. */
  private static void judge(MemoryFiles files, Story story, String where) throws IOException {
    for (Unforced unforced : Unforced.values()) {
      List<String> found = TestLog.read(files.afterPowerCut(-1, unforced), Position.START);
      int acknowledged = story.acknowledged.size();
      assertTrue(found.size() >= acknowledged, () -> where + ", " + unforced + ": lost");
      assertEquals(story.acknowledged, found.subList(0, acknowledged), where + ", " + unforced);
      for (String phantom : found.subList(acknowledged, found.size())) {
        String change = phantom.substring(phantom.indexOf(' ') + 1);
        assertTrue(story.attempted.contains(change), () -> where + ": never written");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Input/output error"})
  void force_fails_isNeverTriedAgainWhateverTheReason(String reason) throws IOException {
    for (DurabilityOptions options :
        List.of(
            DurabilityOptions.fsync(),
            DurabilityOptions.async(Duration.ofMillis(1)),
            DurabilityOptions.os())) {
      var files = new MemoryFiles();
      TestLog log = TestLog.open(files, options);
      log.log.append(upsert("before", 1));
      var forces = new ArrayList<String>();
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("force ")) {
              synchronized (forces) {
                forces.add(operation);
              }
              throw new IOException(reason);
            }
          });
      failureOf(() -> log.log.append(upsert("a", 1)));
      assertThrows(PersistenceException.class, log.log::rotate, "a rotation forces");
      assertThrows(StorageUnwritableException.class, () -> log.log.append(upsert("b", 1)));
      assertThrows(StorageUnwritableException.class, log.log::rotate);
      assertThrows(StorageUnwritableException.class, log::close);
      assertEquals(1, forces.size(), options + ": " + forces);
    }
  }
}
