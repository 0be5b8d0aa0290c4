package io.memryx.server.service;

import io.memryx.server.metrics.ServerMeters;

/**
 * Everything that endpoints call.
 *
 * @param collections which collections there are
 * @param upserts adds entries
 * @param idempotency requests that must not be applied twice
 * @param deletions removes entries
 * @param reads reads entries
 * @param searches finds entries
 * @param builds builds indexes
 * @param administration tenants and their keys
 * @param backups snapshots of single tenants
 * @param overview figures of the whole server
 * @param readiness whether calls are taken
 * @param meters counts what happens
 */
public record Services(
    TenantCollections collections,
    Upserts upserts,
    Idempotency idempotency,
    Deletions deletions,
    EntryReads reads,
    Searches searches,
    Builds builds,
    Administration administration,
    TenantBackups backups,
    Overview overview,
    Readiness readiness,
    ServerMeters meters) {}
