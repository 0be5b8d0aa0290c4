package io.memryx.server.http;

import io.memryx.server.fair.FairLimits;
import io.memryx.server.fair.FairPool;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The threads that answer requests, by what holds them: so that a search never waits for others'
 * use of the disk, nor for a client that is still sending. Each kind is shared fairly between those
 * who call. Thread-safe.
 *
 * <p>Documents are read before they come here: of all clients, only those that upload lines hold a
 * thread while they send, and those threads are for nothing else.
 */
final class Lanes implements AutoCloseable {
  /** A write with more than that is work for a while: some ten vectors of 384 numbers in JSON. */
  private static final long LONG_BYTES = 64 * 1024;

  /** As many searches as may wait together: there is one request per connection. */
  private static final FairLimits.Share PLACES = new FairLimits.Share(1_024, 128);

  /** What takes long is not worth waiting for in long queues. */
  private static final FairLimits.Share LONG_PLACES = new FairLimits.Share(256, 32);

  private static final int RETRY_SECONDS = 1;

  /** Whoever waits longer than clients are patient waits in vain. */
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final FairPool reads;
  private final FairPool writes;
  private final FairPool uploads;
  private final FairPool longs;
  private final long maxWaitNanos;
  private final LongSupplier nanoClock;

  /** Threads for a machine of so many processors. */
  Lanes(int processors, LongSupplier nanoClock) {
    this(processors, nanoClock, MAX_WAIT_NANOS);
  }

  /** Threads for a machine of so many processors, where nobody waits for one for longer. */
  Lanes(int processors, LongSupplier nanoClock, long maxWaitNanos) {
    this.maxWaitNanos = maxWaitNanos;
    this.nanoClock = nanoClock;
    // One party can have all processors busy with searches, but not all threads: others' searches
    // begin at once and share the processors with its.
    int ofOne = Math.max(2, processors);
    reads = pool("memryx-read", new FairLimits.Share(4 * ofOne, ofOne), nanoClock);
    // Those wait for the disk, and the more of them do, the more share one force.
    writes = pool("memryx-write", new FairLimits.Share(8 * ofOne, 6 * ofOne), nanoClock);
    FairLimits.Share few = new FairLimits.Share(8 * ofOne, 2 * ofOne);
    uploads = longPool("memryx-upload", few, nanoClock);
    longs = longPool("memryx-long", few, nanoClock);
  }

  private static FairPool pool(String name, FairLimits.Share threads, LongSupplier nanoClock) {
    return new FairPool(new FairLimits(name, threads, PLACES), Thread.NORM_PRIORITY, nanoClock);
  }

  private static FairPool longPool(String name, FairLimits.Share threads, LongSupplier nanoClock) {
    return new FairPool(
        new FairLimits(name, threads, LONG_PLACES), Thread.NORM_PRIORITY - 1, nanoClock);
  }

  /** What holds a thread while a request is answered. */
  enum Lane {
    /** The processor, for a moment. */
    READS,
    /** The disk, for a moment. */
    WRITES,
    /** A client that sends, for as long as it does. */
    UPLOADS,
    /** Either of them for long, or the client. */
    LONG;

    /** Its name among the meters. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The lane of a request that does not run at once.
   *
   * @param bodyBytes size of its body
   */
  static Lane of(Route.Runs runs, long bodyBytes) {
    return switch (runs) {
      case AT_ONCE, ON_WORKER -> Lane.READS;
      case AS_WRITE -> bodyBytes > LONG_BYTES ? Lane.LONG : Lane.WRITES;
      case AT_LENGTH -> Lane.LONG;
    };
  }

  /**
   * Takes a place for a request.
   *
   * @param party who shares: those of one party wait for one another
   * @return runs it, once, when its turn has come
   */
  FairPool.Place enter(Lane lane, String party) {
    FairPool.Place place = pool(lane).tryEnter(party).orElse(null);
    if (place == null) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "as many of your requests wait already as may, or the server's queue is full",
              "try again after the given time, with fewer requests at one time")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
    return place;
  }

  /** Runs the next part of what was let in before. */
  void goOn(Lane lane, String party, Runnable part) {
    pool(lane).goOn(party, part);
  }

  /** How long a request may wait for its turn. */
  long maxWaitNanos() {
    return maxWaitNanos;
  }

  private FairPool pool(Lane lane) {
    return switch (lane) {
      case READS -> reads;
      case WRITES -> writes;
      case UPLOADS -> uploads;
      case LONG -> longs;
    };
  }

  /** Requests of a lane that wait for their turn. */
  int waiting(Lane lane) {
    return pool(lane).waiting();
  }

  /** Requests of a lane that are at work. */
  int running(Lane lane) {
    return pool(lane).running();
  }

  /**
   * Waits until nobody is at work any more; nothing begins from now on.
   *
   * @return whether that came within the time
   */
  boolean awaitEnd(long timeoutNanos) throws InterruptedException {
    close();
    long end = nanoClock.getAsLong() + timeoutNanos;
    for (Lane lane : Lane.values()) {
      if (!pool(lane).awaitEnd(end - nanoClock.getAsLong())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    reads.close();
    writes.close();
    uploads.close();
    longs.close();
  }
}
