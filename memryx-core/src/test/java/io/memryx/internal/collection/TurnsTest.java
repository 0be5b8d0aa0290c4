package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnsTest {
  private final TrackedLock lock = new TrackedLock();
  private final Turns turns = new Turns(lock, 10);
  private final List<Long> made = Collections.synchronizedList(new ArrayList<>());

  /** Knows who waits for it, and can be out of memory for new conditions. */
  @SuppressWarnings("serial") // never written
  private static final class TrackedLock extends ReentrantLock {
    private final transient List<Condition> conditions = new ArrayList<>();
    private boolean starved;

    @Override
    public Condition newCondition() {
      if (starved) {
        throw new OutOfMemoryError("as the test wants it");
      }
      Condition condition = super.newCondition();
      conditions.add(condition);
      return condition;
    }

    /** Those who wait and were not woken; for whoever holds the lock. */
    int asleep() {
      return conditions.stream().mapToInt(this::getWaitQueueLength).sum();
    }
  }

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

  /** Starts one after the other, and waits until as many wait for their turn. */
  private List<Thread> waiting(long... sequences) {
    List<Thread> threads = new ArrayList<>();
    for (long sequence : sequences) {
      threads.add(change(sequence));
      awaitAsleep(threads.size());
    }
    return threads;
  }

  private void awaitAsleep(int count) {
    while (locked(lock::asleep) != count) {
      Thread.onSpinWait();
    }
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
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
    List<Thread> threads = waiting(13, 14, 12);
    made(10);
    assertEquals(3, locked(lock::asleep));
    int asleep =
        locked(
            () -> {
              turns.made(11);
              return lock.asleep();
            });
    assertEquals(2, asleep);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(12L, 13L, 14L), made);
  }

  @Test
  void change_thatIsNotLogged_doesNotWait() throws Exception {
    change(0).join();
    List<Thread> later = waiting(12);
    made(11);
    later.getFirst().join();
    assertEquals(List.of(0L, 12L), made);
  }

  @Test
  void made_ofALaterChange_wakesAllBeforeAndTheOneAfterIt() throws Exception {
    List<Thread> threads = waiting(14, 12, 13, 16);
    made(13);
    for (Thread thread : threads.subList(0, 3)) {
      thread.join();
    }
    assertEquals(1, locked(lock::asleep));
    assertEquals(List.of(12L, 13L, 14L), made.stream().sorted().toList());
    made(15);
    threads.get(3).join();
  }

  @Test
  void end_wakesEverybody() throws Exception {
    List<Thread> threads = waiting(20, 30, 25);
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
  void outOfMemory_nobodyOvertakes() throws Exception {
    List<Thread> threads = waiting(15);
    locked(() -> lock.starved = true);
    threads.add(change(13));
    threads.add(change(12));
    awaitAsleep(3);
    made(11);
    change(14).join();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(12L, 13L, 14L, 15L), made);
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
    awaitAsleep(1);
    waiting.interrupt();
    assertFalse(interrupted.get());
    made(11);
    waiting.join();
    assertTrue(interrupted.get());
  }
}
