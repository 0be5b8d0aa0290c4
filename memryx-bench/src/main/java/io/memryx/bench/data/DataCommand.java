package io.memryx.bench.data;

import io.memryx.bench.grow.GrowCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The commands that make data sets. */
@Command(
    name = "data",
    description = "Make data sets to measure with.",
    subcommands = {GrowCommand.class, TruthCommand.class},
    footer =
        "%nbin/memryx also has 'bench data wordnet' and 'bench data javadoc', which embed texts: the"
            + " first of them downloads a model and the texts.")
public final class DataCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public DataCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
