package io.memryx.server.http;

import io.memryx.server.http.Route.Access;
import io.memryx.server.http.Route.Runs;
import io.memryx.server.service.Services;
import io.memryx.server.service.Version;
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
    routes.add(open("/", "this list", _ -> root(routes)));
    routes.add(tenant("POST", "/add", "add or replace vectors", unnamed::add));
    routes.add(tenant("POST", "/ingest", "the same as /add", unnamed::add));
    routes.add(tenant("POST", "/search", "find the nearest vectors", unnamed::search));
    routes.add(tenant("POST", "/finalize", "build the index and save it", unnamed::beginFinalize));
    routes.add(
        tenant("GET", "/finalize/status", "how a build stands", unnamed::finalizeStatus)
            .asking("build_id"));
    routes.add(tenant("GET", "/v1/collections", "your collections", named::list));
    routes.add(tenant("GET", "/v1/collections/{name}", "one collection", named::get));
    routes.add(
        tenant("PUT", "/v1/collections/{name}", "make a collection with options", named::put));
    routes.add(
        tenant("GET", "/v1/collections/{name}/stats", "what it holds and takes", named::stats));
    routes.add(tenant("DELETE", "/v1/collections/{name}", "remove it and all in it", named::drop));
    addEntries(routes, services);
    addOperations(routes, services);
    routes.add(
        tenant("GET", "/v1/estimate", "what a collection would take", EstimateEndpoint::answer)
            .asking("count", "dimension", "metric", "compression", "id_bytes", "metadata_bytes"));
    routes.add(
        new Route(
            "GET",
            "/v1/admin/stats",
            Access.ADMINISTRATOR,
            Runs.ON_WORKER,
            "figures of all tenants",
            operator::adminStats));
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
            operator::metrics));
    routes.add(
        open(
            "/openapi.json",
            "the interface, for programs",
            _ -> Answer.text(200, Answer.JSON, openApi)));
    routes.add(
        open(
            "/errors/{code}",
            "what an error means",
            call -> ProblemAnswers.page(call.path("code"))));
    return new Routes(routes);
  }

  private static void addEntries(List<Route> routes, Services services) {
    VectorEndpoints vectors = new VectorEndpoints(services);
    SearchEndpoints searches = new SearchEndpoints(services);
    String all = "/v1/collections/{name}/vectors";
    String one = all + "/{id}";
    routes.add(
        tenant("POST", all, "add or replace vectors", vectors::upsert)
            .asking("on_error")
            .taking(MediaTypes.JSON, MediaTypes.LINES));
    routes.add(
        tenant("GET", all, "vectors page by page, or all as lines", vectors::list)
            .asking("cursor", "limit", "filter", "include")
            .giving(MediaTypes.JSON, MediaTypes.LINES));
    routes.add(tenant("GET", one, "one vector", vectors::get).asking("include"));
    routes.add(tenant("DELETE", one, "delete one vector", vectors::deleteOne));
    routes.add(
        tenant(
            "POST",
            "/v1/collections/{name}/delete",
            "delete vectors by ids or filter",
            vectors::delete));
    routes.add(
        tenant(
            "POST", "/v1/collections/{name}/search", "find the nearest vectors", searches::search));
    routes.add(
        tenant(
            "POST",
            "/v1/collections/{name}/recall",
            "how much searches find, measured",
            searches::recall));
  }

  private static void addOperations(List<Route> routes, Services services) {
    OperationEndpoints operations = new OperationEndpoints(services);
    String one = "/v1/operations/{id}";
    routes.add(
        tenant(
            "POST",
            "/v1/collections/{name}/finalize",
            "build the index and save it",
            operations::beginFinalize));
    routes.add(tenant("GET", one, "how an operation stands", operations::get));
    routes.add(tenant("DELETE", one, "cancel an operation", operations::cancel));
    routes.add(
        tenant("GET", one + "/events", "how an operation goes on, live", operations::events)
            .giving(MediaTypes.EVENTS));
  }

  private static Route open(String template, String summary, Route.Endpoint endpoint) {
    return new Route("GET", template, Access.PUBLIC, Runs.AT_ONCE, summary, endpoint);
  }

  private static Route tenant(
      String method, String template, String summary, Route.Endpoint endpoint) {
    return new Route(method, template, Access.TENANT, Runs.ON_WORKER, summary, endpoint);
  }

  private static Answer root(List<Route> routes) {
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("name", "memryx");
          json.writeStringProperty("version", Version.current());
          json.writeName("endpoints");
          json.writeStartArray();
          for (Route route : routes) {
            json.writeStartObject();
            json.writeStringProperty("method", route.method());
            json.writeStringProperty("path", route.template());
            json.writeStringProperty("summary", route.summary());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
