package io.memryx.bench.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.memryx.bench.text.EmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * all-MiniLM-L6-v2 with int8 weights, run by ONNX Runtime: at most 128 tokens, the mean of the
 * tokens' states over the attention mask, brought to unit length. The files are those inside
 * langchain4j's artefact. Thread-safe.
 */
final class MiniLm implements EmbeddingModel, AutoCloseable {
  private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final int DIMENSION = 384;
  private static final int MAX_TOKENS = 128;

  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private MiniLm(HuggingFaceTokenizer tokenizer, OrtEnvironment environment, OrtSession session) {
    this.tokenizer = tokenizer;
    this.environment = environment;
    this.session = session;
  }

  /** Loads the model from the class path. */
  static MiniLm load() throws IOException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      // Batches run side by side; within one, a second thread gains less.
      options.setIntraOpNumThreads(1);
      OrtSession session = environment.createSession(resource(MODEL), options);
      return new MiniLm(tokenizer(), environment, session);
    } catch (OrtException e) {
      throw new IOException("the model can't be loaded: " + e.getMessage(), e);
    }
  }

  private static HuggingFaceTokenizer tokenizer() throws IOException {
    try (InputStream vocabulary = open(TOKENIZER)) {
      // The file asks for padding to 128 tokens: batches are padded here, to their longest text.
      return HuggingFaceTokenizer.newInstance(
          vocabulary,
          Map.of(
              "padding",
              "false",
              "truncation",
              "true",
              "maxLength",
              String.valueOf(MAX_TOKENS),
              "addSpecialTokens",
              "true"));
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream bytes = open(name)) {
      return bytes.readAllBytes();
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream bytes = MiniLm.class.getResourceAsStream(name);
    if (bytes == null) {
      throw new IOException(name + " is not on the class path: build with the profile 'dataset'");
    }
    return bytes;
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public List<long[]> tokens(List<String> texts) {
    List<long[]> tokens = new ArrayList<>(texts.size());
    for (Encoding encoding : tokenizer.batchEncode(texts)) {
      tokens.add(encoding.getIds());
    }
    return tokens;
  }

  @Override
  public float[][] embed(List<long[]> batch) {
    int width = batch.stream().mapToInt(text -> text.length).max().orElseThrow();
    long[] shape = {batch.size(), width};
    LongBuffer ids = longs(batch.size() * width);
    LongBuffer mask = longs(batch.size() * width);
    for (int text = 0; text < batch.size(); text++) {
      long[] tokens = batch.get(text);
      for (int i = 0; i < tokens.length; i++) {
        ids.put(text * width + i, tokens[i]);
        mask.put(text * width + i, 1);
      }
    }
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids, shape);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask, shape);
        OnnxTensor typeTensor =
            OnnxTensor.createTensor(environment, longs(batch.size() * width), shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "attention_mask", maskTensor,
                    "token_type_ids", typeTensor))) {
      FloatBuffer states = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[][] vectors = new float[batch.size()][];
      for (int text = 0; text < vectors.length; text++) {
        vectors[text] = pooled(states, text * width * DIMENSION, batch.get(text).length);
      }
      return vectors;
    } catch (OrtException e) {
      throw new IllegalStateException("the model can't be run: " + e.getMessage(), e);
    }
  }

  /** The mean of {@code tokens × dimension} states at unit length, in double precision. */
  private static float[] pooled(FloatBuffer states, int offset, int tokens) {
    double[] sums = new double[DIMENSION];
    for (int token = 0; token < tokens; token++) {
      for (int d = 0; d < DIMENSION; d++) {
        sums[d] += states.get(offset + token * DIMENSION + d);
      }
    }
    double squares = 0;
    for (double sum : sums) {
      squares += sum * sum;
    }
    double norm = Math.sqrt(squares);
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) (sums[d] / norm);
    }
    return vector;
  }

  private static LongBuffer longs(int count) {
    return ByteBuffer.allocateDirect(count * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }

  @Override
  public void close() {
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the model can't be closed: " + e.getMessage(), e);
    }
  }
}
