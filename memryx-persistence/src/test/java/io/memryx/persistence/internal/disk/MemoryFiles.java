package io.memryx.persistence.internal.disk;

import io.memryx.persistence.StoreLockedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that knows what a power cut would leave: bytes that were forced, names in
 * directories that were synced, and of the rest whatever the test chooses. Every operation can be
 * counted and made to fail.
 */
public final class MemoryFiles implements StoreFiles {
  private final Map<Path, Directory> directories = new TreeMap<>();

  /** Directories whose removal is not durable yet. */
  private final Map<Path, Directory> removed = new TreeMap<>();

  private Fault fault = (index, operation) -> {};
  private int operations;
  private boolean locked;
  private boolean lockTaken;

  /** Writes take at most so many bytes at once. */
  public int largestWrite = Integer.MAX_VALUE;

  /** Bytes that can still be written. */
  public long space = Long.MAX_VALUE;

  /** Bytes that were read, mapped ones not among them. */
  public long bytesRead;

  /** What {@link #freeBytes} says, whether true or not. */
  public long saidToBeFree = Long.MAX_VALUE / 2;

  /** Whether forces and syncs do what they say; a control switches them off. */
  public boolean forces = true;

  public boolean syncs = true;

  /** Called before each operation that could fail, with its number; may throw. */
  public interface Fault {
    void before(int index, String operation) throws IOException;
  }

  /** What a power cut leaves of bytes that were not forced. */
  public enum Unforced {
    KEPT,
    LOST,
    HALF,
    ZEROED
  }

  private static final class Inode {
    byte[] bytes = new byte[0];
    byte[] forced = new byte[0];
  }

  private static final class Directory {
    final TreeMap<String, Inode> names = new TreeMap<>();
    final TreeMap<String, Inode> synced = new TreeMap<>();
    final List<Map<String, @Nullable Inode>> pending = new ArrayList<>();

    void change(Map<String, @Nullable Inode> change) {
      apply(change, names);
      pending.add(change);
    }

    static void apply(Map<String, @Nullable Inode> change, Map<String, Inode> names) {
      change.forEach(
          (name, inode) -> {
            if (inode == null) {
              names.remove(name);
            } else {
              names.put(name, inode);
            }
          });
    }
  }

  public void setFault(Fault fault) {
    this.fault = fault;
    this.operations = 0;
  }

  public int operations() {
    return operations;
  }

  private void operation(String operation) throws IOException {
    fault.before(operations++, operation);
  }

  /** The same files, independent of these; nothing is pending, nobody holds the lock. */
  public MemoryFiles copy() {
    return afterPowerCut(-1, Unforced.KEPT);
  }

  /** The largest number of changes in one directory that are not synced. */
  public int pendingChanges() {
    int names = directories.values().stream().mapToInt(each -> each.pending.size()).max().orElse(0);
    return removed.isEmpty() ? names : Math.max(names, 1);
  }

  /**
   * What a power cut would leave now.
   *
   * @param survivors which pending changes of a directory survive, a bit for each
   */
  public MemoryFiles afterPowerCut(int survivors, Unforced unforced) {
    var after = new MemoryFiles();
    var copies = new IdentityHashMap<Inode, Inode>();
    var left = new TreeMap<>(directories);
    if ((survivors & 1) == 0) {
      left.putAll(removed);
    }
    left.forEach(
        (path, directory) -> {
          var names = new TreeMap<>(directory.synced);
          for (int i = 0; i < directory.pending.size(); i++) {
            if ((survivors >> Math.min(i, 31) & 1) == 1) {
              Directory.apply(directory.pending.get(i), names);
            }
          }
          var copy = new Directory();
          names.forEach(
              (name, inode) ->
                  copy.names.put(name, copies.computeIfAbsent(inode, it -> cut(it, unforced))));
          copy.synced.putAll(copy.names);
          after.directories.put(path, copy);
        });
    return after;
  }

  private static Inode cut(Inode inode, Unforced unforced) {
    var copy = new Inode();
    int forced = inode.forced.length;
    int length = inode.bytes.length;
    copy.bytes =
        switch (unforced) {
          case KEPT -> inode.bytes.clone();
          case LOST -> inode.forced.clone();
          case HALF -> Arrays.copyOf(inode.bytes, forced + (length - forced) / 2);
          case ZEROED -> Arrays.copyOf(inode.forced, length);
        };
    copy.forced = copy.bytes;
    return copy;
  }

  /** The bytes of a file, to look at. */
  public byte[] bytes(Path file) {
    return inode(file).bytes.clone();
  }

  /** Replaces the bytes of a file, as only a failing disk would. */
  public void damage(Path file, byte[] bytes) {
    inode(file).bytes = bytes;
    inode(file).forced = bytes;
  }

  /** Puts a file there, as another program would. */
  public void put(Path file, byte[] bytes) {
    var inode = new Inode();
    inode.bytes = bytes;
    inode.forced = bytes;
    Directory parent = Objects.requireNonNull(directories.get(file.getParent()));
    parent.names.put(name(file), inode);
    parent.synced.put(name(file), inode);
  }

  /** Another process takes the lock's file away. */
  public void takeLock() {
    lockTaken = true;
  }

  private Inode inode(Path file) {
    Directory parent = directories.get(file.getParent());
    Inode inode = parent == null ? null : parent.names.get(name(file));
    if (inode == null) {
      throw new IllegalArgumentException(file + " is not there");
    }
    return inode;
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private Directory parent(Path file) throws IOException {
    Directory parent = directories.get(file.getParent());
    if (parent == null) {
      throw new NoSuchFileException(file.toString());
    }
    return parent;
  }

  private Inode existing(Path file) throws IOException {
    Inode inode = parent(file).names.get(name(file));
    if (inode == null) {
      throw new NoSuchFileException(file.toString());
    }
    return inode;
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    operation("createDirectories");
    removed.remove(directory);
    directories.putIfAbsent(directory, new Directory());
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    operation("list");
    Directory listed = directories.get(directory);
    if (listed == null) {
      throw new NoSuchFileException(directory.toString());
    }
    List<Path> entries = new ArrayList<>();
    listed.names.keySet().forEach(name -> entries.add(directory.resolve(name)));
    directories.keySet().stream()
        .filter(other -> directory.equals(other.getParent()))
        .forEach(entries::add);
    entries.sort(null);
    return entries;
  }

  @Override
  public boolean isDirectory(Path path) {
    return directories.containsKey(path);
  }

  @Override
  public boolean isFile(Path path) {
    Directory parent = directories.get(path.getParent());
    return parent != null && parent.names.containsKey(name(path));
  }

  @Override
  public Sink create(Path file) throws IOException {
    operation("create " + name(file));
    if (isFile(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    var inode = new Inode();
    parent(file).change(Map.of(name(file), inode));
    return new MemorySink(inode);
  }

  private final class MemorySink implements Sink {
    private final Inode inode;

    MemorySink(Inode inode) {
      this.inode = inode;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      operation("write");
      int count = (int) Math.min(Math.min(bytes.remaining(), largestWrite), space);
      if (count == 0) {
        throw new IOException("No space left on device");
      }
      space -= count;
      int length = inode.bytes.length;
      inode.bytes = Arrays.copyOf(inode.bytes, length + count);
      bytes.get(inode.bytes, length, count);
      return count;
    }

    @Override
    public void force() throws IOException {
      operation("force");
      if (forces) {
        inode.forced = inode.bytes;
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public Source open(Path file) throws IOException {
    operation("open " + name(file));
    byte[] bytes = existing(file).bytes;
    return new Source() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long position) throws IOException {
        operation("read");
        if (position >= bytes.length) {
          return -1;
        }
        int count = Math.min(target.remaining(), bytes.length - (int) position);
        target.put(bytes, (int) position, count);
        bytesRead += count;
        return count;
      }

      @Override
      public MemorySegment map(long position, long length) throws IOException {
        operation("map");
        return MemorySegment.ofArray(bytes).asSlice(position, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    operation("rename " + name(to));
    var change = new TreeMap<String, @Nullable Inode>();
    change.put(name(to), existing(from));
    change.put(name(from), null);
    parent(from).change(change);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    operation("link " + name(link));
    if (isFile(link)) {
      throw new FileAlreadyExistsException(link.toString());
    }
    parent(link).change(Map.of(name(link), existing(existing)));
  }

  @Override
  public void delete(Path file) throws IOException {
    operation("delete " + name(file));
    if (isFile(file)) {
      var change = new TreeMap<String, @Nullable Inode>();
      change.put(name(file), null);
      parent(file).change(change);
    }
  }

  @Override
  public void deleteDirectory(Path directory) throws IOException {
    operation("deleteDirectory");
    Directory deleted = directories.get(directory);
    if (deleted == null || !deleted.names.isEmpty()) {
      throw new IOException(directory + " is not there or not empty");
    }
    directories.remove(directory);
    removed.put(directory, deleted);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    operation("syncDirectory");
    if (syncs) {
      removed.keySet().removeIf(each -> directory.equals(each.getParent()));
    }
    Directory synced = directories.get(directory);
    if (syncs && synced != null) {
      synced.synced.clear();
      synced.synced.putAll(synced.names);
      synced.pending.clear();
    }
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return isFile(one) && isFile(other) && existing(one) == existing(other);
  }

  @Override
  public long freeBytes(Path directory) {
    return saidToBeFree;
  }

  @Override
  public Lock lock(Path directory) throws IOException {
    operation("lock");
    if (locked) {
      throw new StoreLockedException(directory.toString());
    }
    locked = true;
    put(directory.resolve(DiskFiles.LOCK), new byte[0]);
    return new Lock() {
      @Override
      public boolean isHeld() {
        return !lockTaken;
      }

      @Override
      public void close() {
        locked = false;
      }
    };
  }
}
