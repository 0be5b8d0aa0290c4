package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.PageRequest;
import io.memryx.server.tenant.TenantId;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Reads entries of tenants' collections: one, a page, all. Thread-safe. */
public final class EntryReads {
  private final TenantCollections collections;

  /** Works on these collections. */
  public EntryReads(TenantCollections collections) {
    this.collections = collections;
  }

  /** One entry of a collection. */
  public Entry entry(TenantId tenant, String collection, String id) {
    return collections
        .require(tenant, collection)
        .ask(open -> open.get(id))
        .orElseThrow(() -> TenantCollections.noSuchVector(id));
  }

  /** Some entries of a collection, in order of id. */
  public List<Entry> page(TenantId tenant, String collection, PageRequest request) {
    return collections.require(tenant, collection).ask(open -> open.page(request));
  }

  /**
   * All entries of a collection that pass a filter, as of now, in order of id, read as they are
   * asked for.
   *
   * @return to be closed; other ends of it may fail with problems
   */
  public Export export(TenantId tenant, String collection, Optional<Filter> filter) {
    OpenCollection open = collections.require(tenant, collection);
    OpenStreams.Stream place = open.space().streams().openExport();
    try {
      Iterator<Entry> entries =
          open.ask(read -> filter.map(read::entries).orElseGet(read::entries).iterator());
      return new Export(open, entries, place);
    } catch (RuntimeException | Error e) {
      place.close();
      throw e;
    }
  }

  /** Entries on their way out. Used by one thread at a time. */
  public static final class Export implements AutoCloseable {
    private final OpenCollection open;
    private final Iterator<Entry> entries;
    private final OpenStreams.Stream place;

    private Export(OpenCollection open, Iterator<Entry> entries, OpenStreams.Stream place) {
      this.open = open;
      this.entries = entries;
      this.place = place;
    }

    /** The next entry, or empty at the end. */
    public Optional<Entry> next() {
      return open.ask(_ -> entries.hasNext() ? Optional.of(entries.next()) : Optional.empty());
    }

    @Override
    public void close() {
      place.close();
    }
  }
}
