package io.memryx.bench.peers;

import io.memryx.Compression;
import java.util.Arrays;
import java.util.Optional;

/** What can be measured, under the name that the command line and the reports use. */
enum Peer {
  MEMRYX_COMPACT("memryx-compact", Maker.MEMRYX),
  MEMRYX_BALANCED("memryx-balanced", Maker.MEMRYX),
  MEMRYX_LOSSLESS("memryx-lossless", Maker.MEMRYX),
  LUCENE_FLOAT("lucene-float", Maker.LUCENE),
  LUCENE_INT8("lucene-int8", Maker.LUCENE),
  LUCENE_BBQ("lucene-bbq", Maker.LUCENE),
  JVECTOR_FLOAT("jvector-float", Maker.JVECTOR),
  JVECTOR_NVQ("jvector-nvq", Maker.JVECTOR),
  JVECTOR_FUSEDPQ("jvector-fusedpq", Maker.JVECTOR),
  JVECTOR_FUSEDPQ_NVQ("jvector-fusedpq-nvq", Maker.JVECTOR),
  EXACT("exact", Maker.NONE);

  /** Whose index it is. */
  enum Maker {
    /** Ours. */
    MEMRYX,
    /** The Apache Lucene project. */
    LUCENE,
    /** The JVector project. */
    JVECTOR,
    /** Nobody's: the baseline without an index. */
    NONE
  }

  private final String label;
  private final Maker maker;

  Peer(String label, Maker maker) {
    this.label = label;
    this.maker = maker;
  }

  /** The name on the command line and in reports. */
  String label() {
    return label;
  }

  Maker maker() {
    return maker;
  }

  /** Whether it is another project's index. */
  boolean isRival() {
    return switch (maker) {
      case LUCENE, JVECTOR -> true;
      case MEMRYX, NONE -> false;
    };
  }

  /** How its indexes are built and opened. */
  PeerFormat format() {
    return switch (this) {
      case MEMRYX_COMPACT -> new MemryxFormat(Compression.COMPACT);
      case MEMRYX_BALANCED -> new MemryxFormat(Compression.BALANCED);
      case MEMRYX_LOSSLESS -> new MemryxFormat(Compression.LOSSLESS);
      case LUCENE_FLOAT -> new LuceneFormat(LuceneFormat.Storage.FLOAT);
      case LUCENE_INT8 -> new LuceneFormat(LuceneFormat.Storage.INT8);
      case LUCENE_BBQ -> new LuceneFormat(LuceneFormat.Storage.BBQ);
      case JVECTOR_FLOAT -> new JVectorFormat(JVectorFormat.Storage.FLOAT);
      case JVECTOR_NVQ -> new JVectorFormat(JVectorFormat.Storage.NVQ);
      case JVECTOR_FUSEDPQ -> new JVectorFormat(JVectorFormat.Storage.FUSED_PQ);
      case JVECTOR_FUSEDPQ_NVQ -> new JVectorFormat(JVectorFormat.Storage.FUSED_PQ_NVQ);
      case EXACT -> new ExactFormat();
    };
  }

  /** The peer of this name. */
  static Optional<Peer> named(String label) {
    return Arrays.stream(values()).filter(peer -> peer.label.equals(label)).findFirst();
  }
}
