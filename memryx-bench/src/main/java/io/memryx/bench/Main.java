package io.memryx.bench;

import io.memryx.bench.sample.SampleCommand;
import io.memryx.bench.sweep.SweepCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The command line of the benchmarks: {@code bin/memryx bench COMMAND}. */
@Command(
    name = "bench",
    description = "Measure Memryx.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.LOCAL,
    subcommands = {SweepCommand.class, SampleCommand.class})
public final class Main {
  private Main() {}

  /** Runs a command and exits: 0 done, 1 failed or a check did not hold, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line; errors are one line, for a person. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("bench: " + describe(failure));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  private static String describe(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
