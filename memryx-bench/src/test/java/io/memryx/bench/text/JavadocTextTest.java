package io.memryx.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JavadocTextTest {
  @Test
  void of_comment_firstSentenceAndDetails() {
    var text =
        JavadocText.of(
            """

               * Counts what is there, e.g. rows
               * of a table. More follows.
               *
               * @param name what to count
               * @return the number of <b>rows</b>. Never negative.
               * @throws java.io.IOException if the file
               *     can't be read
               """);

    assertEquals("Counts what is there, e.g. rows of a table", text.summary());
    assertEquals(List.of("the number of rows", "if the file can't be read"), text.details());
  }

  @Test
  void of_inlineTagsAndEntities_becomePlainText() {
    var text =
        JavadocText.of(
            " A {@code List<String>} of {@link Foo#bar(int) things} and {@link #size}, &lt; 5 &amp; up.");

    assertEquals("A List of things and .size, < 5 & up", text.summary());
  }

  @Test
  void of_paragraph_endsASentenceWithoutAFullStop() {
    assertEquals("A table", JavadocText.of(" <p>A table<p>It has rows.").summary());
  }

  @Test
  void of_fullStopInANumberOrName_endsNothing() {
    assertEquals(
        "Version 1.2 of java.util is old",
        JavadocText.of("Version 1.2 of java.util is old.").summary());
  }

  @Test
  void of_onlyTags_emptySummary() {
    assertEquals("", JavadocText.of(" @return a name").summary());
  }

  @Test
  void comments_ofASource_withoutLicenceStringsAndOthers() {
    String source =
        """
        /** A licence. */
        package a.b;
        /* no */ // /** no */
        /**/ /** One. */
        class A {
          String s = "/** no */ \\" /** no */", t = \"""
            /** no "" */ \""";
          char c = '"'; char d = '\\'';
          /** Two, with * and / in it. */ int x;
          /** Never closed
        """;

    List<String> comments = JavadocComments.of(source);

    assertEquals(" One. ", comments.get(0));
    assertEquals(" Two, with * and / in it. ", comments.get(1));
    assertEquals(2, comments.size(), comments::toString);
  }
}
