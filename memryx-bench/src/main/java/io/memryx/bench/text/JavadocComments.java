package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the Javadoc comments of a Java source file: skips strings, characters and other comments,
 * and what stands before the package's declaration, for that is a licence.
 */
final class JavadocComments {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+[\\w.]+\\s*;");

  private final String source;
  private final List<String> comments = new ArrayList<>();

  private JavadocComments(String source) {
    this.source = source;
  }

  /** The contents of the comments, in their order, without their marks. */
  static List<String> of(String source) {
    Matcher declaration = PACKAGE.matcher(source);
    var found = new JavadocComments(source);
    int at = declaration.find() ? declaration.end() : 0;
    while (at < source.length()) {
      at = found.token(at);
    }
    return found.comments;
  }

  /** Takes what begins at a position, and gives the position behind it. */
  private int token(int at) {
    return switch (source.charAt(at)) {
      case '/' -> comment(at);
      case '"' -> source.startsWith("\"\"\"", at) ? quoted(at, "\"\"\"") : quoted(at, "\"");
      case '\'' -> quoted(at, "'");
      default -> at + 1;
    };
  }

  private int comment(int at) {
    if (source.startsWith("//", at)) {
      return end("\n", at);
    }
    // An empty comment, of two stars in a row, is no Javadoc.
    if (source.startsWith("/**", at) && !source.startsWith("/**/", at)) {
      int close = source.indexOf("*/", at + 3);
      if (close < 0) {
        return source.length();
      }
      comments.add(source.substring(at + 3, close));
      return close + 2;
    }
    return source.startsWith("/*", at) ? end("*/", at + 2) : at + 1;
  }

  private int quoted(int at, String mark) {
    int position = at + mark.length();
    while (position < source.length() && !source.startsWith(mark, position)) {
      position += source.charAt(position) == '\\' ? 2 : 1;
    }
    return position + mark.length();
  }

  /** The position behind the next mark, or the end of the source. */
  private int end(String mark, int from) {
    int found = source.indexOf(mark, from);
    return found < 0 ? source.length() : found + mark.length();
  }
}
