package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnsTest {
  private final ReentrantLock lock = new ReentrantLock();
  private final Turns turns = new Turns(lock, 10);
  private final List<Long> made = Collections.synchronizedList(new ArrayList<>());

  /** Makes a change when it is its turn. */
  private Thread change(long sequence) {
    return Thread.ofVirtual()
        .start(
            () -> {
              lock.lock();
              try {
                turns.await(sequence);
                made.add(sequence);
                turns.made(sequence);
              } finally {
                lock.unlock();
              }
            });
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private void made(long sequence) {
    lock.lock();
    try {
      turns.made(sequence);
    } finally {
      lock.unlock();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void changes_inAnyOrder_areMadeInTheirOrder(long seed) throws Exception {
    List<Long> sequences = new ArrayList<>(LongStream.rangeClosed(11, 210).boxed().toList());
    List<Long> sorted = List.copyOf(sequences);
    var random = new SplittableRandom(seed);
    for (int i = sequences.size() - 1; i > 0; i--) {
      Collections.swap(sequences, i, random.nextInt(i + 1));
    }
    List<Thread> threads = new ArrayList<>();
    for (long sequence : sequences) {
      threads.add(change(sequence));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(sorted, made, "seed " + seed);
  }

  @Test
  void made_wakesNobodyButTheNext() throws Exception {
    Thread thirteenth = change(13);
    awaitWaiting(thirteenth);
    Thread fourteenth = change(14);
    awaitWaiting(fourteenth);
    made(11);
    assertEquals(Thread.State.WAITING, thirteenth.getState());
    assertEquals(Thread.State.WAITING, fourteenth.getState());
    change(12).join();
    thirteenth.join();
    fourteenth.join();
    assertEquals(List.of(12L, 13L, 14L), made);
  }

  @Test
  void change_thatIsNotLogged_doesNotWait() throws Exception {
    change(0).join();
    Thread later = change(12);
    awaitWaiting(later);
    made(11);
    later.join();
    assertEquals(List.of(0L, 12L), made);
  }

  @Test
  void made_ofALaterChange_wakesAllBeforeAndTheOneAfterIt() throws Exception {
    List<Thread> threads = List.of(change(14), change(12), change(13), change(16));
    threads.forEach(TurnsTest::awaitWaiting);
    made(13);
    for (Thread thread : threads.subList(0, 3)) {
      thread.join();
    }
    assertEquals(Thread.State.WAITING, threads.get(3).getState());
    assertEquals(List.of(12L, 13L, 14L), made.stream().sorted().toList());
    made(15);
    threads.get(3).join();
  }

  @Test
  void end_wakesEverybody() throws Exception {
    List<Thread> threads = List.of(change(20), change(30), change(25));
    threads.forEach(TurnsTest::awaitWaiting);
    lock.lock();
    try {
      turns.end();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    change(40).join();
  }

  @Test
  void interrupt_ofOneWhoWaits_isKeptAndEndsNothing() throws Exception {
    var interrupted = new AtomicBoolean();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  lock.lock();
                  try {
                    turns.await(12);
                    interrupted.set(Thread.currentThread().isInterrupted());
                  } finally {
                    lock.unlock();
                  }
                });
    awaitWaiting(waiting);
    waiting.interrupt();
    assertFalse(interrupted.get());
    made(11);
    waiting.join();
    assertTrue(interrupted.get());
  }
}
