package io.memryx.internal.collection;

import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Those who wait to make a change until the changes before it are made. Each is woken once, when it
 * is its turn: of many that wait, the others sleep on. For whoever holds the lock.
 */
final class Turns {
  private final ReentrantLock lock;
  private final PriorityQueue<Turn> waiting = new PriorityQueue<>();

  /** For those for whom there was no memory to wait one by one; all are woken by every change. */
  private final Condition crowd;

  private long made;

  /**
   * Nobody waits yet.
   *
   * @param lock let go of by those who wait
   * @param made number of the last change that was made
   */
  Turns(ReentrantLock lock, long made) {
    this.lock = lock;
    this.crowd = lock.newCondition();
    this.made = made;
  }

  private record Turn(long sequence, Condition come) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      return Long.compare(sequence, other.sequence);
    }
  }

  /**
   * Waits until the change before this one is made, or none is made any more; an interrupt that
   * comes meanwhile is kept. Throws nothing: whoever did not wait would overtake others.
   */
  void await(long sequence) {
    if (isTurnOf(sequence)) {
      return;
    }
    Condition come = queued(sequence);
    while (!isTurnOf(sequence)) {
      come.awaitUninterruptibly();
    }
  }

  private Condition queued(long sequence) {
    try {
      var turn = new Turn(sequence, lock.newCondition());
      waiting.add(turn);
      return turn.come();
    } catch (OutOfMemoryError e) { // Waiting needs no more than this: the change was logged.
      return crowd;
    }
  }

  private boolean isTurnOf(long sequence) {
    return sequence - 1 <= made;
  }

  /**
   * All changes up to this one are made, or will not be any more: wakes whose turn it is. Allocates
   * nothing: it may be memory that is missing.
   */
  void made(long sequence) {
    made = Math.max(made, sequence);
    while (!waiting.isEmpty() && isTurnOf(waiting.peek().sequence())) {
      waiting.remove().come().signal();
    }
    crowd.signalAll();
  }

  /** No change is made any more: wakes everybody. */
  void end() {
    made(Long.MAX_VALUE);
  }
}
