package io.memryx.server.badinput;

import java.util.List;

/** A server of some kind, with something in it. */
enum Site {
  /** Any key is a tenant; 100,000 bytes a request. 'k' has two vectors of two dimensions. */
  OPEN("MAX_REQUEST_BYTES", "100000"),
  /** Keys that the administrator made, and two of the environment. */
  KEYS("AUTH_MODE", "keys", "ADMIN_API_KEY", Sites.ROOT, "API_KEYS", "acme=ACME,globex=GLOBEX"),
  /** The same; for those who guess keys. */
  GUESSED("AUTH_MODE", "keys", "ADMIN_API_KEY", Sites.ROOT),
  /** The smallest plan. */
  FREE("DEFAULT_PLAN", "free"),
  /** Two connections at one time. */
  NARROW("MAX_CONNECTIONS", "2"),
  /** Known by one name only. */
  NAMED("ALLOWED_HOSTS", "memryx.example,localhost");

  private final List<String> variables;

  Site(String... variables) {
    this.variables = List.of(variables);
  }

  String[] variables() {
    return variables.toArray(String[]::new);
  }
}
