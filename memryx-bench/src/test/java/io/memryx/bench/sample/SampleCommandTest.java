package io.memryx.bench.sample;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.dataset.VectorFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from WordNet's files and their embeddings to the sample, on a WordNet of six synsets. */
final class SampleCommandTest {
  private static final String LICENCE = "  1 Free to use,  \n  2 with this notice.  \n";

  @TempDir private Path directory;

  @Test
  void read_synsets_haveWordsAndSenses() throws IOException {
    Lexicon lexicon = Lexicon.read(wordNet());

    assertEquals(
        Optional.of(new Synset("noun", List.of("dog", "domestic dog"), 1)),
        lexicon.synset("noun-00000001"));
    assertEquals(Optional.of("noun-00000002"), lexicon.meaning("dog.noun.2"));
    assertEquals(Optional.of("noun-00000001"), lexicon.meaning("domestic_dog.noun"));
    assertEquals(Optional.empty(), lexicon.meaning("dog.noun.3"));
    assertEquals("Free to use,\nwith this notice.\n", lexicon.licence());
  }

  @Test
  void id_secondSense_isNumbered() throws IOException {
    Lexicon lexicon = Lexicon.read(wordNet());

    assertEquals("dog.noun", lexicon.synset("noun-00000001").orElseThrow().id());
    assertEquals("dog.noun.2", lexicon.synset("noun-00000002").orElseThrow().id());
  }

  @Test
  void read_adjectivePosition_isNoPartOfTheWord() throws IOException {
    assertEquals(
        List.of("galore"), Lexicon.read(wordNet()).synset("adj-00000005").orElseThrow().words());
  }

  @Test
  void read_jarWithoutWordNet_saysWhatIsMissing() throws IOException {
    Path jar = jar(Map.of("net/other.txt", "x"));

    var failure = assertThrows(IOException.class, () -> Lexicon.read(jar));

    assertMentions("index.noun", failure);
  }

  @Test
  void select_seedFirstThenItsNearest() throws IOException {
    List<SampleEntry> entries = selection().select(List.of("dog.noun"), 2, 1);

    assertEquals(
        List.of("dog.noun", "wolf.noun"),
        entries.stream().map(entry -> entry.synset().id()).toList());
  }

  @Test
  void select_everything_leavesOutEqualTextsAndWordsWithCommas() throws IOException {
    List<SampleEntry> entries = selection().select(List.of("dog.noun", "bark.verb"), 4, 1);

    assertEquals(
        List.of("dog.noun", "wolf.noun", "bark.verb", "galore.adj"),
        entries.stream().map(entry -> entry.synset().id()).toList());
  }

  @Test
  void select_moreThanThereAre_saysHowMany() throws IOException {
    SampleSelection selection = selection();

    var failure =
        assertThrows(IOException.class, () -> selection.select(List.of("dog.noun"), 5, 1));

    assertMentions("only 4 glosses", failure);
  }

  @Test
  void select_unknownWord_namesIt() throws IOException {
    SampleSelection selection = selection();

    var failure =
        assertThrows(
            IOException.class, () -> selection.select(List.of("dog.noun", "unicorn.noun"), 2, 1));

    assertMentions("[unicorn.noun]", failure);
  }

  @Test
  void write_entries_readBackAsDocumented() throws IOException {
    Dataset dataset = dataset();
    Path file = directory.resolve("sample.bin.gz");

    SampleFile.write(file, selection().select(List.of("dog.noun"), 2, 1), dataset.base());

    try (InputStream bytes = Files.newInputStream(file);
        var data = new DataInputStream(new GZIPInputStream(bytes))) {
      assertEquals(0x4D525853, data.readInt());
      assertEquals(2, data.readInt());
      assertEquals(2, data.readInt());
      assertEquals("dog.noun", data.readUTF());
      assertEquals("an animal that barks", data.readUTF());
      assertEquals("noun", data.readUTF());
      assertEquals("dog,domestic dog", data.readUTF());
      assertEquals(1f, Float.float16ToFloat(data.readShort()));
      assertEquals(0f, Float.float16ToFloat(data.readShort()));
      assertEquals("wolf.noun", data.readUTF());
    }
  }

  @Test
  void seeds_ofTheProject_areNamedOnceWithTheirPartOfSpeech() throws IOException {
    List<String> seeds = Topics.seeds();

    assertTrue(seeds.size() > 300, () -> seeds.size() + " seeds");
    assertEquals(seeds.size(), seeds.stream().distinct().count());
    for (String seed : seeds) {
      assertTrue(seed.matches("[a-z_]+\\.(noun|verb|adj|adv)(\\.\\d)?"), seed);
    }
  }

  @Test
  void parse_lineWithoutColon_refused() {
    assertThrows(IOException.class, () -> Topics.parse(List.of("dog cat")));
  }

  private SampleSelection selection() throws IOException {
    return new SampleSelection(dataset(), Lexicon.read(wordNet()));
  }

  private Dataset dataset() throws IOException {
    float[][] base = {{1, 0}, {1, 0}, {0.9f, 0.1f}, {0, 1}, {-1, 0}, {0.9f, 0.2f}};
    VectorFiles.fvecs(directory.resolve("base.fvecs"), base);
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), new float[][] {{1, 0}});
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), new int[][] {{0}});
    Files.writeString(
        directory.resolve("docs.txt"),
        """
        an animal that barks
        an animal that barks
        an animal that howls
        make a noise like a dog
        in great numbers
        an acid
        """);
    Files.writeString(
        directory.resolve("ids.txt"),
        """
        noun-00000001
        noun-00000002
        noun-00000003
        verb-00000004
        adj-00000005
        noun-00000006
        """);
    return Dataset.open(directory);
  }

  private Path wordNet() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "net/wn/data.noun",
        LICENCE
            + """
            00000001 05 n 02 dog 0 domestic_dog 0 000 | an animal that barks
            00000002 05 n 01 Dog 0 000 | an animal that barks
            00000003 05 n 01 wolf 0 000 | an animal that howls
            00000006 05 n 01 2,4-acid 0 000 | an acid
            """);
    files.put(
        "net/wn/index.noun",
        LICENCE
            + """
            2,4-acid n 1 0 1 0 00000006
            dog n 2 1 @ 2 1 00000001 00000002
            domestic_dog n 1 0 1 0 00000001
            wolf n 1 2 @ ~ 1 0 00000003
            """);
    files.put("net/wn/data.verb", LICENCE + "00000004 39 v 01 bark 0 000 | make a noise\n");
    files.put("net/wn/index.verb", LICENCE + "bark v 1 0 1 0 00000004\n");
    files.put("net/wn/data.adj", LICENCE + "00000005 00 s 01 galore(ip) 0 000 | in numbers\n");
    files.put("net/wn/index.adj", LICENCE + "galore a 1 0 1 0 00000005\n");
    files.put("net/wn/data.adv", LICENCE);
    files.put("net/wn/index.adv", LICENCE);
    return jar(files);
  }

  private Path jar(Map<String, String> files) throws IOException {
    Path jar = directory.resolve("words.jar");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }
}
