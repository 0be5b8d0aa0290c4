package io.memryx.persistence.internal.disk;

import io.memryx.persistence.StoreLockedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The real file system. */
public final class DiskFiles implements StoreFiles {
  /** The file that the one writer of a store holds. */
  public static final String LOCK = "LOCK";

  /** Windows can't open directories; there, renames are durable by themselves. */
  private static final boolean SYNCS_DIRECTORIES =
      !System.getProperty("os.name", "").startsWith("Windows");

  /**
   * Directories that are locked in this JVM. A POSIX lock belongs to the process and is lost when
   * any channel on its file is closed, so the file must never be opened a second time.
   */
  private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

  @Override
  public void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Sink create(Path file) throws IOException {
    return new ChannelSink(
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public Source open(Path file) throws IOException {
    return new ChannelSource(FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public Extent openExtent(Path file) throws IOException {
    if (!isFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return new RandomAccessExtent(new RandomAccessFile(file.toFile(), "rw"));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    try {
      Files.createLink(link, existing);
    } catch (UnsupportedOperationException e) {
      throw new IOException("the file system has no hard links", e);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void deleteDirectory(Path directory) throws IOException {
    Files.delete(directory);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (SYNCS_DIRECTORIES) {
      try (FileChannel channel = openDirectory(directory)) {
        channel.force(true);
      }
    }
  }

  private static FileChannel openDirectory(Path directory) throws UnopenedException {
    try {
      return FileChannel.open(directory, StandardOpenOption.READ);
    } catch (IOException e) {
      throw new UnopenedException(directory, e);
    }
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    try {
      return Files.isSameFile(one, other);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public long freeBytes(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public Lock lock(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!LOCKED.add(real)) {
      throw new StoreLockedException(directory.toString());
    }
    try {
      return new FileLockHeld(real, lockedChannel(directory, real.resolve(LOCK)));
    } catch (IOException | RuntimeException e) {
      LOCKED.remove(real);
      throw e;
    }
  }

  private static FileChannel lockedChannel(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another class loader of this JVM holds it: the same answer as for another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new StoreLockedException(directory.toString());
  }

  private record ChannelSink(FileChannel channel) implements Sink {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** A channel can't make a file longer without writing to it; a random-access file can. */
  private record RandomAccessExtent(RandomAccessFile file) implements Extent {
    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      return file.getChannel().write(bytes, position);
    }

    @Override
    public void setSize(long bytes) throws IOException {
      file.setLength(bytes);
    }

    @Override
    public void force() throws IOException {
      file.getChannel().force(false);
    }

    @Override
    public void forceSize() throws IOException {
      file.getChannel().force(true);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private record ChannelSource(FileChannel channel) implements Source {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    /**
     * The garbage collector ends the mapping. An arena that is closed would have to know when the
     * last search that may touch it has ended, and every touch would pay for that.
     */
    @Override
    public MemorySegment map(long position, long bytes) throws IOException {
      return channel.map(FileChannel.MapMode.READ_ONLY, position, bytes, Arena.ofAuto());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class FileLockHeld implements Lock {
    private final Path directory;
    private final FileChannel channel;
    private final @Nullable Object identity;

    FileLockHeld(Path directory, FileChannel channel) throws IOException {
      this.directory = directory;
      this.channel = channel;
      this.identity = identity();
    }

    /** Asks for attributes only: opening the file and closing it again would drop the lock. */
    private @Nullable Object identity() throws IOException {
      return Files.readAttributes(directory.resolve(LOCK), BasicFileAttributes.class).fileKey();
    }

    @Override
    public boolean isHeld() {
      try {
        return channel.isOpen() && Objects.equals(identity, identity());
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        LOCKED.remove(directory);
      }
    }
  }
}
