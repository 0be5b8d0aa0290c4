package io.memryx.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Imports go down only, and every heavy library has one package that knows it. */
@AnalyzeClasses(packages = "io.memryx.server", importOptions = ImportOption.DoNotIncludeTests.class)
final class LayeringTest {
  private static final String ROOT = "io.memryx.server";

  @ArchTest
  static final ArchRule importsGoDownOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("program")
          .definedBy(ROOT)
          .layer("exchange")
          .definedBy(ROOT + ".exchange")
          .layer("http")
          .definedBy(ROOT + ".http")
          .layer("service")
          .definedBy(ROOT + ".service")
          .layer("tenant")
          .definedBy(ROOT + ".tenant")
          .layer("fair")
          .definedBy(ROOT + ".fair")
          .layer("metrics")
          .definedBy(ROOT + ".metrics")
          .layer("log")
          .definedBy(ROOT + ".log")
          .layer("problem")
          .definedBy(ROOT + ".problem")
          .whereLayer("program")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("exchange")
          .mayOnlyBeAccessedByLayers("program")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("program", "exchange")
          .whereLayer("service")
          .mayOnlyBeAccessedByLayers("program", "http")
          .whereLayer("tenant")
          .mayOnlyBeAccessedByLayers("program", "http", "service")
          .whereLayer("fair")
          .mayOnlyBeAccessedByLayers("program", "http", "service")
          .whereLayer("metrics")
          .mayOnlyBeAccessedByLayers("program", "http", "service")
          .whereLayer("log")
          .mayOnlyBeAccessedByLayers("program", "http", "service");

  @ArchTest
  static final ArchRule onlyHttpKnowsUndertow =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".http")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.undertow..", "org.xnio..");

  @ArchTest
  static final ArchRule onlyHttpTheReportsOfCommandsTheLogAndTheClientKnowJackson =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".http")
          .and()
          .haveNameNotMatching(".*\\.server\\.(\\w+Command|JsonText|LogLine)(\\$.*)?")
          .and()
          .haveNameNotMatching(".*\\.RemoteJson(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tools.jackson..");

  @ArchTest
  static final ArchRule onlyMetricsKnowMicrometer =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".metrics")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer..");

  @ArchTest
  static final ArchRule nothingParsesFormsOrReadsObjects =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.undertow.server.handlers.form..", "io.undertow.websockets..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream");

  @ArchTest
  static final ArchRule nobodyReachesIntoTheEngine =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.memryx.internal..", "io.memryx.persistence.internal..");
}
