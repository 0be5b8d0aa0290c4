package io.memryx.persistence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.memryx.persistence",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
  @ArchTest
  static final ArchRule diskIsTouchedInOnePlaceOnly =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.DiskFiles(\\$.*)?")
          .and()
          .resideOutsideOfPackage("..exchange")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.nio.file.Files")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.channels..")
          .because(
              "every operation on a store's file goes through StoreFiles, where tests can make it fail;"
                  + " other programs' files are no part of a store");

  @ArchTest
  static final ArchRule coreIsUsedThroughItsApi =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("io.memryx.internal..");

  @ArchTest
  static final ArchRule nothingIsDeserialised =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream")
          .because("hostile bytes must not choose classes");

  @ArchTest
  static final ArchRule dependenciesPointDownwards =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("file")
          .definedBy("..internal.file..")
          .layer("wal")
          .definedBy("..internal.wal..")
          .layer("disk")
          .definedBy("..internal.disk..")
          .whereLayer("file")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("wal")
          .mayOnlyBeAccessedByLayers("file")
          .whereLayer("disk")
          .mayOnlyBeAccessedByLayers("file", "wal")
          .because("a collection is generations and a log, and both are made of file operations");
}
