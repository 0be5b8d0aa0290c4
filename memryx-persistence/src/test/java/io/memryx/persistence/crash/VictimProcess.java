package io.memryx.persistence.crash;

import com.google.protobuf.Message;
import io.memryx.VectorStore;
import io.memryx.persistence.DurableVectorStore;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A {@link Victim} as its parent process sees it. Killed when closed. */
final class VictimProcess implements AutoCloseable {
  /** So long may a process be silent: beyond that something hangs. */
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader answers;

  private VictimProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** A process with a small heap, that waits for orders. */
  static VictimProcess start() {
    return start(List.of("-Xmx96m"));
  }

  /** A process with these options of the JVM. */
  static VictimProcess start(List<String> jvmOptions) {
    return start(jvmOptions, classPath());
  }

  /** A process that has its classes in one file: it can go on reading them without opening one. */
  static VictimProcess startFromJar(Path jar) throws IOException {
    try (var classes = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String origin : origins()) {
        if (Files.isDirectory(Path.of(origin))) {
          addAll(Path.of(origin), classes);
        } else {
          addAll(new JarFile(origin), classes);
        }
      }
    }
    return start(List.of("-Xmx96m"), jar.toString());
  }

  private static void addAll(Path directory, JarOutputStream classes) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(VictimProcess::isClass).toList()) {
        classes.putNextEntry(new JarEntry(directory.relativize(file).toString()));
        classes.write(Files.readAllBytes(file));
        classes.closeEntry();
      }
    }
  }

  private static void addAll(JarFile jar, JarOutputStream classes) throws IOException {
    try (jar) {
      for (JarEntry entry :
          jar.stream().filter(entry -> isClass(Path.of(entry.getName()))).toList()) {
        classes.putNextEntry(new JarEntry(entry.getName()));
        classes.write(jar.getInputStream(entry).readAllBytes());
        classes.closeEntry();
      }
    }
  }

  private static boolean isClass(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".class")
        && !name.equals("module-info.class")
        && !name.equals("package-info.class")
        && !file.startsWith("META-INF");
  }

  private static VictimProcess start(List<String> jvmOptions, String classPath) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-ea"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, Victim.class.getName()));
    try {
      return new VictimProcess(new ProcessBuilder(command).redirectError(errors()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Their logs go to a file where one is named: {@code -Dmemryx.crash.log=FILE}. */
  private static ProcessBuilder.Redirect errors() {
    String file = System.getProperty("memryx.crash.log");
    return file == null
        ? ProcessBuilder.Redirect.DISCARD
        : ProcessBuilder.Redirect.appendTo(new File(file));
  }

  /** Where the classes of this process come from, whether a module path or a class path. */
  private static String classPath() {
    return String.join(File.pathSeparator, origins());
  }

  private static List<String> origins() {
    return Stream.of(
            Victim.class, DurableVectorStore.class, VectorStore.class, Message.class, bitmaps())
        .map(VictimProcess::origin)
        .distinct()
        .toList();
  }

  /** By name: it is of a module that only the core reads. */
  private static Class<?> bitmaps() {
    try {
      return Class.forName(
          "org.roaringbitmap.RoaringBitmap", false, VectorStore.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the core's dependencies are missing", e);
    }
  }

  private static String origin(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    URL url = Objects.requireNonNull(type.getResource("/" + name), name);
    String text = url.toString();
    String root = text.substring(0, text.length() - name.length());
    return root.startsWith("jar:")
        ? Path.of(URI.create(root.substring(4, root.length() - 2))).toString()
        : Path.of(URI.create(root)).toString();
  }

  /** Sends a signal, such as STOP. */
  void signal(String name) {
    var ignored = Shell.run("kill", "-" + name, Long.toString(pid()));
    assert ignored.isEmpty();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until the process has read its classes. */
  VictimProcess ready() {
    expect(Victim.READY);
    return this;
  }

  /** Gives an order and does not wait for what comes of it. */
  void order(WorkOrder order) {
    send(order.line());
  }

  /** Lets the clients end their steps and the store be closed. */
  void stop() {
    send(Victim.STOP);
  }

  private void send(String line) {
    try {
      var output = process.outputWriter(StandardCharsets.UTF_8);
      output.write(line);
      output.newLine();
      output.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid() + " does not take orders", e);
    }
  }

  /** Reads an answer that must be this one. */
  void expect(String answer) {
    String line = answer();
    if (!line.equals(answer)) {
      throw new IllegalStateException("expected '%s', got '%s'".formatted(answer, line));
    }
  }

  /** The next answer; empty if the process has ended. */
  String answer() {
    try {
      return Objects.requireNonNullElse(answers.readLine(), "");
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits until something holds or the process ends. */
  void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean() && !endsWithin(500)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("process " + pid() + " hangs");
      }
    }
  }

  /** Waits a little; whether the process has ended by then. */
  boolean endsWithin(long micros) {
    try {
      return process.waitFor(micros, TimeUnit.MICROSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Kills the process as {@code kill -9} does and waits for its end. */
  void kill() {
    process.destroyForcibly();
    if (!endsWithin(TimeUnit.SECONDS.toMicros(PATIENCE_SECONDS))) {
      throw new IllegalStateException("process " + pid() + " does not end");
    }
  }

  @Override
  public void close() {
    kill();
  }
}
