package io.memryx.persistence.internal.wal;

import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes changes apart into payloads of at most {@link FrameHeader#MAX_PAYLOAD_BYTES}, so that a
 * change of any size is never there in its encoded form as a whole. Not thread-safe.
 *
 * <pre>
 * UPSERT    count u32, dimension u32, count sizes of ids, ids, count sizes of metadata, metadata,
 *           count × dimension float32
 * DELETION  count u32, count sizes of ids, ids
 * </pre>
 *
 * Sizes are LEB128 numbers, integers and floats little-endian.
 */
final class ChangeEncoder {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LEB128_BITS = 7;

  private final List<LoggedEntry> entries = new ArrayList<>();
  private final List<byte[]> ids = new ArrayList<>();
  private final List<byte[]> metadata = new ArrayList<>();
  private long payloadBytes;
  private float[] vector = new float[0];

  /** What takes the payloads of a change. */
  interface Frames {
    /** Makes room for a payload, and gives the buffer at whose position it begins. */
    ByteBuffer begin(int payloadBytes) throws IOException;

    /** The memory of that buffer. */
    MemorySegment memory();

    /** Ends the frame. */
    void end(int payloadBytes, FrameType type, boolean end) throws IOException;
  }

  /** Encodes a change. */
  void encode(Change change, Frames frames) throws IOException {
    clear();
    switch (change) {
      case Change.Upsert(var upserted) -> {
        for (LoggedEntry entry : upserted) {
          add(entry, frames);
        }
        endUpsert(frames, true);
      }
      case Change.Deletion(var deleted) -> {
        for (byte[] id : deleted) {
          add(id, frames);
        }
        endDeletion(frames, true);
      }
    }
  }

  private void clear() {
    entries.clear();
    ids.clear();
    metadata.clear();
    payloadBytes = 0;
  }

  private static int sized(byte[] bytes) {
    return sizeBytes(bytes.length) + bytes.length;
  }

  private static int sizeBytes(int size) {
    return Math.max(
        1, (Integer.SIZE - Integer.numberOfLeadingZeros(size) + LEB128_BITS - 1) / LEB128_BITS);
  }

  private void add(LoggedEntry entry, Frames frames) throws IOException {
    byte[] id = entry.id();
    byte[] fields = entry.metadata();
    long bytes = (long) sized(id) + sized(fields) + (long) entry.dimension() * Float.BYTES;
    if (payloadBytes + bytes > FrameHeader.MAX_PAYLOAD_BYTES && !entries.isEmpty()) {
      endUpsert(frames, false);
    }
    if (entries.isEmpty()) {
      payloadBytes = 2 * Integer.BYTES;
    }
    entries.add(entry);
    ids.add(id);
    metadata.add(fields);
    payloadBytes += bytes;
  }

  private void endUpsert(Frames frames, boolean end) throws IOException {
    int bytes = Math.toIntExact(payloadBytes);
    ByteBuffer target = frames.begin(bytes);
    int dimension = entries.getFirst().dimension();
    target.putInt(entries.size()).putInt(dimension);
    putTexts(target, ids);
    putTexts(target, metadata);
    if (vector.length != dimension) {
      vector = new float[dimension];
    }
    MemorySegment memory = frames.memory();
    long at = target.position();
    for (LoggedEntry entry : entries) {
      entry.copyVectorTo(vector, 0);
      MemorySegment.copy(vector, 0, memory, FLOAT, at, dimension);
      at += (long) dimension * Float.BYTES;
    }
    target.position(Math.toIntExact(at));
    frames.end(bytes, FrameType.UPSERT, end);
    clear();
  }

  private void add(byte[] id, Frames frames) throws IOException {
    if (payloadBytes + sized(id) > FrameHeader.MAX_PAYLOAD_BYTES && !ids.isEmpty()) {
      endDeletion(frames, false);
    }
    if (ids.isEmpty()) {
      payloadBytes = Integer.BYTES;
    }
    ids.add(id);
    payloadBytes += sized(id);
  }

  private void endDeletion(Frames frames, boolean end) throws IOException {
    int bytes = Math.toIntExact(payloadBytes);
    ByteBuffer target = frames.begin(bytes);
    target.putInt(ids.size());
    putTexts(target, ids);
    frames.end(bytes, FrameType.DELETION, end);
    clear();
  }

  private static void putTexts(ByteBuffer target, List<byte[]> texts) {
    for (byte[] text : texts) {
      int left = text.length;
      for (; left >= 1 << LEB128_BITS; left >>>= LEB128_BITS) {
        target.put((byte) (left | 1 << LEB128_BITS));
      }
      target.put((byte) left);
    }
    for (byte[] text : texts) {
      target.put(text);
    }
  }
}
