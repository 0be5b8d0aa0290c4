package io.memryx.server.http;

import static io.memryx.server.service.TenantCollections.DEFAULT;

import io.memryx.SearchResult;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.AddOutcome;
import io.memryx.server.service.BuildStatus;
import io.memryx.server.service.Builds;
import io.memryx.server.service.OnError;
import io.memryx.server.service.Row;
import io.memryx.server.service.Searches;
import io.memryx.server.service.Services;
import io.memryx.server.service.Upserts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** The endpoints that name no collection: they act on the tenant's collection {@code default}. */
final class DefaultCollectionEndpoints {
  private static final String SUCCESS = "success";

  private final Upserts upserts;
  private final Searches searches;
  private final Builds builds;

  DefaultCollectionEndpoints(Services services) {
    this.upserts = services.upserts();
    this.searches = services.searches();
    this.builds = services.builds();
  }

  Answer add(Call call) {
    List<Row> rows =
        call.requireBody().body((json, keys) -> AddDecoder.read(json, keys, OnError.FAIL));
    AddOutcome outcome = upserts.addRows(call.tenant(), DEFAULT, rows, call::requireKeyStillGood);
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", SUCCESS);
          json.writeNumberProperty("added", outcome.added() + outcome.replaced());
          json.writeNumberProperty("replaced", outcome.replaced());
          json.writeNumberProperty("total_vectors", outcome.totalVectors());
          json.writeNumberProperty("ram_usage_percent", Json.rounded(outcome.usedPercent()));
          json.writeEndObject();
        });
  }

  Answer search(Call call) {
    SearchCall search = call.requireBody().body(SearchDecoder::read);
    long begin = System.nanoTime();
    List<SearchResult> answers =
        searches.search(call.tenant(), DEFAULT, search.subject(), Searches.Missing.IS_EMPTY);
    long nanos = System.nanoTime() - begin;
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", SUCCESS);
          SearchAnswers.write(json, search, answers, nanos);
          json.writeEndObject();
        });
  }

  Answer beginFinalize(Call call) {
    Optional<Duration> timeout =
        call.hasBody() ? call.body(FinalizeDecoder::read) : Optional.empty();
    BuildStatus status = builds.begin(call.tenant(), DEFAULT, timeout);
    String poll = "/finalize/status?build_id=" + status.buildId();
    return Answer.json(
            202,
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", "building");
              json.writeStringProperty("build_id", status.buildId());
              json.writeStringProperty("message", "poll GET " + poll + " with the key in a header");
              json.writeEndObject();
            })
        .withHeader("Location", poll);
  }

  Answer finalizeStatus(Call call) {
    String buildId =
        call.query("build_id")
            .orElseThrow(
                () ->
                    Problem.of(
                            ProblemCode.BAD_PARAMETER,
                            "the query parameter 'build_id' is missing",
                            "GET /finalize/status?build_id=... with the id that POST /finalize"
                                + " answered")
                        .toException());
    BuildStatus status =
        builds
            .status(call.tenant(), buildId)
            .orElseThrow(
                () ->
                    Problem.of(
                            ProblemCode.BUILD_NOT_FOUND,
                            "there is no build of that id",
                            "use the build_id that POST /finalize answered; builds are forgotten"
                                + " when the server restarts")
                        .toException());
    return Answer.ok(json -> write(json, status));
  }

  private static void write(JsonGenerator json, BuildStatus status) {
    json.writeStartObject();
    json.writeStringProperty("build_id", status.buildId());
    json.writeStringProperty("status", stage(status.state()));
    json.writeStringProperty("phase", status.work().phase());
    json.writeNumberProperty("percent", Json.rounded(status.work().percent()));
    json.writeNumberProperty("vectors", status.vectors());
    json.writeNumberProperty("clusters", status.clusters());
    json.writeNumberProperty("elapsed_time", Json.rounded(status.elapsedSeconds()));
    json.writeName("finalize_time");
    Double seconds = status.finalizeSeconds();
    if (seconds == null) {
      json.writeNull();
    } else {
      json.writeNumber(Json.rounded(seconds));
    }
    BuildStatus.Failure failure = status.failure();
    if (failure != null) {
      json.writeStringProperty("code", failure.code().code());
      json.writeStringProperty("error", failure.reason());
    }
    json.writeEndObject();
  }

  private static String stage(BuildStatus.State state) {
    return switch (state) {
      case BUILDING -> "building";
      case READY -> "ready";
      case SWAPPED -> "swapped";
      case FAILED, CANCELLED -> "error";
    };
  }
}
