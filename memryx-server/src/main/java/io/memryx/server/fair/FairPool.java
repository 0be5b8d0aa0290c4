package io.memryx.server.fair;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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

  /** Held while a thread is set to work: only then it is known whether there will be one. */
  private final ReentrantLock hiring = new ReentrantLock();

  private int working;
  private int places;
  private boolean closed;

  /** Threads of this name and priority, none of them begun. */
  public FairPool(FairLimits limits, int priority, LongSupplier nanoClock) {
    this(limits, threadsOf(limits.name(), priority), nanoClock);
  }

  /** Threads that are made so, none of them begun. */
  FairPool(FairLimits limits, ThreadFactory factory, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            factory);
  }

  // The priority only lets others go first where the system heeds it; nothing depends on it.
  @SuppressWarnings("ThreadPriorityCheck")
  private static ThreadFactory threadsOf(String name, int priority) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      thread.setPriority(priority);
      return thread;
    };
  }

  /** One among those who share. */
  private static final class Party {
    private final String name;
    private final long number;
    private final ArrayDeque<Place> waiting = new ArrayDeque<>();
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
    if (held >= limits.places().ofOne() || places >= limits.places().inAll()) {
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

  /** A place in the pool, for one task. Its state is guarded by the pool's monitor. */
  public final class Place implements Executor {
    private final Party party;
    private @Nullable Runnable task;
    private boolean used;

    private Place(Party party) {
      this.party = party;
    }

    /**
     * Queues the task; the place is given back when it has ended. Nothing happens if the place was
     * withdrawn.
     *
     * @throws OutOfMemoryError if there is no thread for it and none can be made, or whatever else
     *     keeps one from being made: the task will not run then
     */
    @Override
    public void execute(Runnable wanted) {
      if (queue(this, wanted)) {
        hireFor(this);
      }
    }

    /**
     * Gives the place back, unless its task has begun; if it has not, it never will.
     *
     * @return whether the place was given back by this call
     */
    public boolean withdraw() {
      return takeOut(this);
    }
  }

  private synchronized boolean queue(Place place, Runnable task) {
    if (place.used) {
      if (place.task == null) {
        return false;
      }
      throw new IllegalStateException("a place is for one task");
    }
    place.used = true;
    place.task = task;
    place.party.waiting.add(place);
    refresh(place.party);
    return true;
  }

  private synchronized boolean takeOut(Place place) {
    boolean waits = place.party.waiting.remove(place);
    if (!waits && place.used) {
      return false;
    }
    place.used = true;
    place.task = null;
    refresh(place.party);
    giveBack(place.party);
    return true;
  }

  /** Those at work come for it; if there are none and will be none, it must not wait for them. */
  private void hireFor(Place place) {
    try {
      hire();
    } catch (RuntimeException | Error e) {
      if (nobodyWorks() && takeOut(place)) {
        throw e;
      }
    }
  }

  private synchronized boolean nobodyWorks() {
    return working == 0;
  }

  /** Sets another thread to work, if there is work for one. */
  private void hire() {
    hiring.lock();
    try {
      if (countOneMore()) {
        setToWork();
      }
    } finally {
      hiring.unlock();
    }
  }

  private void setToWork() {
    boolean done = false;
    try {
      threads.execute(this::work);
      done = true;
    } finally {
      if (!done) {
        countOneLess();
      }
    }
  }

  /** Counts one more thread, if there is work for one. */
  private synchronized boolean countOneMore() {
    boolean wanted = !closed && working < limits.threads().inAll() && !eligible.isEmpty();
    working += wanted ? 1 : 0;
    return wanted;
  }

  private synchronized void countOneLess() {
    working--;
  }

  /** Puts a party where it belongs; whatever the order goes by may change only while it is out. */
  private void refresh(Party party) {
    eligible.remove(party);
    if (!party.waiting.isEmpty() && party.running < limits.threads().ofOne()) {
      eligible.add(party);
    }
  }

  private void work() {
    for (Optional<Turn> turn = next(); turn.isPresent(); turn = next()) {
      try {
        run(turn.get());
      } catch (Throwable e) {
        // The thread goes on: those that wait may have no other, nor get one.
        tell(e);
      }
    }
  }

  private static void tell(Throwable failure) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
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
    Runnable task = Objects.requireNonNull(party.waiting.remove().task);
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
    refresh(party);
    giveBack(party);
  }

  private void giveBack(Party party) {
    party.places--;
    places--;
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
