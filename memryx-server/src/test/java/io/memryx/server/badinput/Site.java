package io.memryx.server.badinput;

/** A server of some kind, with something in it. */
enum Site {
  /** Any key is a tenant; 100,000 bytes a request. 'k' has two vectors of two dimensions. */
  OPEN,
  /** Keys that the administrator made, and two of the environment. */
  KEYS,
  /** The same; for those who guess keys. */
  GUESSED,
  /** The smallest plan. */
  FREE,
  /** Two connections at one time. */
  NARROW,
  /** Known by two names only. */
  NAMED;

  /** How it is told what it is. */
  String[] variables() {
    return switch (this) {
      case OPEN -> new String[] {"MAX_REQUEST_BYTES", "100000"};
      case KEYS ->
          new String[] {
            "AUTH_MODE", "keys", "ADMIN_API_KEY", Sites.ROOT, "API_KEYS", "acme=ACME,globex=GLOBEX"
          };
      case GUESSED -> new String[] {"AUTH_MODE", "keys", "ADMIN_API_KEY", Sites.ROOT};
      case FREE -> new String[] {"DEFAULT_PLAN", "free"};
      case NARROW -> new String[] {"MAX_CONNECTIONS", "2"};
      case NAMED -> new String[] {"ALLOWED_HOSTS", "memryx.example,localhost"};
    };
  }
}
