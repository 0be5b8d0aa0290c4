package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.ValidationException;
import io.memryx.Violation;
import io.memryx.internal.metadata.MetadataCodec;
import io.memryx.internal.metadata.Utf8;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import io.memryx.snapshot.MalformedSnapshotException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The boundary of a collection: what comes past it is valid. Thread-safe. */
public final class EntryValidator {
  /**
   * Longest squared length: the distance of two such vectors, and the product with any, is still a
   * finite float.
   */
  private static final double MAX_SQUARED_NORM = 1e37;

  /**
   * Shortest squared length that has a direction: below, the components' squares lose their digits
   * as floats.
   */
  private static final double MIN_SQUARED_NORM = 1e-30;

  /** More faults than this in one batch are not listed. */
  private static final int MAX_VIOLATIONS = 100;

  private final String collection;
  private final CollectionOptions options;

  /** The boundary of a collection of this name. */
  public EntryValidator(String collection, CollectionOptions options) {
    this.collection = collection;
    this.options = options;
  }

  /**
   * Checks a batch and encodes it; of entries with one id the last one stays.
   *
   * @throws ValidationException naming every fault
   */
  Collection<EncodedEntry> encode(List<Entry> entries) {
    if (entries.isEmpty() || entries.size() > Limits.MAX_BATCH_ENTRIES) {
      throw new ValidationException(
          Violation.Code.BAD_BATCH,
          "the batch has %d entries, expected 1..%d"
              .formatted(entries.size(), Limits.MAX_BATCH_ENTRIES),
          entries.isEmpty() ? "give at least one entry" : "split it into smaller batches");
    }
    var encoded = new LinkedHashMap<String, EncodedEntry>();
    List<Violation> violations = check(entries, valid -> encoded.put(valid.entry().id(), valid));
    if (!violations.isEmpty()) {
      throw new ValidationException(violations);
    }
    return encoded.values();
  }

  /** What is wrong with entries, the first faults of them; nothing where all are valid. */
  public List<Violation> violations(List<Entry> entries) {
    return check(entries, _ -> {});
  }

  private List<Violation> check(List<Entry> entries, Consumer<EncodedEntry> valid) {
    var violations = new ArrayList<Violation>();
    for (int i = 0; i < entries.size() && violations.size() < MAX_VIOLATIONS; i++) {
      try {
        valid.accept(encode(entries.get(i)));
      } catch (ValidationException e) {
        Violation first = e.violations().getFirst();
        violations.add(new Violation(i, first.code(), first.detail(), first.hint()));
      }
    }
    return violations;
  }

  private EncodedEntry encode(Entry entry) {
    byte[] id = encodeId(entry.id());
    requireVector(entry.dimension(), entry::component);
    return new EncodedEntry(entry, id, MetadataCodec.encode(entry.metadata()));
  }

  /**
   * Checks that a change is one that this collection can have logged.
   *
   * @throws MalformedSnapshotException naming the fault
   */
  void requireLogged(Change change) {
    switch (change) {
      case Change.Upsert upsert -> {
        Set<String> ids = HashSet.newHashSet(upsert.entries().size());
        float[] vector = new float[options.dimension()];
        for (LoggedEntry entry : upsert.entries()) {
          requireLogged(entry, vector);
          if (!ids.add(new String(entry.id(), StandardCharsets.UTF_8))) {
            throw new MalformedSnapshotException("a logged batch has an id twice");
          }
        }
      }
      case Change.Deletion deletion -> deletion.ids().forEach(EntryValidator::requireLoggedId);
    }
  }

  private void requireLogged(LoggedEntry entry, float[] vector) {
    requireLoggedId(entry.id());
    Metadata _ = MetadataCodec.decode(entry.metadata());
    if (entry.dimension() != vector.length) {
      throw new MalformedSnapshotException(
          "a logged vector has %d dimensions, expected %d"
              .formatted(entry.dimension(), vector.length));
    }
    entry.copyVectorTo(vector, 0);
    try {
      requireQuery(vector);
    } catch (ValidationException e) {
      throw new MalformedSnapshotException("a logged vector: " + e.getMessage());
    }
  }

  private static void requireLoggedId(byte[] id) {
    String text = new String(id, StandardCharsets.UTF_8);
    if (idFault(text) != null || !Arrays.equals(id, text.getBytes(StandardCharsets.UTF_8))) {
      throw new MalformedSnapshotException(
          "a logged id of %d bytes is none that an entry can have".formatted(id.length));
    }
  }

  private static byte[] encodeId(String id) {
    String fault = idFault(id);
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    if (fault == null && bytes.length > Limits.MAX_ID_BYTES) {
      fault = "the id takes " + bytes.length + " bytes, the limit is " + Limits.MAX_ID_BYTES;
    }
    if (fault != null) {
      throw new ValidationException(
          Violation.Code.BAD_ID,
          fault,
          "use 1 to %d bytes of UTF-8 without control characters".formatted(Limits.MAX_ID_BYTES));
    }
    return bytes;
  }

  private static @Nullable String idFault(String id) {
    if (id.isEmpty()) {
      return "the id is empty";
    }
    if (!Utf8.isEncodable(id)) {
      return "the id has half a surrogate pair";
    }
    for (int i = 0; i < id.length(); i++) {
      if (Character.isISOControl(id.charAt(i))) {
        return "the id has a control character";
      }
    }
    return null;
  }

  /**
   * Checks the vector of a search.
   *
   * @throws ValidationException naming the fault
   */
  void requireQuery(float[] query) {
    requireVector(query.length, d -> query[d]);
  }

  /** Says that a search can't start from an entry that is not there. */
  ValidationException unknownId(String id) {
    return new ValidationException(
        Violation.Code.UNKNOWN_ID,
        "collection '%s' has no entry '%s' to start from, expected the id of one"
            .formatted(collection, printable(id)),
        "ids are exact: case and spaces count; or search by vector");
  }

  /** A caller's text for an error message: control characters replaced, at most 80 characters. */
  private static String printable(String text) {
    String shown = text.length() <= 80 ? text : text.substring(0, 77) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * Refuses a batch of searches that is empty or too large.
   *
   * @throws ValidationException naming its size
   */
  static void requireSearches(int requests) {
    if (requests < 1 || requests > Limits.MAX_BATCH_SEARCHES) {
      throw new ValidationException(
          Violation.Code.BAD_BATCH,
          "the batch has %d searches, expected 1..%d"
              .formatted(requests, Limits.MAX_BATCH_SEARCHES),
          requests < 1 ? "give at least one search" : "split it into smaller batches");
    }
  }

  private void requireVector(int dimension, Components vector) {
    if (dimension != options.dimension()) {
      throw new ValidationException(
          Violation.Code.DIMENSION_MISMATCH,
          "vector has %d dimensions, collection '%s' expects %d"
              .formatted(dimension, collection, options.dimension()),
          "re-embed it with the collection's model, or create a new collection");
    }
    double squaredNorm = 0;
    for (int d = 0; d < dimension; d++) {
      float component = vector.at(d);
      if (!Float.isFinite(component)) {
        throw new ValidationException(
            Violation.Code.NON_FINITE,
            "component %d of the vector is %s, expected a finite number".formatted(d, component),
            "look at the embedding step: it divided by zero or overflowed");
      }
      squaredNorm += (double) component * component;
    }
    requireNorm(squaredNorm);
  }

  private void requireNorm(double squaredNorm) {
    if (squaredNorm > MAX_SQUARED_NORM) {
      throw new ValidationException(
          Violation.Code.VECTOR_TOO_LONG,
          "the vector's length is %.3g, the limit is %.3g"
              .formatted(Math.sqrt(squaredNorm), Math.sqrt(MAX_SQUARED_NORM)),
          "scale the vectors down");
    }
    if (options.metric() == Metric.COSINE && squaredNorm < MIN_SQUARED_NORM) {
      throw new ValidationException(
          Violation.Code.ZERO_NORM,
          "the vector's length is %.3g: it has no direction, and the metric is cosine"
              .formatted(Math.sqrt(squaredNorm)),
          "leave such entries out, or use the metric dot or l2");
    }
  }

  /** The components of a vector by position. */
  @FunctionalInterface
  private interface Components {
    float at(int index);
  }
}
