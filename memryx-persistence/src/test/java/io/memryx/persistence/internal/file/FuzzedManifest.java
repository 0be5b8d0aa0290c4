package io.memryx.persistence.internal.file;

import com.google.protobuf.InvalidProtocolBufferException;
import io.memryx.persistence.fuzz.HostileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Manifests for a fuzzer. */
public final class FuzzedManifest {
  private static final int LENGTH_OFFSET = 12;
  private static final int BODY_OFFSET = 16;

  private FuzzedManifest() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    var ignored = isTaken(input);
  }

  /** Whether it is a manifest. */
  public static boolean isTaken(byte[] input) {
    byte[] content = HostileBytes.content(input);
    if (HostileBytes.wantsSeal(input)) {
      seal(content);
    }
    long number = number(content);
    return HostileBytes.read(
        StoreNames.manifest(number),
        content,
        (files, file) -> {
          try (var source = files.open(file)) {
            Manifest manifest = Manifest.read(file.toString(), source, number);
            requireSameAgain(manifest);
          }
        });
  }

  /** What was read can be written, and read again. */
  private static void requireSameAgain(Manifest manifest) throws IOException {
    byte[] encoded = new byte[manifest.encode().capacity()];
    manifest.encode().get(0, encoded);
    boolean taken =
        HostileBytes.read(
            StoreNames.manifest(manifest.number()),
            encoded,
            (files, file) -> {
              try (var source = files.open(file)) {
                Manifest again = Manifest.read(file.toString(), source, manifest.number());
                if (!again.equals(manifest)) {
                  throw new AssertionError(again + " should be " + manifest);
                }
              }
            });
    if (!taken && encoded.length <= Manifest.MAX_BYTES) {
      throw new AssertionError("written and refused: " + manifest);
    }
  }

  /** The number that its name should have; 1 where there is none. */
  private static long number(byte[] content) {
    int end = content.length - Integer.BYTES;
    if (end < BODY_OFFSET) {
      return 1;
    }
    try {
      return io.memryx.persistence.internal.proto.Manifest.parseFrom(
              Arrays.copyOfRange(content, BODY_OFFSET, end))
          .getNumber();
    } catch (InvalidProtocolBufferException e) {
      return 1;
    }
  }

  private static void seal(byte[] content) {
    if (content.length < BODY_OFFSET + Integer.BYTES) {
      return;
    }
    int crcOffset = content.length - Integer.BYTES;
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(LENGTH_OFFSET, crcOffset - BODY_OFFSET);
    bytes.putInt(crcOffset, SnapshotHeader.crc32c(bytes.slice(0, crcOffset)));
  }
}
