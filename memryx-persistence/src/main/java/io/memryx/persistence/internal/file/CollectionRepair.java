package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.RepairReport.Step;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import io.memryx.persistence.internal.wal.CollectionLog;
import io.memryx.persistence.internal.wal.LogSurvey;
import io.memryx.persistence.internal.wal.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about one collection: which generation serves, where its log is cut, which
 * files are put aside. Not thread-safe; the store's lock is held.
 *
 * <p>Nothing is written over. A log that is cut is copied up to its last sound change, and the copy
 * takes the name. Each step leaves a state in which the next repair finds the same sound changes.
 */
final class CollectionRepair {
  private final StoreFiles files;
  private final DirectoryListing objects;
  private final List<String> names;
  private final List<Step> steps = new ArrayList<>();
  private final TreeSet<String> aside = new TreeSet<>();
  private final NavigableMap<Long, Manifest> readable = new TreeMap<>();
  private final Map<UUID, Optional<PersistenceException>> snapshots = new HashMap<>();
  private String key = "?";
  private @Nullable PersistenceException hopeless;
  private @Nullable Manifest serving;
  private @Nullable LogSurvey log;

  /** Whether the log has to end before it does. */
  private boolean cut;

  private CollectionRepair(StoreFiles files, Path directory) throws IOException {
    this.files = files;
    this.objects = new DirectoryListing(files, directory);
    this.names = objects.list();
  }

  /** Looks at a collection's directory; changes nothing. */
  static CollectionRepair plan(StoreFiles files, Path directory) throws IOException {
    var repair = new CollectionRepair(files, directory);
    repair.findGeneration();
    if (repair.serving != null) {
      repair.findCut(repair.serving);
      repair.checkOlder(repair.serving);
      repair.putAsideWhatNamesMore();
    }
    return repair;
  }

  List<Step> steps() {
    return steps;
  }

  /** Why no repair helps, or null. */
  @Nullable String hopeless() {
    PersistenceException reason = hopeless;
    return reason == null
        ? null
        : "'%s': %s; no repair helps: restore a backup (or, if it is sound, %s), or move %s away to start empty"
            .formatted(
                key, reason.getMessage(), objects.location(StoreNames.LATEST), objects.directory());
  }

  /** What the plan depends on, in full. */
  String state() throws IOException {
    var state = new StringBuilder(objects.directory().toString()).append('\n');
    for (String name : names) {
      try (StoreFiles.Source source = objects.get(name)) {
        state.append(name).append(' ').append(source.size()).append('\n');
      }
    }
    LogSurvey survey = log;
    state.append(survey == null ? "" : survey.segments() + " " + survey.lastSequence());
    return state.append('\n').append(steps).append('\n').append(aside).append('\n').toString();
  }

  // ---- planning

  private void findGeneration() throws IOException {
    PersistenceException first = null;
    for (long number : Generations.numbers(names).descendingSet()) {
      String name = StoreNames.manifest(number);
      try {
        Manifest manifest = Generations.readManifest(objects, number);
        key = manifest.key();
        if (manifest.isRemoval()) {
          break;
        }
        readable.put(number, manifest);
        Optional<PersistenceException> damage = damageOf(manifest);
        if (damage.isPresent()) {
          first = first == null ? damage.get() : first;
          putAside(name, damage.get(), "its snapshot is damaged");
        } else if (serving == null) {
          serving = manifest;
        }
      } catch (CorruptSnapshotException e) {
        first = first == null ? e : first;
        putAside(name, e, e.what());
      } catch (UnsupportedFormatException e) {
        hopeless = e;
        first = null;
        serving = null;
        break;
      }
    }
    if (serving == null) {
      hopeless = hopeless == null ? first : hopeless;
      if (hopeless == null && readable.isEmpty() && wasCommitted()) {
        hopeless =
            new CorruptSnapshotException(
                objects.location(StoreNames.LATEST), 0, "its manifest is missing", null);
      }
      steps.clear();
      aside.clear();
    }
  }

  private boolean wasCommitted() {
    return Generations.numbers(names).isEmpty()
        && names.stream().anyMatch(Generations::provesCommit);
  }

  private Optional<PersistenceException> damageOf(Manifest manifest) throws IOException {
    UUID uuid = manifest.image().uuid();
    Optional<PersistenceException> known = snapshots.get(uuid);
    if (known != null) {
      return known;
    }
    Optional<PersistenceException> damage = Optional.empty();
    try (var reader = Generations.openSnapshot(objects, manifest)) {
      reader.verify();
    } catch (CorruptSnapshotException e) {
      damage = Optional.of(e);
      if (names.contains(manifest.image().file())) {
        putAside(manifest.image().file(), e, e.what());
      }
    }
    snapshots.put(uuid, damage);
    return damage;
  }

  private void putAside(String name, PersistenceException damage, String why) {
    if (aside.add(name)) {
      boolean here =
          damage instanceof CorruptSnapshotException e && e.file().equals(objects.location(name));
      long offset = here ? ((CorruptSnapshotException) damage).offset() : 0;
      step(name, offset, why + "; it is renamed to *" + StoreNames.ASIDE_SUFFIX, 0);
    }
  }

  private void step(String name, long offset, String what, long droppedChanges) {
    steps.add(new Step(key, objects.location(name), offset, what, droppedChanges));
  }

  private Position positionOf(Manifest manifest) {
    long named =
        readable.tailMap(manifest.number()).values().stream()
            .mapToLong(each -> each.log().newest())
            .max()
            .orElse(0);
    return new Position(manifest.log().first(), manifest.image().lastSequence(), named);
  }

  private LogSurvey survey(Manifest manifest) throws IOException {
    return LogSurvey.of(files, objects.directory(), manifest.chain(), positionOf(manifest));
  }

  private void findCut(Manifest manifest) throws IOException {
    LogSurvey survey = survey(manifest);
    log = survey;
    if (!steps.isEmpty()) {
      step(
          manifest.image().file(),
          0,
          "generation %d serves, and %d changes after it from the log"
              .formatted(manifest.number(), survey.changes()),
          0);
    }
    if (survey.damage().isEmpty()) {
      return;
    }
    if (!(survey.damage().get() instanceof CorruptSnapshotException damage)) {
      hopeless = survey.damage().get();
      steps.clear();
      aside.clear();
      serving = null;
      return;
    }
    cut = true;
    long keep = newestKept();
    steps.add(
        new Step(
            key,
            damage.file(),
            damage.offset(),
            "%s; the log ends after change %d, and what follows is dropped: %d changes were seen there"
                .formatted(damage.what(), survey.lastSequence(), survey.unreadable()),
            survey.unreadable()));
    for (String name : names) {
      if (StoreNames.segmentNumber(name) > keep
          && StoreNames.segmentNumber(name) >= manifest.log().first()) {
        putAside(name, damage, "it follows the log's new end");
      }
    }
  }

  /** The last segment with something sound; 0 if there is none. */
  private long newestKept() {
    LogSurvey survey = log;
    return survey == null || survey.segments().isEmpty() ? 0 : survey.segments().getLast().number();
  }

  /** An older generation stays if it could serve afterwards. */
  private void checkOlder(Manifest newest) throws IOException {
    LogSurvey survey = log;
    for (Manifest older : readable.headMap(newest.number(), false).descendingMap().values()) {
      if (older.namesSameSnapshot(newest) || aside.contains(StoreNames.manifest(older.number()))) {
        continue;
      }
      LogSurvey own = survey(older);
      boolean same =
          survey != null
              && where(own).equals(where(survey))
              && own.lastSequence() >= newest.image().lastSequence();
      if (own.damage().isPresent() && !same) {
        PersistenceException damage = own.damage().get();
        if (damage instanceof CorruptSnapshotException e) {
          putSegmentAside(e, newest.log().first());
        }
        putAside(
            StoreNames.manifest(older.number()),
            damage,
            "its log is damaged (%s), and a newer generation does not need that"
                .formatted(damage.getMessage()));
      }
    }
  }

  private void putSegmentAside(CorruptSnapshotException damage, long floor) {
    for (String name : names) {
      if (objects.location(name).equals(damage.file())
          && StoreNames.isSegment(name)
          && StoreNames.segmentNumber(name) < floor) {
        putAside(name, damage, damage.what());
      }
    }
  }

  private static String where(LogSurvey survey) {
    return survey.damage().map(Throwable::getMessage).orElse("");
  }

  /** Manifests that say that there is more of the log than there will be. */
  private void putAsideWhatNamesMore() {
    LogSurvey survey = log;
    if (!cut || survey == null || survey.damage().isEmpty()) {
      return;
    }
    for (Manifest manifest : readable.values()) {
      if (manifest.log().newest() > newestKept()) {
        putAside(
            StoreNames.manifest(manifest.number()),
            survey.damage().get(),
            "it names a segment of the log behind its new end; another manifest takes its place");
      }
    }
  }

  // ---- doing

  /** Does it, durably. */
  void run(UUID writer) throws IOException {
    Manifest manifest = serving;
    if (manifest == null || steps.isEmpty()) {
      return;
    }
    LogSurvey survey = log;
    LogSurvey.Segment last =
        !cut || survey == null || survey.segments().isEmpty() ? null : survey.segments().getLast();
    if (last != null) {
      copy(last);
    }
    if (cut || manifest.number() != Generations.numbers(names).last()) {
      commit(manifest, writer);
    }
    for (String name : aside.descendingSet()) {
      files.rename(objects.path(name), objects.path(freeName(name)));
    }
    files.syncDirectory(objects.directory());
    if (last != null) {
      exchange(last.file());
    }
    pointLatest(manifest.image().file());
    files.syncDirectory(objects.directory());
  }

  private void copy(LogSurvey.Segment segment) throws IOException {
    Path copy = objects.path(segment.file() + StoreNames.TEMPORARY_SUFFIX);
    files.delete(copy);
    new FileCopier(files, bytes -> {})
        .prefix(
            objects.path(segment.file()),
            copy,
            segment.bytes(),
            CollectionLog.fileBytes(segment.bytes()));
    files.syncDirectory(objects.directory());
  }

  /** The damaged segment keeps a name, before the copy takes its own. */
  private void exchange(String name) throws IOException {
    files.link(objects.path(name), objects.path(freeName(name)));
    files.syncDirectory(objects.directory());
    files.rename(objects.path(name + StoreNames.TEMPORARY_SUFFIX), objects.path(name));
  }

  private void commit(Manifest manifest, UUID writer) throws IOException {
    long last = Generations.numbers(names).last();
    long newest = cut ? newestKept() : positionOf(manifest).newestNamed();
    var commit =
        new Manifest(
            last + 1,
            last,
            manifest.epoch() + 1,
            writer,
            manifest.chain(),
            manifest.key(),
            manifest.image(),
            new LogSpan(manifest.log().first(), newest));
    Path temporary = objects.path(StoreNames.manifest(last + 1) + StoreNames.TEMPORARY_SUFFIX);
    files.delete(temporary);
    try (StoreFiles.Sink sink = files.create(temporary)) {
      SnapshotWriter.writeFully(sink, commit.encode());
      sink.force();
    }
    // As every writer commits: never over another's.
    files.link(temporary, objects.path(StoreNames.manifest(last + 1)));
    files.delete(temporary);
    files.syncDirectory(objects.directory());
  }

  private String freeName(String name) throws IOException {
    Predicate<String> taken = objects.list()::contains;
    String free = name + StoreNames.ASIDE_SUFFIX;
    for (int attempt = 2; taken.test(free); attempt++) {
      free = name + "." + attempt + StoreNames.ASIDE_SUFFIX;
    }
    return free;
  }

  private void pointLatest(String snapshot) throws IOException {
    Path latest = objects.path(StoreNames.LATEST);
    if (!files.isSameFile(latest, objects.path(snapshot))) {
      Path temporary = objects.path(StoreNames.LATEST + StoreNames.TEMPORARY_SUFFIX);
      files.delete(temporary);
      files.link(objects.path(snapshot), temporary);
      files.rename(temporary, latest);
    }
  }
}
