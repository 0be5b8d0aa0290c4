package io.memryx.persistence.crash;

import io.memryx.StoreOptions;
import io.memryx.VectorStore;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.file.StoreOnFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A process whose {@link Clients} work on a store until they are done, told to stop or killed. It
 * reads {@link WorkOrder}s from its standard input and answers on its standard output: {@value
 * #READY}, {@value #OPEN} or {@value #REFUSED} with the reason, and {@value #DONE} when the store
 * is closed.
 */
final class Victim {
  static final String READY = "ready";
  static final String OPEN = "open";
  static final String REFUSED = "refused";
  static final String DONE = "done";
  static final String STOP = "stop";

  /** Exit code after an exception that nobody expects. */
  private static final int UNFORESEEN = 70;

  private Victim() {}

  /** Reads orders until its standard input ends, as it does when the parent process ends. */
  @SuppressWarnings("SystemOut") // the pipe to the parent process
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> endAtOnce(e));
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(READY);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      if (!line.equals(STOP)) {
        System.out.println(carryOut(WorkOrder.parse(line), input));
      }
    }
  }

  /** Nothing is foreseen here: whoever waits for this process shall see that it has ended. */
  @SuppressWarnings("CatchAndPrintStackTrace") // to standard error, which is the process's log
  private static void endAtOnce(Throwable e) {
    e.printStackTrace();
    Runtime.getRuntime().halt(UNFORESEEN);
  }

  @SuppressWarnings("SystemOut") // the pipe to the parent process
  private static String carryOut(WorkOrder order, BufferedReader input)
      throws IOException, InterruptedException {
    try (AckJournal journal = AckJournal.open(order.journal())) {
      try (SnapshotStore snapshots = open(order);
          VectorStore store = DurableVectorStore.open(snapshots, "", StoreOptions.defaults())) {
        System.out.println(OPEN);
        var clients = new Clients(order, store, journal);
        switch (order.work()) {
          case CONCURRENT, BACKED_UP, WITHOUT_DROPS, UNBUILT ->
              clients.workAtOnceUntil(() -> awaitStop(input));
          case SEQUENTIAL -> clients.workInTurn();
          case UNTIL_DROP -> clients.dropAndAwait(() -> awaitStop(input));
        }
      } catch (PersistenceException | OutOfMemoryError e) {
        return REFUSED + " " + e.toString().replace('\n', ' ');
      }
    }
    return DONE;
  }

  private static SnapshotStore open(WorkOrder order) {
    return StoreOnFiles.open(
        order.sabotage().on(new DiskFiles()), order.directory(), uuids(order), order.durability());
  }

  /** Sequential work uses the same file names each time, so that faults can be aimed at them. */
  private static Supplier<UUID> uuids(WorkOrder order) {
    var next = new AtomicLong(order.life() << 32);
    return switch (order.work()) {
      case CONCURRENT, BACKED_UP, WITHOUT_DROPS, UNBUILT, UNTIL_DROP -> UUID::randomUUID;
      case SEQUENTIAL -> () -> new UUID(0, next.incrementAndGet());
    };
  }

  private static void awaitStop(BufferedReader input) {
    try {
      String line = input.readLine();
      assert line == null || line.equals(STOP);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
