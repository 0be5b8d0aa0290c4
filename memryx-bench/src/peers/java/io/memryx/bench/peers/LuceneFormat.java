package io.memryx.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Lucene's HNSW graphs, merged to one segment.
 *
 * @param storage how vectors are kept for the walk through the graph
 * @param fields that documents have beside their vectors, to filter by
 */
record LuceneFormat(Storage storage, List<SyntheticField> fields) implements PeerFormat {
  static final String VECTOR = "vector";
  static final String ROW = "row";

  /** Lucene's defaults. */
  private static final int MAX_CONNECTIONS = Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;

  private static final int BEAM_WIDTH = Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH;

  /** Large enough that no segment is flushed early: every flush is a graph that is merged again. */
  private static final int BUFFER_MEGABYTES = 16_000;

  private static final int BUFFER_MEGABYTES_PER_THREAD = 2_000;

  LuceneFormat {
    fields = List.copyOf(fields);
  }

  /** Without fields. */
  LuceneFormat(Storage storage) {
    this(storage, List.of());
  }

  /** What the graph's walk scores. */
  enum Storage {
    /** The vectors themselves. */
    FLOAT,
    /** One byte a component, then the best by the vectors themselves. */
    INT8,
    /** One bit a component, then the best by the vectors themselves. */
    BBQ
  }

  @Override
  public String configuration() {
    String filters = fields.isEmpty() ? "" : ", fields " + fields;
    return "Lucene %s, %s HNSW, M %d, beam %d, one segment%s"
        .formatted(Version.LATEST, storage, MAX_CONNECTIONS, BEAM_WIDTH, filters);
  }

  @Override
  public double build(Corpus corpus, BuildPlace place) throws IOException {
    try (ExecutorService workers = Executors.newFixedThreadPool(place.threads());
        var directory = new MMapDirectory(place.directory());
        var writer = new IndexWriter(directory, config(workers, place.threads()))) {
      addAll(corpus, writer, place.threads());
      writer.forceMerge(1);
      writer.commit();
    }
    return 0;
  }

  private IndexWriterConfig config(ExecutorService workers, int threads) {
    KnnVectorsFormat format = vectorsFormat(workers, threads);
    var config = new IndexWriterConfig();
    config.setRAMBufferSizeMB(BUFFER_MEGABYTES);
    config.setRAMPerThreadHardLimitMB(BUFFER_MEGABYTES_PER_THREAD);
    config.setUseCompoundFile(false);
    config.setCodec(
        new Lucene104Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }
        });
    return config;
  }

  private KnnVectorsFormat vectorsFormat(ExecutorService workers, int threads) {
    return switch (storage) {
      case FLOAT ->
          threads == 1
              ? new Lucene99HnswVectorsFormat(MAX_CONNECTIONS, BEAM_WIDTH)
              : new Lucene99HnswVectorsFormat(MAX_CONNECTIONS, BEAM_WIDTH, threads, workers);
      case INT8 -> quantised(ScalarEncoding.UNSIGNED_BYTE, workers, threads);
      case BBQ -> quantised(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, workers, threads);
    };
  }

  /** A merge with one worker must not be given an executor. */
  private static KnnVectorsFormat quantised(
      ScalarEncoding encoding, ExecutorService workers, int threads) {
    return threads == 1
        ? new Lucene104HnswScalarQuantizedVectorsFormat(encoding, MAX_CONNECTIONS, BEAM_WIDTH)
        : new Lucene104HnswScalarQuantizedVectorsFormat(
            encoding, MAX_CONNECTIONS, BEAM_WIDTH, threads, workers);
  }

  /** Each thread adds a contiguous share into a segment of its own. */
  private void addAll(Corpus corpus, IndexWriter writer, int threads) throws IOException {
    try (ExecutorService adders = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> shares = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int from = (int) ((long) corpus.size() * thread / threads);
        int to = (int) ((long) corpus.size() * (thread + 1) / threads);
        shares.add(
            adders.submit(
                () -> {
                  add(corpus, writer, from, to);
                  return null;
                }));
      }
      for (Future<?> share : shares) {
        share.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while adding", e);
    } catch (ExecutionException e) {
      throw new IOException("adding failed: " + e.getCause(), e.getCause());
    }
  }

  private void add(Corpus corpus, IndexWriter writer, int from, int to) throws IOException {
    for (int row = from; row < to; row++) {
      var document = new Document();
      document.add(
          new KnnFloatVectorField(
              VECTOR, corpus.rows().row(row), VectorSimilarityFunction.DOT_PRODUCT));
      document.add(new NumericDocValuesField(ROW, row));
      for (SyntheticField field : fields) {
        document.add(new StringField(field.name(), field.value(row), Field.Store.NO));
      }
      writer.addDocument(document);
    }
  }

  @Override
  public LuceneIndex open(Path directory) throws IOException {
    return LuceneIndex.open(directory, storage);
  }
}
