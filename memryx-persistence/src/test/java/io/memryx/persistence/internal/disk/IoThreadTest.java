package io.memryx.persistence.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.internal.disk.IoThread.Grain;
import java.io.IOException;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class IoThreadTest {
  private static final int MANY = 1_000;

  @Test
  void runAll_manyTasks_runsEachOnceOnThreadsOfItsOwn() {
    var runs = new AtomicIntegerArray(MANY);
    IoThread.runAll(
        "test",
        Grain.SMALL,
        MANY,
        number -> {
          assertInstanceOf(IoThread.class, Thread.currentThread());
          runs.incrementAndGet(number);
        });
    for (int number = 0; number < MANY; number++) {
      assertEquals(1, runs.get(number), "task " + number);
    }
  }

  @Test
  void runAll_someFail_throwsTheFirstInOrderAsItIs() {
    var failures = new IOException[MANY];
    var runs = new AtomicIntegerArray(MANY);
    var thrown =
        assertThrows(
            IOException.class,
            () ->
                IoThread.runAll(
                    "test",
                    Grain.SMALL,
                    MANY,
                    number -> {
                      runs.incrementAndGet(number);
                      if (number >= 70) {
                        failures[number] = new IOException("task " + number);
                        throw failures[number];
                      }
                    }));
    assertSame(failures[70], thrown);
    assertEquals(0, runs.get(MANY - 1), "tasks began after one had failed");
  }

  @Test
  void runAll_error_isThrownAsItIs() {
    var failure = new StackOverflowError("made up");
    assertSame(
        failure,
        assertThrows(
            StackOverflowError.class,
            () ->
                IoThread.runAll(
                    "test",
                    Grain.SMALL,
                    1,
                    _ -> {
                      throw failure;
                    })));
  }

  @Test
  void run_fromTaskOfItsOwn_staysOnTheThread() {
    Thread outer =
        IoThread.run(
            "outer",
            () -> {
              Thread inner = IoThread.run("inner", Thread::currentThread);
              assertSame(Thread.currentThread(), inner);
              return inner;
            });
    assertTrue(outer.isDaemon());
  }

  @Test
  void runAll_interruptedCaller_endsAndKeepsTheInterrupt() {
    var runs = new AtomicIntegerArray(MANY);
    Thread.currentThread().interrupt();
    IoThread.runAll(
        "test",
        Grain.SMALL,
        MANY,
        number -> {
          assertFalse(Thread.currentThread().isInterrupted());
          runs.incrementAndGet(number);
        });
    assertTrue(Thread.interrupted());
    assertEquals(1, runs.get(MANY - 1));
  }

  @Test
  void threads_ofLargeTasks_areOneEachUpToTheProcessors() {
    assertEquals(1, Grain.LARGE.threads(0, 4));
    assertEquals(3, Grain.LARGE.threads(3, 4));
    assertEquals(4, Grain.LARGE.threads(100, 4));
    assertEquals(8, Grain.LARGE.threads(100, 64));
    assertEquals(1, Grain.SMALL.threads(63, 4));
    assertEquals(2, Grain.SMALL.threads(64, 4));
  }

  @Test
  void runAll_twoLargeTasks_runAtTheSameTimeWhereThereAreTwoProcessors() {
    int together = Math.min(2, Runtime.getRuntime().availableProcessors());
    var meeting = new Phaser(together);
    IoThread.runAll("test", Grain.LARGE, 2, _ -> meeting.arriveAndAwaitAdvance());
    assertEquals(2 / together, meeting.getPhase());
  }
}
