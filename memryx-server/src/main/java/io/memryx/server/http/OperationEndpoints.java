package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.BuildStatus;
import io.memryx.server.service.Builds;
import io.memryx.server.service.Services;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The endpoints for what takes long: it is begun, watched, cancelled. */
final class OperationEndpoints {
  private static final String OPERATIONS = "/v1/operations/";

  private final Builds builds;

  OperationEndpoints(Services services) {
    this.builds = services.builds();
  }

  Answer beginFinalize(Call call) {
    Optional<Duration> timeout =
        call.hasBody() ? call.body(FinalizeDecoder::read) : Optional.empty();
    BuildStatus status =
        builds.beginNamed(call.tenant(), call.path(CollectionEndpoints.NAME), timeout);
    return accepted(status);
  }

  private static Answer accepted(BuildStatus status) {
    return Answer.json(202, json -> write(json, status))
        .withHeader("Location", OPERATIONS + status.buildId());
  }

  Answer get(Call call) {
    BuildStatus status =
        builds.status(call.tenant(), call.path(Route.ID)).orElseThrow(OperationEndpoints::notFound);
    return Answer.ok(json -> write(json, status));
  }

  private static RuntimeException notFound() {
    return Problem.of(
            ProblemCode.OPERATION_NOT_FOUND,
            "there is no operation of that id",
            "use the Location that POST /v1/collections/{name}/finalize answered; operations are"
                + " forgotten when the server restarts")
        .toException();
  }

  /** How it stands, told as often as that changes, until it has ended. */
  EventStream events(Call call) {
    Builds.Watch watch =
        builds.watch(call.tenant(), call.path(Route.ID)).orElseThrow(OperationEndpoints::notFound);
    return new EventStream(
        new EventStream.Source() {
          @Override
          public EventStream.Event now() {
            return event(watch.status());
          }

          @Override
          public void close() {
            watch.close();
          }
        });
  }

  private static EventStream.Event event(BuildStatus status) {
    byte[] line = Json.write(json -> write(json, status));
    return new EventStream.Event(
        new String(line, StandardCharsets.UTF_8).stripTrailing(), status.state().isEnd());
  }

  /** Asks it to end; it may take a moment. */
  Answer cancel(Call call) {
    BuildStatus status =
        builds.cancel(call.tenant(), call.path(Route.ID)).orElseThrow(OperationEndpoints::notFound);
    return status.state().isEnd() ? Answer.ok(json -> write(json, status)) : accepted(status);
  }

  private static void write(JsonGenerator json, BuildStatus status) {
    BuildStatus.Work work = status.work();
    json.writeStartObject();
    json.writeStringProperty("id", status.buildId());
    json.writeStringProperty("kind", "finalize");
    json.writeStringProperty("collection", status.collection());
    json.writeStringProperty("status", text(status.state()));
    json.writeStringProperty("phase", work.phase());
    json.writeNumberProperty("done", work.done());
    json.writeNumberProperty("total", work.total());
    json.writeNumberProperty("percent", Json.rounded(work.percent()));
    writeFigure(json, "rate", work.rate());
    writeFigure(json, "eta_seconds", work.etaSeconds());
    json.writeBooleanProperty("stalled", work.stalled());
    json.writeStringProperty("started_at", status.startedAt().toString());
    writeText(json, "finished_at", status.finishedAt());
    BuildStatus.Failure failure = status.failure();
    json.writeName("error");
    if (failure == null) {
      json.writeNull();
    } else {
      ProblemAnswers.writeFailure(json, failure.code(), failure.reason());
    }
    json.writeEndObject();
  }

  private static String text(BuildStatus.State state) {
    return switch (state) {
      case BUILDING, READY -> "running";
      case SWAPPED -> "succeeded";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
    };
  }

  private static void writeFigure(JsonGenerator json, String name, @Nullable Double figure) {
    json.writeName(name);
    if (figure == null) {
      json.writeNull();
    } else {
      json.writeNumber(Json.rounded(figure));
    }
  }

  private static void writeText(JsonGenerator json, String name, @Nullable Object text) {
    json.writeName(name);
    if (text == null) {
      json.writeNull();
    } else {
      json.writeString(text.toString());
    }
  }
}
