package io.memryx.internal.collection;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildReport.Method;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.internal.build.IndexBuilder;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.JoinedRows;
import io.memryx.internal.ivf.StoredRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.StoredVectors;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next generation of the live entries of a frozen state, and makes it durable. For one
 * build; not thread-safe.
 */
final class GenerationBuilder {
  /**
   * Fewer vectors are kept as they are: an exact scan of them takes no longer than a search of an
   * index, and a quantiser trained on so few would be worse for all that come later.
   */
  static final int TRAINING_MINIMUM = 4_096;

  /** An index is trained anew when the collection has grown by this factor. */
  private static final int GROWTH = 2;

  /**
   * An index is trained anew when less than this share of what it was trained on is left: it has
   * more lists than its entries are worth, each with a centroid.
   */
  private static final double SHRUNK = 0.7;

  /**
   * An index is trained anew when what was added is farther from its centroids, squared, than other
   * vectors of its training, by more than this factor…
   */
  private static final double DRIFT = 1.15;

  /** …and is more than this share of the collection. */
  private static final double DRIFT_SHARE = 0.05;

  private final CollectionOptions options;
  private final CollectionState frozen;
  private final BuildRequest request;
  private final BuildMonitor monitor;
  private final IndexBuilder builder;

  /** For the live entries of a state whose hot buffers are frozen. */
  GenerationBuilder(CollectionState frozen, BuildRequest request, BuildMonitor monitor) {
    this.options = frozen.generation().options();
    this.frozen = frozen;
    this.request = request;
    this.monitor = monitor;
    this.builder = new IndexBuilder(VectorKernels.selected(), options, request, monitor);
  }

  /**
   * A generation and how it came about.
   *
   * @param drift as in {@link io.memryx.BuildReport}
   */
  record Built(Generation generation, Method method, double drift) {}

  /** What becomes of the entries: an index, or none, and how. */
  private record Indexed(@Nullable ClusterIndex index, Method method, double drift) {
    static final Indexed NOT = new Indexed(null, Method.KEPT_AS_IS, 1);

    static Indexed trained(ClusterIndex index) {
      return new Indexed(index, Method.TRAINED, 1);
    }
  }

  /** Builds and commits. */
  Built build(GenerationCommit commit) {
    @Nullable JoinedRows vectors = allVectors();
    Indexed indexed = index(vectors);
    boolean keepsOriginals = indexed.index == null || options.compression() == Compression.LOSSLESS;
    var generation = gather(indexed.index, keepsOriginals ? vectors : null);
    monitor.begin(Phase.COMMIT, 1);
    // The last chance: what is durable can't be taken back.
    monitor.checkCancelled();
    Optional<StoredVectors> stored =
        commit.commit(GenerationImage.of(generation, frozen.lastSequence()));
    if (generation.originals() instanceof JoinedRows joined) {
      Vectors originals =
          stored
              .filter(_ -> indexed.index != null)
              .<Vectors>map(rows -> new StoredRows(options.metric(), options.dimension(), rows))
              .orElseGet(() -> inMemory(joined));
      generation = generation.withOriginals(originals);
    }
    // Filters that were asked before will be asked again: no search is to wait for their bitmaps.
    generation.metadataIndex().prepare(frozen.generation().metadataIndex().fields());
    return new Built(generation, indexed.method, indexed.drift);
  }

  /** Every live vector as it was given, or null if some are known by their codes only. */
  private @Nullable JoinedRows allVectors() {
    Generation old = frozen.generation();
    JoinedRows.Builder all = JoinedRows.builder(options.metric(), options.dimension());
    if (frozen.dead().size() < old.size()) {
      Vectors originals = old.originals();
      if (originals == null) {
        return null;
      }
      all.add(originals, frozen.dead());
    }
    return addHot(all);
  }

  private JoinedRows addHot(JoinedRows.Builder rows) {
    for (HotBuffer.View view : frozen.hot()) {
      rows.add(view.vectors(), view.dead());
    }
    return rows.build();
  }

  private Indexed index(@Nullable JoinedRows vectors) {
    ClusterIndex old = frozen.generation().index();
    if (vectors == null || old == null) {
      return vectors == null ? extend(old) : trainIfLargeEnough(vectors);
    }
    boolean grown = vectors.size() >= (long) GROWTH * old.training().trainedVectors();
    boolean shrunk = vectors.size() < SHRUNK * old.training().trainedVectors();
    boolean replaced = frozen.dead().size() == frozen.generation().size();
    boolean asked = request.training() == BuildRequest.Training.ALWAYS;
    return grown || shrunk || replaced || asked || drifted(old, vectors.size())
        ? trainIfLargeEnough(vectors)
        : extend(old);
  }

  /** Whether so many entries were added that are so unlike those of the training. */
  private boolean drifted(ClusterIndex old, int size) {
    return frozen.hotLiveSize() > DRIFT_SHARE * size && builder.drift(old, hotVectors()) > DRIFT;
  }

  private JoinedRows hotVectors() {
    return addHot(JoinedRows.builder(options.metric(), options.dimension()));
  }

  private Indexed trainIfLargeEnough(JoinedRows vectors) {
    return vectors.size() < TRAINING_MINIMUM
        ? Indexed.NOT
        : Indexed.trained(builder.train(vectors));
  }

  private Indexed extend(@Nullable ClusterIndex old) {
    if (old == null) {
      throw new IllegalStateException("entries without vectors and without codes");
    }
    if (request.training() == BuildRequest.Training.ALWAYS) {
      throw new IllegalStateException(
          "%d entries are known by their codes only, which is nothing to train on: upsert them again, or use compression LOSSLESS"
              .formatted(frozen.generation().size() - frozen.dead().size()));
    }
    IndexBuilder.Extension extension = builder.extend(old, frozen.dead(), hotVectors());
    return new Indexed(extension.index(), Method.EXTENDED, extension.drift());
  }

  private Generation gather(@Nullable ClusterIndex index, @Nullable Vectors originals) {
    var ids = new PackedBytes.Builder();
    var metadata = new PackedBytes.Builder();
    Generation old = frozen.generation();
    for (int ordinal = 0; ordinal < old.size(); ordinal++) {
      if (!frozen.dead().contains(ordinal)) {
        ids.append(old.ids().copyOf(ordinal));
        metadata.append(old.metadata().copyOf(ordinal));
      }
    }
    for (HotBuffer.View view : frozen.hot()) {
      for (int row = 0; row < view.size(); row++) {
        if (!view.dead().contains(row)) {
          ids.append(view.ids()[row]);
          metadata.append(view.metadata()[row]);
        }
      }
    }
    return Generation.of(options, index, originals, ids.build(), metadata.build());
  }

  /** The vectors in arrays; those are shared with the frozen state where whole chunks live on. */
  private Vectors inMemory(JoinedRows joined) {
    var rows = new VectorRowsBuilder(options.metric(), options.dimension(), joined.size());
    rows.appendAll(joined);
    return rows.view();
  }
}
