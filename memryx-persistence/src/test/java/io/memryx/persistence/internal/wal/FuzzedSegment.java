package io.memryx.persistence.internal.wal;

import io.memryx.persistence.fuzz.HostileBytes;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;

/** Log segments for a fuzzer, whose changes are then read to the last byte. */
public final class FuzzedSegment {
  static final UUID CHAIN = new UUID(1, 2);
  private static final long NUMBER = 1;

  private FuzzedSegment() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    var ignored = isTaken(input);
  }

  /** Whether it is a log, whole or with a torn tail. */
  public static boolean isTaken(byte[] input) {
    byte[] content = padded(HostileBytes.content(input));
    if (HostileBytes.wantsSeal(input)) {
      seal(content);
    }
    return HostileBytes.read(
        SegmentHeader.fileName(NUMBER),
        content,
        (files, file) -> {
          var walk =
              new LogWalk(
                  files,
                  SegmentListing.of(files, HostileBytes.DIRECTORY),
                  CHAIN,
                  new Position(NUMBER, 0, NUMBER));
          var ignored = walk.read((_, change) -> touch(change));
        });
  }

  private static void touch(Change change) {
    switch (change) {
      case Change.Upsert upsert -> {
        for (LoggedEntry entry : upsert.entries()) {
          float[] vector = new float[entry.dimension()];
          entry.copyVectorTo(vector, 0);
          if (entry.id().length + entry.metadata().length < 0) {
            throw new AssertionError("negative sizes");
          }
        }
      }
      case Change.Deletion deletion -> {
        for (byte[] id : deletion.ids()) {
          if (id.length > Short.MAX_VALUE * 2) {
            throw new AssertionError("an id of %d bytes".formatted(id.length));
          }
        }
      }
    }
  }

  /** Inputs are short; a segment is a multiple of a step, filled up with zeros. */
  private static byte[] padded(byte[] content) {
    int steps = Math.ceilDiv(content.length + OpenSegment.ZEROS_AFTER, OpenSegment.STEP_BYTES);
    return Arrays.copyOf(content, steps * OpenSegment.STEP_BYTES);
  }

  /** Right checksums for the header and for each frame behind the one before. */
  private static void seal(byte[] content) {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new SegmentHeader(CHAIN, NUMBER, 0, 1, SegmentEnd.NONE).encode().array();
    bytes.put(0, Arrays.copyOf(header, SegmentHeader.BYTES));
    SegmentHeader segment = SegmentHeader.decode("sealed", bytes.slice(0, SegmentHeader.BYTES));
    var checksum = new FrameHeader.Checksum(segment);
    int at = SegmentHeader.BYTES;
    while (at + FrameHeader.BYTES <= content.length) {
      int length = bytes.getInt(at);
      if (length < FrameHeader.BYTES
          || length > content.length
          || at + FrameHeader.stored(length) > content.length) {
        return;
      }
      int payload = FrameHeader.stored(length) - FrameHeader.BYTES;
      bytes.putInt(at + 4, checksum.ofPayload(bytes, at + FrameHeader.BYTES, payload));
      bytes.putInt(at + 28, checksum.ofHeader(bytes, at, at));
      at += FrameHeader.stored(length);
    }
  }
}
