package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A drop that comes when a change has found the collection there, but has not begun its log. */
class DropMeetsFirstChangeTest {
  private static final Path ROOT = Path.of("/store");

  /** After this a method that is waited for has another name, or waits no more. */
  private static final Duration FAR_TOO_LONG = Duration.ofMinutes(2);

  private static final String KEY = "acme/docs";
  private static final Change CHANGE =
      new Change.Deletion(List.of("id".getBytes(StandardCharsets.UTF_8)));

  @Test
  void append_droppedBeforeItsLogIsBegun_isRefusedAndLeavesNothing() throws Exception {
    var files = new MemoryFiles();
    try (FileStore store = FileStore.open(files, ROOT, UUID::randomUUID);
        ExecutorService callers = Executors.newFixedThreadPool(3)) {
      store.save(KEY, SampleSnapshots.snapshot(2, 1));
      ChangeLog log = store.log(KEY);
      var gate = new Gate();
      files.setFault(gate);
      // The first of two changes begins the log and is held there; the second waits for its turn.
      Future<Long> first = callers.submit(() -> log.append(CHANGE));
      gate.reached.await();
      Future<Long> second;
      Future<Boolean> drop;
      try {
        second = callers.submit(() -> log.append(CHANGE));
        awaitBlockedIn("beginLog");
        drop = callers.submit(() -> store.delete(KEY));
        awaitBlockedIn("remove");
      } finally {
        gate.open.countDown();
      }
      assertInstanceOf(StorageUnwritableException.class, failure(first));
      assertInstanceOf(IllegalStateException.class, failure(second));
      assertEquals(true, drop.get());
      assertEquals(List.of(), store.keys());
      assertEquals(List.of(ROOT.resolve(StoreNames.LOCK)), files.list(ROOT));
    }
    try (FileStore store = FileStore.open(files, ROOT, UUID::randomUUID)) {
      assertEquals(List.of(), store.keys());
    }
  }

  private static Throwable failure(Future<?> call) {
    return Objects.requireNonNull(assertThrows(ExecutionException.class, call::get).getCause());
  }

  /** Until a thread waits in a collection for a monitor. */
  private static void awaitBlockedIn(String method) {
    long begun = System.nanoTime();
    while (Thread.getAllStackTraces().entrySet().stream()
        .noneMatch(
            thread ->
                thread.getKey().getState() == Thread.State.BLOCKED
                    && isIn(method, thread.getValue()))) {
      assertTrue(
          System.nanoTime() - begun < FAR_TOO_LONG.toNanos(),
          () -> "nobody waits for a monitor in StoredCollection." + method);
      Thread.onSpinWait();
    }
  }

  private static boolean isIn(String method, StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .limit(1)
        .anyMatch(
            frame ->
                frame.getClassName().equals(StoredCollection.class.getName())
                    && frame.getMethodName().equals(method));
  }

  /** Holds the first look for segments, which then fails. */
  private static final class Gate implements MemoryFiles.Fault {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicBoolean used = new AtomicBoolean();

    @Override
    public void before(int index, String operation) throws IOException {
      if (operation.equals("list") && used.compareAndSet(false, true)) {
        reached.countDown();
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        throw new IOException("made up");
      }
    }
  }
}
