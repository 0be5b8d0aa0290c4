package io.memryx.persistence.crash;

/**
 * A system call that does not do what it should.
 *
 * @param call its name
 * @param kind what it does instead
 * @param occurrence which call of that name on the store's files, counted by thread, from 1
 */
record Fault(String call, Kind kind, int occurrence) {

  /** What a call does instead. */
  enum Kind {
    /** The disk is broken. */
    EIO("error=EIO"),
    /** The disk is full. */
    ENOSPC("error=ENOSPC"),
    /** It takes nothing, this time. */
    NOTHING_TAKEN("retval=0"),
    /** The process ends. */
    KILL("signal=KILL");

    private final String expression;

    Kind(String expression) {
      this.expression = expression;
    }

    /** Whether a call of this name can end so. */
    boolean befits(String call) {
      return this != NOTHING_TAKEN || call.contains("write");
    }
  }

  /** Whether it is a force that fails: whether anything was written nobody knows then. */
  boolean isFailedForce() {
    return (call.equals("fsync") || call.equals("fdatasync")) && kind == Kind.EIO;
  }

  /** As strace wants it. */
  String injection() {
    return "inject=" + call + ":" + kind.expression + ":when=" + occurrence;
  }
}
