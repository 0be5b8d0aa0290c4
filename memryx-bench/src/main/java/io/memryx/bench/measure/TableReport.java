package io.memryx.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Figures with a unit each, as a table for people and as lines for programs. Not thread-safe.
 *
 * <p>The table says on which machine, with which flags and under which load it came about.
 */
public final class TableReport {
  private final String title;
  private final String subject;
  private final List<Figure> figures = new ArrayList<>();

  /**
   * Without figures so far.
   *
   * @param subject what was measured, in one line
   */
  public TableReport(String title, String subject) {
    this.title = title;
    this.subject = subject;
  }

  /**
   * One figure.
   *
   * @param what was measured
   * @param setting under which circumstances
   * @param value in the unit
   * @param unit of the value; "bytes" and rates are shown whole
   */
  public record Figure(String what, String setting, double value, String unit) {

    private String shown() {
      boolean whole = value >= 100 || unit.equals("bytes");
      return String.format(Locale.ROOT, whole ? "%,.0f" : "%,.2f", value);
    }
  }

  /** Adds a figure. */
  public void add(String what, String setting, double value, String unit) {
    figures.add(new Figure(what, setting, value, unit));
  }

  /** Those added so far, in order. */
  public List<Figure> figures() {
    return List.copyOf(figures);
  }

  /**
   * Writes {@code name.md} and {@code name.jsonl} into a directory, which is made if need be.
   *
   * @return the table
   */
  public String write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    String markdown = markdown();
    Files.writeString(directory.resolve(name + ".md"), markdown);
    Files.writeString(directory.resolve(name + ".jsonl"), jsonLines());
    return markdown;
  }

  private String markdown() {
    var text = new StringBuilder("# %s\n\n- %s\n".formatted(title, subject));
    text.append("- %s%n- %s%n".formatted(Machine.hardware(), Machine.jvm()));
    text.append("- %s, load average %s%n".formatted(Machine.flags(), Machine.loadAverage()));
    text.append("\n| what | setting | value | |\n| --- | --- | ---: | --- |\n");
    for (Figure figure : figures) {
      text.append(
          "| %s | %s | %s | %s |%n"
              .formatted(figure.what(), figure.setting(), figure.shown(), figure.unit()));
    }
    return text.toString();
  }

  private String jsonLines() {
    var text = new StringBuilder();
    for (Figure figure : figures) {
      text.append(
          JsonLine.of(figure.what())
              .put("setting", figure.setting())
              .put("value", figure.value())
              .put("unit", figure.unit())
              .end());
    }
    return text.toString();
  }
}
