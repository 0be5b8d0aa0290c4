package io.memryx.server.http;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.server.service.CollectionView;
import io.memryx.server.service.TenantCollections;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The endpoints for collections as a whole: which there are, and what they hold and take. */
final class CollectionEndpoints {
  static final String NAME = "name";

  private final TenantCollections collections;

  CollectionEndpoints(TenantCollections collections) {
    this.collections = collections;
  }

  Answer list(Call call) {
    List<CollectionView> views = collections.list(call.tenant());
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("collections");
          json.writeStartArray();
          views.forEach(view -> writeView(json, view));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  Answer get(Call call) {
    CollectionView view = collections.view(call.tenant(), call.path(NAME));
    return Answer.ok(json -> writeView(json, view));
  }

  /** Makes a collection: 201 if there was none, 200 if it was there with the same options. */
  Answer put(Call call) {
    CollectionOptions options = call.requireBody().body(CollectionDecoder::read);
    TenantCollections.Creation creation =
        collections.create(call.tenant(), call.path(NAME), options, call::requireKeyStillGood);
    int status =
        switch (creation.outcome()) {
          case MADE -> 201;
          case WAS_THERE -> 200;
        };
    return Answer.json(status, json -> writeView(json, creation.view()));
  }

  private static void writeView(JsonGenerator json, CollectionView view) {
    json.writeStartObject();
    json.writeStringProperty("name", view.name());
    writeOptions(json, view.options());
    json.writeNumberProperty("vectors", view.stats().vectors());
    json.writeEndObject();
  }

  /** What was fixed at creation, as members. */
  static void writeOptions(JsonGenerator json, CollectionOptions options) {
    json.writeNumberProperty("dimension", options.dimension());
    json.writeStringProperty("metric", Choice.name(options.metric()));
    json.writeStringProperty("compression", Choice.name(options.compression()));
  }

  Answer stats(Call call) {
    CollectionView view = collections.view(call.tenant(), call.path(NAME));
    return Answer.ok(json -> writeStats(json, view));
  }

  private static void writeStats(JsonGenerator json, CollectionView view) {
    CollectionStats stats = view.stats();
    CollectionStats.Index index = stats.index();
    json.writeStartObject();
    json.writeNumberProperty("vectors", stats.vectors());
    json.writeNumberProperty("tombstones", stats.tombstones());
    json.writeNumberProperty("hot_buffer", stats.hotBuffer());
    json.writeNumberProperty("clusters", index.lists());
    json.writeNumberProperty("default_probes", index.defaultProbes());
    json.writeNumberProperty("routing_recall", Json.rounded(index.routingRecall()));
    json.writeNumberProperty("trained_vectors", index.trainedVectors());
    json.writeNumberProperty("code_bytes", index.codeBytes());
    writeOptions(json, view.options());
    writeBytes(json, stats.bytes());
    writeRatios(json, view.options(), stats.bytesPerVector());
    json.writeEndObject();
  }

  /** Memory by component, as a member. */
  static void writeBytes(JsonGenerator json, CollectionStats.Bytes bytes) {
    json.writeName("bytes");
    json.writeStartObject();
    json.writeNumberProperty("codes", bytes.codes());
    json.writeNumberProperty("routing", bytes.routing());
    json.writeNumberProperty("ids", bytes.ids());
    json.writeNumberProperty("metadata", bytes.metadata());
    json.writeNumberProperty("originals", bytes.originals());
    json.writeNumberProperty("bitmaps", bytes.bitmaps());
    json.writeNumberProperty("tombstones", bytes.tombstones());
    json.writeNumberProperty("hot_buffer", bytes.hotBuffer());
    json.writeNumberProperty("total", bytes.total());
    json.writeEndObject();
  }

  /** Memory per vector, as it is and as a share of the vector's float32 form. */
  static void writeRatios(JsonGenerator json, CollectionOptions options, double bytesPerVector) {
    double float32 = (double) options.dimension() * Float.BYTES;
    json.writeNumberProperty("bytes_per_vector", Json.rounded(bytesPerVector));
    json.writeNumberProperty("ratio_to_float32", Json.rounded(bytesPerVector / float32));
  }

  /** Removes a collection with all that is in it. */
  Answer drop(Call call) {
    collections.drop(call.tenant(), call.path(NAME));
    return Answer.empty(204);
  }
}
