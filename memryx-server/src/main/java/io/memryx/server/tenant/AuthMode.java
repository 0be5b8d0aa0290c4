package io.memryx.server.tenant;

/** Who gets in. */
public enum AuthMode {
  /** Any non-empty key, and each is its own tenant. */
  OPEN,
  /** Only registered keys. */
  KEYS
}
