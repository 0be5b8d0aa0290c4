package io.memryx.persistence.internal.file;

import io.memryx.persistence.FencedException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** Objects in memory, in nothing but the five operations: no files, no directory, no lock. */
final class MemoryObjects implements ObjectStore {
  final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

  /** Names of objects that can't be read, such as for want of a right. */
  final Set<String> unreadable = new HashSet<>();

  /** What was done, in order. */
  final List<String> done = new ArrayList<>();

  @Override
  public String location(String name) {
    return "memory:" + name;
  }

  @Override
  public List<String> list() {
    return List.copyOf(objects.keySet());
  }

  @Override
  public StoreFiles.Source get(String name) throws IOException {
    if (unreadable.contains(name)) {
      throw new AccessDeniedException(name);
    }
    byte[] bytes = objects.get(name);
    if (bytes == null) {
      throw new NoSuchFileException(name);
    }
    return source(bytes);
  }

  @Override
  public void put(String name, Content content) throws IOException {
    done.add("put " + name);
    switch (content) {
      case Content.Written written -> {
        var sink = new Written();
        written.writeTo(sink);
        written.verify(source(sink.bytes));
        objects.put(name, sink.bytes);
      }
      case Content.CopyOf(String original) ->
          objects.put(name, Objects.requireNonNull(objects.get(original)));
    }
  }

  @Override
  public void createIfAbsent(String name, ByteBuffer bytes) {
    done.add("createIfAbsent " + name);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    if (objects.putIfAbsent(name, copy) != null) {
      throw new FencedException(name + " is another writer's", null);
    }
  }

  @Override
  public void delete(Collection<String> names) {
    names.forEach(name -> done.add("delete " + name));
    objects.keySet().removeAll(names);
  }

  private static final class Written implements StoreFiles.Sink {
    private byte[] bytes = new byte[0];

    @Override
    public int write(ByteBuffer source) {
      int length = bytes.length;
      int count = source.remaining();
      bytes = Arrays.copyOf(bytes, length + count);
      source.get(bytes, length, count);
      return count;
    }

    @Override
    public void force() {}

    @Override
    public void close() {}
  }

  private static StoreFiles.Source source(byte[] bytes) {
    return new StoreFiles.Source() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long position) {
        if (position >= bytes.length) {
          return -1;
        }
        int count = Math.min(target.remaining(), bytes.length - (int) position);
        target.put(bytes, (int) position, count);
        return count;
      }

      @Override
      public MemorySegment map(long position, long length) {
        return MemorySegment.ofArray(bytes).asSlice(position, length);
      }

      @Override
      public void close() {}
    };
  }
}
