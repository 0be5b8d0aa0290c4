package io.memryx.server;

import io.memryx.persistence.PersistenceException;
import io.memryx.server.exchange.ExchangeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** How an import or export ends: its exit code, and why, on standard error. */
final class Outcome {
  private Outcome() {}

  /** What is done. */
  @FunctionalInterface
  interface Exchange {
    void run() throws IOException, ExchangeException;
  }

  /**
   * Runs it.
   *
   * @return the exit code
   */
  static int of(Exchange exchange, PrintWriter err) {
    try {
      exchange.run();
      return ExitCode.OK;
    } catch (ExchangeException e) {
      return tell(err, String.valueOf(e.getMessage()), code(e.kind()));
    } catch (PersistenceException e) {
      return tell(err, String.valueOf(e.getMessage()), ExitCode.STORAGE);
    } catch (IOException e) {
      return tell(err, describe(e), ExitCode.INPUT);
    }
  }

  private static int code(ExchangeException.Kind kind) {
    return switch (kind) {
      case USAGE -> ExitCode.USAGE;
      case INPUT -> ExitCode.INPUT;
      case SERVER -> ExitCode.SERVER;
    };
  }

  private static int tell(PrintWriter err, String message, int code) {
    err.println("memryx: " + message);
    err.flush();
    return code;
  }

  /** Exceptions of the file system say which file, and by their names what is wrong with it. */
  private static String describe(IOException failure) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    return failure instanceof FileSystemException
        ? failure.getClass().getSimpleName().replaceFirst("Exception$", "") + ": " + message
        : message;
  }
}
