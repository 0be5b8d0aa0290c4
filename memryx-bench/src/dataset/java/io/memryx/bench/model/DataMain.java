package io.memryx.bench.model;

import io.memryx.bench.Main;
import io.memryx.bench.text.JavadocCommand;
import io.memryx.bench.text.WordNetCommand;
import java.io.IOException;
import java.util.Objects;
import picocli.CommandLine;

/** The benchmarks' command line with the commands that need the model. */
public final class DataMain {
  private DataMain() {}

  /** Runs a command and exits. */
  public static void main(String[] arguments) throws IOException {
    // The tokenizer's library is in its jar: nothing is to be looked for elsewhere.
    System.setProperty("ai.djl.offline", "true");
    int exitCode;
    try (MiniLm model = MiniLm.load()) {
      CommandLine bench = Main.commandLine();
      CommandLine data = Objects.requireNonNull(bench.getSubcommands().get("data"));
      data.addSubcommand(new WordNetCommand(model)).addSubcommand(new JavadocCommand(model));
      exitCode = bench.execute(arguments);
    }
    System.exit(exitCode);
  }
}
