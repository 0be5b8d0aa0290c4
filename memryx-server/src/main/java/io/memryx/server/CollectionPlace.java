package io.memryx.server;

import io.memryx.Limits;
import io.memryx.StoreOptions;
import io.memryx.ValidationException;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.server.exchange.ExchangeException;
import io.memryx.server.exchange.RemoteServer;
import io.memryx.server.service.Storage;
import io.memryx.server.tenant.TenantId;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where a collection is: options that {@code import} and {@code export} share. */
final class CollectionPlace {
  private static final String KEY_VARIABLE = "MEMRYX_API_KEY";

  /** Tenants that are named to somebody who named none. */
  private static final int SOME_TENANTS = 10;

  @Option(
      names = "--collection",
      required = true,
      paramLabel = "NAME",
      description = "the collection")
  private String collection = "";

  @ArgGroup(multiplicity = "1")
  private Where where = new Where();

  /** In a directory or on a server. */
  static final class Where {
    @ArgGroup(exclusive = false)
    private @Nullable InStore store;

    @ArgGroup(exclusive = false)
    private @Nullable OnServer server;
  }

  /** Options of a store. */
  static final class InStore {
    @Option(
        names = "--store",
        required = true,
        paramLabel = "DIR",
        description = "the directory of a store that no other program has open")
    private Path directory = Path.of("");

    @Option(
        names = "--tenant",
        paramLabel = "TENANT",
        description = "of a server's directory (STORAGE_PATH): whose collection")
    private @Nullable String tenant;
  }

  /** Options of a server. */
  static final class OnServer {
    @Option(
        names = "--url",
        required = true,
        paramLabel = "URL",
        description = "a running server, such as http://127.0.0.1:8080")
    private URI address = URI.create("");

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "the API key; better in the variable " + KEY_VARIABLE)
    private @Nullable String key;
  }

  /** The collection's name, checked. */
  String name() throws ExchangeException {
    try {
      return Limits.requireCollectionName(collection);
    } catch (ValidationException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /** The server, or empty if it is a store. */
  Optional<RemoteServer> server() throws ExchangeException {
    OnServer server = where.server;
    if (server == null) {
      return Optional.empty();
    }
    String key = server.key == null ? System.getenv(KEY_VARIABLE) : server.key;
    if (key == null || key.isEmpty()) {
      throw usage("no API key: give --key, or set " + KEY_VARIABLE);
    }
    boolean web = String.valueOf(server.address.getScheme()).matches("https?");
    if (!web || server.address.getHost() == null) {
      throw usage("--url %s: expected http://HOST:PORT or https://…".formatted(server.address));
    }
    return Optional.of(new RemoteServer(server.address, key, TimeUnit.SECONDS::sleep));
  }

  /** Whether a store's directory is there. */
  boolean storeIsThere() {
    InStore store = where.store;
    return store != null && Files.isDirectory(store.directory);
  }

  /**
   * A store and the files it is in.
   *
   * @param collections of one tenant, or of all the directory
   * @param files closed after the store
   */
  record OpenStore(VectorStore collections, Optional<Storage> files) implements AutoCloseable {
    @Override
    public void close() {
      collections.close();
      files.ifPresent(Storage::close);
    }
  }

  /** The store, opened; made if it is not there. */
  OpenStore store() throws ExchangeException {
    InStore store = where.store;
    if (store == null) {
      throw new IllegalStateException("a server was given");
    }
    if (store.tenant == null) {
      requireNoTenants(store.directory);
      return new OpenStore(
          DurableVectorStore.open(store.directory, StoreOptions.defaults(), DurabilityOptions.os()),
          Optional.empty());
    }
    if (!TenantId.isName(store.tenant)) {
      throw usage("--tenant: expected 1 to 63 of a-z, 0-9, '_' and '-'");
    }
    Storage storage = Storage.onDisk(store.directory, DurabilityOptions.os());
    try {
      return new OpenStore(storage.open(new TenantId(store.tenant), _ -> {}), Optional.of(storage));
    } catch (RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /** What lies beside tenants' collections, in a server's directory, no server would serve. */
  private void requireNoTenants(Path directory) throws ExchangeException {
    if (!storeIsThere()) {
      return;
    }
    List<TenantId> tenants;
    try (Storage storage = Storage.onDisk(directory, DurabilityOptions.os())) {
      tenants = storage.tenants();
    }
    if (!tenants.isEmpty()) {
      throw usage(
          "the store is a server's, expected --tenant: it has collections of "
              + tenants.stream()
                  .limit(SOME_TENANTS)
                  .map(TenantId::toString)
                  .collect(Collectors.joining(", "))
              + (tenants.size() > SOME_TENANTS ? ", …" : ""));
    }
  }

  private static ExchangeException usage(String message) {
    return new ExchangeException(ExchangeException.Kind.USAGE, message);
  }
}
