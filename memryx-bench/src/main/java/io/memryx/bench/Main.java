package io.memryx.bench;

import io.memryx.bench.collections.CollectionsCommand;
import io.memryx.bench.data.DataCommand;
import io.memryx.bench.durability.DurabilityCommand;
import io.memryx.bench.http.FairnessCommand;
import io.memryx.bench.http.HttpCommand;
import io.memryx.bench.http.LayerCommand;
import io.memryx.bench.http.SoakCommand;
import io.memryx.bench.kernel.JmhCommand;
import io.memryx.bench.sample.SampleCommand;
import io.memryx.bench.sweep.SweepCommand;
import io.memryx.bench.upsert.UpsertCommand;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the benchmarks: {@code bin/memryx bench COMMAND}. */
@Command(
    name = "bench",
    description = "Measure Memryx.",
    subcommands = {
      JmhCommand.class,
      SweepCommand.class,
      UpsertCommand.class,
      CollectionsCommand.class,
      DurabilityCommand.class,
      HttpCommand.class,
      FairnessCommand.class,
      LayerCommand.class,
      SoakCommand.class,
      DataCommand.class,
      SampleCommand.class
    },
    footer = "%nExit codes: 0 done, 1 failed or a check did not hold, 2 wrong usage.")
public final class Main implements Runnable {

  /** Commands of source sets that only a profile compiles: there if they were built. */
  private static final List<String> OPTIONAL =
      List.of(
          "io.memryx.bench.peers.PeersCommand",
          "io.memryx.bench.peers.PeerCommand",
          "io.memryx.bench.peers.FilteredCommand");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
  private Main() {}

  /** Runs a command and exits. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line; failures are one line, for a person. */
  public static CommandLine commandLine() {
    var bench = new CommandLine(new Main());
    OPTIONAL.stream().flatMap(name -> command(name).stream()).forEach(bench::addSubcommand);
    bench.getCommandSpec().addOption(help());
    bench.getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        // These have helps of their own.
        .filter(command -> !(command.userObject() instanceof JmhCommand))
        .filter(command -> !(command.userObject() instanceof DataCommand))
        .forEach(command -> command.addOption(help()));
    return bench.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("bench: " + describe(failure));
          return CommandLine.ExitCode.SOFTWARE;
        });
  }

  private static Optional<Object> command(String className) {
    try {
      return Optional.of(Class.forName(className).getConstructor().newInstance());
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(className + " can't be made: " + e, e);
    }
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help and exit.")
        .build();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /**
   * File-system exceptions carry only a path as their message: their name says what it is about.
   */
  private static String describe(Exception failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return message == null ? name : name.replaceFirst("Exception$", "") + ": " + message;
  }
}
