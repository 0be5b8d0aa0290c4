package io.memryx.server;

import io.memryx.server.tenant.RegisteredKey;
import io.memryx.server.tenant.TenantId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The environment's variables, read by type. An empty value counts as none. */
final class Environment {
  /** A name, or an address of version 4 or 6. */
  private static final Pattern HOST = Pattern.compile("[a-z0-9_.-]+|[0-9a-f]*(:[0-9a-f.]*){2,}");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  Optional<String> text(String variable) {
    return Optional.ofNullable(variables.get(variable))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /** A value that must not be shown. */
  Optional<String> secret(String variable) {
    Optional<String> value = text(variable);
    value.ifPresent(key -> requireUsable(variable, key));
    return value;
  }

  boolean truth(String variable, boolean otherwise) {
    return text(variable)
        .map(
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw refuse(variable, value, "true or false");
                })
        .orElse(otherwise);
  }

  long number(String variable, long otherwise, long min, long max) {
    return text(variable)
        .map(
            value -> {
              String accepted = "a whole number from %d to %d".formatted(min, max);
              try {
                long number = Long.parseLong(value);
                if (number >= min && number <= max) {
                  return number;
                }
              } catch (NumberFormatException e) {
                throw refuse(variable, value, accepted);
              }
              throw refuse(variable, value, accepted);
            })
        .orElse(otherwise);
  }

  <E extends Enum<E>> E choice(String variable, Class<E> type, E otherwise) {
    return text(variable)
        .map(
            value -> {
              for (E constant : type.getEnumConstants()) {
                if (name(constant).equals(value.toLowerCase(Locale.ROOT))) {
                  return constant;
                }
              }
              List<String> names =
                  Arrays.stream(type.getEnumConstants()).map(Environment::name).toList();
              throw refuse(variable, value, String.join(", ", names));
            })
        .orElse(otherwise);
  }

  /** How a choice is written. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Pairs {@code tenant=key}, separated by commas; messages never show the keys. */
  List<RegisteredKey> keys(String variable) {
    List<RegisteredKey> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String pair : text(variable).orElse("").split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int position = keys.size() + 1;
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      String key = equals < 0 ? "" : pair.substring(equals + 1).strip();
      if (!TenantId.isName(name) || TenantId.isReserved(name)) {
        throw new OptionException(
            ("%s: pair %d is not tenant=KEY: a tenant's name is 1 to 63 of a-z, 0-9, '_' and '-',"
                    + " and does not begin with 'open-'")
                .formatted(variable, position));
      }
      requireUsable(variable + " (tenant " + name + ")", key);
      if (!seen.add(key)) {
        throw new OptionException(
            "%s: tenant %s has a key that is there twice: every key belongs to one tenant"
                .formatted(variable, name));
      }
      keys.add(new RegisteredKey(new TenantId(name), key));
    }
    return keys;
  }

  /** Names of hosts, separated by commas, in lower case. */
  Set<String> hosts(String variable) {
    Set<String> hosts = new TreeSet<>();
    for (String part : text(variable).orElse("").split(",", -1)) {
      String host = part.strip().toLowerCase(Locale.ROOT);
      if (host.isEmpty()) {
        continue;
      }
      if (!HOST.matcher(host).matches()) {
        throw refuse(
            variable, host, "names or addresses without port and scheme, separated by commas");
      }
      hosts.add(host);
    }
    return hosts;
  }

  private static void requireUsable(String variable, String key) {
    boolean usable =
        !key.isEmpty() && key.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
    if (!usable) {
      throw new OptionException(
          "%s=***: a key is printable ASCII without spaces, at least one character"
              .formatted(variable));
    }
  }

  private static OptionException refuse(String variable, String value, String accepted) {
    return new OptionException(
        "%s=%s is not accepted: give %s".formatted(variable, value, accepted));
  }
}
