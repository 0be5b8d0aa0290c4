package io.memryx.server;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StoreVerifier;
import io.memryx.persistence.VerifyReport;
import io.memryx.server.exchange.ProgressBar;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code memryx verify}. */
@Command(
    name = "verify",
    description = "Checks every byte of a store. Only reads; a server may be running.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.VERIFY_USAGE,
    footer = {
      "",
      "Exit codes: 0 sound, 1 damaged but everything that was logged can be had from an older snapshot,",
      "2 damaged or unreadable, 3 not a store, 64 wrong usage."
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int UNREADABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "the store's directory (STORAGE_PATH)")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "one JSON document instead of text")
  private boolean json;

  @Override
  public Integer call() {
    ProgressBar bar = ProgressBar.on(spec.commandLine().getErr());
    VerifyReport report;
    try {
      report =
          StoreVerifier.verify(
              directory,
              (stage, doneBytes, totalBytes) ->
                  bar.at(stage, CopyCommand.fraction(doneBytes, totalBytes), 0));
      bar.clear();
    } catch (PersistenceException e) {
      bar.clear();
      spec.commandLine().getErr().println("memryx: " + e.getMessage());
      return UNREADABLE;
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(toJson(report));
    } else {
      print(report, out);
    }
    out.flush();
    return report.status().exitCode();
  }

  private static void print(VerifyReport report, PrintWriter out) {
    for (VerifyReport.CollectionReport collection : report.collections()) {
      out.printf(
          Locale.ROOT,
          "%s: %s (%s)%n",
          LogLine.escape(collection.key()),
          describe(collection),
          collection.directory());
    }
    for (VerifyReport.Finding finding : report.findings()) {
      out.printf(
          Locale.ROOT,
          "%s: %s, offset %d: %s%n",
          lower(finding.severity()),
          finding.file(),
          finding.offset(),
          finding.what());
    }
    out.println(verdict(report.status()));
  }

  private static String describe(VerifyReport.CollectionReport collection) {
    return collection.newestSound() == 0
        ? "no sound generation (%d found)".formatted(collection.generations())
        : "%d vectors, %d bytes, %d generations, newest sound %d, %d changes in the log%s"
            .formatted(
                collection.entries(),
                collection.bytes(),
                collection.generations(),
                collection.newestSound(),
                collection.log().changes(),
                collection.log().sound() ? "" : " before it is damaged");
  }

  private static String verdict(VerifyReport.Status status) {
    return switch (status) {
      case SOUND -> "sound";
      case DAMAGED_RECOVERABLE ->
          "damaged, but every collection has a sound snapshot and a sound log after it: a server loads those";
      case DAMAGED ->
          "damaged: restore a backup, or see what 'memryx repair DIR' would save, or start with another directory";
      case NOT_A_STORE -> "not a store: give the directory that is the server's STORAGE_PATH";
    };
  }

  private static String toJson(VerifyReport report) {
    return JsonText.of(out -> write(report, out));
  }

  private static void write(VerifyReport report, JsonGenerator out) {
    out.writeStringProperty("status", lower(report.status()));
    out.writeName("collections");
    out.writeStartArray();
    for (VerifyReport.CollectionReport collection : report.collections()) {
      out.writeStartObject();
      out.writeStringProperty("key", collection.key());
      out.writeStringProperty("directory", collection.directory());
      out.writeNumberProperty("generations", collection.generations());
      out.writeNumberProperty("newest_sound", collection.newestSound());
      out.writeNumberProperty("vectors", collection.entries());
      out.writeNumberProperty("bytes", collection.bytes());
      out.writeNumberProperty("log_segments", collection.log().segments());
      out.writeNumberProperty("logged_changes", collection.log().changes());
      out.writeNumberProperty("last_sequence", collection.log().lastSequence());
      out.writeBooleanProperty("recoverable", collection.isRecoverable());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeName("findings");
    out.writeStartArray();
    for (VerifyReport.Finding finding : report.findings()) {
      out.writeStartObject();
      out.writeStringProperty("file", finding.file());
      out.writeNumberProperty("offset", finding.offset());
      out.writeStringProperty("what", finding.what());
      out.writeStringProperty("severity", lower(finding.severity()));
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
