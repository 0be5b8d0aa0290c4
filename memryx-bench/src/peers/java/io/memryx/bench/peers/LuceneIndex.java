package io.memryx.bench.peers;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.memryx.bench.peers.LuceneFormat.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DoubleValuesSourceRescorer;
import org.apache.lucene.search.FullPrecisionFloatVectorSimilarityValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.MMapDirectory;

/** A Lucene index of one segment, memory-mapped, searched through {@link IndexSearcher}. */
final class LuceneIndex implements PeerIndex<TopDocs> {
  /** Extension of the file with the vectors themselves. */
  private static final String ORIGINALS = ".vec";

  private static final int[] BREADTHS = {
    10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900, 1_300, 1_800
  };

  private final MMapDirectory directory;
  private final DirectoryReader reader;
  private final Storage storage;

  /** Document to row: kept beside the index, as an application would keep its ids. */
  private final int[] rowOfDocument;

  private LuceneIndex(
      MMapDirectory directory, DirectoryReader reader, Storage storage, int[] rowOfDocument) {
    this.directory = directory;
    this.reader = reader;
    this.storage = storage;
    this.rowOfDocument = rowOfDocument;
  }

  static LuceneIndex open(Path path, Storage storage) throws IOException {
    var directory = new MMapDirectory(path);
    DirectoryReader reader = DirectoryReader.open(directory);
    if (reader.leaves().size() != 1) {
      throw new IOException(
          "%s has %d segments, expected 1: build it again".formatted(path, reader.leaves().size()));
    }
    return new LuceneIndex(directory, reader, storage, rows(reader.leaves().getFirst().reader()));
  }

  private static int[] rows(LeafReader leaf) throws IOException {
    int[] rows = new int[leaf.maxDoc()];
    NumericDocValues values = leaf.getNumericDocValues(LuceneFormat.ROW);
    while (values.nextDoc() != NO_MORE_DOCS) {
      rows[values.docID()] = Math.toIntExact(values.longValue());
    }
    return rows;
  }

  @Override
  public Searcher<TopDocs> searcher() {
    var searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    return new Searcher<>() {
      @Override
      public TopDocs search(float[] query, Rung rung, int k) throws IOException {
        var nearest =
            new KnnFloatVectorQuery(LuceneFormat.VECTOR, query, Math.max(rung.effort(), k));
        if (rung.rerank() == 0) {
          return searcher.search(nearest, k);
        }
        TopDocs candidates = searcher.search(nearest, Math.max(rung.rerank(), k));
        return new FullPrecision(query).rescore(searcher, candidates, k);
      }

      @Override
      public int[] rows(TopDocs answer) {
        return LuceneIndex.this.rows(answer);
      }
    };
  }

  /** A searcher among the documents that have a field's value. */
  FilteredPeer.Searcher filtered() {
    var searcher = new IndexSearcher(reader);
    // Lucene caches no filters by a single term, cache or not.
    searcher.setQueryCache(null);
    return (query, field, rung, k) -> {
      var filter = new TermQuery(new Term(field.name(), SyntheticField.PASSING));
      int candidates = Math.max(rung.effort(), k);
      var nearest = new KnnFloatVectorQuery(LuceneFormat.VECTOR, query, candidates, filter);
      return rows(searcher.search(nearest, k));
    };
  }

  private int[] rows(TopDocs answer) {
    return Arrays.stream(answer.scoreDocs)
        .mapToInt((ScoreDoc document) -> rowOfDocument[document.doc])
        .toArray();
  }

  /** Replaces the score of quantised vectors by that of the vectors themselves. */
  private static final class FullPrecision extends DoubleValuesSourceRescorer {
    FullPrecision(float[] query) {
      super(
          new FullPrecisionFloatVectorSimilarityValuesSource(
              query, LuceneFormat.VECTOR, VectorSimilarityFunction.DOT_PRODUCT));
    }

    @Override
    protected float combine(float firstScore, boolean hasExact, double exactScore) {
      return (float) exactScore;
    }
  }

  @Override
  public List<Rung> ladder() {
    return switch (storage) {
      case FLOAT -> Arrays.stream(BREADTHS).mapToObj(ef -> new Rung("ef " + ef, ef, 0)).toList();
      // Bytes order well: few need the originals. Bits do not: as many as were kept.
      case INT8 -> reranked(40);
      case BBQ -> reranked(Integer.MAX_VALUE);
    };
  }

  private static List<Rung> reranked(int most) {
    return Arrays.stream(BREADTHS)
        .mapToObj(
            ef -> {
              int rerank = Math.min(ef, most);
              return new Rung("ef %d, rescored %d".formatted(ef, rerank), ef, rerank);
            })
        .toList();
  }

  @Override
  public long memoryBytes() throws IOException {
    long mapped =
        IndexFiles.bytes(
            directory.getDirectory(),
            name -> storage == Storage.FLOAT || !name.endsWith(ORIGINALS));
    return mapped + (long) rowOfDocument.length * Integer.BYTES;
  }

  @Override
  public String kernels() {
    return luceneKernels();
  }

  /**
   * Lucene takes the Vector API wherever the module is there, and says nothing of it in its API.
   */
  static String luceneKernels() {
    boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return "Lucene, Vector API " + (module ? "on" : "off");
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
