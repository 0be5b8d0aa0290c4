package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.StoreOptions;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.crash.AckJournal.Count;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.file.StoreOnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process opens a store and works on it while one of its system calls fails, takes nothing or is
 * its last: each kind of call, each of its occurrences.
 */
class SyscallFaultTest {
  private static final int FAULTS = Integer.getInteger("memryx.crash.faults", 30);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());

  /** With builds before and behind. */
  private static final int STEPS_BEFORE = 14;

  private static final int STEPS = 24;

  @TempDir Path directory;

  @BeforeEach
  void requireTools() {
    Shell.require(Tracer.PROGRAM);
  }

  @Test
  void faultInAnyCall_losesNothing() throws IOException {
    long begin = System.nanoTime();
    Path template = directory.resolve("template");
    Oracle oracle = prepare(template);
    var files = new ArrayList<String>();
    List<Fault> faults = faults(template, oracle, files);
    var sum = new Sum();
    VictimProcess next = VictimProcess.start();
    try {
      for (Fault fault : faults) {
        VictimProcess victim = next.ready();
        next = VictimProcess.start();
        spoil(fault, victim, template, oracle.copy(), files, sum);
      }
    } finally {
      next.close();
    }
    Report.line("system calls (seed %d): %s; %.0f s", SEED, sum, (System.nanoTime() - begin) / 1e9);
    assertEquals(List.of(), sum.verdict.complaints());
    assertTrue(sum.spoilt > 0, "no call was spoilt");
  }

  /** A store with a build and changes after it. */
  private Oracle prepare(Path store) throws IOException {
    Path notes = directory.resolve("journal");
    var oracle = new Oracle(Script.ofSeed(SEED));
    try (AckJournal journal = AckJournal.open(notes)) {
      try (SnapshotStore snapshots =
              StoreOnFiles.open(
                  new DiskFiles(), store, UUID::randomUUID, DurabilityOptions.fsync());
          VectorStore vectors = DurableVectorStore.open(snapshots, "", StoreOptions.defaults())) {
        new Clients(oracle.order(store, notes).sequential(STEPS_BEFORE), vectors, journal)
            .workInTurn();
      }
      Oracle.Verdict verdict = AfterCrash.judge(store, oracle, journal);
      assertEquals(List.of(), verdict.complaints());
    }
    Files.delete(notes);
    return oracle;
  }

  /** Every fault that can be, or as many as there are to be, evenly spread. */
  private List<Fault> faults(Path template, Oracle oracle, Collection<String> files)
      throws IOException {
    Path store = directory.resolve("store");
    Path notes = directory.resolve("journal");
    AfterCrash.copy(template, store);
    Map<String, Integer> occurrences;
    try (VictimProcess victim = VictimProcess.start().ready();
        AckJournal journal = AckJournal.open(notes)) {
      Tracer tracer = Tracer.of(victim, directory.resolve("trace"));
      victim.order(oracle.order(store, notes).sequential(STEPS));
      awaitEnd(victim);
      victim.kill();
      tracer.close();
      files.addAll(tracer.files(store));
      occurrences = tracer.occurrences(files);
      Oracle.Verdict verdict = AfterCrash.judge(store, oracle.copy(), journal);
      assertEquals(List.of(), verdict.complaints());
    }
    AfterCrash.delete(store);
    Files.delete(notes);
    var all = new ArrayList<Fault>();
    occurrences.forEach(
        (call, count) -> {
          for (Fault.Kind kind : Fault.Kind.values()) {
            for (int k = 1; k <= count && kind.befits(call); k++) {
              all.add(new Fault(call, kind, k));
            }
          }
        });
    Report.line("system calls: %s, %d faults to choose from", occurrences, all.size());
    var chosen = new ArrayList<Fault>();
    double stride = Math.max(1, (double) all.size() / FAULTS);
    for (double at = new SplittableRandom(SEED).nextDouble(stride); at < all.size(); at += stride) {
      chosen.add(all.get((int) at));
    }
    return chosen;
  }

  private void spoil(
      Fault fault,
      VictimProcess victim,
      Path template,
      Oracle oracle,
      Collection<String> files,
      Sum sum)
      throws IOException {
    Path store = directory.resolve("store");
    Path notes = directory.resolve("journal");
    AfterCrash.copy(template, store);
    try (victim;
        AckJournal journal = AckJournal.open(notes)) {
      Tracer tracer = Tracer.of(victim, directory.resolve("trace"), files, fault);
      victim.order(oracle.order(store, notes).sequential(STEPS));
      String end = awaitEnd(victim);
      victim.kill();
      tracer.close();
      Oracle.Verdict verdict = AfterCrash.judge(store, oracle, journal);
      if (fault.isFailedForce()) {
        verdict.wrong(tracer.retriedForces(), "a force was tried again");
        verdict.wrong(
            journal.counted(Count.ACKNOWLEDGED_AFTER_FAILURE), "acknowledged after a failed force");
      }
      sum.count(fault, end, tracer.spoilt().size(), verdict);
    }
    AfterCrash.delete(store);
    Files.delete(notes);
  }

  private static String awaitEnd(VictimProcess victim) {
    String answer = victim.answer();
    while (answer.equals(Victim.OPEN)) {
      answer = victim.answer();
    }
    return answer;
  }

  /** What a number of faults gave. */
  private static final class Sum {
    private final Oracle.Verdict verdict = new Oracle.Verdict();
    private final Map<Fault.Kind, Integer> runs = new TreeMap<>();
    private int spoilt;
    private int killed;
    private int refused;

    void count(Fault fault, String end, int calls, Oracle.Verdict found) {
      runs.merge(fault.kind(), 1, Integer::sum);
      // A process that is killed in a call leaves no line that says so.
      spoilt += calls > 0 || end.isEmpty() ? 1 : 0;
      killed += end.isEmpty() ? 1 : 0;
      refused += end.startsWith(Victim.REFUSED) ? 1 : 0;
      boolean foreseen =
          end.equals(Victim.DONE)
              || end.startsWith(Victim.REFUSED)
              || (end.isEmpty() && fault.kind() == Fault.Kind.KILL);
      verdict.wrong(foreseen ? 0 : 1, fault + ": the process ended with '" + end + "'");
      if (!found.complaints().isEmpty()) {
        verdict.add(found);
        verdict.wrong(1, "so with " + fault + ", which ended with '" + end + "'");
      } else {
        verdict.add(found);
      }
    }

    @Override
    public String toString() {
      return ("%d processes with a fault %s, it met %d of them, %d killed, %d did not open; %d"
              + " changes acknowledged, %d lost, %d unexplained")
          .formatted(
              runs.values().stream().mapToInt(Integer::intValue).sum(),
              runs,
              spoilt,
              killed,
              refused,
              verdict.acknowledged(),
              verdict.lost(),
              verdict.wrong());
    }
  }
}
