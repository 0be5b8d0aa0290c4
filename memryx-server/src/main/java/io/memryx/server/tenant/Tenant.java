package io.memryx.server.tenant;

import java.time.Instant;
import java.util.Optional;

/**
 * A tenant that the administrator registered.
 *
 * @param id its name
 * @param terms what it may use
 * @param podUrl where the operator serves it, if that is somewhere else; kept and shown, no more
 * @param createdAt when it was registered
 * @param standing whether its data can be used
 */
public record Tenant(
    TenantId id, Terms terms, Optional<String> podUrl, Instant createdAt, Standing standing) {

  /** Whether a tenant's data can be used. What is not {@link #ACTIVE} at a start is taken away. */
  public enum Standing {
    /** It can. */
    ACTIVE,
    /** A backup is being restored: what is there is not all of it. */
    ARRIVING,
    /** It is being removed with all it has. */
    LEAVING
  }

  /** With other terms. */
  public Tenant with(Terms other) {
    return new Tenant(id, other, podUrl, createdAt, standing);
  }

  /** In another standing. */
  public Tenant with(Standing other) {
    return new Tenant(id, terms, podUrl, createdAt, other);
  }

  /** Served elsewhere, or not. */
  public Tenant withPodUrl(Optional<String> url) {
    return new Tenant(id, terms, url, createdAt, standing);
  }
}
