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
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /** Files that are open for writing at any place. */
  public int openExtents;

  /** The most of them at any time. */
  public int mostOpenExtents;

  /** Whether forces and syncs do what they say; a control switches them off. */
  public boolean forces = true;

  public boolean syncs = true;

  /** Called before each operation that could fail, with its number; may throw. */
  public interface Fault {
    void before(int index, String operation) throws IOException;
  }

  /** What a power cut leaves of what was written to a file and not forced. */
  public enum Unforced {
    /** All of it. */
    KEPT,
    /** Nothing. */
    LOST,
    /** The first half, in the order it was written. */
    HALF,
    /** The size, and zeros in the place of what was written. */
    ZEROED,
    /** All but the first sector of the first write. */
    FIRST_SECTOR_LOST,
    /** All but the first write. */
    FIRST_LOST,
    /** All but the last write. */
    LAST_LOST
  }

  private static final int SECTOR_BYTES = 512;
  private static final int PAGE_BYTES = 4_096;

  /** Something done to a file that is not forced yet: bytes at a place, or no bytes and a size. */
  private static final class Pending {
    private final int position;
    private final byte[] bytes;

    Pending(int position, byte[] bytes) {
      this.position = position;
      this.bytes = bytes;
    }

    byte[] appliedTo(byte[] file) {
      if (bytes.length == 0) {
        return Arrays.copyOf(file, position);
      }
      int end = position + bytes.length;
      byte[] after = end > file.length ? Arrays.copyOf(file, end) : file;
      System.arraycopy(bytes, 0, after, position, bytes.length);
      return after;
    }

    /** Without what lies in its first sector. */
    Pending withoutFirstSector() {
      int lost = Math.min(bytes.length, SECTOR_BYTES - position % SECTOR_BYTES);
      return new Pending(position + lost, Arrays.copyOfRange(bytes, lost, bytes.length));
    }
  }

  private static final class Inode {
    byte[] bytes;
    byte[] forced;
    final List<Pending> pending = new ArrayList<>();
    final BitSet pages = new BitSet();

    Inode(byte[] bytes) {
      this.bytes = bytes;
      this.forced = bytes.clone();
      for (int at = 0; at < bytes.length; at++) {
        if (bytes[at] != 0) {
          pages.set(at / PAGE_BYTES);
        }
      }
    }

    void change(Pending change) {
      bytes = change.appliedTo(bytes);
      pending.add(change);
    }

    void force() {
      forced = bytes.clone();
      pending.clear();
    }

    byte[] after(Unforced unforced) {
      return switch (unforced) {
        case KEPT -> bytes.clone();
        case LOST -> forced.clone();
        case HALF -> afterHalf();
        case ZEROED ->
            after(pending.stream().map(it -> new Pending(it.position, new byte[it.bytes.length])));
        case FIRST_SECTOR_LOST -> withoutFirst(true);
        case FIRST_LOST -> withoutFirst(false);
        case LAST_LOST -> after(pending.stream().limit(Math.max(0, pending.size() - 1)));
      };
    }

    byte[] after(Stream<Pending> kept) {
      return kept.reduce(forced.clone(), (file, each) -> each.appliedTo(file), (one, two) -> two);
    }

    private byte[] withoutFirst(boolean sectorOnly) {
      int first = 0;
      while (first < pending.size() && pending.get(first).bytes.length == 0) {
        first++;
      }
      List<Pending> kept = new ArrayList<>(pending);
      if (first < kept.size()) {
        Pending lost = kept.remove(first);
        Pending rest = lost.withoutFirstSector();
        if (sectorOnly && rest.bytes.length > 0) {
          kept.add(first, rest);
        }
      }
      return after(kept.stream());
    }

    private byte[] afterHalf() {
      int left = pending.stream().mapToInt(each -> each.bytes.length).sum() / 2;
      byte[] file = forced.clone();
      for (Pending each : pending) {
        if (left == 0) {
          break;
        }
        int taken = Math.min(left, each.bytes.length);
        file = new Pending(each.position, Arrays.copyOf(each.bytes, taken)).appliedTo(file);
        left -= taken;
      }
      return file;
    }
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

  public synchronized void setFault(Fault fault) {
    this.fault = fault;
    this.operations = 0;
  }

  public synchronized int operations() {
    return operations;
  }

  /** Not under the monitor: a fault may wait. */
  private void operation(String operation) throws IOException {
    Fault now;
    int index;
    synchronized (this) {
      now = fault;
      index = operations++;
    }
    now.before(index, operation);
  }

  /** The same files, independent of these; nothing is pending, nobody holds the lock. */
  public MemoryFiles copy() {
    return afterPowerCut(-1, Unforced.KEPT);
  }

  /** The largest number of changes in one directory that are not synced. */
  public synchronized int pendingChanges() {
    int names = directories.values().stream().mapToInt(each -> each.pending.size()).max().orElse(0);
    return removed.isEmpty() ? names : Math.max(names, 1);
  }

  /** The largest number of writes and sizes of one file that are not forced. */
  public synchronized int pendingWrites() {
    return directories.values().stream()
        .flatMap(each -> Stream.concat(each.names.values().stream(), each.synced.values().stream()))
        .mapToInt(each -> each.pending.size())
        .max()
        .orElse(0);
  }

  /**
   * What a power cut would leave now.
   *
   * @param survivors which pending changes of a directory survive, a bit for each
   */
  public MemoryFiles afterPowerCut(int survivors, Unforced unforced) {
    return afterPowerCut(survivors, inode -> inode.after(unforced));
  }

  /**
   * What a power cut would leave now.
   *
   * @param survivors which pending changes of a directory survive, a bit for each
   * @param writes which pending writes and sizes of a file survive, a bit for each
   */
  public MemoryFiles afterPowerCut(int survivors, int writes) {
    return afterPowerCut(
        survivors,
        inode ->
            inode.after(
                IntStream.range(0, inode.pending.size())
                    .filter(each -> (writes >> Math.min(each, 31) & 1) == 1)
                    .mapToObj(inode.pending::get)));
  }

  private synchronized MemoryFiles afterPowerCut(int survivors, Function<Inode, byte[]> left) {
    var after = new MemoryFiles();
    var copies = new IdentityHashMap<Inode, Inode>();
    var there = new TreeMap<>(directories);
    if ((survivors & 1) == 0) {
      there.putAll(removed);
    }
    there.forEach(
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
                  copy.names.put(
                      name, copies.computeIfAbsent(inode, it -> new Inode(left.apply(it)))));
          copy.synced.putAll(copy.names);
          after.directories.put(path, copy);
        });
    return after;
  }

  /** The bytes of a file, to look at. */
  public synchronized byte[] bytes(Path file) {
    return inode(file).bytes.clone();
  }

  /** Replaces the bytes of a file, as only a failing disk would. */
  public synchronized void damage(Path file, byte[] bytes) {
    Inode inode = inode(file);
    inode.bytes = bytes.clone();
    inode.force();
  }

  /** Puts a file there, as another program would. */
  public synchronized void put(Path file, byte[] bytes) {
    var inode = new Inode(bytes.clone());
    Directory parent = Objects.requireNonNull(directories.get(file.getParent()));
    parent.names.put(name(file), inode);
    parent.synced.put(name(file), inode);
  }

  /** The process that holds the lock ends. */
  public synchronized void dropLock() {
    locked = false;
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
    synchronized (this) {
      removed.remove(directory);
      directories.putIfAbsent(directory, new Directory());
    }
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    operation("list");
    synchronized (this) {
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
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    return directories.containsKey(path);
  }

  @Override
  public synchronized boolean isFile(Path path) {
    Directory parent = directories.get(path.getParent());
    return parent != null && parent.names.containsKey(name(path));
  }

  @Override
  public Sink create(Path file) throws IOException {
    operation("create " + name(file));
    synchronized (this) {
      if (isFile(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      var inode = new Inode(new byte[0]);
      parent(file).change(Map.of(name(file), inode));
      return new MemorySink(inode);
    }
  }

  private final class MemorySink implements Sink {
    private final Inode inode;

    MemorySink(Inode inode) {
      this.inode = inode;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      operation("write");
      synchronized (MemoryFiles.this) {
        int count = (int) Math.min(Math.min(bytes.remaining(), largestWrite), space);
        if (count == 0) {
          throw new IOException("No space left on device");
        }
        space -= count;
        byte[] taken = new byte[count];
        bytes.get(taken);
        inode.change(new Pending(inode.bytes.length, taken));
        return count;
      }
    }

    @Override
    public void force() throws IOException {
      operation("force");
      forceInode(inode);
    }

    @Override
    public void close() {}
  }

  private synchronized void forceInode(Inode inode) {
    if (forces) {
      inode.force();
    }
  }

  @Override
  public Extent openExtent(Path file) throws IOException {
    operation("openExtent " + name(file));
    synchronized (this) {
      openExtents++;
      mostOpenExtents = Math.max(mostOpenExtents, openExtents);
      return new MemoryExtent(existing(file), name(file));
    }
  }

  /** Takes space by pages; one that has bytes may be written again on a full disk. */
  private final class MemoryExtent implements Extent {
    private final Inode inode;
    private final String name;

    MemoryExtent(Inode inode, String name) {
      this.inode = inode;
      this.name = name;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      operation("write " + name);
      synchronized (MemoryFiles.this) {
        int count = room((int) position, Math.min(bytes.remaining(), largestWrite));
        if (count == 0) {
          throw new IOException("No space left on device");
        }
        byte[] taken = new byte[count];
        bytes.get(taken);
        inode.change(new Pending((int) position, taken));
        return count;
      }
    }

    /** How many of some bytes there is space for; takes it. */
    private int room(int position, int wanted) {
      int at = position;
      while (at < position + wanted) {
        int page = at / PAGE_BYTES;
        if (!inode.pages.get(page)) {
          if (space < PAGE_BYTES) {
            break;
          }
          space -= PAGE_BYTES;
          inode.pages.set(page);
        }
        at = (page + 1) * PAGE_BYTES;
      }
      return Math.min(at, position + wanted) - position;
    }

    @Override
    public void setSize(long bytes) throws IOException {
      operation("setSize " + name);
      synchronized (MemoryFiles.this) {
        inode.change(new Pending(Math.toIntExact(bytes), new byte[0]));
      }
    }

    @Override
    public void force() throws IOException {
      operation("force " + name);
      forceInode(inode);
    }

    @Override
    public void forceSize() throws IOException {
      operation("forceSize " + name);
      forceInode(inode);
    }

    @Override
    public void close() throws IOException {
      operation("closeExtent " + name);
      synchronized (MemoryFiles.this) {
        openExtents--;
      }
    }
  }

  @Override
  public Source open(Path file) throws IOException {
    operation("open " + name(file));
    synchronized (this) {
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
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    operation("rename " + name(to));
    synchronized (this) {
      if (directories.containsKey(from)) {
        renameDirectory(from, to);
        return;
      }
      var change = new TreeMap<String, @Nullable Inode>();
      change.put(name(to), existing(from));
      change.put(name(from), null);
      parent(from).change(change);
    }
  }

  /** Durable at once; no test cuts the power between this and the sync behind it. */
  private void renameDirectory(Path from, Path to) throws IOException {
    if (directories.containsKey(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    for (Path each : List.copyOf(directories.keySet())) {
      if (each.startsWith(from)) {
        directories.put(
            to.resolve(from.relativize(each)).normalize(),
            Objects.requireNonNull(directories.remove(each)));
      }
    }
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    operation("link " + name(link));
    synchronized (this) {
      if (isFile(link)) {
        throw new FileAlreadyExistsException(link.toString());
      }
      parent(link).change(Map.of(name(link), existing(existing)));
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    operation("delete " + name(file));
    synchronized (this) {
      if (isFile(file)) {
        var change = new TreeMap<String, @Nullable Inode>();
        change.put(name(file), null);
        parent(file).change(change);
      }
    }
  }

  @Override
  public void deleteDirectory(Path directory) throws IOException {
    operation("deleteDirectory");
    synchronized (this) {
      Directory deleted = directories.get(directory);
      if (deleted == null || !deleted.names.isEmpty()) {
        throw new IOException(directory + " is not there or not empty");
      }
      directories.remove(directory);
      removed.put(directory, deleted);
    }
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    operation("syncDirectory");
    synchronized (this) {
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
    synchronized (this) {
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
}
