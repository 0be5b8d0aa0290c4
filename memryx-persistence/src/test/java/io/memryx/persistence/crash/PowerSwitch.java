package io.memryx.persistence.crash;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Shuts a file system down as {@code xfs_io -x -c shutdown} does, by the same system call, but
 * without a program that is to be started first: so it is known to some microseconds when.
 */
@SuppressWarnings("restricted") // system calls are what it is for
final class PowerSwitch {
  /** FS_IOC_SHUTDOWN, which ext4 and XFS have in common. */
  private static final long SHUTDOWN = 0x8004_587DL;

  /** Not even the file system's own log is written any more. */
  private static final int WITHOUT_LOG = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle CONTROL =
      call(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private PowerSwitch() {}

  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /** Cuts the power of what is mounted there; the time right before. */
  static long cut(Path mountPoint) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flags = arena.allocateFrom(ValueLayout.JAVA_INT, WITHOUT_LOG);
      int directory = (int) OPEN.invokeExact(arena.allocateFrom(mountPoint.toString()), 0);
      long before = System.nanoTime();
      int outcome = (int) CONTROL.invokeExact(directory, SHUTDOWN, flags);
      int closed = (int) CLOSE.invokeExact(directory);
      if (directory < 0 || outcome != 0 || closed != 0) {
        throw new IllegalStateException(mountPoint + " can't be shut down");
      }
      return before;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
