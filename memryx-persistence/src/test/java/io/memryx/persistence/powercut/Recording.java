package io.memryx.persistence.powercut;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Script.Action;
import io.memryx.persistence.powercut.Script.Call;
import io.memryx.persistence.powercut.Script.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A script that was played on a real store, and everything that happened then.
 *
 * @param events in the order in which they happened
 */
record Recording(Script script, List<Event> events) {
  static final CollectionOptions OPTIONS = CollectionOptions.of(2).withMetric(Metric.L2);

  /** Plays a script. */
  static Recording of(Script script) {
    return of(script, _ -> {});
  }

  /**
   * Plays a script, and in its last phase does something else with the files, beside the clients.
   */
  static Recording of(Script script, Consumer<TracingFiles> beside) {
    TracingFiles files = files(script);
    var uuids = new AtomicLong();
    for (Phase phase : script.phases()) {
      try (var store =
          MemoryStore.open(
              files, script.durability(), () -> new UUID(script.seed(), uuids.incrementAndGet()))) {
        boolean last = phase.equals(script.phases().getLast());
        play(phase, store.vectors(), files, last ? () -> beside.accept(files) : () -> {});
      }
    }
    return new Recording(script, files.events());
  }

  private static TracingFiles files(Script script) {
    try {
      // Some disks take no more at once.
      return TracingFiles.empty(script.seed() % 4 == 3 ? 20_000 : Integer.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void play(Phase phase, VectorStore store, TracingFiles files, Runnable beside) {
    try (ExecutorService threads = Executors.newFixedThreadPool(phase.clients().size() + 1)) {
      List<Future<?>> playing = new ArrayList<>(List.of(threads.submit(beside)));
      for (List<Call> calls : phase.clients()) {
        playing.add(threads.submit(() -> calls.forEach(call -> play(call, store, files))));
      }
      for (Future<?> client : playing) {
        client.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("a script that nothing disturbs fails", e);
    }
  }

  private static void play(Call call, VectorStore store, TracingFiles files) {
    files.add(new Event.Begun(call));
    switch (call.action()) {
      case Action.Make() -> store.collection(call.collection(), OPTIONS);
      case Action.Upsert upsert -> collection(store, call).upsert(Column.entries(call, upsert));
      case Action.Delete(List<Integer> ids) ->
          collection(store, call).delete(ids.stream().map(id -> Column.id(call, id)).toList());
      case Action.Build() -> collection(store, call).build(BuildRequest.defaults());
      case Action.Drop() -> store.drop(call.collection());
    }
    files.add(new Event.Returned(call));
  }

  private static VectorCollection collection(VectorStore store, Call call) {
    return store.find(call.collection()).orElseThrow();
  }
}
