package io.memryx.persistence.crash;

import io.memryx.BuildRequest;
import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.StoreBackup;
import io.memryx.persistence.StoreVerifier;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.crash.AckJournal.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The clients of one store, who do what a script says and note what comes of it. */
final class Clients {
  /** How often a client tries a step again before it gives up. */
  private static final int ATTEMPTS = 6;

  /** Steps between two builds of sequential work. */
  private static final int STEPS_PER_BUILD = 9;

  /** Between two builds, and two checks: else hardly anything is left for the clients. */
  private static final long PAUSE_NANOS = 2_000_000;

  private final WorkOrder order;
  private final VectorStore store;
  private final AckJournal journal;
  private volatile boolean stopped;

  /** Whether a step has failed for reasons other than a full disk. */
  private volatile boolean failed;

  Clients(WorkOrder order, VectorStore store, AckJournal journal) {
    this.order = order;
    this.store = store;
    this.journal = journal;
  }

  /** Each client on a thread of its own, while others build, and verify the live store. */
  void workAtOnceUntil(Runnable stop) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int client = 0; client < Script.CLIENTS; client++) {
      int number = client;
      if (client != Script.DROPPING_CLIENT || order.work().drops()) {
        threads.add(Thread.ofPlatform().start(() -> work(number)));
      }
    }
    if (order.work() != WorkOrder.Work.UNBUILT) {
      threads.add(Thread.ofPlatform().start(this::buildAgainAndAgain));
    }
    threads.add(Thread.ofPlatform().start(this::verifyAgainAndAgain));
    if (order.work() == WorkOrder.Work.BACKED_UP) {
      threads.add(Thread.ofPlatform().start(this::backUpAgainAndAgain));
    }
    stop.run();
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void work(int client) {
    long first = order.first().get(client);
    journal.begin(client, first);
    for (long number = first; !stopped && journal.hasRoom(client, number); number++) {
      if (!makes(client, number)) {
        return;
      }
    }
  }

  /** One step of each client after the other, with builds between. Who can't go on stays away. */
  void workInTurn() {
    for (int client = 0; client < Script.CLIENTS; client++) {
      journal.begin(client, order.first().get(client));
    }
    boolean[] givenUp = new boolean[Script.CLIENTS];
    for (long step = 0; step < order.steps(); step++) {
      for (int client = 0; client < Script.CLIENTS; client++) {
        givenUp[client] = givenUp[client] || !makes(client, order.first().get(client) + step);
      }
      if (step % STEPS_PER_BUILD == STEPS_PER_BUILD - 1) {
        store.collections().forEach(this::build);
      }
    }
  }

  /** A collection is dropped, and nothing follows that could make that durable by chance. */
  void dropAndAwait(Runnable stop) {
    work(Script.DROPPING_CLIENT);
    stop.run();
  }

  private void noteDrop(Step step) {
    if (step instanceof Step.Drop) {
      journal.count(Count.DROPS);
      stopped = stopped || order.work() == WorkOrder.Work.UNTIL_DROP;
    }
  }

  /** Tries a step until it is acknowledged; false if it never was. */
  private boolean makes(int client, long number) {
    journal.tried(client, number);
    for (int attempt = 0; attempt < ATTEMPTS && !stopped; attempt++) {
      boolean failedBefore = failed;
      try {
        make(client, number);
        journal.acknowledged(client, number);
        if (failedBefore && order.script().step(client, number) instanceof Step.Put) {
          journal.count(Count.ACKNOWLEDGED_AFTER_FAILURE);
        }
        noteDrop(order.script().step(client, number));
        return true;
      } catch (StorageFullException e) {
        journal.count(Count.FULL);
      } catch (FencedException e) {
        journal.count(Count.FENCED);
      } catch (StorageUnwritableException e) {
        failed = true;
        journal.count(Count.FAILED);
      } catch (PersistenceException | OutOfMemoryError e) {
        journal.count(Count.FAILED);
      }
    }
    return false;
  }

  private void make(int client, long number) {
    Step step = order.script().step(client, number);
    String name = Script.collection(client);
    switch (step) {
      case Step.Put put -> {
        long stamp = Script.stamp(order.life(), number);
        List<Entry> entries =
            put.ids().stream().map(id -> order.script().entry(id, stamp)).toList();
        var ignored = store.collection(name, order.script().options(client)).upsert(entries);
        assert ignored != null;
      }
      case Step.Remove remove -> {
        @Nullable VectorCollection collection = store.find(name).orElse(null);
        if (collection != null) {
          int removed = collection.delete(remove.ids());
          assert removed >= 0;
        }
      }
      case Step.Drop() -> {
        boolean dropped = store.drop(name);
        assert dropped || store.find(name).isEmpty();
      }
    }
  }

  private void buildAgainAndAgain() {
    var random = new SplittableRandom(order.life());
    while (!stopped) {
      List<VectorCollection> collections = store.collections();
      if (!collections.isEmpty()) {
        build(collections.get(random.nextInt(collections.size())));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** A build that is refused or fails leaves everything as it was; what is left tells whether. */
  private void build(VectorCollection collection) {
    journal.count(Count.BUILDS_BEGUN);
    int size = order.work() == WorkOrder.Work.SEQUENTIAL ? collection.size() : 0;
    try {
      var ignored = collection.build(BuildRequest.defaults());
      assert ignored != null;
      journal.count(Count.BUILDS);
    } catch (OutOfMemoryError e) {
      journal.count(Count.STARVED_BUILDS);
      if (size > 0 && collection.size() != size) {
        journal.count(Count.DAMAGE_SEEN);
      }
    } catch (FencedException e) {
      journal.count(Count.FENCED_BUILDS);
    } catch (PersistenceException | IllegalStateException e) {
      // IllegalStateException: it was dropped meanwhile.
      journal.count(Count.FAILED_BUILDS);
    }
  }

  private void backUpAgainAndAgain() {
    for (int number = 1; !stopped; number++) {
      LockSupport.parkNanos(PAUSE_NANOS);
      if (!store.collections().isEmpty()) {
        backUp(number);
      }
    }
  }

  /** What was acknowledged before lies beside the backup: it is to be in there. */
  private void backUp(int number) {
    Backup backup = new Backup(order.backups().resolve(Integer.toString(number)));
    backup.note(acknowledged());
    journal.count(Count.BACKUPS_BEGUN);
    try {
      var ignored = StoreBackup.backup(order.directory(), backup.directory(), CopyProgress.SILENT);
      assert ignored != null;
      journal.count(Count.BACKUPS);
    } catch (PersistenceException e) {
      journal.count(Count.FAILED_BACKUPS);
    }
  }

  private List<Long> acknowledged() {
    return IntStream.range(0, Script.CLIENTS).mapToObj(journal::acknowledged).toList();
  }

  private void verifyAgainAndAgain() {
    while (!stopped) {
      try {
        VerifyReport report = StoreVerifier.verify(order.directory());
        journal.count(Count.VERIFICATIONS);
        if (report.status() == VerifyReport.Status.DAMAGED
            || report.status() == VerifyReport.Status.DAMAGED_RECOVERABLE) {
          journal.count(Count.DAMAGE_SEEN);
        }
      } catch (PersistenceException e) {
        journal.count(Count.VERIFICATIONS_CUT_OFF);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
