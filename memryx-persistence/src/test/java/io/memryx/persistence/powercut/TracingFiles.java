package io.memryx.persistence.powercut;

import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Event.Created;
import io.memryx.persistence.powercut.Event.Deleted;
import io.memryx.persistence.powercut.Event.DirectoryMade;
import io.memryx.persistence.powercut.Event.DirectoryRemoved;
import io.memryx.persistence.powercut.Event.DirectoryRenamed;
import io.memryx.persistence.powercut.Event.Forced;
import io.memryx.persistence.powercut.Event.Forced.Depth;
import io.memryx.persistence.powercut.Event.Linked;
import io.memryx.persistence.powercut.Event.Renamed;
import io.memryx.persistence.powercut.Event.Resized;
import io.memryx.persistence.powercut.Event.Synced;
import io.memryx.persistence.powercut.Event.Written;
import io.memryx.persistence.powercut.Medium.Image;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A file system in memory that writes down every change in the order in which they are made.
 * Thread-safe: one operation at a time.
 */
final class TracingFiles implements StoreFiles {
  private final MemoryFiles files;
  private final List<Event> events = new ArrayList<>();
  private final Map<Path, Integer> names = new HashMap<>();
  private int created;

  private TracingFiles(MemoryFiles files) {
    this.files = files;
  }

  /** Nothing yet; writes take at most so many bytes at once. */
  static TracingFiles empty(int largestWrite) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(Event.parent(MemoryStore.ROOT));
    files.largestWrite = largestWrite;
    return new TracingFiles(files);
  }

  /** What some events left, which goes on with the numbers after theirs. */
  static TracingFiles of(Image image, List<Event> before) throws IOException {
    var tracing = new TracingFiles(image.files());
    tracing.names.putAll(image.names());
    tracing.created = (int) before.stream().filter(Created.class::isInstance).count();
    return tracing;
  }

  /** The operation of this number, counted from now, fails. */
  void failAt(int number) {
    files.setFault(
        (index, _) -> {
          if (index == number) {
            throw new IOException("No space left on device");
          }
        });
  }

  /** How many operations there were since the last fault was set, or since the beginning. */
  int operations() {
    return files.operations();
  }

  /** Writes down what happened at a client. */
  synchronized void add(Event event) {
    events.add(event);
  }

  /** Everything that happened until now. */
  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  private int file(Path name) {
    return names.getOrDefault(name, 0);
  }

  @Override
  public synchronized void createDirectories(Path directory) throws IOException {
    if (!files.isDirectory(directory)) {
      files.createDirectories(directory);
      events.add(new DirectoryMade(directory));
      events.add(new Synced(Event.parent(directory)));
    }
  }

  @Override
  public synchronized List<Path> list(Path directory) throws IOException {
    return files.list(directory);
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    return files.isDirectory(path);
  }

  @Override
  public synchronized boolean isFile(Path path) {
    return files.isFile(path);
  }

  @Override
  public synchronized Sink create(Path file) throws IOException {
    Sink sink = files.create(file);
    int number = ++created;
    names.put(file, number);
    events.add(new Created(file, number));
    return new TracingSink(sink, number);
  }

  private final class TracingSink implements Sink {
    private final Sink sink;
    private final int file;
    private long size;

    TracingSink(Sink sink, int file) {
      this.sink = sink;
      this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      synchronized (TracingFiles.this) {
        ByteBuffer given = bytes.duplicate();
        int count = sink.write(bytes);
        byte[] taken = new byte[count];
        given.get(taken);
        events.add(new Written(file, size, taken));
        size += count;
        return count;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (TracingFiles.this) {
        sink.force();
        events.add(new Forced(file, Depth.BYTES_AND_SIZE));
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (TracingFiles.this) {
        sink.close();
      }
    }
  }

  @Override
  public synchronized Extent openExtent(Path file) throws IOException {
    return new TracingExtent(files.openExtent(file), file(file));
  }

  private final class TracingExtent implements Extent {
    private final Extent extent;
    private final int file;

    TracingExtent(Extent extent, int file) {
      this.extent = extent;
      this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      synchronized (TracingFiles.this) {
        ByteBuffer given = bytes.duplicate();
        int count = extent.write(bytes, position);
        byte[] taken = new byte[count];
        given.get(taken);
        events.add(new Written(file, position, taken));
        return count;
      }
    }

    @Override
    public void setSize(long bytes) throws IOException {
      synchronized (TracingFiles.this) {
        extent.setSize(bytes);
        events.add(new Resized(file, bytes));
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (TracingFiles.this) {
        extent.force();
        events.add(new Forced(file, Depth.BYTES));
      }
    }

    @Override
    public void forceSize() throws IOException {
      synchronized (TracingFiles.this) {
        extent.forceSize();
        events.add(new Forced(file, Depth.BYTES_AND_SIZE));
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (TracingFiles.this) {
        extent.close();
      }
    }
  }

  @Override
  public synchronized Source open(Path file) throws IOException {
    return new LockedSource(files.open(file));
  }

  private final class LockedSource implements Source {
    private final Source source;

    LockedSource(Source source) {
      this.source = source;
    }

    @Override
    public long size() throws IOException {
      synchronized (TracingFiles.this) {
        return source.size();
      }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      synchronized (TracingFiles.this) {
        return source.read(target, position);
      }
    }

    @Override
    public MemorySegment map(long position, long bytes) throws IOException {
      synchronized (TracingFiles.this) {
        return source.map(position, bytes);
      }
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    if (files.isDirectory(from)) {
      files.rename(from, to);
      renameDirectory(new DirectoryRenamed(from, to));
      return;
    }
    files.rename(from, to);
    int file = file(from);
    names.remove(from);
    names.put(to, file);
    events.add(new Renamed(from, to, file));
  }

  private void renameDirectory(DirectoryRenamed renamed) {
    for (Path name : List.copyOf(names.keySet())) {
      if (name.startsWith(renamed.from())) {
        names.put(renamed.after(name), Objects.requireNonNull(names.remove(name)));
      }
    }
    events.add(renamed);
  }

  @Override
  public synchronized void link(Path existing, Path link) throws IOException {
    files.link(existing, link);
    names.put(link, file(existing));
    events.add(new Linked(link, file(existing)));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    if (files.isFile(file)) {
      files.delete(file);
      names.remove(file);
      events.add(new Deleted(file));
    }
  }

  @Override
  public synchronized void deleteDirectory(Path directory) throws IOException {
    files.deleteDirectory(directory);
    events.add(new DirectoryRemoved(directory));
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    files.syncDirectory(directory);
    events.add(new Synced(directory));
  }

  @Override
  public synchronized boolean isSameFile(Path one, Path other) throws IOException {
    return files.isSameFile(one, other);
  }

  @Override
  public long freeBytes(Path directory) {
    return files.freeBytes(directory);
  }

  @Override
  public synchronized Lock lock(Path directory) throws IOException {
    // The lock's file is nobody's data: an opening makes it again.
    return files.lock(directory);
  }
}
