package io.memryx.persistence.powercut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.BuildRequest;
import io.memryx.Entry;
import io.memryx.MemryxException;
import io.memryx.VectorCollection;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two writers of one store, where the lock keeps nobody out: the number of the manifest does. */
class TwoWritersTest {

  @Test
  void build_afterAnotherWriterTookOver_isFencedAndTheOthersChangesStay() {
    var files = new MemoryFiles();
    assertThrows(FencedException.class, () -> buildAfterTakeover(files, Links.REFUSE));
    assertEquals(Set.of("first", "second"), idsIn(files));
  }

  @Test
  void build_whereLinksOverwrite_losesTheOthersChanges() {
    var files = new MemoryFiles();
    boolean lost;
    try {
      buildAfterTakeover(files, Links.OVERWRITE);
      lost = !idsIn(files).contains("second");
    } catch (MemryxException e) {
      // What is there contradicts itself, and is refused.
      lost = true;
    }
    assertEquals(true, lost, "create-if-absent is what keeps an old writer out");
  }

  /** What a link does where there is something of that name. */
  private enum Links {
    REFUSE,
    OVERWRITE
  }

  /** The old writer logs a change, the new one, too; then the old one builds. */
  private static void buildAfterTakeover(MemoryFiles files, Links links) {
    try (var old = MemoryStore.open(unlocked(files, links))) {
      VectorCollection olds = old.vectors().collection(Script.SHARED, Recording.OPTIONS);
      olds.upsert(List.of(Entry.of("first", new float[] {1, 1})));
      try (var young = MemoryStore.open(unlocked(files, Links.REFUSE))) {
        VectorCollection youngs = young.vectors().find(Script.SHARED).orElseThrow();
        youngs.upsert(List.of(Entry.of("second", new float[] {2, 2})));
      }
      olds.build(BuildRequest.defaults());
    }
  }

  private static Set<String> idsIn(MemoryFiles files) {
    try (var store = MemoryStore.open(unlocked(files, Links.REFUSE))) {
      return Contents.of(store.vectors())
          .collections()
          .getOrDefault(Script.SHARED, Map.of())
          .keySet();
    }
  }

  private static StoreFiles unlocked(MemoryFiles files, Links links) {
    return (StoreFiles)
        Proxy.newProxyInstance(
            StoreFiles.class.getClassLoader(),
            new Class<?>[] {StoreFiles.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "lock" -> new AlwaysHeld();
                  case "link" -> {
                    if (links == Links.OVERWRITE) {
                      files.delete((Path) arguments[1]);
                    }
                    yield call(files, method, arguments);
                  }
                  default -> call(files, method, arguments);
                });
  }

  private static Object call(MemoryFiles files, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(files, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private record AlwaysHeld() implements StoreFiles.Lock {
    @Override
    public boolean isHeld() {
      return true;
    }

    @Override
    public void close() {}
  }
}
