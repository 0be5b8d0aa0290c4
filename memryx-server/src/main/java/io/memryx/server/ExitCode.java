package io.memryx.server;

/** What the program ends with, where a command does not say otherwise. */
final class ExitCode {
  /** As asked. */
  static final int OK = 0;

  /** For a reason that nobody thought of. */
  static final int UNEXPECTED = 1;

  /** The command line or the environment is wrong. */
  static final int USAGE = 2;

  /** The storage can't be used, or what is in it is damaged. */
  static final int STORAGE = 3;

  /** The address can't be listened on. */
  static final int ADDRESS = 4;

  /** A file that is imported can't be taken: it, or an entry in it, is not as it must be. */
  static final int INPUT = 5;

  /** A server can't be reached, or refuses. */
  static final int SERVER = 6;

  /** A store is damaged, and what a repair would do was said. */
  static final int REPAIRABLE = 7;

  /** Wrong usage of {@code verify}, where 2 is a verdict; EX_USAGE of sysexits.h. */
  static final int VERIFY_USAGE = 64;

  private ExitCode() {}
}
