package io.memryx.persistence.exchange;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The dictionary in an npy file's header: {@code {'descr': '<f4', 'fortran_order': False, 'shape':
 * (3, 4), }}, the three keys in any order.
 */
final class NpyHeader {
  private final String descr;
  private final boolean fortranOrder;
  private final long[] shape;

  private NpyHeader(String descr, boolean fortranOrder, long[] shape) {
    this.descr = descr;
    this.fortranOrder = fortranOrder;
    this.shape = shape;
  }

  static NpyHeader parse(MappedFile file, int textOffset, String text)
      throws MalformedFileException {
    return new Parser(file, textOffset, text).parse();
  }

  /** NumPy's name of the element type, such as {@code <f4}. */
  String descr() {
    return descr;
  }

  boolean fortranOrder() {
    return fortranOrder;
  }

  long[] shape() {
    return shape.clone();
  }

  /** A parser of just the Python literals that such a header is made of. */
  private static final class Parser {
    /** More dimensions than NumPy allows are not worth remembering. */
    private static final int MAX_DIMENSIONS = 64;

    private final MappedFile file;
    private final int textOffset;
    private final String text;
    private int position;
    private @Nullable String descr;
    private @Nullable Boolean fortranOrder;
    private long @Nullable [] shape;

    Parser(MappedFile file, int textOffset, String text) {
      this.file = file;
      this.textOffset = textOffset;
      this.text = text;
    }

    NpyHeader parse() throws MalformedFileException {
      expect('{');
      while (!accept('}')) {
        entry();
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      if (peek() != 0) {
        throw wrong("nothing but spaces after the dictionary");
      }
      if (descr == null || fortranOrder == null || shape == null) {
        throw wrong("a dictionary with 'descr', 'fortran_order' and 'shape'");
      }
      return new NpyHeader(descr, fortranOrder, shape);
    }

    private void entry() throws MalformedFileException {
      String key = string();
      expect(':');
      boolean repeated =
          switch (key) {
            case "descr" -> Objects.nonNull(descr);
            case "fortran_order" -> Objects.nonNull(fortranOrder);
            case "shape" -> Objects.nonNull(shape);
            default -> true;
          };
      if (repeated) {
        throw wrong("'descr', 'fortran_order' and 'shape' once each, not '" + key + "' here");
      }
      switch (key) {
        case "descr" -> descr = string();
        case "fortran_order" -> fortranOrder = truth();
        default -> shape = tuple();
      }
    }

    private String string() throws MalformedFileException {
      char quote = peek();
      if (quote != '\'' && quote != '"') {
        throw wrong("a quoted string: structured types are not vectors");
      }
      int end = text.indexOf(quote, position + 1);
      if (end < 0) {
        throw wrong("a string that ends");
      }
      String value = text.substring(position + 1, end);
      position = end + 1;
      return value;
    }

    private boolean truth() throws MalformedFileException {
      peek();
      for (boolean value : new boolean[] {false, true}) {
        String word = value ? "True" : "False";
        if (text.startsWith(word, position)) {
          position += word.length();
          return value;
        }
      }
      throw wrong("True or False");
    }

    private long[] tuple() throws MalformedFileException {
      long[] values = new long[MAX_DIMENSIONS];
      int count = 0;
      expect('(');
      while (!accept(')')) {
        if (count == MAX_DIMENSIONS) {
          throw wrong("at most " + MAX_DIMENSIONS + " dimensions");
        }
        values[count++] = number();
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return Arrays.copyOf(values, count);
    }

    private long number() throws MalformedFileException {
      peek();
      int end = position;
      while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
        end++;
      }
      // 18 digits always fit a long.
      if (end == position || end - position > 18) {
        throw wrong("a whole number of 1 to 18 digits");
      }
      long value = Long.parseLong(text, position, end, 10);
      position = end;
      // Python 2 wrote long integers with a suffix.
      accept('L');
      return value;
    }

    /** The next character that is not white space, or 0 at the end. */
    private char peek() {
      while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
      return position < text.length() ? text.charAt(position) : 0;
    }

    private boolean accept(char expected) {
      if (peek() == expected) {
        position++;
        return true;
      }
      return false;
    }

    private void expect(char expected) throws MalformedFileException {
      if (!accept(expected)) {
        throw wrong("'" + expected + "'");
      }
    }

    private MalformedFileException wrong(String expected) {
      return file.malformed((long) textOffset + position, "the header can't be read", expected);
    }
  }
}
