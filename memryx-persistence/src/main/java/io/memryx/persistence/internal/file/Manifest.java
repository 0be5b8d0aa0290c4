package io.memryx.persistence.internal.file;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The commit of one generation: a snapshot counts only if a manifest names it. Or that of a writer
 * which took over, and names the snapshot that was committed before; or the removal of all
 * generations before it: that names no snapshot.
 *
 * @param number its number, from 1
 * @param previousNumber number of the one before it, 0 for the first
 * @param epoch how many writers the chain has had
 * @param writer the writer that committed it
 * @param chain the chain of generations it belongs to
 * @param key key of the collection
 * @param image the snapshot; {@link Image#NONE} of a removal
 * @param log which part of the log it needs
 */
record Manifest(
    long number,
    long previousNumber,
    long epoch,
    UUID writer,
    UUID chain,
    String key,
    Image image,
    LogSpan log) {

  /**
   * The snapshot that a manifest names.
   *
   * @param file name of its file, in the same directory
   * @param uuid as in its header
   * @param bytes size of its file
   * @param tableSha256 digest of its section table
   * @param entries entries in it
   * @param lastSequence number of the last change in it
   */
  record Image(
      String file, UUID uuid, long bytes, Sha256 tableSha256, int entries, long lastSequence) {
    /** What a removal names. */
    static final Image NONE = new Image("", new UUID(0, 0), 0, Sha256.of(new byte[0]), 0, 0);
  }

  /**
   * Which segments of the log belong to a generation.
   *
   * @param floor the first that recovery needs, from 1, whether it was begun or not; 0 where
   *     changes were not logged
   * @param newest the newest that was begun when this was committed; 0 if none was
   */
  record LogSpan(long floor, long newest) {
    /** Of a manifest from before there was a log. */
    static final LogSpan NONE = new LogSpan(0, 0);

    /** The first segment that recovery needs, if there are any. */
    long first() {
      return Math.max(1, floor);
    }
  }

  /** Largest manifest: a key of 256 characters and the fixed fields stay far below. */
  static final int MAX_BYTES = 4_096;

  /** Of stores without a log. */
  private static final int MAJOR = 1;

  /** A reader that knows no removals must not pass one over for the generation before it. */
  private static final int REMOVAL_MAJOR = 2;

  /** A reader that knows no log must not serve without what is in it. */
  private static final int LOG_MAJOR = 3;

  private static final byte[] MAGIC = "MRXMANI\0".getBytes(StandardCharsets.US_ASCII);
  private static final int MAJOR_OFFSET = 8;
  private static final int LENGTH_OFFSET = 12;
  private static final int BODY_OFFSET = 16;
  private static final int UUID_BYTES = 16;

  /** Whether it removes what was before, rather than commit a snapshot. */
  boolean isRemoval() {
    return image.file().isEmpty();
  }

  /** Whether both name the same snapshot. */
  boolean namesSameSnapshot(Manifest other) {
    return image.uuid().equals(other.image.uuid());
  }

  ByteBuffer encode() {
    int major = major();
    byte[] body = message().toByteArray();
    ByteBuffer bytes =
        ByteBuffer.allocate(BODY_OFFSET + body.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, MAGIC).putShort(MAJOR_OFFSET, (short) major).putInt(LENGTH_OFFSET, body.length);
    bytes.put(BODY_OFFSET, body);
    int crcOffset = BODY_OFFSET + body.length;
    return bytes.putInt(crcOffset, SnapshotHeader.crc32c(bytes.slice(0, crcOffset)));
  }

  private int major() {
    if (log.floor() > 0) {
      return LOG_MAJOR;
    }
    return isRemoval() ? REMOVAL_MAJOR : MAJOR;
  }

  private io.memryx.persistence.internal.proto.Manifest message() {
    return io.memryx.persistence.internal.proto.Manifest.newBuilder()
        .setNumber(number)
        .setPreviousNumber(previousNumber)
        .setEpoch(epoch)
        .setWriterUuid(ByteString.copyFrom(SnapshotHeader.uuidBytes(writer)))
        .setChainUuid(ByteString.copyFrom(SnapshotHeader.uuidBytes(chain)))
        .setCollectionKey(key)
        .setSnapshotFile(image.file())
        .setSnapshotUuid(ByteString.copyFrom(SnapshotHeader.uuidBytes(image.uuid())))
        .setSnapshotLength(image.bytes())
        .setSectionTableSha256(ByteString.copyFrom(image.tableSha256().bytes()))
        .setEntries(image.entries())
        .setLastSequence(image.lastSequence())
        .setWalFloor(log.floor())
        .setNewestSegment(log.newest())
        .build();
  }

  /** Reads a manifest file, whose name says that it has a certain number. */
  static Manifest read(String file, StoreFiles.Source source, long expectedNumber)
      throws IOException {
    long size = source.size();
    if (size < BODY_OFFSET + Integer.BYTES || size > MAX_BYTES) {
      throw damage(
          file, Math.min(size, MAX_BYTES), "%d bytes are no manifest".formatted(size), null);
    }
    try (var window = new FileWindow(file, source, size)) {
      return decode(file, window.bytes(0, size).asByteBuffer(), expectedNumber);
    }
  }

  private static Manifest decode(String file, ByteBuffer source, long expectedNumber) {
    ByteBuffer bytes = source.order(ByteOrder.LITTLE_ENDIAN);
    SnapshotHeader.requireMagic(file, bytes, MAGIC, "manifest");
    int crcOffset = bytes.capacity() - Integer.BYTES;
    SnapshotHeader.requireCrc(
        file,
        0,
        bytes.getInt(crcOffset),
        SnapshotHeader.crc32c(bytes.slice(0, crcOffset)),
        "manifest");
    int major = Short.toUnsignedInt(bytes.getShort(MAJOR_OFFSET));
    SnapshotHeader.requireMajor(file, major, LOG_MAJOR);
    int length = bytes.getInt(LENGTH_OFFSET);
    if (length != crcOffset - BODY_OFFSET) {
      throw damage(file, LENGTH_OFFSET, "a body of %d bytes".formatted(length), null);
    }
    byte[] body = new byte[length];
    bytes.get(BODY_OFFSET, body);
    try {
      Manifest manifest = of(file, io.memryx.persistence.internal.proto.Manifest.parseFrom(body));
      if (manifest.major() != major) {
        throw damage(file, MAJOR_OFFSET, "a manifest of version %d".formatted(major), null);
      }
      manifest.requireNumber(file, expectedNumber);
      return manifest;
    } catch (InvalidProtocolBufferException e) {
      throw damage(file, BODY_OFFSET, "the body can't be parsed", e);
    }
  }

  private static Manifest of(String file, io.memryx.persistence.internal.proto.Manifest message) {
    boolean sound =
        message.getWriterUuid().size() == UUID_BYTES
            && message.getChainUuid().size() == UUID_BYTES
            && message.getSnapshotUuid().size() == UUID_BYTES
            && message.getSectionTableSha256().size() == Sha256.BYTES
            && namesSnapshotOrRemoves(message)
            && isLogSpan(message)
            && !message.getCollectionKey().isEmpty();
    if (!sound) {
      throw damage(file, BODY_OFFSET, "a field is missing or has the wrong size", null);
    }
    return new Manifest(
        message.getNumber(),
        message.getPreviousNumber(),
        message.getEpoch(),
        SnapshotHeader.uuid(message.getWriterUuid().toByteArray()),
        SnapshotHeader.uuid(message.getChainUuid().toByteArray()),
        message.getCollectionKey(),
        image(message),
        new LogSpan(message.getWalFloor(), message.getNewestSegment()));
  }

  private static Image image(io.memryx.persistence.internal.proto.Manifest message) {
    return new Image(
        message.getSnapshotFile(),
        SnapshotHeader.uuid(message.getSnapshotUuid().toByteArray()),
        message.getSnapshotLength(),
        new Sha256(message.getSectionTableSha256().toByteArray()),
        message.getEntries(),
        message.getLastSequence());
  }

  private static boolean isLogSpan(io.memryx.persistence.internal.proto.Manifest message) {
    return message.getLastSequence() >= 0
        && message.getWalFloor() >= 0
        && message.getNewestSegment() >= 0
        && (message.getWalFloor() > 0
            || message.getNewestSegment() + message.getLastSequence() == 0);
  }

  private static boolean namesSnapshotOrRemoves(
      io.memryx.persistence.internal.proto.Manifest message) {
    String file = message.getSnapshotFile();
    return file.isEmpty() ? message.getSnapshotLength() == 0 : StoreNames.isSnapshot(file);
  }

  private void requireNumber(String file, long expected) {
    if (number != expected) {
      throw damage(
          file, BODY_OFFSET, "it is of generation %d, not %d".formatted(number, expected), null);
    }
  }

  private static CorruptSnapshotException damage(
      String file, long offset, String what, @Nullable Throwable cause) {
    return new CorruptSnapshotException(file, offset, what, cause);
  }
}
