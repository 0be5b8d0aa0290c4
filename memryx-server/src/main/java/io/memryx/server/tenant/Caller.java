package io.memryx.server.tenant;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Whom a key belongs to. */
public sealed interface Caller {

  /**
   * A tenant: sees its own data and nothing else.
   *
   * @param tenant whose data
   * @param scopes what it may do with it
   */
  record OfTenant(TenantId tenant, Set<Scope> scopes) implements Caller {
    /** Copies the set. */
    public OfTenant {
      Set<Scope> copy = EnumSet.noneOf(Scope.class);
      copy.addAll(scopes);
      scopes = Collections.unmodifiableSet(copy);
    }

    /** A tenant that may do everything. */
    static OfTenant withAllScopes(TenantId tenant) {
      return new OfTenant(tenant, EnumSet.allOf(Scope.class));
    }
  }

  /** The administrator: sees figures, no tenant's data. */
  record Administrator() implements Caller {}
}
