// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Mode;
import org.pagefusion.config.Source;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.daemon.ServiceStatusSamples;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.vmmdev.GuestDevice;

/** A doctor's visit, set up by a test. */
final class Examined {
  private final Path root;
  private Configuration configuration = configuration(Mode.OBSERVE, false, Source.KERNEL);
  private Optional<String> device = Optional.empty();
  private Doctor.Opener opener =
      name -> {
        throw new AssertionError("opened " + name);
      };
  private boolean probe;
  private Optional<ServiceStatus> service = Optional.empty();

  /** Of a tree. */
  Examined(Path root) {
    this.root = root;
  }

  /** The tree of the fixtures that is a guest of VirtualBox with Oracle's Guest Additions. */
  static Path virtualBoxTree() {
    return Path.of(
        System.getProperty("pagefusion.checkout"), "agent/src/test/resources/doctor/virtualbox");
  }

  static Configuration configuration(Mode mode, boolean hostSafe, Source... sources) {
    Set<Source> set = EnumSet.copyOf(Arrays.asList(sources));
    Configuration defaults = Configuration.defaults();
    return new Configuration(
        mode,
        hostSafe,
        set,
        List.of("/usr"),
        List.of(),
        "",
        0,
        2048,
        defaults.scanInterval(),
        defaults.scanIntervalMax(),
        defaults.checkBudget(),
        defaults.metricsFile());
  }

  Examined with(Configuration other) {
    configuration = other;
    return this;
  }

  /** Of a simulated host's name, with a device of the test behind it. */
  Examined asking(GuestDevice scripted) {
    return opening("sim:scripted", name -> scripted);
  }

  Examined opening(String name, Doctor.Opener with) {
    device = Optional.of(name);
    opener = with;
    return this;
  }

  Examined probing() {
    probe = true;
    return this;
  }

  Examined service(int pid) {
    return service(ServiceStatusSamples.fusing(pid));
  }

  Examined service(ServiceStatus told) {
    service = Optional.of(told);
    return this;
  }

  /** The diagnosis, with one check for each subject, in their order, and every failure's remedy. */
  Diagnosis diagnose() throws IOException {
    Kernel kernel = Kernel.load();
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(kernel, root.toString(), anomalies)) {
      Diagnosis diagnosis =
          new Doctor(tree, kernel, configuration, Clock.systemUTC(), opener)
              .diagnose(
                  new Doctor.Examination(
                      device,
                      probe,
                      new RegistrationFile(root.resolve("run/pagefusion/registrations")),
                      service),
                  anomalies,
                  (what, files) -> {});
      assertEquals(
          List.of(Subject.values()), diagnosis.checks().stream().map(Check::subject).toList());
      for (Check check : diagnosis.checks()) {
        assertTrue(!check.found().isBlank(), check.toString());
        boolean bad = check.result() == Result.FAIL || check.result() == Result.WARN;
        assertEquals(bad, check.remedy().filter(remedy -> !remedy.isBlank()).isPresent());
      }
      return diagnosis;
    }
  }

  static Check of(Diagnosis diagnosis, Subject subject) {
    return diagnosis.checks().stream()
        .filter(check -> check.subject() == subject)
        .findFirst()
        .orElseThrow();
  }

  /** Checks how a check went, and what it says. */
  static void check(
      Diagnosis diagnosis, Subject subject, Result result, String found, String remedy) {
    Check check = of(diagnosis, subject);
    assertEquals(result, check.result(), check.toString());
    assertTrue(check.found().contains(found), check.toString());
    assertTrue(check.remedy().orElse("").contains(remedy), check.toString());
  }
}
