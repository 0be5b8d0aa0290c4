package io.memryx.server.tenant;

/** What a tenant's key is good for. None implies another. */
public enum Scope {
  /** To search, and to see what there is. */
  READ,
  /** To add and delete vectors, make collections, finalize. */
  WRITE,
  /** To remove whole collections. */
  ADMIN
}
