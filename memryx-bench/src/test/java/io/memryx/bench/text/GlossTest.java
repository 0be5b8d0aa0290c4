package io.memryx.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GlossTest {
  @Test
  void of_definitionsAndExamples_areTakenApart() {
    var gloss = Gloss.of("add up;make a sum;   \"sum the  rows\"; \"it is done\"- A. Writer  ");

    assertEquals("add up; make a sum", gloss.definition());
    assertEquals(List.of("sum the rows", "it is done"), gloss.examples());
  }

  @Test
  void of_semicolonInQuotationMarks_endsNothing() {
    var gloss = Gloss.of("an end; \"this stops; that goes on\"");

    assertEquals("an end", gloss.definition());
    assertEquals(List.of("this stops; that goes on"), gloss.examples());
  }

  @Test
  void of_quotationInsideADefinition_belongsToIt() {
    var gloss = Gloss.of("a promise, as in \"carrot and stick\"; an offer");

    assertEquals("a promise, as in \"carrot and stick\"; an offer", gloss.definition());
    assertEquals(List.of(), gloss.examples());
  }

  @Test
  void of_emptyPartsAndEmptyQuotations_areLeftOut() {
    var gloss = Gloss.of("dark;  ; \"\"");

    assertEquals("dark", gloss.definition());
    assertEquals(List.of(), gloss.examples());
  }
}
