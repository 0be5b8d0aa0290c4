package io.memryx.server.fair;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * A bounded pool of threads with a queue per party. Whoever of those that wait has had the least of
 * the threads' time is served next (start-time fair queueing, with what tasks took instead of what
 * they are estimated to take): so a party waits for the tasks under way and for its own share,
 * never for another's queue, however long that is and whatever its tasks cost. No party may have
 * all threads at once, or more tasks waiting than its part. Thread-safe; guarded by its own
 * monitor.
 *
 * <p>Platform threads: on virtual ones the buffer pool of the HTTP layer keeps direct memory for
 * every thread. They are made when they are needed and end when they are not.
 */
public final class FairPool implements AutoCloseable {
  /** What a task is taken to cost until it has ended: without it, all threads would go to one. */
  private static final long ADVANCE_NANOS = 1_000_000;

  private static final long IDLE_SECONDS = 30;

  private final FairLimits limits;
  private final LongSupplier nanoClock;
  private final ThreadPoolExecutor threads;
  private final Map<String, Party> parties = new HashMap<>();
  private final TreeSet<Party> eligible =
      new TreeSet<>(
          Comparator.comparingLong((Party party) -> party.served)
              .thenComparingLong(party -> party.number));
  private long partiesSeen;

  /** Of the party that was served last when its turn came: where newcomers begin. */
  private long level;

  private int working;
  private int places;
  private boolean closed;

  /** Threads of this name and priority, none of them begun. */
  // The priority only lets others go first where the system heeds it; nothing depends on it.
  @SuppressWarnings("ThreadPriorityCheck")
  public FairPool(FairLimits limits, int priority, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, limits.name());
              thread.setDaemon(true);
              thread.setPriority(priority);
              return thread;
            });
  }

  /** One among those who share. */
  private static final class Party {
    private final String name;
    private final long number;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long served;
    private int places;
    private int running;

    Party(String name, long number, long served) {
      this.name = name;
      this.number = number;
      this.served = served;
    }
  }

  /** A task that was taken from the queue. */
  private record Turn(Party party, Runnable task) {}

  /**
   * Takes a place for one task: waiting, then running.
   *
   * @return the place, or empty if the party's part of the queue is full, or all of it
   */
  public synchronized Optional<Place> tryEnter(String name) {
    Party known = parties.get(name);
    int held = known == null ? 0 : known.places;
    if (held >= limits.places() || places >= limits.placesInAll()) {
      return Optional.empty();
    }
    return Optional.of(new Place(enter(name)));
  }

  /**
   * Runs what belongs to something that was let in before, such as the next part of a long answer:
   * it is served in its party's turn, but never refused.
   */
  public void goOn(String name, Runnable task) {
    Place place;
    synchronized (this) {
      place = new Place(enter(name));
    }
    place.execute(task);
  }

  private Party enter(String name) {
    Party party = parties.computeIfAbsent(name, _ -> new Party(name, partiesSeen++, level));
    party.places++;
    places++;
    return party;
  }

  /** A place in the pool, for one task. */
  public final class Place implements Executor {
    private final Party party;
    private final AtomicBoolean used = new AtomicBoolean();

    private Place(Party party) {
      this.party = party;
    }

    /** Queues the task; the place is given back when it has ended. */
    @Override
    public void execute(Runnable task) {
      if (!used.compareAndSet(false, true)) {
        throw new IllegalStateException("a place is for one task");
      }
      queue(party, task);
    }
  }

  private void queue(Party party, Runnable task) {
    synchronized (this) {
      party.waiting.add(task);
      refresh(party);
    }
    hire();
  }

  /** Sets another thread to work, if there is work for one. */
  private void hire() {
    synchronized (this) {
      if (closed || working >= limits.threads() || eligible.isEmpty()) {
        return;
      }
      working++;
    }
    threads.execute(this::work);
  }

  /** Puts a party where it belongs; whatever the order goes by may change only while it is out. */
  private void refresh(Party party) {
    eligible.remove(party);
    if (!party.waiting.isEmpty() && party.running < limits.threadsOfOne()) {
      eligible.add(party);
    }
  }

  private void work() {
    boolean done = false;
    try {
      for (Optional<Turn> turn = next(); turn.isPresent(); turn = next()) {
        run(turn.get());
      }
      done = true;
    } finally {
      if (!done) {
        replace();
      }
    }
  }

  /** A task failed and takes its thread with it: those that wait must not wait for that one. */
  private void replace() {
    synchronized (this) {
      working--;
    }
    hire();
  }

  private synchronized Optional<Turn> next() {
    Party party = closed ? null : eligible.pollFirst();
    if (party == null) {
      working--;
      return Optional.empty();
    }
    level = Math.max(level, party.served);
    party.served += ADVANCE_NANOS;
    party.running++;
    Runnable task = party.waiting.remove();
    refresh(party);
    return Optional.of(new Turn(party, task));
  }

  private void run(Turn turn) {
    long begin = nanoClock.getAsLong();
    try {
      turn.task.run();
    } finally {
      leave(turn.party, nanoClock.getAsLong() - begin);
    }
  }

  private synchronized void leave(Party party, long nanos) {
    eligible.remove(party);
    party.served += nanos - ADVANCE_NANOS;
    party.running--;
    party.places--;
    places--;
    refresh(party);
    if (party.places == 0) {
      parties.remove(party.name);
    }
  }

  /** Tasks that wait. */
  public synchronized int waiting() {
    int waiting = 0;
    for (Party party : parties.values()) {
      waiting += party.waiting.size();
    }
    return waiting;
  }

  /** Tasks at work. */
  public synchronized int running() {
    int running = 0;
    for (Party party : parties.values()) {
      running += party.running;
    }
    return running;
  }

  /**
   * Waits until no task is at work.
   *
   * @return whether that came within the time
   */
  public boolean awaitEnd(long timeoutNanos) throws InterruptedException {
    threads.shutdown();
    return threads.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS);
  }

  /** No task begins any more; those at work run to their end. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    threads.shutdown();
  }
}
