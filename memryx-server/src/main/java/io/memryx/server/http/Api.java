package io.memryx.server.http;

import io.memryx.server.http.Route.Access;
import io.memryx.server.http.Route.Runs;
import io.memryx.server.service.Services;
import io.memryx.server.tenant.Scope;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Everything that the server offers, in one table. */
final class Api {
  private Api() {}

  /** The table, over these services. */
  static Routes routes(Services services) {
    DefaultCollectionEndpoints unnamed = new DefaultCollectionEndpoints(services);
    CollectionEndpoints named = new CollectionEndpoints(services.collections());
    OperatorEndpoints operator = new OperatorEndpoints(services.overview(), services.meters());
    String openApi = OperatorEndpoints.openApi();
    List<Route> routes = new ArrayList<>();
    routes.add(
        open("/", "how to begin, and this list", new FrontPage(routes)::answer)
            .giving(MediaTypes.JSON, MediaTypes.HTML));
    routes.add(writing("POST", "/add", "add or replace vectors", unnamed::add));
    routes.add(writing("POST", "/ingest", "the same as /add", unnamed::add));
    routes.add(reading("POST", "/search", "find the nearest vectors", unnamed::search));
    routes.add(writing("POST", "/finalize", "build the index and save it", unnamed::beginFinalize));
    routes.add(
        reading("GET", "/finalize/status", "how a build stands", unnamed::finalizeStatus)
            .asking("build_id"));
    routes.add(reading("GET", "/v1/collections", "your collections", named::list));
    routes.add(reading("GET", "/v1/collections/{name}", "one collection", named::get));
    routes.add(
        writing("PUT", "/v1/collections/{name}", "make a collection with options", named::put));
    routes.add(
        reading("GET", "/v1/collections/{name}/stats", "what it holds and takes", named::stats));
    routes.add(
        writing("DELETE", "/v1/collections/{name}", "remove it and all in it", named::drop)
            .needing(Scope.ADMIN)
            .running(Runs.AT_LENGTH));
    addEntries(routes, services);
    addOperations(routes, services);
    routes.add(
        reading("GET", "/v1/estimate", "what a collection would take", EstimateEndpoint::answer)
            .asking("count", "dimension", "metric", "compression", "id_bytes", "metadata_bytes"));
    addAdministration(routes, services);
    routes.add(
        administering("GET", "/v1/admin/stats", "figures of all tenants", operator::adminStats));
    routes.add(open("/health", "ready or not, and how full", operator::health));
    routes.add(open("/readyz", "ready or not", operator::readyz));
    routes.add(open("/livez", "alive", operator::livez));
    routes.add(open("/version", "version, Java, kernels", operator::version));
    routes.add(
        new Route(
                "GET",
                "/metrics",
                Access.METRICS,
                Runs.ON_WORKER,
                "meters, for Prometheus or as JSON",
                operator::metrics)
            .giving(MediaTypes.PLAIN, MediaTypes.JSON));
    routes.add(
        open(
            "/openapi.json",
            "the interface, for programs",
            _ -> Answer.text(200, Answer.JSON, openApi)));
    routes.add(
        open("/errors/{code}", "what an error means", ErrorPage::answer)
            .giving(MediaTypes.PLAIN, MediaTypes.HTML));
    return new Routes(routes);
  }

  private static void addEntries(List<Route> routes, Services services) {
    VectorEndpoints vectors = new VectorEndpoints(services);
    SearchEndpoints searches = new SearchEndpoints(services);
    String all = "/v1/collections/{name}/vectors";
    String one = all + "/{id}";
    routes.add(
        writing("POST", all, "add or replace vectors", vectors::upsert)
            .asking("on_error")
            .taking(MediaTypes.JSON, MediaTypes.LINES));
    routes.add(
        reading("GET", all, "vectors page by page, or all as lines", vectors::list)
            .asking("cursor", "limit", "filter", "include")
            .giving(MediaTypes.JSON, MediaTypes.LINES));
    routes.add(reading("GET", one, "one vector", vectors::get).asking("include"));
    routes.add(writing("DELETE", one, "delete one vector", vectors::deleteOne));
    routes.add(
        writing(
            "POST",
            "/v1/collections/{name}/delete",
            "delete vectors by ids or filter",
            vectors::delete));
    routes.add(
        reading(
            "POST", "/v1/collections/{name}/search", "find the nearest vectors", searches::search));
    routes.add(
        reading(
                "POST",
                "/v1/collections/{name}/recall",
                "how much searches find, measured",
                searches::recall)
            .running(Runs.AT_LENGTH));
  }

  private static void addOperations(List<Route> routes, Services services) {
    OperationEndpoints operations = new OperationEndpoints(services);
    String one = "/v1/operations/{id}";
    routes.add(
        writing(
            "POST",
            "/v1/collections/{name}/finalize",
            "build the index and save it",
            operations::beginFinalize));
    routes.add(reading("GET", one, "how an operation stands", operations::get));
    routes.add(writing("DELETE", one, "cancel an operation", operations::cancel));
    routes.add(
        reading("GET", one + "/events", "how an operation goes on, live", operations::events)
            .giving(MediaTypes.EVENTS));
  }

  private static void addAdministration(List<Route> routes, Services services) {
    AdminEndpoints admin = new AdminEndpoints(services.administration(), InstantSource.system());
    String tenants = "/v1/admin/tenants";
    String one = tenants + "/{tenant}";
    String keys = "/v1/admin/keys";
    routes.add(
        administering("GET", tenants, "all tenants", admin::tenants).asking("cursor", "limit"));
    routes.add(changing("POST", tenants, "make a tenant", admin::create));
    routes.add(administering("GET", one, "one tenant", admin::tenant));
    routes.add(changing("PUT", one, "change a tenant, or make it", admin::change));
    routes.add(
        changing("DELETE", one, "remove it, its keys and its data", admin::delete)
            .running(Runs.AT_LENGTH));
    addSnapshots(routes, new SnapshotEndpoints(services.backups()));
    routes.add(changing("POST", keys, "make a key for a tenant", admin::makeKey));
    routes.add(administering("GET", keys, "keys, without secrets", admin::keys).asking("tenant"));
    routes.add(changing("DELETE", keys + "/{key_id}", "revoke a key", admin::revoke));
  }

  private static void addSnapshots(List<Route> routes, SnapshotEndpoints snapshots) {
    String all = "/v1/admin/snapshots";
    String one = all + "/{tenant}";
    routes.add(
        administering("GET", all, "snapshots on the disk", snapshots::list)
            .running(Runs.AT_LENGTH)
            .asking("tenant"));
    routes.add(
        administering("GET", one, "download a tenant's backup", snapshots::download)
            .running(Runs.AT_LENGTH)
            .giving(MediaTypes.ZIP));
    routes.add(
        changing("POST", one + "/verify", "check a tenant's snapshots", snapshots::verify)
            .running(Runs.AT_LENGTH));
    routes.add(
        changing("POST", one + "/restore", "restore a backup", snapshots::restore)
            .running(Runs.AT_LENGTH)
            .taking(MediaTypes.ZIP));
  }

  private static Route administering(
      String method, String template, String summary, Route.Endpoint endpoint) {
    return new Route(method, template, Access.ADMINISTRATOR, Runs.ON_WORKER, summary, endpoint);
  }

  private static Route changing(
      String method, String template, String summary, Route.Endpoint endpoint) {
    return administering(method, template, summary, endpoint).running(Runs.AS_WRITE);
  }

  private static Route open(String template, String summary, Route.Endpoint endpoint) {
    return new Route("GET", template, Access.PUBLIC, Runs.AT_ONCE, summary, endpoint);
  }

  private static Route reading(
      String method, String template, String summary, Route.Endpoint endpoint) {
    return new Route(method, template, Access.TENANT, Runs.ON_WORKER, summary, endpoint);
  }

  private static Route writing(
      String method, String template, String summary, Route.Endpoint endpoint) {
    return reading(method, template, summary, endpoint).needing(Scope.WRITE).running(Runs.AS_WRITE);
  }
}
