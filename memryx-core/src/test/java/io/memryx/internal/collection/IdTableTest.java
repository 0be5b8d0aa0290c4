package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdTableTest {
  private final List<byte[]> ids = new ArrayList<>();
  private final IdTable table =
      new IdTable(
          new IdTable.IdSource() {
            @Override
            public boolean isIdOf(int row, byte[] id) {
              return Arrays.equals(ids.get(row), id);
            }

            @Override
            public long hashOf(int row) {
              byte[] id = ids.get(row);
              return IdTable.hash(id, 0, id.length);
            }
          });

  @Test
  void putAndFind_randomIds_agreeWithAMap() {
    var random = new SplittableRandom(17);
    Map<String, Integer> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      String id = "id-" + random.nextInt(5_000);
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      ids.add(bytes);
      table.reserve(1);
      table.put(bytes, ids.size() - 1);
      model.put(id, ids.size() - 1);
    }
    assertEquals(model.size(), table.size());
    model.forEach((id, row) -> assertEquals(row, table.find(id.getBytes(StandardCharsets.UTF_8))));
    assertEquals(-1, table.find("unknown".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void hash_everyByteAndTheLength_count() {
    byte[] id = "abcdefghijklmnopqrs".getBytes(StandardCharsets.UTF_8);
    long hash = IdTable.hash(id, 0, id.length);
    for (int i = 0; i < id.length; i++) {
      byte[] other = id.clone();
      other[i] ^= 1;
      assertNotEquals(hash, IdTable.hash(other, 0, other.length));
    }
    assertNotEquals(IdTable.hash(new byte[3], 0, 3), IdTable.hash(new byte[4], 0, 4));
  }
}
