package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sentences of one Javadoc comment, as plain text.
 *
 * @param summary the first sentence of the description; empty if there is none
 * @param details the first sentences behind {@code @return} and {@code @throws}
 */
record JavadocText(String summary, List<String> details) {
  private static final Pattern MARGIN = Pattern.compile("(?m)^[ \\t]*\\*+[ \\t]?");
  private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^[ \\t]*@(\\w+)[ \\t]*");
  private static final Pattern INLINE_TAG = Pattern.compile("\\{@(\\w+)\\s*([^{}]*)}");
  private static final Pattern REFERENCE =
      Pattern.compile("^[\\w.$]*(?:#\\w+)?(?:\\([^)]*\\))?\\s*");

  /** Type arguments look like markup and go with it: {@code List<String>} is a List. */
  private static final Pattern MARKUP = Pattern.compile("</?[A-Za-z][^<>]*>|<!--.*?-->");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  /** A full stop that ends a sentence: not within a number, a name, or "e.g." */
  private static final Pattern END =
      Pattern.compile("(?<!\\be\\.g|\\bi\\.e|\\bvs|\\betc|\\bcf)[.!?](?=\\s|$)");

  /** Where {@code <p>} or a list begins, a first sentence without a full stop ends too. */
  private static final Pattern PARAGRAPH =
      Pattern.compile("(?i)</?(p|ul|ol|li|pre|table|h[1-6]|br|dl|blockquote)\\b[^<>]*>");

  JavadocText {
    details = List.copyOf(details);
  }

  /** Reads what is between the opening and the closing mark of a comment. */
  static JavadocText of(String comment) {
    String text = MARGIN.matcher(comment).replaceAll("");
    Matcher tag = BLOCK_TAG.matcher(text);
    boolean tagged = tag.find();
    String summary = firstSentence(tagged ? text.substring(0, tag.start()) : text);
    List<String> details = new ArrayList<>();
    while (tagged) {
      String name = tag.group(1);
      int start = tag.end();
      tagged = tag.find();
      String body = tagged ? text.substring(start, tag.start()) : text.substring(start);
      switch (name) {
        case "return" -> details.add(firstSentence(body));
        // The name of the exception is no part of the sentence.
        case "throws", "exception" -> details.add(firstSentence(body.replaceFirst("^\\S+", "")));
        default -> {}
      }
    }
    details.removeIf(String::isEmpty);
    return new JavadocText(summary, details);
  }

  private static String firstSentence(String markup) {
    String text = PARAGRAPH.matcher(replaceInlineTags(markup).strip()).replaceAll("\u0000");
    text = text.replaceFirst("^[\u0000\\s]+", "").replaceFirst("(?s)\u0000.*", "");
    text = MARKUP.matcher(text).replaceAll("");
    text = SPACE.matcher(entities(text)).replaceAll(" ").strip();
    Matcher end = END.matcher(text);
    return end.find() ? text.substring(0, end.start()).strip() : text;
  }

  /** {@code {@code x}} becomes x, {@code {@link A#b label}} its label or the name. */
  private static String replaceInlineTags(String text) {
    String replaced = text;
    for (int depth = 0; depth < 3 && replaced.contains("{@"); depth++) {
      replaced = INLINE_TAG.matcher(replaced).replaceAll(JavadocText::plain);
    }
    return replaced;
  }

  private static String plain(MatchResult tag) {
    String body = tag.group(2);
    String plain =
        switch (tag.group(1)) {
          case "link", "linkplain", "see" -> {
            String label = REFERENCE.matcher(body).replaceFirst("");
            yield label.isBlank() ? body.replace('#', '.') : label;
          }
          default -> body;
        };
    return Matcher.quoteReplacement(plain);
  }

  private static String entities(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&#64;", "@")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
