import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks or writes the format of every Java source below a directory: {@code check|write DIR}. */
final class Format {
  public static void main(String[] arguments) throws Exception {
    boolean write = arguments[0].equals("write");
    Path root = Path.of(arguments[1]);
    List<Path> unformatted = new ArrayList<>();
    for (Path source : sources(root)) {
      String text = Files.readString(source);
      String formatted = format(text);
      if (!formatted.equals(text)) {
        unformatted.add(root.relativize(source));
        if (write) {
          Files.writeString(source, formatted);
        }
      }
    }
    if (write || unformatted.isEmpty()) {
      System.out.println((write ? "formatted: " : "all formatted ") + unformatted);
      return;
    }
    System.err.println("Not in google-java-format: " + unformatted);
    System.err.println("Remedy: mvn -N validate -Dformat.mode=write");
    System.exit(1);
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !root.relativize(file).toString().contains("target/"))
          .sorted()
          .toList();
    }
  }

  private static String format(String text) throws Exception {
    var style = JavaFormatterOptions.Style.GOOGLE;
    String cleaned =
        ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(text), style);
    return new Formatter(JavaFormatterOptions.builder().style(style).build()).formatSource(cleaned);
  }
}
