package io.memryx.server.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter out = new StringWriter();
  private long nanos = 77;
  private final ProgressBar bar = ProgressBar.always(new PrintWriter(out), () -> nanos);

  private String drawn() {
    String text = out.toString().replace("\r\u001B[K", "|");
    out.getBuffer().setLength(0);
    return text;
  }

  @Test
  void bar_knownSize_tellsShareRateAndTimeLeft() {
    nanos += TimeUnit.SECONDS.toNanos(10);
    bar.at("import", 0.25, 20_000);
    assertEquals(
        "|import [######------------------]  25 %  20,000 entries  2,000/s  eta 0:30", drawn());
  }

  @Test
  void bar_unknownSize_tellsCountAndRate() {
    nanos += TimeUnit.SECONDS.toNanos(2);
    bar.at("import", Double.NaN, 3_000);
    assertEquals("|import  3,000 entries  1,500/s", drawn());
  }

  @Test
  void bar_toldOftenInAMoment_isDrawnOnce() {
    bar.at("a", 0.5, 0);
    bar.at("b", 0.6, 0);
    nanos += TimeUnit.MILLISECONDS.toNanos(100);
    bar.at("c", 1, 0);
    assertEquals(
        "|a [############------------]  50 %  eta 0:00|c [########################] 100 %",
        drawn());
    bar.clear();
    bar.clear();
    assertEquals("|", drawn());
  }

  @Test
  void bar_inAPipe_isSilent() {
    var silent = ProgressBar.on(new PrintWriter(out));
    silent.at("import", 0.5, 10);
    silent.clear();
    assertEquals("", drawn());
  }
}
