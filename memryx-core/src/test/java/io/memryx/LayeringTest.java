package io.memryx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * Imports go down only: collection → build → ivf → quantization → kernel; collection → metadata,
 * events.
 */
class LayeringTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.memryx");

  @Test
  void internals_importOnlyWhatIsBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.memryx.internal..")
        .layer("collection")
        .definedBy("io.memryx.internal.collection..")
        .layer("events")
        .definedBy("io.memryx.internal.events..")
        .layer("metadata")
        .definedBy("io.memryx.internal.metadata..")
        .layer("build")
        .definedBy("io.memryx.internal.build..")
        .layer("ivf")
        .definedBy("io.memryx.internal.ivf..")
        .layer("quantization")
        .definedBy("io.memryx.internal.quantization..")
        .layer("kernel")
        .definedBy("io.memryx.internal.kernel..")
        .whereLayer("collection")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("events")
        .mayOnlyBeAccessedByLayers("collection")
        .whereLayer("metadata")
        .mayOnlyBeAccessedByLayers("collection")
        .whereLayer("build")
        .mayOnlyBeAccessedByLayers("collection")
        .whereLayer("ivf")
        .mayOnlyBeAccessedByLayers("collection", "build")
        .whereLayer("quantization")
        .mayOnlyBeAccessedByLayers("collection", "build", "ivf")
        .whereLayer("kernel")
        .mayOnlyBeAccessedByLayers("collection", "build", "ivf", "quantization")
        .check(CORE);
  }

  @Test
  void api_reachesInternalsOnlyThroughItsEntryPoint() {
    noClasses()
        .that()
        .resideInAnyPackage("io.memryx", "io.memryx.snapshot")
        .and()
        .areNotAssignableTo(Memryx.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.memryx.internal..")
        .check(CORE);
  }

  @Test
  void core_knowsNoDiskNoNetworkAndStartsNoThread() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.net..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.Executors")
        .orShould()
        .callMethod(Thread.class, "start")
        .check(CORE);
  }

  @Test
  void roaringBitmaps_areKnownToFiltersAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.memryx.internal.metadata..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.roaringbitmap..")
        .check(CORE);
  }

  @Test
  void incubatorModule_isTouchedBySimdKernelsAndTheirWidthAlone() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.memryx\\.internal\\.kernel\\.(Simd\\d*Kernels|VectorWidth)")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(CORE);
  }
}
