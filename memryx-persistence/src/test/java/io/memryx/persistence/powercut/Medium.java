package io.memryx.persistence.powercut;

import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Event.ByteChange;
import io.memryx.persistence.powercut.Event.Created;
import io.memryx.persistence.powercut.Event.Deleted;
import io.memryx.persistence.powercut.Event.DirectoryMade;
import io.memryx.persistence.powercut.Event.DirectoryRemoved;
import io.memryx.persistence.powercut.Event.DirectoryRenamed;
import io.memryx.persistence.powercut.Event.Forced;
import io.memryx.persistence.powercut.Event.Linked;
import io.memryx.persistence.powercut.Event.NameChange;
import io.memryx.persistence.powercut.Event.Renamed;
import io.memryx.persistence.powercut.Event.Resized;
import io.memryx.persistence.powercut.Event.Synced;
import io.memryx.persistence.powercut.Event.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What is durable after some events, and what is on its way. Not thread-safe. */
final class Medium {
  private static final byte[] NONE = {};
  private static final long FACTOR = 0x9E3779B97F4A7C15L;
  private static final int MAX_DIGESTS = 1_000;

  private final Map<Integer, byte[]> bytes = new HashMap<>();
  private final TreeMap<Path, Integer> names = new TreeMap<>();
  private final TreeSet<Path> directories = new TreeSet<>();

  /** Of arrays that are never changed; most files are the same in many images. */
  private final IdentityHashMap<byte[], Long> digests = new IdentityHashMap<>();

  private final List<ByteChange> byteChanges = new ArrayList<>();
  private final List<NameChange> nameChanges = new ArrayList<>();

  private Medium() {}

  /** Nothing but the directory that a store is made in. */
  static Medium empty() {
    var medium = new Medium();
    medium.directories.add(Event.parent(MemoryStore.ROOT));
    return medium;
  }

  /** What a power cut left, all of it durable. */
  static Medium of(Image image) {
    var medium = new Medium();
    medium.directories.addAll(image.directories());
    medium.names.putAll(image.names());
    medium.bytes.putAll(image.bytes());
    return medium;
  }

  /** What there is after some events, durable or on its way. */
  static Medium after(List<Event> events) {
    Medium medium = empty();
    events.forEach(medium::apply);
    return medium;
  }

  /** One event more. */
  void apply(Event event) {
    switch (event) {
      case ByteChange change -> byteChanges.add(change);
      case NameChange change -> nameChanges.add(change);
      case Forced forced -> {
        byteChanges.stream()
            .filter(forced::covers)
            .forEach(it -> bytes.put(it.file(), changed(bytes.get(it.file()), it)));
        byteChanges.removeIf(forced::covers);
      }
      case Synced(Path directory) -> {
        nameChanges.stream()
            .filter(change -> change.directory().equals(directory))
            .forEach(change -> apply(change, names, directories));
        nameChanges.removeIf(change -> change.directory().equals(directory));
      }
      case Event.Begun _, Event.Returned _ -> {}
      case Event.CopyBegun _, Event.CopyReturned _, Event.Opened _ -> {}
    }
  }

  /** Changes of bytes that are on their way, in order. */
  List<ByteChange> byteChanges() {
    return byteChanges;
  }

  /** Changes of names that are on their way, in order. */
  List<NameChange> nameChanges() {
    return nameChanges;
  }

  /** Tells images of this medium apart. */
  long digest(Image image) {
    if (digests.size() > MAX_DIGESTS) {
      digests.clear();
    }
    return image.digest(contents -> digests.computeIfAbsent(contents, Medium::digest));
  }

  private static long digest(byte[] contents) {
    var crc = new CRC32C();
    crc.update(contents);
    return crc.getValue() << 32 ^ Arrays.hashCode(contents);
  }

  /** What a power cut leaves now. */
  Image after(Survivors survivors) {
    var left = new TreeMap<>(names);
    var there = new TreeSet<>(directories);
    for (int i = 0; i < nameChanges.size(); i++) {
      if (survivors.names().hasName(i)) {
        apply(nameChanges.get(i), left, there);
      }
    }
    left.keySet().removeIf(name -> !there.contains(Event.parent(name)));
    Map<Integer, byte[]> contents = new HashMap<>();
    left.values().forEach(file -> contents.put(file, bytes.getOrDefault(file, NONE)));
    List<ByteChange> kept = survivors.bytes().of(byteChanges);
    for (ByteChange change : kept) {
      if (contents.containsKey(change.file())) {
        contents.put(change.file(), changed(contents.get(change.file()), change));
      }
    }
    return new Image(there, left, contents);
  }

  private static void apply(NameChange change, Map<Path, Integer> names, Set<Path> directories) {
    switch (change) {
      case DirectoryMade(Path name) -> directories.add(name);
      case DirectoryRemoved(Path name) -> directories.remove(name);
      case DirectoryRenamed renamed -> move(renamed, names, directories);
      case Created(Path name, int file) -> names.put(name, file);
      case Linked(Path name, int file) -> names.put(name, file);
      case Renamed(Path from, Path name, int file) -> {
        names.remove(from, file);
        names.put(name, file);
      }
      case Deleted(Path name) -> names.remove(name);
    }
  }

  /** Names in it that are on their way are not found any more: it was synced, or they are lost. */
  private static void move(
      DirectoryRenamed renamed, Map<Path, Integer> names, Set<Path> directories) {
    for (Path name : List.copyOf(names.keySet())) {
      if (name.startsWith(renamed.from())) {
        names.put(renamed.after(name), Objects.requireNonNull(names.remove(name)));
      }
    }
    for (Path directory : List.copyOf(directories)) {
      if (directory.startsWith(renamed.from())) {
        directories.remove(directory);
        directories.add(renamed.after(directory));
      }
    }
  }

  private static byte[] changed(byte @Nullable [] old, ByteChange change) {
    byte[] before = old == null ? NONE : old;
    return switch (change) {
      case Resized(int _, long size) -> Arrays.copyOf(before, Math.toIntExact(size));
      case Written(int _, long offset, byte[] written) -> {
        int end = Math.toIntExact(offset + written.length);
        byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
        System.arraycopy(written, 0, after, (int) offset, written.length);
        yield after;
      }
    };
  }

  /**
   * What is on a disk.
   *
   * @param names files by name
   * @param bytes what is in each file; not to be changed
   */
  record Image(Set<Path> directories, Map<Path, Integer> names, Map<Integer, byte[]> bytes) {

    /** The bytes of a file. */
    byte[] bytes(int file) {
      return bytes.getOrDefault(file, NONE);
    }

    /** A file system that holds it, all of it durable. */
    MemoryFiles files() throws IOException {
      var files = new MemoryFiles();
      for (Path directory : directories) {
        files.createDirectories(directory);
      }
      Map<Integer, Path> first = new HashMap<>();
      for (var name : names.entrySet()) {
        Path other = first.putIfAbsent(name.getValue(), name.getKey());
        if (other == null) {
          files.put(name.getKey(), bytes(name.getValue()));
        } else {
          files.link(other, name.getKey());
        }
      }
      for (Path directory : directories) {
        files.syncDirectory(directory);
      }
      return files;
    }

    /** Tells images apart, given what tells the contents of files apart. */
    long digest(ToLongFunction<byte[]> contents) {
      long digest = directories.hashCode();
      for (var name : names.entrySet()) {
        digest = digest * FACTOR + name.getKey().hashCode();
        digest = digest * FACTOR + contents.applyAsLong(bytes(name.getValue()));
      }
      return digest;
    }
  }
}
