package io.memryx.server;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Random changes of bytes: a few of them changed, cut out, doubled or taken from elsewhere. */
public final class Mutation {
  private static final int MOST_CHANGES = 4;

  /** Bytes that mean something to those who read texts, paths and lines. */
  private static final byte[] TELLING = {
    '"',
    '\'',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '/',
    '%',
    ';',
    '?',
    '&',
    '=',
    '+',
    '-',
    '.',
    ' ',
    '\t',
    '\r',
    '\n',
    0,
    '0',
    '9',
    'e',
    'u',
    (byte) 0xff,
    (byte) 0xc0,
    (byte) 0x80,
    (byte) 0xed
  };

  private Mutation() {}

  /** A change of one of these inputs. */
  public static byte[] of(List<byte[]> inputs, SplittableRandom random) {
    byte[] bytes = inputs.get(random.nextInt(inputs.size())).clone();
    for (int change = 1 + random.nextInt(MOST_CHANGES); change > 0; change--) {
      if (bytes.length > 2) {
        bytes = changed(bytes, inputs.get(random.nextInt(inputs.size())), random);
      }
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, byte[] other, SplittableRandom random) {
    int at = 1 + random.nextInt(bytes.length - 1);
    byte[] head = Arrays.copyOf(bytes, at);
    switch (random.nextInt(7)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
      case 3 -> {
        return head;
      }
      case 4 -> {
        return joined(head, bytes, random.nextInt(bytes.length));
      }
      case 5 -> {
        byte[] inserted = Arrays.copyOf(head, at + 1);
        inserted[at] = TELLING[random.nextInt(TELLING.length)];
        return joined(inserted, bytes, at);
      }
      default -> {
        return joined(head, other, at);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] first, byte[] second, int from) {
    int start = Math.min(from, second.length);
    byte[] joined = Arrays.copyOf(first, first.length + second.length - start);
    System.arraycopy(second, start, joined, first.length, second.length - start);
    return joined;
  }
}
