package io.memryx.bench;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom: commands stand beside each other, on readers, truth and measures. */
@AnalyzeClasses(packages = "io.memryx.bench", importOptions = DoNotIncludeTests.class)
final class LayersTest {
  private static final String ROOT = "io.memryx.bench";

  @ArchTest
  static final ArchRule importsGoDownOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("main")
          .definedBy(ROOT)
          .layer("http")
          .definedBy(ROOT + ".http..")
          .layer("sweep")
          .definedBy(ROOT + ".sweep..")
          .layer("sample")
          .definedBy(ROOT + ".sample..")
          .layer("kernel")
          .definedBy(ROOT + ".kernel..")
          .optionalLayer("peers")
          .definedBy(ROOT + ".peers..")
          .layer("relevance")
          .definedBy(ROOT + ".relevance..")
          .layer("tradeoff")
          .definedBy(ROOT + ".tradeoff..")
          .layer("plot")
          .definedBy(ROOT + ".plot..")
          .layer("truth")
          .definedBy(ROOT + ".truth..")
          .layer("dataset")
          .definedBy(ROOT + ".dataset..")
          .layer("measure")
          .definedBy(ROOT + ".measure..")
          .layer("data")
          .definedBy(ROOT + ".data..")
          .layer("grow")
          .definedBy(ROOT + ".grow..")
          .layer("text")
          .definedBy(ROOT + ".text..")
          .whereLayer("main")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("sweep")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("sample")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("kernel")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("peers")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("relevance")
          .mayOnlyBeAccessedByLayers("sweep")
          .whereLayer("tradeoff")
          .mayOnlyBeAccessedByLayers("peers")
          .whereLayer("plot")
          .mayOnlyBeAccessedByLayers("peers", "sweep")
          .whereLayer("truth")
          .mayOnlyBeAccessedByLayers("http", "sweep", "sample", "peers", "data", "grow", "text")
          .whereLayer("dataset")
          .mayOnlyBeAccessedByLayers(
              "http", "sweep", "sample", "truth", "relevance", "peers", "data", "grow", "text")
          .whereLayer("measure")
          .mayOnlyBeAccessedByLayers("http", "sweep", "sample", "peers", "data", "grow", "text");
}
