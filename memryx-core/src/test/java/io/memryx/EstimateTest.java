package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is foretold against what comes. */
class EstimateTest {
  private static final int DIMENSION = 40;

  static List<Arguments> kinds() {
    List<Arguments> kinds = new ArrayList<>();
    for (Compression compression : Compression.values()) {
      for (int entries : new int[] {1, 100, 4_095, 4_096, 6_001, 30_000}) {
        Metric metric = entries % 2 == 0 ? Metric.L2 : Metric.COSINE;
        kinds.add(Arguments.of(new CollectionOptions(DIMENSION, metric, compression), entries));
      }
    }
    return kinds;
  }

  static List<Arguments> indexed() {
    List<Arguments> kinds = new ArrayList<>();
    for (Compression compression : Compression.values()) {
      for (int entries : new int[] {5_000, 30_000}) {
        for (Metric metric : new Metric[] {Metric.COSINE, Metric.L2}) {
          kinds.add(Arguments.of(new CollectionOptions(DIMENSION, metric, compression), entries));
        }
      }
    }
    return kinds;
  }

  /** Vectors that a lossless collection keeps are left where they are stored, if it is durable. */
  @ParameterizedTest
  @MethodSource("indexed")
  void estimate_ofAnIndex_isWithinATenthOfTheTruth(CollectionOptions options, int entries) {
    VectorCollection collection = filled(options, entries);
    BuildReport _ = collection.build(BuildRequest.defaults());
    Estimate estimate = Memryx.estimate(options, entries, 8, 0);
    CollectionStats.Bytes built = collection.stats().bytes();
    double memory = built.total() - built.hotBuffer() - built.originals();
    assertEquals(1, estimate.memoryBytes() / memory, 0.1, estimate + " for " + built);
    double sections =
        collection.snapshot().sections().stream().mapToLong(Section::byteLength).sum();
    assertEquals(1, estimate.diskBytes() / sections, 0.1, estimate + ", on disk " + sections);
  }

  private static VectorCollection filled(CollectionOptions options, int entries) {
    VectorCollection collection = Memryx.inMemory().collection("test", options);
    var random = new RandomVectors(71, DIMENSION, 10);
    List<Entry> batch = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      batch.add(Entry.of("id-%05d".formatted(i), random.next()));
      if (batch.size() == Limits.MAX_BATCH_ENTRIES || i == entries - 1) {
        collection.upsert(batch);
        batch.clear();
      }
    }
    return collection;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void estimate_ofWhatIsBuilt_isEnoughAndNotMuchTooMuch(CollectionOptions options, int entries) {
    VectorCollection collection = filled(options, entries);
    int metadataBytes = 2;
    Estimate estimate = Memryx.estimate(options, entries, 8, metadataBytes);
    BuildReport _ = collection.build(BuildRequest.defaults());
    CollectionStats.Bytes built = collection.stats().bytes();
    String both = estimate + " for " + built;
    CollectionStats.Bytes foretold = estimate.bytes();
    // Codes come in whole blocks of 32 entries.
    assertTrue(foretold.codes() + 32 * 100 >= built.codes(), both);
    assertTrue(foretold.routing() >= built.routing(), both);
    assertTrue(foretold.ids() >= built.ids() - 64, both);
    assertTrue(foretold.metadata() >= built.metadata(), both);
    long memory = built.total() - built.hotBuffer() - built.originals();
    assertTrue(foretold.total() - foretold.originals() <= 1.6 * memory + 200, both);
    long sections = collection.snapshot().sections().stream().mapToLong(Section::byteLength).sum();
    assertTrue(estimate.diskBytes() + 32 * 100 >= sections, both + ", on disk " + sections);
    assertTrue(estimate.diskBytes() <= 1.3 * sections + 200, both + ", on disk " + sections);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void stats_buildBytes_coverTheNextGeneration(CollectionOptions options, int entries) {
    VectorCollection collection = filled(options, entries);
    for (int round = 0; round < 2; round++) {
      long foretold = collection.stats().buildBytes();
      BuildReport _ = collection.build(BuildRequest.defaults());
      CollectionStats.Bytes built = collection.stats().bytes();
      long ofItsOwn = built.codes() + built.routing() + built.ids() + built.metadata();
      assertTrue(foretold >= ofItsOwn, foretold + " for " + built);
      // Beyond it: a sample of the vectors, centroids and covariances.
      long vectors = 4L * DIMENSION * entries;
      assertTrue(foretold <= 4 * (ofItsOwn + vectors) + 200_000, foretold + " for " + built);
      collection.upsert(List.of(Entry.of("id-00000", new RandomVectors(1, DIMENSION, 1).next())));
    }
  }

  @Test
  void stats_buildBytesOfLossless_countTheVectorsUnlessACommitStoresThem() {
    var options = new CollectionOptions(DIMENSION, Metric.DOT, Compression.LOSSLESS);
    long vectors = 6_001L * (DIMENSION + 1) * Float.BYTES;
    VectorCollection inMemory = Memryx.inMemory().collection("test", options);
    VectorCollection committed = Memryx.collection("test", options, snapshot -> Optional.empty());
    inMemory.upsert(new RandomVectors(73, DIMENSION, 10).entries(0, 6_001));
    committed.upsert(new RandomVectors(73, DIMENSION, 10).entries(0, 6_001));
    assertEquals(inMemory.stats().buildBytes(), committed.stats().buildBytes() + vectors);
    BuildReport _ = inMemory.build(BuildRequest.defaults());
    assertTrue(inMemory.stats().bytes().originals() >= 6_001L * DIMENSION * Float.BYTES);
    assertTrue(inMemory.stats().buildBytes() > vectors + inMemory.stats().bytes().codes());
    // This commit gave no place to read them from, so the next one is not trusted to.
    BuildReport _ = committed.build(BuildRequest.defaults());
    assertEquals(inMemory.stats().buildBytes(), committed.stats().buildBytes());
  }

  @Test
  void stats_buildBytesOfFewLongVectors_areNotThoseOfATraining() {
    var options = CollectionOptions.of(Limits.MAX_DIMENSION);
    VectorCollection collection = Memryx.inMemory().collection("test", options);
    assertTrue(collection.stats().buildBytes() < 1_000);
    collection.upsert(new RandomVectors(72, Limits.MAX_DIMENSION, 1).entries(0, 10));
    long vectors = 10L * 4 * Limits.MAX_DIMENSION;
    assertTrue(collection.stats().buildBytes() < 2 * vectors, collection.stats().toString());
    assertTrue(Memryx.estimate(options, 10).buildBytes() < 2 * vectors);
  }

  @Test
  void estimate_ofLongVectors_countsTheTransformsTheyAreTrainedTo() {
    // Four blocks of 1,024 dimensions, of whose moments seven lie in float64 at the peak.
    long moments = 7L * Double.BYTES * 4 * 1_024 * 1_024;
    assertTrue(Memryx.estimate(CollectionOptions.of(4_096), 4_096).buildBytes() > moments);
  }

  @Test
  void estimate_compactAt384Dimensions_isWithin150BytesOnDiskAtAHundredThousand() {
    Estimate estimate = Memryx.estimate(CollectionOptions.of(384), 117_791, 7, 2);
    assertEquals(121L * 117_791, estimate.bytes().codes());
    double perVector = estimate.diskBytes() / 117_791.0;
    assertTrue(perVector < 150, perVector + " bytes a vector");
  }

  @Test
  void estimate_impossibleNumbers_isRefused() {
    CollectionOptions options = CollectionOptions.of(3);
    assertThrows(ValidationException.class, () -> Memryx.estimate(options, -1));
    assertThrows(ValidationException.class, () -> Memryx.estimate(options, Limits.MAX_ENTRIES + 1));
    assertThrows(ValidationException.class, () -> Memryx.estimate(options, 1, 0, 0));
    assertThrows(ValidationException.class, () -> Memryx.estimate(options, 1, 1, -1));
    assertEquals(0, Memryx.estimate(options, 0).memoryBytes());
  }

  @Test
  void estimate_mostAndLongestVectors_doesNotOverflow() {
    for (Compression compression : Compression.values()) {
      var options = new CollectionOptions(Limits.MAX_DIMENSION, Metric.L2, compression);
      Estimate most = Memryx.estimate(options, Limits.MAX_ENTRIES, 512, 16_384);
      long vectors = 4L * Limits.MAX_DIMENSION * Limits.MAX_ENTRIES;
      assertTrue(most.loadBytes() > vectors && most.peakBytes() > most.loadBytes());
      assertTrue(most.memoryBytes() > 0 && most.diskBytes() > 0);
    }
  }
}
