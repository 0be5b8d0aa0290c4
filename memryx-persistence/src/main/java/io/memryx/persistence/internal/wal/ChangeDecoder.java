package io.memryx.persistence.internal.wal;

import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Puts a change together from the payloads of its frames. Entries are views of those bytes: they
 * are good for as long as these stay.
 */
final class ChangeDecoder {
  private static final int LEB128_BITS = 7;

  private ChangeDecoder() {}

  /** Bytes that no change was encoded to. */
  static final class MalformedChangeException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedChangeException(String message) {
      super(message);
    }
  }

  /** Bytes of one frame. */
  static final class Payload {
    /** Stands for one that nobody wants. */
    static final Payload EMPTY = new Payload(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int to;

    Payload(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }

    /** The same bytes, which nobody else changes. */
    Payload copy() {
      return new Payload(Arrays.copyOfRange(bytes, from, to), 0, to - from);
    }
  }

  /** Decodes a change of one frame or more, all of one type. */
  static Change decode(FrameType type, List<Payload> payloads) throws MalformedChangeException {
    return switch (type) {
      case UPSERT -> upsert(payloads);
      case DELETION -> deletion(payloads);
      case MARKER, SEAL -> throw new IllegalArgumentException(type + " is no change");
    };
  }

  private static Change upsert(List<Payload> payloads) throws MalformedChangeException {
    List<EntryBlock> blocks = new ArrayList<>(payloads.size());
    for (Payload payload : payloads) {
      blocks.add(new EntryBlock(payload));
    }
    return new Change.Upsert(blocks.size() == 1 ? blocks.getFirst() : new EntryBlocks(blocks));
  }

  private static Change deletion(List<Payload> payloads) throws MalformedChangeException {
    List<byte[]> ids = new ArrayList<>();
    for (Payload payload : payloads) {
      var cursor = new Cursor(payload);
      Texts texts = cursor.texts(cursor.count());
      if (cursor.left() != 0) {
        throw new MalformedChangeException(cursor.left() + " bytes follow the ids of a deletion");
      }
      for (int i = 0; i < texts.count(); i++) {
        ids.add(texts.get(i));
      }
    }
    return new Change.Deletion(ids);
  }

  /** Reads a payload from its beginning. */
  private static final class Cursor {
    private final ByteBuffer bytes;

    Cursor(Payload payload) {
      bytes =
          ByteBuffer.wrap(payload.bytes, payload.from, payload.to - payload.from)
              .order(ByteOrder.LITTLE_ENDIAN);
    }

    int left() {
      return bytes.remaining();
    }

    int number() throws MalformedChangeException {
      if (left() < Integer.BYTES) {
        throw new MalformedChangeException("a payload of less than its counts");
      }
      return bytes.getInt();
    }

    /** Each thing that is counted has a byte at least. */
    int count() throws MalformedChangeException {
      int count = number();
      if (count < 1 || count > left()) {
        throw new MalformedChangeException("%d in %d bytes".formatted(count, left()));
      }
      return count;
    }

    Texts texts(int count) throws MalformedChangeException {
      int[] ends = new int[count];
      long end = 0;
      for (int i = 0; i < count; i++) {
        end += size();
        if (end > left()) {
          throw new MalformedChangeException("sizes of %d bytes, %d left".formatted(end, left()));
        }
        ends[i] = (int) end;
      }
      var texts = new Texts(bytes.array(), bytes.position(), ends);
      bytes.position(bytes.position() + (int) end);
      return texts;
    }

    private int size() throws MalformedChangeException {
      int size = 0;
      for (int shift = 0; shift < Integer.SIZE - LEB128_BITS && left() > 0; shift += LEB128_BITS) {
        byte part = bytes.get();
        size |= (part & (1 << LEB128_BITS) - 1) << shift;
        if (part >= 0) {
          return size;
        }
      }
      throw new MalformedChangeException("a size that does not end");
    }

    int position() {
      return bytes.position();
    }
  }

  /** Texts that lie one after the other. */
  private static final class Texts {
    private final byte[] bytes;
    private final int from;
    private final int[] ends;

    Texts(byte[] bytes, int from, int[] ends) {
      this.bytes = bytes;
      this.from = from;
      this.ends = ends;
    }

    int count() {
      return ends.length;
    }

    byte[] get(int index) {
      int begin = index == 0 ? 0 : ends[index - 1];
      return Arrays.copyOfRange(bytes, from + begin, from + ends[index]);
    }
  }

  /** The entries of one frame. */
  private static final class EntryBlock extends AbstractCollection<LoggedEntry> {
    private final Texts ids;
    private final Texts metadata;
    private final int dimension;
    private final MemorySegment bytes;
    private final long vectors;

    EntryBlock(Payload payload) throws MalformedChangeException {
      var cursor = new Cursor(payload);
      int count = cursor.count();
      dimension = cursor.number();
      ids = cursor.texts(count);
      metadata = cursor.texts(count);
      bytes = MemorySegment.ofArray(payload.bytes);
      vectors = cursor.position();
      if (dimension < 1 || (long) count * dimension * Float.BYTES != cursor.left()) {
        throw new MalformedChangeException(
            "%d vectors of %d dimensions in %d bytes".formatted(count, dimension, cursor.left()));
      }
    }

    @Override
    public int size() {
      return ids.count();
    }

    @Override
    public Iterator<LoggedEntry> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < ids.count();
        }

        @Override
        public LoggedEntry next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          return new StoredEntry(EntryBlock.this, next++);
        }
      };
    }
  }

  private record StoredEntry(EntryBlock block, int index) implements LoggedEntry {
    @Override
    public byte[] id() {
      return block.ids.get(index);
    }

    @Override
    public byte[] metadata() {
      return block.metadata.get(index);
    }

    @Override
    public int dimension() {
      return block.dimension;
    }

    @Override
    public void copyVectorTo(float[] target, int offset) {
      long from = block.vectors + (long) index * block.dimension * Float.BYTES;
      MemorySegment.copy(block.bytes, ChangeEncoder.FLOAT, from, target, offset, block.dimension);
    }
  }

  /** The entries of many frames. */
  private static final class EntryBlocks extends AbstractCollection<LoggedEntry> {
    private final List<EntryBlock> blocks;

    EntryBlocks(List<EntryBlock> blocks) {
      this.blocks = blocks;
    }

    @Override
    public int size() {
      return blocks.stream().mapToInt(Collection::size).sum();
    }

    @Override
    public Iterator<LoggedEntry> iterator() {
      return blocks.stream().flatMap(Collection::stream).iterator();
    }
  }
}
