package io.memryx.persistence.internal.wal;

/** What a frame holds. The codes are stored: they are never changed or used again. */
enum FrameType {
  /** Entries that go in. */
  UPSERT(1),
  /** Ids of entries that go out. */
  DELETION(2),
  /** Nothing: it only says what is durable. */
  MARKER(3),
  /** The number of the next segment: there is one. */
  SEAL(4);

  private final byte code;

  FrameType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static boolean isCode(byte code) {
    return code >= UPSERT.code && code <= SEAL.code;
  }

  static FrameType ofCode(byte code) {
    return switch (code) {
      case 1 -> UPSERT;
      case 2 -> DELETION;
      case 3 -> MARKER;
      case 4 -> SEAL;
      default -> throw new IllegalArgumentException("no frame has type " + code);
    };
  }

  boolean isChange() {
    return switch (this) {
      case UPSERT, DELETION -> true;
      case MARKER, SEAL -> false;
    };
  }
}
