package io.memryx.persistence.powercut;

import io.memryx.persistence.powercut.Event.Created;
import io.memryx.persistence.powercut.Event.Deleted;
import io.memryx.persistence.powercut.Event.DirectoryMade;
import io.memryx.persistence.powercut.Event.Forced;
import io.memryx.persistence.powercut.Event.Linked;
import io.memryx.persistence.powercut.Event.NameChange;
import io.memryx.persistence.powercut.Event.Renamed;
import io.memryx.persistence.powercut.Event.Resized;
import io.memryx.persistence.powercut.Event.Returned;
import io.memryx.persistence.powercut.Event.Synced;
import io.memryx.persistence.powercut.Event.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * A fault in what a store does to the disk: what a script leaves there if the store leaves out a
 * force, or does things in another order.
 */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum Mutant {
  /** The bytes of a snapshot are not forced before it is committed. */
  SNAPSHOT_NOT_FORCED(without((trace, i) -> trace.forces(i, "snap-"))),
  /** The bytes of a manifest are not forced. */
  MANIFEST_NOT_FORCED(without((trace, i) -> trace.forces(i, "MANIFEST-"))),
  /** The header of a segment is not forced before the segment is used. */
  SEGMENT_HEADER_NOT_FORCED(
      without((trace, i) -> trace.forces(i, "wal-") && trace.isFirstForce(i))),
  /** Changes are answered without a force. */
  CHANGES_NOT_FORCED(without(Trace::forcesChanges)),
  /** A segment grows, and is written to before its size is durable. */
  EXTENSION_NOT_FORCED(without(Trace::forcesExtension)),
  /** A snapshot's name is not durable when the manifest is written. */
  SNAPSHOT_NAME_NOT_SYNCED(without((trace, i) -> trace.syncs(i, Renamed.class, "snap-"))),
  /** A manifest's name is not durable when the commit is over. */
  MANIFEST_NAME_NOT_SYNCED(without((trace, i) -> trace.syncs(i, Linked.class, "MANIFEST-"))),
  /** A segment's name is not durable when it is written to. */
  SEGMENT_NAME_NOT_SYNCED(without((trace, i) -> trace.syncs(i, Created.class, "wal-"))),
  /** No name in any collection's directory is ever made durable. */
  NO_NAME_SYNCED(
      without(
          (trace, i) ->
              trace.event(i) instanceof Synced synced && synced.directory().getNameCount() > 1)),
  /** A collection's directory is not made durable. */
  DIRECTORY_NOT_SYNCED(
      without(
          (trace, i) ->
              trace.event(i) instanceof Synced synced && synced.directory().getNameCount() == 1)),
  /** Snapshots and segments are deleted while the manifests that need them may come back. */
  DELETED_MANIFESTS_NOT_SYNCED(without((trace, i) -> trace.syncs(i, Deleted.class, "MANIFEST-"))),
  /** A snapshot is renamed before it is forced. */
  SNAPSHOT_RENAMED_FIRST(
      delayed(
          (trace, i) -> trace.forces(i, "snap-"),
          (trace, i) -> trace.syncs(i, Renamed.class, "snap-"))),
  /** A snapshot is committed before it is forced. */
  SNAPSHOT_FORCED_AFTER_COMMIT(
      delayed(
          (trace, i) -> trace.forces(i, "snap-"),
          (trace, i) -> trace.syncs(i, Linked.class, "MANIFEST-"))),
  /** A manifest is published before it is forced. */
  MANIFEST_LINKED_FIRST(
      delayed(
          (trace, i) -> trace.forces(i, "MANIFEST-"),
          (trace, i) -> trace.syncs(i, Linked.class, "MANIFEST-"))),
  /** Changes are answered before they are forced. */
  CHANGES_ANSWERED_FIRST(
      delayed(Trace::forcesChanges, (trace, i) -> trace.event(i) instanceof Returned)),
  /** What a commit makes obsolete is deleted before the commit. */
  OBSOLETE_DELETED_FIRST(Mutant::withDeletionsFirst),
  /** Only one generation is kept: what came before a commit is deleted after it. */
  ONE_GENERATION_KEPT(Mutant::withoutOlderGenerations),
  /** Of each write to the log, the second half is taken for written. */
  SHORT_WRITE_IGNORED(Mutant::withShortWrites),
  /** A collection is made without its first generation. */
  NEW_COLLECTION_NOT_KEPT(Mutant::withoutFirstGenerations),
  /** The removal of a collection's files is begun before the removal is committed. */
  REMOVAL_NOT_COMMITTED(Mutant::withoutRemovals);

  private final UnaryOperator<Trace> fault;

  Mutant(UnaryOperator<Trace> fault) {
    this.fault = fault;
  }

  /** What happens with this fault. */
  List<Event> of(List<Event> events) {
    return fault.apply(new Trace(events)).events();
  }

  private static UnaryOperator<Trace> without(BiPredicate<Trace, Integer> omitted) {
    return trace -> {
      List<Event> left = new ArrayList<>();
      for (int i = 0; i < trace.events().size(); i++) {
        if (!omitted.test(trace, i)) {
          left.add(trace.event(i));
        }
      }
      return new Trace(left);
    };
  }

  /** Moves events behind the next event of another kind. */
  private static UnaryOperator<Trace> delayed(
      BiPredicate<Trace, Integer> late, BiPredicate<Trace, Integer> until) {
    return trace -> {
      List<Event> events = new ArrayList<>();
      List<Event> waiting = new ArrayList<>();
      for (int i = 0; i < trace.events().size(); i++) {
        if (late.test(trace, i)) {
          waiting.add(trace.event(i));
        } else {
          events.add(trace.event(i));
        }
        if (until.test(trace, i)) {
          events.addAll(waiting);
          waiting.clear();
        }
      }
      events.addAll(waiting);
      return new Trace(events);
    };
  }

  /** Between a commit and the next event at a client, files are deleted: here, before it. */
  private static Trace withDeletionsFirst(Trace trace) {
    List<Event> events = new ArrayList<>();
    int commit = 0;
    for (int i = 0; i < trace.events().size(); i++) {
      Event event = trace.event(i);
      boolean publishes =
          event instanceof Linked(Path name, int _) && Trace.isNamed(name, "MANIFEST-");
      if (publishes) {
        commit = events.size();
      }
      boolean obsolete = event instanceof Deleted(Path name) && !Trace.isNamed(name, ".tmp");
      if (obsolete) {
        events.add(commit++, event);
      } else {
        events.add(event);
      }
    }
    return new Trace(events);
  }

  private static Trace withoutOlderGenerations(Trace trace) {
    List<Event> events = new ArrayList<>();
    var names = new TreeSet<Path>();
    for (int i = 0; i < trace.events().size(); i++) {
      events.add(trace.event(i));
      switch (trace.event(i)) {
        case Linked(Path name, int _) -> names.add(name);
        case Renamed(Path _, Path name, int _) -> names.add(name);
        case Deleted(Path name) -> names.remove(name);
        default -> {}
      }
      if (trace.syncs(i, Linked.class, "MANIFEST-")) {
        events.addAll(older(names, ((Synced) trace.event(i)).directory()));
        events.add(trace.event(i));
      }
    }
    return new Trace(events);
  }

  /** The deletion of all manifests of a directory but the newest. */
  private static List<Event> older(Set<Path> names, Path directory) {
    List<Event> deletions =
        new ArrayList<>(
            names.stream()
                .filter(name -> Event.parent(name).equals(directory))
                .filter(name -> Trace.isNamed(name, "MANIFEST-"))
                .<Event>map(Deleted::new)
                .toList());
    deletions.removeLast();
    return deletions;
  }

  private static Trace withShortWrites(Trace trace) {
    return new Trace(
        trace.events().stream()
            .map(
                event ->
                    event instanceof Written(int file, long offset, byte[] bytes)
                            && trace.isOf(file, "wal-")
                        ? new Written(file, offset, Arrays.copyOf(bytes, bytes.length / 2))
                        : event)
            .toList());
  }

  private static Trace withoutFirstGenerations(Trace trace) {
    Set<Path> seen = new HashSet<>();
    return new Trace(
        trace.events().stream()
            .filter(
                event ->
                    !(event instanceof Linked(Path name, int _)
                        && Trace.isNamed(name, "MANIFEST-")
                        && seen.add(Event.parent(name))))
            .toList());
  }

  /** The removal is the last manifest that is linked before its directory goes. */
  private static Trace withoutRemovals(Trace trace) {
    Set<Event> removals = new HashSet<>();
    Map<Path, Event> last = new HashMap<>();
    for (Event event : trace.events()) {
      switch (event) {
        case Linked(Path name, int _) when Trace.isNamed(name, "MANIFEST-") ->
            last.put(Event.parent(name), event);
        case Event.DirectoryRemoved(Path name) ->
            removals.add(Objects.requireNonNull(last.get(name)));
        default -> {}
      }
    }
    return new Trace(trace.events().stream().filter(event -> !removals.contains(event)).toList());
  }

  /** Events, and what the files are that they speak of. */
  private record Trace(List<Event> events, Map<Integer, Path> names) {
    Trace(List<Event> events) {
      this(events, new HashMap<>());
      for (Event event : events) {
        if (event instanceof Created(Path name, int file)) {
          names.put(file, name);
        }
      }
    }

    Event event(int index) {
      return events.get(index);
    }

    static boolean isNamed(Path name, String part) {
      return name.getFileName().toString().contains(part);
    }

    boolean isOf(int file, String part) {
      return isNamed(names.getOrDefault(file, Path.of("none")), part);
    }

    boolean forces(int index, String part) {
      return event(index) instanceof Forced(int file, Forced.Depth _) && isOf(file, part);
    }

    boolean isFirstForce(int index) {
      return event(index) instanceof Forced(int file, Forced.Depth _)
          && events.subList(0, index).stream()
              .noneMatch(it -> it instanceof Forced forced && forced.file() == file);
    }

    private boolean followsResizing(int index) {
      for (int before = index - 1; before >= 0; before--) {
        if (event(before) instanceof Event.ByteChange change
            && event(index) instanceof Forced(int file, Forced.Depth _)
            && change.file() == file) {
          return change instanceof Resized;
        }
      }
      return false;
    }

    boolean forcesExtension(int index) {
      return forces(index, "wal-") && !isFirstForce(index) && followsResizing(index);
    }

    boolean forcesChanges(int index) {
      return forces(index, "wal-") && !isFirstForce(index) && !followsResizing(index);
    }

    /** Whether the last that happened to names of a directory before it is synced is this. */
    boolean syncs(int index, Class<? extends NameChange> kind, String part) {
      if (!(event(index) instanceof Synced(Path directory))) {
        return false;
      }
      for (int before = index - 1; before >= 0; before--) {
        if (event(before) instanceof NameChange change && change.directory().equals(directory)) {
          return kind.isInstance(change)
              && isNamed(change.name(), part)
              && !(change instanceof DirectoryMade);
        }
      }
      return false;
    }
  }
}
