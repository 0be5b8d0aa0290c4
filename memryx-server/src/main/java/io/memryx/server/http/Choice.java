package io.memryx.server.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The constants of an enum by the names that clients give and get: theirs in lower case. */
final class Choice {
  private Choice() {}

  /** The name of a constant. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The constant of a name, if there is one. */
  static <E extends Enum<E>> Optional<E> named(Class<E> type, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name(constant).equals(name))
        .findFirst();
  }

  /** All names, for messages. */
  static String names(Class<? extends Enum<?>> type) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(each -> "'" + name(each) + "'").toList();
    return String.join(", ", names);
  }
}
