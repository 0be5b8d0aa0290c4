package io.memryx.bench.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs the JMH benchmarks; every argument is JMH's own. */
@Command(
    name = "jmh",
    description =
        "Run the micro-benchmarks of the kernels. Every argument goes to JMH: '-h' lists them,"
            + " '-l' the benchmarks; 'dot -f 5 -prof gc' runs those with dot in their names in 5"
            + " JVMs each.")
public final class JmhCommand implements Callable<Integer> {

  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Made by picocli, which sets the annotated fields. */
  public JmhCommand() {}

  @Override
  public Integer call() throws IOException {
    // JMH ends the JVM itself where arguments or benchmarks fail.
    arguments.replaceAll(argument -> argument.equals("--help") ? "-h" : argument);
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return CommandLine.ExitCode.OK;
  }
}
