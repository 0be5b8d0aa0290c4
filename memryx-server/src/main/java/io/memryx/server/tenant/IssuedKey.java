package io.memryx.server.tenant;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that this server made, as it knows it: without the secret.
 *
 * @param id by which it is looked up
 * @param caller whose it is
 * @param hash of the secret
 * @param createdAt when it was made
 * @param expiresAt when it ceases to be good, if ever
 */
public record IssuedKey(
    String id, Caller caller, SecretHash hash, Instant createdAt, Optional<Instant> expiresAt) {

  /** Whether it lets anybody in. */
  public boolean isLive(Instant now) {
    return expiresAt.isEmpty() || now.isBefore(expiresAt.get());
  }

  /** Whether it is this tenant's. */
  public boolean isOf(TenantId tenant) {
    return caller instanceof Caller.OfTenant of && of.tenant().equals(tenant);
  }
}
