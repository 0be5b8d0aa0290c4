package io.memryx.persistence.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class IoThreadTest {
  private static final int MANY = 1_000;

  @Test
  void runAll_manyTasks_runsEachOnceOnThreadsOfItsOwn() {
    var runs = new AtomicIntegerArray(MANY);
    IoThread.runAll(
        "test",
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
        MANY,
        number -> {
          assertFalse(Thread.currentThread().isInterrupted());
          runs.incrementAndGet(number);
        });
    assertTrue(Thread.interrupted());
    assertEquals(1, runs.get(MANY - 1));
  }
}
