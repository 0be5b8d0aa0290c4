package io.memryx.bench.measure;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** Tells a person at a terminal what is under way; says nothing in a pipe. */
public final class Progress {
  private final PrintWriter out;
  private final boolean shown;
  private String last = "";

  private Progress(PrintWriter out, boolean shown) {
    this.out = out;
    this.shown = shown;
  }

  /** Progress on this stream, if a person is there to read it. */
  public static Progress on(PrintWriter out) {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return new Progress(out, terminal);
  }

  /** Begins a stage. The same stage again is not repeated. */
  public void stage(String stage) {
    if (shown && !stage.equals(last)) {
      out.println("… " + stage);
      out.flush();
    }
    last = stage;
  }
}
