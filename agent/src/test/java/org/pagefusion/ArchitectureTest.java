// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.commons.annotation.Testable;

/**
 * Holds the packages to their order. Memory is described once and flows one way: what is downstream
 * never reads the guest, what is upstream never talks to the host.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  /** Every package, lowest first, with those of ours that it may use. */
  private static final Map<String, String> MAY_USE =
      Map.ofEntries(
          Map.entry("bridge", ""),
          Map.entry("config", ""),
          Map.entry("guest", "bridge"),
          Map.entry("candidate", "guest config bridge"),
          Map.entry("vmmdev", "bridge"),
          Map.entry("memory", "bridge"),
          Map.entry("fusion", "candidate memory vmmdev config bridge"),
          Map.entry("daemon", "fusion memory vmmdev candidate guest config bridge"),
          Map.entry("doctor", "daemon fusion memory vmmdev candidate guest config bridge"),
          Map.entry("report", "doctor daemon fusion memory vmmdev candidate guest config bridge"),
          Map.entry("compare", "report candidate guest config"),
          Map.entry("html", "compare report candidate guest config"),
          Map.entry("hostsim", "vmmdev bridge"),
          Map.entry(
              "cli",
              "hostsim html compare report doctor daemon fusion memory vmmdev candidate guest config"
                  + " bridge"));

  private JavaClasses production;
  private JavaClasses tests;

  @BeforeAll
  void readClasses() {
    production =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.pagefusion");
    tests =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("org.pagefusion");
    assertFalse(production.isEmpty(), "no class of org.pagefusion found");
  }

  @Test
  void packagesUseOnlyThoseBelowThem() {
    LayeredArchitecture order =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (String name : MAY_USE.keySet()) {
      order = order.layer(name).definedBy(ours(name));
    }
    for (Map.Entry<String, String> entry : MAY_USE.entrySet()) {
      order =
          entry.getValue().isEmpty()
              ? order.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
              : order.whereLayer(entry.getKey()).mayOnlyAccessLayers(entry.getValue().split(" "));
    }
    check(order);
  }

  @Test
  void everyClassIsInOneOfThePackages() {
    String[] known = MAY_USE.keySet().stream().map(ArchitectureTest::ours).toArray(String[]::new);
    check(classes().should().resideInAnyPackage(known));
  }

  @Test
  void librariesStayWhereTheyBelong() {
    onlyIn(List.of("bridge"), "jnr.ffi..", "com.kenai..");
    onlyIn(List.of("cli"), "picocli..", "jnr.posix..");
    onlyIn(List.of("daemon", "report", "compare", "html", "cli"), "com.google.gson..");
  }

  @Test
  void onlyTheCommandTalksToItsCaller() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ours("cli"))
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  @Test
  void nothingIsStaticButConstants() {
    check(
        fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal());
  }

  /** Whatever reads the guest is given its root. */
  @Test
  void noPathIsStatic() {
    check(
        noFields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage(ours("cli"))
            .should()
            .haveRawType(Path.class)
            .orShould()
            .haveRawType(File.class));
  }

  @Test
  void theClockIsGiven() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ours("cli"))
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone"));
  }

  /** The build runs test classes by their names: one with another name would never run. */
  @Test
  void everyTestIsRun() {
    List<String> neverRun = new ArrayList<>();
    for (JavaClass type : tests) {
      String name = outermost(type).getSimpleName();
      for (JavaMethod method : type.getMethods()) {
        boolean run =
            name.endsWith("Fuzz")
                || (!method.isAnnotatedWith(FuzzTest.class)
                    && (name.endsWith("Test") || name.endsWith("Properties")));
        if (!run && method.isMetaAnnotatedWith(Testable.class)) {
          neverRun.add(method.getFullName());
        }
      }
    }
    assertEquals(
        List.of(), neverRun, "belong in a class named *Test, *Properties or, if @FuzzTest, *Fuzz");
  }

  /** Jazzer fuzzes one method in a JVM and silently skips the others. */
  @Test
  void everyFuzzClassHasOneFuzzTest() {
    Map<String, Integer> counts = new TreeMap<>();
    for (JavaClass type : tests) {
      if (type.getSimpleName().endsWith("Fuzz")) {
        int count = 0;
        for (JavaMethod method : type.getMethods()) {
          count += method.isAnnotatedWith(FuzzTest.class) ? 1 : 0;
        }
        if (count != 1) {
          counts.put(type.getName(), count);
        }
      }
    }
    assertEquals(Map.of(), counts, "@FuzzTest methods in a class; make it one each");
  }

  private void onlyIn(List<String> packages, String... libraries) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                packages.stream().map(ArchitectureTest::ours).toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(libraries));
  }

  /** A package that does not exist yet breaks no rule. */
  private void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(production);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static String ours(String name) {
    return "org.pagefusion." + name + "..";
  }
}
