package io.memryx.server;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
import io.memryx.persistence.PersistenceException;
import io.memryx.server.exchange.ProgressBar;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.core.JsonGenerator;

/** What {@code backup} and {@code restore} have in common: how they go and how they end. */
final class CopyCommand {
  private final CommandSpec spec;
  private final String done;

  /**
   * Of a command.
   *
   * @param done what is said at the end: "backed up", "restored"
   */
  CopyCommand(CommandSpec spec, String done) {
    this.spec = spec;
    this.done = done;
  }

  /** How the outcome is written. */
  enum Form {
    TEXT,
    JSON
  }

  /** Copies, and gives the exit code. */
  int run(Function<CopyProgress, CopyReport> copy, Form form) {
    PrintWriter err = spec.commandLine().getErr();
    ProgressBar bar = ProgressBar.on(err);
    CopyReport report;
    try {
      report =
          copy.apply(
              (stage, doneBytes, totalBytes) -> bar.at(stage, fraction(doneBytes, totalBytes), 0));
    } catch (IllegalArgumentException e) {
      return failed(bar, e, ExitCode.USAGE);
    } catch (PersistenceException e) {
      return failed(bar, e, ExitCode.STORAGE);
    }
    bar.clear();
    for (String damage : report.passedOver()) {
      err.println("memryx: not needed, and not copied: " + damage);
    }
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    switch (form) {
      case TEXT -> print(report, out);
      case JSON -> out.println(JsonText.of(json -> write(report, json)));
    }
    out.flush();
    return ExitCode.OK;
  }

  /** As a progress bar takes it. */
  static double fraction(long doneBytes, long totalBytes) {
    return totalBytes > 0 ? (double) doneBytes / totalBytes : Double.NaN;
  }

  private int failed(ProgressBar bar, RuntimeException e, int code) {
    bar.clear();
    PrintWriter err = spec.commandLine().getErr();
    err.println("memryx: " + e.getMessage());
    err.flush();
    return code;
  }

  /** How many there are of something, as one says it. */
  private static String count(long number, String one) {
    return String.format(Locale.ROOT, "%d %s%s", number, one, number == 1 ? "" : "s");
  }

  private void print(CopyReport report, PrintWriter out) {
    for (CopyReport.CopiedCollection collection : report.collections()) {
      out.printf(
          Locale.ROOT,
          "%s: generation %d with %s, and %s from the log%n",
          LogLine.escape(collection.key()),
          collection.generation(),
          count(collection.entries(), "vector"),
          count(collection.loggedChanges(), "change"));
    }
    out.printf(
        Locale.ROOT,
        "%s: %s, %s, %d bytes, in %s%n",
        done,
        count(report.collections().size(), "collection"),
        count(report.files(), "file"),
        report.bytes(),
        report.location());
  }

  private void write(CopyReport report, JsonGenerator out) {
    out.writeStringProperty("status", done.replace(' ', '_'));
    out.writeStringProperty("location", report.location());
    out.writeNumberProperty("files", report.files());
    out.writeNumberProperty("bytes", report.bytes());
    out.writeName("collections");
    out.writeStartArray();
    for (CopyReport.CopiedCollection collection : report.collections()) {
      out.writeStartObject();
      out.writeStringProperty("key", collection.key());
      out.writeNumberProperty("generation", collection.generation());
      out.writeNumberProperty("vectors", collection.entries());
      out.writeNumberProperty("logged_changes", collection.loggedChanges());
      out.writeNumberProperty("last_sequence", collection.lastSequence());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeName("passed_over");
    out.writeStartArray();
    report.passedOver().forEach(out::writeString);
    out.writeEndArray();
  }
}
