package io.memryx.server.http;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names that the server is known by, as clients give them in {@code Host}: a page in a browser
 * that was led here under another name (DNS rebinding) gets nothing.
 *
 * @param names without ports, in lower case; none for any
 */
public record AllowedHosts(Set<String> names) {
  /** Any name at all. */
  public static final AllowedHosts ANY = new AllowedHosts(Set.of());

  /** Takes names in any case. */
  public AllowedHosts {
    names =
        names.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a client may call the server so.
   *
   * @param name without a port
   */
  boolean allow(String name) {
    return names.isEmpty() || names.contains(name.toLowerCase(Locale.ROOT));
  }
}
