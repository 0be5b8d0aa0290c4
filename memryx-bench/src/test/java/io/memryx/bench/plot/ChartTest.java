package io.memryx.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.plot.Axis.Scale;
import io.memryx.bench.plot.Series.Fill;
import io.memryx.bench.plot.Series.Look;
import io.memryx.bench.plot.Series.Marker;
import io.memryx.bench.plot.Series.Point;
import io.memryx.bench.plot.Series.Weight;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ChartTest {
  private static final Axis RECALL = new Axis("recall", Scale.NINES, 0.5, 0.999);
  private static final Axis RATE = new Axis("rate", Scale.LOG, 10, 10_000);

  @Test
  void svg_namesWithMarkup_isWellFormedAndNeedsNothingElse() throws Exception {
    String svg = chart(List.of(series("<a> & \"b\"", 100))).svg();

    Document document = parsed(svg);
    assertEquals("svg", document.getDocumentElement().getNodeName());
    assertTrue(
        elements(document, "text").stream()
            .anyMatch(text -> text.getTextContent().equals("<a> & \"b\"")));
    assertFalse(svg.contains("href"), svg);
    assertFalse(svg.contains("url("), svg);
    assertFalse(svg.contains("NaN"), svg);
  }

  @Test
  void svg_everyMarker_isDrawnOnceAPoint() throws Exception {
    List<Series> series = new ArrayList<>();
    for (Marker marker : Marker.values()) {
      series.add(
          new Series(
              marker.name(),
              new Look("#112233", marker, Weight.PLAIN),
              List.of(point(0.6, 100), point(0.9, 50), point(0.99, 20))));
    }

    Document document = parsed(chart(series).svg());

    // The chart has a title, and so has every point.
    assertEquals(1 + 3 * Marker.values().length, elements(document, "title").size());
  }

  @Test
  void svg_manySeriesAtOneHeight_namesDoNotCoverEachOther() throws Exception {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      series.add(series("name" + i, 11));
    }

    Document document = parsed(chart(series).svg());

    List<Double> heights =
        elements(document, "text").stream()
            .filter(text -> text.getTextContent().startsWith("name"))
            .map(text -> Double.valueOf(text.getAttribute("y")))
            .toList();
    assertEquals(12, heights.size());
    for (int i = 1; i < heights.size(); i++) {
      assertTrue(heights.get(i) - heights.get(i - 1) >= 17.9, heights::toString);
    }
    assertTrue(heights.getLast() <= 520, heights::toString);
  }

  private static Chart chart(List<Series> series) {
    return new Chart("Title", "subtitle", RECALL, RATE, series);
  }

  private static Series series(String name, double rate) {
    return new Series(
        name, new Look("#112233", Marker.CIRCLE, Weight.STRONG), List.of(point(0.9, rate)));
  }

  private static Point point(double recall, double rate) {
    return new Point(recall, rate, Fill.HOLLOW, "note");
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
