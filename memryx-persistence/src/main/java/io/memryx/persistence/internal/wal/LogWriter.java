package io.memryx.persistence.internal.wal;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurabilityOptions.Mode;
import io.memryx.persistence.LogForces;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.wal.Request.Append;
import io.memryx.persistence.internal.wal.Request.Closing;
import io.memryx.persistence.internal.wal.Request.Ending;
import io.memryx.persistence.internal.wal.Request.Forcing;
import io.memryx.persistence.internal.wal.Request.LogTask;
import io.memryx.persistence.internal.wal.Request.Rotation;
import io.memryx.persistence.internal.wal.Request.Task;
import io.memryx.snapshot.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes the logs of an open store. It takes all requests that wait, writes
 * them log by log, forces each file once, and then answers all of them. Thread-safe.
 */
public final class LogWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** More requests at once need memory to be taken; those that it is missing for stay queued. */
  private static final int FIRST_GROUP = 64;

  /** What was forced so long ago, with nothing written since, is marked as durable. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Storage storage;
  private final Mode mode;
  private final long intervalNanos;
  private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
  private final ForceCounter forces = new ForceCounter();

  // Guarded by this.
  private @Nullable Thread thread;
  private boolean closed;

  // The thread's own.
  private final OpenFiles openFiles = new OpenFiles();
  private final FrameBuffer buffer = new FrameBuffer();
  private final ChangeEncoder encoder = new ChangeEncoder();
  private final Set<LogTail> tails = new LinkedHashSet<>();
  private final Set<LogTail> unforced = new LinkedHashSet<>();
  private final Map<LogTail, Long> unmarked = new LinkedHashMap<>();
  private long nextForceNanos;
  private long unforcedChanges;

  /** Of a store whose lock is held. No thread is started before something is to be written. */
  public LogWriter(Storage storage, DurabilityOptions options) {
    this.storage = storage;
    this.mode = options.mode();
    this.intervalNanos = options.interval().toNanos();
  }

  Storage storage() {
    return storage;
  }

  OpenFiles openFiles() {
    return openFiles;
  }

  FrameBuffer buffer() {
    return buffer;
  }

  ChangeEncoder encoder() {
    return encoder;
  }

  // ---- callers

  /**
   * Asks for something, and waits until it is done; gives the number of the change, if it is one.
   */
  long ask(LogTask task) {
    return submit(task).await();
  }

  /**
   * Makes everything durable that was logged, whatever is promised.
   *
   * @throws PersistenceException if that could not be done
   */
  public void force() {
    if (mode != Mode.FSYNC) {
      long _ = submit(new Forcing()).await();
    }
  }

  /** How logs were forced so far. */
  public LogForces forces() {
    return forces.forces();
  }

  private synchronized Request submit(Task task) {
    if (closed) {
      throw new IllegalStateException("the store is closed: open it again");
    }
    if (thread == null) {
      thread = IoThread.start("log", this::run);
    }
    var request = new Request(task);
    queue.add(request);
    return request;
  }

  /**
   * Does what was asked for, makes everything durable that was logged, and ends the thread.
   *
   * @throws PersistenceException if that could not be made durable; all is closed nevertheless
   */
  @Override
  public void close() {
    Request request;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (thread == null) {
        return;
      }
      request = new Request(new Closing());
      queue.add(request);
    }
    request.await();
  }

  // ---- the thread

  private void run() {
    List<Request> group = new ArrayList<>(FIRST_GROUP);
    boolean open = true;
    while (open) {
      try {
        awaitWork(group);
        serve(group);
      } catch (Throwable e) { // Whoever waits is told of errors, too; what was written is unclear.
        giveUp(group, e);
      }
      open = !endIfAsked(group);
      for (int i = 0; i < group.size(); i++) {
        group.get(i).complete();
      }
      group.clear();
    }
  }

  /** Allocates nothing: it may be memory that is missing. */
  private void giveUp(List<Request> group, Throwable reason) {
    storage.endWriting(reason);
    failAll(group, reason);
  }

  /** Allocates nothing: it may be memory that is missing. */
  private static void failAll(List<Request> requests, Throwable reason) {
    for (int i = 0; i < requests.size(); i++) {
      requests.get(i).fail(reason);
    }
  }

  /** Whether it was asked for, and all is closed. */
  private boolean endIfAsked(List<Request> group) {
    for (int i = 0; i < group.size(); i++) {
      if (group.get(i).task() instanceof Closing) {
        try {
          closeAll();
        } catch (Throwable e) {
          storage.endWriting(e);
          group.get(i).fail(e);
        }
        return true;
      }
    }
    return false;
  }

  /** Waits for requests, or until it is time to force or to mark. */
  private void awaitWork(List<Request> group) throws InterruptedException {
    long nanos = nanosUntilDue();
    Request first = nanos < 0 ? queue.take() : queue.poll(nanos, TimeUnit.NANOSECONDS);
    if (first != null) {
      group.add(first);
      queue.drainTo(group);
    }
  }

  /** Negative if nothing will be due. */
  private long nanosUntilDue() {
    long now = System.nanoTime();
    long nanos = -1;
    if (mode == Mode.ASYNC && !unforced.isEmpty()) {
      nanos = Math.max(0, nextForceNanos - now);
    }
    if (!unmarked.isEmpty()) {
      long untilMark = Math.max(0, unmarked.values().iterator().next() - now);
      nanos = nanos < 0 ? untilMark : Math.min(nanos, untilMark);
    }
    return nanos;
  }

  /** Does what these requests ask for, but for closing. When it throws, none has succeeded. */
  private void serve(List<Request> group) {
    Map<LogTail, List<Request>> byLog = new LinkedHashMap<>();
    for (Request request : group) {
      switch (request.task()) {
        case LogTask task ->
            byLog.computeIfAbsent(task.tail(), tail -> new ArrayList<>()).add(request);
        case Forcing forcing -> {} // All of them are done with one.
        case Closing closing -> {} // Comes last.
      }
    }
    byLog.forEach(this::serve);
    if (!group.isEmpty()) {
      makeDurable(group);
    }
    doWhatIsDue();
    group.forEach(Request::succeed);
  }

  /** Of what leaves the log as it was, or has ended writing. */
  private static void attempt(List<Request> requests, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) { // Errors too: whoever asked is told, in full.
      failAll(requests, e);
    }
  }

  /** One log's requests, in the order they came. */
  private void serve(LogTail tail, List<Request> requests) {
    List<Request> appends = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (Request request : requests) {
      if (request.task() instanceof Append(LogTail ignored, Change change)) {
        appends.add(request);
        changes.add(change);
      } else {
        write(tail, appends, changes);
        attempt(List.of(request), () -> serve(tail, request.task()));
      }
    }
    write(tail, appends, changes);
  }

  private void serve(LogTail tail, Task task) {
    switch (task) {
      case Rotation rotation -> tail.rotate();
      case Ending ending -> {
        tail.close();
        tails.remove(tail);
        unforced.remove(tail);
        unmarked.remove(tail);
      }
      case Append append -> throw new IllegalStateException("appends are written in groups");
      case Forcing forcing -> throw new IllegalStateException("no log's own");
      case Closing closing -> throw new IllegalStateException("no log's own");
    }
  }

  private void write(LogTail tail, List<Request> appends, List<Change> changes) {
    if (appends.isEmpty()) {
      return;
    }
    attempt(
        appends,
        () -> {
          tail.requireOpen();
          willBeWritten(tail);
          long number = tail.write(changes);
          unforcedChanges += changes.size();
          for (int i = 0; i < appends.size(); i++) {
            appends.get(i).number(number + i);
          }
        });
    appends.clear();
    changes.clear();
  }

  /** Noted before: afterwards nothing may fail that would leave what was written unforced. */
  private void willBeWritten(LogTail tail) {
    tails.add(tail);
    if (unforced.isEmpty()) {
      nextForceNanos = System.nanoTime() + intervalNanos;
    }
    unforced.add(tail);
    unmarked.remove(tail);
  }

  /** As durable as is promised, and by the one who may: looked at before the answer. */
  private void makeDurable(List<Request> group) {
    if (mode == Mode.FSYNC || asksForForce(group)) {
      storage.requireWritable(); // After a failure nothing is forced, nor tried again.
      forceAll();
    }
    storage.requireWritable();
  }

  private static boolean asksForForce(List<Request> group) {
    for (int i = 0; i < group.size(); i++) {
      if (group.get(i).task() instanceof Forcing) {
        return true;
      }
    }
    return false;
  }

  private void forceAll() {
    if (unforced.isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    try {
      unforced.forEach(LogTail::force);
      long end = System.nanoTime();
      forces.forced(end - begin, unforcedChanges);
      unforced.forEach(tail -> unmarked.put(tail, end + IDLE_NANOS));
    } finally {
      unforced.clear();
      unforcedChanges = 0;
    }
  }

  private void doWhatIsDue() {
    long now = System.nanoTime();
    try {
      if (mode == Mode.ASYNC && !unforced.isEmpty() && now - nextForceNanos >= 0) {
        storage.requireWritable();
        forceAll();
      }
      var marks = unmarked.entrySet().iterator();
      while (marks.hasNext()) {
        var mark = marks.next();
        if (now - mark.getValue() < 0) {
          break;
        }
        marks.remove();
        storage.requireWritable();
        mark.getKey().mark();
      }
    } catch (PersistenceException e) {
      unforced.clear();
      unmarked.clear();
      LOG.log(System.Logger.Level.ERROR, "the log is not written any more: {0}", e.getMessage());
    }
  }

  private void closeAll() {
    try {
      if (!tails.isEmpty()) {
        storage.requireWritable();
        forceAll();
        tails.forEach(LogTail::mark);
      }
    } finally {
      tails.forEach(LogTail::close);
      tails.clear();
    }
  }
}
