package io.memryx.bench.http;

import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts a server under mixed load for a while and tells whether it holds ever more. */
@Command(
    name = "soak",
    description =
        "Start the server; have tenants add, upsert, search, filter, delete, upload and export"
            + " lines at a rate, finalize all of them again and again, make and revoke keys; and"
            + " tell whether heap, threads, descriptors and direct memory stay flat.",
    footer = {
      "%nWhat tenants have is as large at the end as at the beginning. After each finalize the load"
          + " is held for a moment, garbage is collected, and a reading is taken. The first fifth"
          + " (three minutes at most) is a warm-up; of the rest, the mean of the first third is"
          + " compared with that of the last. OUT gets soak.md, soak.jsonl and, with every"
          + " reading, soak.tsv.",
      "%nExit codes: 0 nothing grew by 2 %% or more (less than one thread, two descriptors, 0.13 MB"
          + " of direct memory don't count) and every answer was the expected one, 1 not so, 2"
          + " wrong usage."
    })
public final class SoakCommand implements Callable<Integer> {
  private static final double SECONDS_PER_MINUTE = 60;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the reports go.")
  private Path out;

  @Option(
      names = "--server-lib",
      paramLabel = "DIR",
      description = "Where the built server is (default: memryx-server/target of this project).")
  private @Nullable Path serverLib;

  @Option(
      names = "--minutes",
      defaultValue = "15",
      description = "In all, the warm-up included (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--heap",
      defaultValue = "512m",
      paramLabel = "SIZE",
      description = "Largest heap of the server (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(
      names = "--finalize-seconds",
      defaultValue = "10",
      paramLabel = "N",
      description = "From one finalize of all to the next (default: ${DEFAULT-VALUE}).")
  private double finalizeSeconds;

  @Option(
      names = "--rate",
      defaultValue = "150",
      paramLabel = "N",
      description = "Calls of tenants a second, of all kinds (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--tenants",
      defaultValue = "4",
      paramLabel = "N",
      description = "Tenants with a collection each (default: ${DEFAULT-VALUE}).")
  private int tenants;

  @Option(
      names = "--entries",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Entries of each tenant (default: ${DEFAULT-VALUE}).")
  private int entries;

  @Option(
      names = "--dimension",
      defaultValue = "128",
      paramLabel = "N",
      description = "Dimension of the vectors (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Of vectors and calls (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Keep the server's log here (default: it is removed).")
  private @Nullable Path log;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public SoakCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireUsable();
    String subject =
        "%.1f min; %d tenants with %,d entries of %d dimensions; %.0f calls/s, finalize every %.0f s; heap %s, seed %d"
            .formatted(minutes, tenants, entries, dimension, rate, finalizeSeconds, heap, seed);
    var report = new TableReport("Whether the server holds ever more", subject);
    SoakRun.Verdict verdict;
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      var launch =
          new Launch(
              ServerProgram.at(serverLib).command(heap, List.of()),
              ServerProcess.freePort(),
              scratch.path().resolve("store"),
              log == null ? scratch.path().resolve("server.log") : log,
              Map.of("AUTH_MODE", "keys", "ADMIN_API_KEY", SoakRun.ADMINISTRATOR));
      var terms =
          new SoakRun.Terms(
              minutes * SECONDS_PER_MINUTE,
              finalizeSeconds,
              rate,
              tenants,
              entries,
              dimension,
              seed);
      var progress = Progress.on(spec.commandLine().getErr());
      verdict = new SoakRun(launch, terms, report, progress).measure();
    }
    PrintWriter printed = spec.commandLine().getOut();
    printed.print(report.write(out, "soak"));
    List<String> readings = new ArrayList<>();
    readings.add("seconds\theap_bytes\tthreads\tdescriptors\tdirect_bytes");
    readings.addAll(verdict.readings());
    Files.write(out.resolve("soak.tsv"), readings);
    printed.println(verdict.sound() ? "\nverdict: flat, no fault" : "\nverdict: FAILED");
    verdict.failures().forEach(failure -> printed.println("- " + failure));
    printed.flush();
    return verdict.sound() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private void requireUsable() {
    if (tenants < 1 || dimension < 1 || rate <= 0 || finalizeSeconds <= 0) {
      throw new ParameterException(spec.commandLine(), "counts and rates take more than 0");
    }
    if (entries < 1_000) {
      throw new ParameterException(spec.commandLine(), "--entries takes 1000 or more");
    }
    double readings = 0.8 * minutes * SECONDS_PER_MINUTE / finalizeSeconds - 1;
    if (readings < Flatness.LEAST_READINGS) {
      throw new ParameterException(
          spec.commandLine(),
          "%.1f minutes are too short for readings every %.0f s: give --minutes, or a smaller"
                  .formatted(minutes, finalizeSeconds)
              + " --finalize-seconds");
    }
  }
}
