package io.memryx.persistence.internal.file;

import io.memryx.persistence.RepairReport;
import io.memryx.persistence.RepairReport.Status;
import io.memryx.persistence.RepairReport.Step;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Repairs stores: says what would be done, and does exactly that. */
public final class Repairer {
  /** Enough that nobody guesses it, few enough to be typed. */
  private static final int TOKEN_CHARACTERS = 16;

  private final StoreFiles files;
  private final Path store;
  private final List<CollectionRepair> repairs = new ArrayList<>();

  private Repairer(StoreFiles files, Path store) {
    this.files = files;
    this.store = store;
  }

  /** Says what would be done. */
  public static RepairReport plan(Path store) {
    return plan(new DiskFiles(), store);
  }

  /** Does it. */
  public static RepairReport repair(Path store, String token) {
    return repair(new DiskFiles(), store, token);
  }

  static RepairReport plan(StoreFiles files, Path store) {
    return locked(files, store, Repairer::planned);
  }

  static RepairReport repair(StoreFiles files, Path store, String token) {
    return locked(files, store, repairer -> repairer.repaired(token));
  }

  @FunctionalInterface
  private interface Task {
    RepairReport run(Repairer repairer) throws IOException;
  }

  private static RepairReport locked(StoreFiles files, Path store, Task task) {
    return IoThread.run(
        "repair",
        () -> {
          try {
            BackupMaker.requireStore(files, store);
            try (StoreFiles.Lock _ = files.lock(store)) {
              return task.run(new Repairer(files, store));
            }
          } catch (IOException e) {
            throw StoreCopy.failure(files, store, e);
          }
        });
  }

  private RepairReport planned() throws IOException {
    for (Path entry : files.list(store)) {
      if (files.isDirectory(entry)) {
        look(entry);
      }
    }
    List<Step> steps = repairs.stream().flatMap(repair -> repair.steps().stream()).toList();
    List<String> hopeless = new ArrayList<>();
    for (CollectionRepair repair : repairs) {
      String reason = repair.hopeless();
      if (reason != null) {
        hopeless.add(reason);
      }
    }
    if (!steps.isEmpty()) {
      return new RepairReport(Status.REPAIRABLE, token(), steps, hopeless);
    }
    return new RepairReport(
        hopeless.isEmpty() ? Status.SOUND : Status.DAMAGED, "", steps, hopeless);
  }

  private void look(Path directory) throws IOException {
    try {
      repairs.add(CollectionRepair.plan(files, directory));
    } catch (AccessDeniedException e) {
      if (StoreNames.isCollectionDirectory(directory)) {
        throw e;
      }
      // Such as lost+found on a volume.
    }
  }

  private String token() throws IOException {
    var state = new StringBuilder();
    for (CollectionRepair repair : repairs) {
      state.append(repair.state());
    }
    return Sha256.of(state.toString().getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, TOKEN_CHARACTERS);
  }

  private RepairReport repaired(String token) throws IOException {
    RepairReport plan = planned();
    if (plan.status() != Status.REPAIRABLE) {
      return plan;
    }
    if (!plan.token().equals(token)) {
      throw new IllegalArgumentException(
          "the token '%s' is not of what is to be done now: repair without a token says that, and gives its token"
              .formatted(token));
    }
    UUID writer = UUID.randomUUID();
    for (CollectionRepair repair : repairs) {
      repair.run(writer);
    }
    VerifyReport after = StoreInspector.inspect(files, store);
    boolean sound = after.status() == VerifyReport.Status.SOUND;
    return new RepairReport(
        sound ? Status.REPAIRED : Status.DAMAGED, "", plan.steps(), plan.hopeless());
  }
}
