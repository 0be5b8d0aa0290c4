package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Limits;
import io.memryx.PageRequest;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.AddOutcome;
import io.memryx.server.service.Deletions;
import io.memryx.server.service.EntryReads;
import io.memryx.server.service.Idempotency;
import io.memryx.server.service.OnError;
import io.memryx.server.service.Row;
import io.memryx.server.service.Services;
import io.memryx.server.service.Upload;
import io.memryx.server.service.Upserts;
import io.memryx.server.tenant.TenantId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** The endpoints for the entries of a collection. */
final class VectorEndpoints {
  private static final String NAME = CollectionEndpoints.NAME;
  private static final int DEFAULT_LIMIT = 100;

  private static final Set<SearchCall.Included> METADATA = EnumSet.of(SearchCall.Included.METADATA);
  private static final Set<SearchCall.Included> ALL = EnumSet.allOf(SearchCall.Included.class);

  private final Upserts upserts;
  private final Idempotency idempotency;
  private final Deletions deletions;
  private final EntryReads reads;

  VectorEndpoints(Services services) {
    this.upserts = services.upserts();
    this.idempotency = services.idempotency();
    this.deletions = services.deletions();
    this.reads = services.reads();
  }

  /** Adds or replaces what the body has: a document with a list, or a document a line. */
  Answer upsert(Call call) {
    OnError onError = Parameters.onError(call);
    return call.requireBody().hasBodyOf(MediaTypes.LINES)
        ? upsertLines(call, onError)
        : upsertDocument(call, onError);
  }

  private Answer upsertDocument(Call call, OnError onError) {
    List<Row> rows = call.body((json, keys) -> AddDecoder.read(json, keys, onError));
    try (Upload upload = upserts.begin(call.tenant(), call.path(NAME), onError)) {
      rows.forEach(upload::take);
      call.requireKeyStillGood();
      return apply(call, upload);
    }
  }

  private Answer upsertLines(Call call, OnError onError) {
    try (Upload upload = upserts.begin(call.tenant(), call.path(NAME), onError)) {
      RowReader rows = new RowReader(call.maxRequestBytes());
      call.lines(line -> upload.take(rows.read(line)));
      call.requireKeyStillGood();
      return apply(call, upload);
    }
  }

  private Answer apply(Call call, Upload upload) {
    TenantId tenant = call.tenant();
    Optional<Idempotency.Once> once = call.once();
    if (once.isEmpty()) {
      return Answer.ok(json -> write(json, upserts.apply(upload)));
    }
    Idempotency.Result result =
        idempotency.apply(tenant, call.path(NAME), once.get(), () -> upserts.apply(upload));
    Answer answer = Answer.ok(json -> write(json, result.outcome()));
    return switch (result.origin()) {
      case APPLIED -> answer;
      case REPLAYED -> answer.withHeader("Idempotent-Replayed", "true");
    };
  }

  private void write(JsonGenerator json, AddOutcome outcome) {
    json.writeStartObject();
    json.writeNumberProperty("upserted", outcome.added() + outcome.replaced());
    json.writeNumberProperty("replaced", outcome.replaced());
    json.writeName("rejected");
    json.writeStartArray();
    for (AddOutcome.Rejected rejected : outcome.rejected()) {
      write(json, rejected);
    }
    json.writeEndArray();
    json.writeNumberProperty("rejected_count", outcome.rejectedCount());
    json.writeStringProperty("durability", upserts.durability());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, AddOutcome.Rejected rejected) {
    json.writeStartObject();
    json.writeNumberProperty("index", rejected.place().index());
    if (rejected.place().line() > 0) {
      json.writeNumberProperty("line", rejected.place().line());
    }
    json.writeStringProperty("id", rejected.id());
    json.writeStringProperty("code", rejected.code().code());
    json.writeStringProperty("detail", rejected.detail());
    json.writeEndObject();
  }

  Answer get(Call call) {
    Set<SearchCall.Included> include = Parameters.include(call, METADATA);
    Entry entry = reads.entry(call.tenant(), call.path(NAME), call.path(Route.ID));
    return Answer.ok(json -> EntryEncoder.write(json, entry, include));
  }

  Answer deleteOne(Call call) {
    deletions.deleteOne(call.tenant(), call.path(NAME), call.path(Route.ID));
    return count("deleted", 1);
  }

  Answer delete(Call call) {
    DeleteDecoder.Deletion deletion = call.requireBody().body(DeleteDecoder::read);
    TenantId tenant = call.tenant();
    String name = call.path(NAME);
    return switch (deletion.mode()) {
      case APPLY -> count("deleted", deletions.delete(tenant, name, deletion.selection()));
      case COUNT -> count("would_delete", deletions.count(tenant, name, deletion.selection()));
    };
  }

  private static Answer count(String what, int count) {
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty(what, count);
          json.writeEndObject();
        });
  }

  /** A page of the entries, or all of them as lines. */
  Reply list(Call call) {
    return call.prefers(MediaTypes.LINES) ? export(call) : page(call);
  }

  private Answer page(Call call) {
    Set<SearchCall.Included> include = Parameters.include(call, METADATA);
    int limit = Parameters.number(call, "limit", DEFAULT_LIMIT, Limits.MAX_PAGE);
    Filter filter = Parameters.filter(call).orElse(null);
    String after = Parameters.cursor(call).orElse(null);
    List<Entry> entries =
        reads.page(call.tenant(), call.path(NAME), new PageRequest(limit, after, filter));
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("vectors");
          json.writeStartArray();
          entries.forEach(entry -> EntryEncoder.write(json, entry, include));
          json.writeEndArray();
          json.writeName("next_cursor");
          if (entries.size() < limit) {
            json.writeNull();
          } else {
            json.writeString(Parameters.cursor(entries.getLast().id()));
          }
          json.writeEndObject();
        });
  }

  private Reply export(Call call) {
    if (call.query("cursor").isPresent() || call.query("limit").isPresent()) {
      throw Problem.of(
              ProblemCode.BAD_PARAMETER,
              "an export has neither 'cursor' nor 'limit': it gives everything",
              "leave them out, or send 'Accept: application/json' for pages")
          .toException();
    }
    Set<SearchCall.Included> include = Parameters.include(call, ALL);
    EntryReads.Export export =
        reads.export(call.tenant(), call.path(NAME), Parameters.filter(call));
    return new LongAnswer(MediaTypes.LINES, new ExportLines(export, include));
  }
}
