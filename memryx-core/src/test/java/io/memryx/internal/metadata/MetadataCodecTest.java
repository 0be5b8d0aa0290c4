package io.memryx.internal.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.ValidationException;
import io.memryx.snapshot.MalformedSnapshotException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetadataCodecTest {

  private static Metadata everyKind() {
    return Metadata.builder()
        .put("text", "grüße 🎈")
        .put("empty", "")
        .put("small", 7)
        .put("negative", -1)
        .put("largest", Long.MAX_VALUE)
        .put("smallest", Long.MIN_VALUE)
        .put("half", 0.5)
        .put("yes", true)
        .put("no", false)
        .putNull("nothing")
        .put(
            "list",
            new ArrayValue(
                List.of(
                    new StringValue("a"),
                    new LongValue(1),
                    new ArrayValue(List.of(new NullValue(), new BooleanValue(true))))))
        .build();
  }

  @Test
  void decode_ofEncode_isTheSameInTheSameOrder() {
    Metadata metadata = everyKind();
    Metadata decoded = MetadataCodec.decode(MetadataCodec.encode(metadata));
    assertEquals(metadata, decoded);
    assertEquals(List.copyOf(metadata.fields().keySet()), List.copyOf(decoded.fields().keySet()));
  }

  @Test
  void encode_noFields_takesNoBytes() {
    assertEquals(0, MetadataCodec.encode(Metadata.empty()).length);
    assertEquals(Metadata.empty(), MetadataCodec.decode(new byte[0]));
  }

  @Test
  void decode_randomMetadata_comesBack() {
    for (long seed = 0; seed < 500; seed++) {
      var random = new SplittableRandom(seed);
      var builder = Metadata.builder();
      for (int field = random.nextInt(1, 6); field > 0; field--) {
        builder.put("field" + field, randomValue(random, 0));
      }
      Metadata metadata = builder.build();
      assertEquals(metadata, MetadataCodec.decode(MetadataCodec.encode(metadata)), "seed " + seed);
    }
  }

  private static MetadataValue randomValue(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth < 3 ? 6 : 5)) {
      case 0 -> new NullValue();
      case 1 -> new BooleanValue(random.nextBoolean());
      case 2 -> new LongValue(random.nextLong() >> random.nextInt(64));
      case 3 -> new DoubleValue(random.nextGaussian());
      case 4 -> new StringValue("x".repeat(random.nextInt(200)));
      default ->
          new ArrayValue(
              java.util.stream.Stream.generate(() -> randomValue(random, depth + 1))
                  .limit(random.nextInt(4))
                  .toList());
    };
  }

  @Test
  void decode_cutOrFlippedBytes_isMalformedOrSomethingElseButNeverAnotherError() {
    byte[] encoded = MetadataCodec.encode(everyKind());
    for (int length = 1; length < encoded.length; length++) {
      decodeDamaged(Arrays.copyOf(encoded, length));
    }
    for (int bit = 0; bit < encoded.length * 8; bit++) {
      byte[] damaged = encoded.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      decodeDamaged(damaged);
    }
  }

  private static void decodeDamaged(byte[] damaged) {
    try {
      MetadataCodec.decode(damaged);
    } catch (MalformedSnapshotException expected) {
      assertTrue(String.valueOf(expected.getMessage()).contains("damaged"));
    }
  }

  @Test
  void decode_fieldNamedTwice_isMalformed() {
    byte[] once = MetadataCodec.encode(Metadata.of("a", "b"));
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    assertThrows(MalformedSnapshotException.class, () -> MetadataCodec.decode(twice));
  }

  @Test
  void encode_beyondTheLimits_isRefused() {
    var many = Metadata.builder();
    for (int i = 0; i <= Limits.MAX_METADATA_FIELDS; i++) {
      many.put("f" + i, i);
    }
    refuse(many.build());
    refuse(Metadata.of("big", "x".repeat(Limits.MAX_METADATA_BYTES)));
    refuse(Metadata.of("", "no name"));
    refuse(Metadata.of("half", "\uD83C"));
    MetadataValue deep = new LongValue(1);
    for (int depth = 0; depth <= Limits.MAX_METADATA_DEPTH; depth++) {
      deep = new ArrayValue(List.of(deep));
    }
    refuse(Metadata.builder().put("deep", deep).build());
  }

  private static void refuse(Metadata metadata) {
    assertThrows(ValidationException.class, () -> MetadataCodec.encode(metadata));
  }
}
