package io.memryx.server.http;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as far as it has arrived: counted, and within the limit. It is kept in blocks,
 * which are let go of as they are read: a large body and what is made of it are not in memory
 * together. Used by one thread at a time.
 */
final class ReceivedBody {
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final int FIRST_BLOCK_BYTES = 4 * 1024;

  /** The length of a body that comes in chunks. */
  private static final long UNKNOWN = -1;

  private final long maxBytes;
  private final long announcedBytes;
  private final BodiesUnderWay.Held held;
  private final ArrayDeque<byte[]> blocks = new ArrayDeque<>();
  private int usedOfLast;
  private long bytes;

  /** Nothing yet, of a body of unknown length. */
  ReceivedBody(long maxBytes, BodiesUnderWay.Held held) {
    this(new Lengths(maxBytes, UNKNOWN), held);
  }

  /** Nothing yet. */
  ReceivedBody(Lengths lengths, BodiesUnderWay.Held held) {
    this.maxBytes = lengths.maxBytes;
    this.announcedBytes = lengths.announcedBytes;
    this.held = held;
  }

  /**
   * What is known of a body before it comes.
   *
   * @param maxBytes most that it may have
   * @param announcedBytes what its client says it has, or -1 if it says nothing
   */
  record Lengths(long maxBytes, long announcedBytes) {}

  /**
   * Takes what arrived.
   *
   * @throws io.memryx.server.problem.ProblemException if it is too much
   */
  void append(ByteBuffer arrived) {
    bytes += arrived.remaining();
    if (bytes > maxBytes) {
      throw BodyStream.tooLarge(maxBytes);
    }
    held.add(arrived.remaining());
    while (arrived.hasRemaining()) {
      byte[] block = blockWithRoom(arrived.remaining());
      int copied = Math.min(arrived.remaining(), block.length - usedOfLast);
      arrived.get(block, usedOfLast, copied);
      usedOfLast += copied;
    }
  }

  /**
   * Bodies get blocks of what is still to come, small ones so a single one; a body that drips in
   * fills blocks all the same. No client gets more than a block by what it only announces.
   */
  private byte[] blockWithRoom(int wanted) {
    byte[] last = blocks.peekLast();
    if (last != null && usedOfLast < last.length) {
      return last;
    }
    long toCome = wanted + Math.max(0, announcedBytes - bytes);
    long size = announcedBytes < 0 ? (last == null ? FIRST_BLOCK_BYTES : BLOCK_BYTES) : toCome;
    byte[] block = new byte[Math.clamp(size, Math.min(wanted, BLOCK_BYTES), BLOCK_BYTES)];
    blocks.add(block);
    usedOfLast = 0;
    return block;
  }

  /** Bytes that have arrived. */
  long bytes() {
    return bytes;
  }

  /** Digests all of it; to be called before it is read. */
  void digestInto(MessageDigest digest) {
    for (byte[] block : blocks) {
      digest.update(block, 0, used(block));
    }
  }

  // The last block is that very array, not one with the same bytes.
  @SuppressWarnings("ReferenceEquality")
  private int used(byte[] block) {
    return block == blocks.peekLast() ? usedOfLast : block.length;
  }

  /** Reads it, once. */
  InputStream stream() {
    return new Reading();
  }

  private final class Reading extends InputStream {
    private byte @Nullable [] block;
    private int position;
    private int end;

    private boolean advance() {
      while (position == end) {
        byte[] next = blocks.peekFirst();
        if (next == null) {
          return false;
        }
        end = used(next);
        position = 0;
        block = blocks.removeFirst();
      }
      return true;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (!advance()) {
        block = null;
        return -1;
      }
      int copied = Math.min(length, end - position);
      System.arraycopy(Objects.requireNonNull(block), position, target, offset, copied);
      position += copied;
      return copied;
    }
  }
}
