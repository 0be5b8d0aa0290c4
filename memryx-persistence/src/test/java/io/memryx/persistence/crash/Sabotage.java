package io.memryx.persistence.crash;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a store's file system leaves out on purpose: with each of these a power cut must lose
 * something, or the test that cuts the power sees nothing.
 */
enum Sabotage {
  /** Nothing. */
  NONE,
  /** Files of the log are never forced, but for the header that each begins with. */
  NO_LOG_FORCE,
  /** Files of the log are forced a moment after that was reported. */
  LATE_LOG_FORCE,
  /** Directories are never forced. */
  NO_DIRECTORY_FORCE,
  /** Snapshots are never forced. */
  NO_SNAPSHOT_FORCE,
  /** The lock is believed to be held, whatever became of its file. */
  BLIND_TO_LOCK;

  /** Much less than a client works, and more than a force takes. */
  private static final long LATENESS_MILLIS = 20;

  private static final ScheduledExecutorService LATER =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /** These files, sabotaged. */
  StoreFiles on(StoreFiles files) {
    return this == NONE ? files : proxy(StoreFiles.class, files, Opened.of(Path.of("")));
  }

  /**
   * What is used of a file.
   *
   * @param hasHeader whether its size was forced once, along with what it begins with
   */
  private record Opened(Path file, AtomicBoolean hasHeader) {
    static Opened of(Path file) {
      return new Opened(file, new AtomicBoolean());
    }

    boolean isCalled(String prefix) {
      return String.valueOf(file.getFileName()).startsWith(prefix);
    }
  }

  /** What such an object hands out for a file is sabotaged as well. */
  private <T> T proxy(Class<T> type, Object target, Opened opened) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> call(target, method, arguments, opened)));
  }

  // A call without arguments has none, not an empty array.
  private @Nullable Object call(
      Object target, Method method, Object @Nullable [] arguments, Opened file) throws Throwable {
    if (this == BLIND_TO_LOCK && method.getName().equals("isHeld")) {
      return true;
    }
    if (isLeftOut(method.getName(), file)) {
      return null;
    }
    if (this == LATE_LOG_FORCE && method.getName().equals("force") && file.isCalled("wal-")) {
      Future<?> later =
          LATER.schedule(() -> method.invoke(target), LATENESS_MILLIS, TimeUnit.MILLISECONDS);
      assert later != null;
      return null;
    }
    try {
      Object result = method.invoke(target, arguments);
      boolean opened =
          method.getReturnType().isInterface()
              && method.getReturnType().getEnclosingClass() == StoreFiles.class;
      return opened && arguments != null && arguments[0] instanceof Path path
          ? proxy(method.getReturnType(), result, Opened.of(path))
          : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private boolean isLeftOut(String operation, Opened file) {
    return switch (this) {
      case NONE, LATE_LOG_FORCE, BLIND_TO_LOCK -> false;
      case NO_LOG_FORCE -> file.isCalled("wal-") && isForceOfFrames(operation, file);
      case NO_DIRECTORY_FORCE -> operation.equals("syncDirectory");
      case NO_SNAPSHOT_FORCE -> operation.equals("force") && file.isCalled("snap-");
    };
  }

  private static boolean isForceOfFrames(String operation, Opened file) {
    return operation.equals("force")
        || (operation.equals("forceSize") && file.hasHeader().getAndSet(true));
  }
}
