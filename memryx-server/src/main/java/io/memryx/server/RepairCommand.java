package io.memryx.server;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.RepairReport;
import io.memryx.persistence.StoreRepair;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code memryx repair}. */
@Command(
    name = "repair",
    description = "Makes a damaged store open again with what is sound. No server may be running.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Without a token it says what it would do, and changes nothing. Damaged files are renamed to",
      "*.corrupt, none is deleted. Restoring a backup is better; copy the directory before.",
      "",
      "Exit codes: 0 sound, or repaired, 1 unexpected failure, 2 wrong command line or token, or no store,",
      "3 storage unusable, in use, or damaged beyond repair, 7 repairable: a token was printed."
    })
final class RepairCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "the store's directory (STORAGE_PATH)")
  private Path store = Path.of("");

  @Option(
      names = "--drop-corrupt",
      paramLabel = "TOKEN",
      description = "do it: the token that was printed for exactly this")
  private @Nullable String token;

  @Option(names = "--json", description = "one JSON document instead of text")
  private boolean json;

  @Override
  public Integer call() {
    RepairReport report;
    try {
      report = token == null ? StoreRepair.plan(store) : StoreRepair.repair(store, token);
    } catch (IllegalArgumentException e) {
      return failed(e, ExitCode.USAGE);
    } catch (PersistenceException e) {
      return failed(e, ExitCode.STORAGE);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonText.of(generator -> write(report, generator)));
    } else {
      print(report, out);
    }
    out.flush();
    return code(report);
  }

  private int failed(RuntimeException e, int code) {
    spec.commandLine().getErr().println("memryx: " + e.getMessage());
    spec.commandLine().getErr().flush();
    return code;
  }

  private static int code(RepairReport report) {
    return switch (report.status()) {
      case SOUND, REPAIRED -> ExitCode.OK;
      case REPAIRABLE -> ExitCode.REPAIRABLE;
      case DAMAGED -> ExitCode.STORAGE;
    };
  }

  private void print(RepairReport report, PrintWriter out) {
    for (RepairReport.Step step : report.steps()) {
      out.printf(
          Locale.ROOT,
          "%s: %s, offset %d: %s%n",
          LogLine.escape(step.collection()),
          step.file(),
          step.offset(),
          step.what());
    }
    report.hopeless().forEach(out::println);
    out.println(
        switch (report.status()) {
          case SOUND -> "sound: there is nothing to repair";
          case REPAIRED -> "repaired: the store is sound";
          case DAMAGED -> "damaged: not everything can be repaired";
          case REPAIRABLE ->
              "nothing was changed; to do this: memryx repair %s --drop-corrupt %s"
                  .formatted(store, report.token());
        });
  }

  private static void write(RepairReport report, JsonGenerator out) {
    out.writeStringProperty("status", report.status().name().toLowerCase(Locale.ROOT));
    out.writeStringProperty("token", report.token());
    out.writeName("steps");
    out.writeStartArray();
    for (RepairReport.Step step : report.steps()) {
      out.writeStartObject();
      out.writeStringProperty("collection", step.collection());
      out.writeStringProperty("file", step.file());
      out.writeNumberProperty("offset", step.offset());
      out.writeStringProperty("what", step.what());
      out.writeNumberProperty("dropped_changes", step.droppedChanges());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeName("hopeless");
    out.writeStartArray();
    report.hopeless().forEach(out::writeString);
    out.writeEndArray();
  }
}
