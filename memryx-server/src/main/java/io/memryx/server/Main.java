package io.memryx.server;

import io.memryx.server.service.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "memryx",
    description = "A compressed vector memory engine.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Versions.class,
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      VerifyCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      RepairCommand.class,
      ImportCommand.class,
      ExportCommand.class
    },
    footer = {
      "",
      "bench is the launcher's own: 'bin/memryx bench --help'.",
      "Options of the server are environment variables; docs/operations.md lists them.",
      "Exit codes: 0 done, 1 unexpected failure, 2 wrong command line or environment,",
      "3 storage unusable or damaged, 4 address in use, 5 unusable import file, 6 server refuses or",
      "can't be reached, 7 a repair is possible. verify has codes of its own."
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Made by the command line. */
  Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Logging.configureForCommands();
    System.exit(run(arguments));
  }

  /** Runs a command. */
  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** The command line; failures are one line, for a person. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, _) -> {
              command.getErr().println("memryx: " + failure.getMessage());
              return failure instanceof OptionException ? ExitCode.USAGE : ExitCode.UNEXPECTED;
            });
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "give a command: serve, demo, verify, backup, restore, repair, import or export");
  }

  /** Tells the version to {@code --version}. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "memryx " + Version.current(), "Java " + Runtime.version() + " (" + javaHome() + ")"
      };
    }

    private static String javaHome() {
      return System.getProperty("java.home", "unknown");
    }
  }
}
