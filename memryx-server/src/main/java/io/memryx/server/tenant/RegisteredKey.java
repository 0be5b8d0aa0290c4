package io.memryx.server.tenant;

/**
 * A tenant's key as the environment gives it. Its text never shows the key.
 *
 * @param tenant whose key
 * @param key the secret
 */
public record RegisteredKey(TenantId tenant, String key) {
  @Override
  public String toString() {
    return tenant + "=***";
  }
}
