package io.memryx.bench.peers;

import io.memryx.bench.measure.JsonLine;
import io.memryx.bench.peers.FilteredFigures.Aim;
import io.memryx.bench.peers.FilteredFigures.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The report of a filtered run, for people and for programs.
 *
 * @param surroundings machine, data and command, line by line
 * @param figures of all peers at all selectivities
 */
record FilteredReport(List<String> surroundings, List<FilteredFigures> figures) {

  FilteredReport {
    surroundings = List.copyOf(surroundings);
    figures = List.copyOf(figures);
  }

  /** As Markdown. */
  String markdown() {
    var text = new StringBuilder("# Searches with filters\n\n");
    surroundings.forEach(line -> text.append("- ").append(line).append('\n'));
    text.append(
        """

        | passing | rows | peer | aim | setting | recall | QPS | p50 µs | p99 µs |
        | ---: | ---: | --- | --- | --- | ---: | ---: | ---: | ---: |
        """);
    for (FilteredFigures one : figures) {
      for (Aim aim : Aim.values()) {
        text.append(row(one, aim, one.at(aim)));
      }
    }
    return text.toString();
  }

  private static String row(FilteredFigures one, Aim aim, Optional<Setting> setting) {
    String subject =
        String.format(
            Locale.ROOT,
            "| %s %% | %,d | %s | %s | ",
            percent(one.field()),
            one.matches(),
            one.peer(),
            aim.label());
    return subject
        + setting
            .map(
                figures ->
                    String.format(
                        Locale.ROOT,
                        "%s | %.4f | %,.0f | %,.0f | %,.0f |%n",
                        figures.rung().label(),
                        figures.recall(),
                        figures.queriesPerSecond(),
                        figures.p50Micros(),
                        figures.p99Micros()))
            .orElse("not reached | | | | |\n");
  }

  private static String percent(SyntheticField field) {
    return String.format(Locale.ROOT, "%.4f", 100 * field.share()).replaceAll("\\.?0+$", "");
  }

  /** One object a line: the surroundings, then every figure. */
  String jsonLines() {
    var text = new StringBuilder();
    text.append(JsonLine.of("surroundings").put("text", String.join("\n", surroundings)).end());
    for (FilteredFigures one : figures) {
      for (Setting setting : one.settings()) {
        text.append(
            JsonLine.of("filtered")
                .put("peer", one.peer())
                .put("share", one.field().share())
                .put("matches", one.matches())
                .put("aim", setting.aim().name().toLowerCase(Locale.ROOT))
                .put("setting", setting.rung().label())
                .put("recall", setting.recall())
                .put("qps", setting.queriesPerSecond())
                .put("p50_us", setting.p50Micros())
                .put("p99_us", setting.p99Micros())
                .end());
      }
    }
    return text.toString();
  }
}
