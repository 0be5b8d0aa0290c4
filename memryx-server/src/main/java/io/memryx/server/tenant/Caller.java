package io.memryx.server.tenant;

/** Whom a key belongs to. */
public sealed interface Caller {

  /**
   * A tenant: sees its own data and nothing else.
   *
   * @param tenant whose data
   */
  record OfTenant(TenantId tenant) implements Caller {}

  /** The administrator: sees figures, no tenant's data. */
  record Administrator() implements Caller {}
}
