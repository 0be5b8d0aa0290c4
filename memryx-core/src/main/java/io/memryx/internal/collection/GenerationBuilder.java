package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.internal.build.IndexBuilder;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;

/**
 * Gathers the live entries of a frozen state and builds the next generation of them. For one build;
 * not thread-safe.
 */
final class GenerationBuilder {
  private final CollectionOptions options;
  private final CollectionState frozen;
  private final VectorRowsBuilder originals;
  private final PackedBytes.Builder ids = new PackedBytes.Builder();
  private final PackedBytes.Builder metadata = new PackedBytes.Builder();

  /** For the live entries of a state whose hot buffers are frozen. */
  GenerationBuilder(CollectionOptions options, CollectionState frozen) {
    this.options = options;
    this.frozen = frozen;
    this.originals =
        new VectorRowsBuilder(options.metric(), options.dimension(), frozen.liveSize());
  }

  /** Builds. Vectors are shared with the frozen state where whole chunks live on. */
  Generation build(IndexBuilder builder) {
    gather(frozen.generation(), frozen.dead());
    frozen.hot().forEach(this::gather);
    VectorRows vectors = originals.view();
    return new Generation(
        options,
        vectors.size() == 0 ? null : builder.build(vectors),
        vectors,
        ids.build(),
        metadata.build());
  }

  private void gather(Generation generation, RowSet dead) {
    originals.appendLive(generation.originals(), dead);
    for (int ordinal = 0; ordinal < generation.size(); ordinal++) {
      if (!dead.contains(ordinal)) {
        ids.append(generation.ids().copyOf(ordinal));
        metadata.append(generation.metadata().copyOf(ordinal));
      }
    }
  }

  private void gather(HotBuffer.View view) {
    originals.appendLive(view.vectors(), view.dead());
    for (int row = 0; row < view.size(); row++) {
      if (!view.dead().contains(row)) {
        ids.append(view.ids()[row]);
        metadata.append(view.metadata()[row]);
      }
    }
  }
}
