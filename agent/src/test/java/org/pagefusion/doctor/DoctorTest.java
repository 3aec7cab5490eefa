// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.config.Mode;
import org.pagefusion.config.Source;
import org.pagefusion.doctor.Conclusion.Answer;
import org.pagefusion.vmmdev.DeviceFailures;
import org.pagefusion.vmmdev.DriverVersion;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;

/** What is concluded from every answer that a host may give. */
class DoctorTest {
  private static final String VBOXMANAGE = "VBoxManage modifyvm NAME --page-fusion on";
  private static final String UPSTREAM = "https://github.com/VirtualBox/virtualbox/issues/268";

  @TempDir Path root;
  private final ScriptedDevice device = new ScriptedDevice();

  private Diagnosis ask() throws IOException {
    Diagnosis diagnosis = new Examined(root).asking(device).diagnose();
    assertTrue(device.closed);
    return diagnosis;
  }

  private static void concluded(Diagnosis diagnosis, Answer answer, String text, String remedy) {
    Conclusion conclusion = diagnosis.conclusion();
    assertEquals(answer, conclusion.canFuse(), conclusion.toString());
    assertTrue(conclusion.text().contains(text), conclusion.toString());
    assertTrue(conclusion.remedy().orElse("").contains(remedy), conclusion.toString());
    assertEquals(answer == Answer.YES, !conclusion.hostPoints().isEmpty());
  }

  @Test
  void aHostThatCanFuseIsItsOwnersToAnswerFor() throws IOException {
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.HOST_VERSION, Result.OK, "7.1.12", "");
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.OK, "on", "");
    concluded(diagnosis, Answer.YES, "Before mode = fuse", "host-safe = yes");
    String points = String.join(" ", diagnosis.conclusion().hostPoints());
    for (String point :
        List.of(
            "SMAP", "grep -c smap /proc/cpuinfo", "clearcpuid=smap", "macOS", "NEM", "64-bit")) {
      assertTrue(points.contains(point), point + " in: " + points);
    }
    assertFalse(diagnosis.hasFailed());
    // Only what can be asked without an effect.
    assertEquals(
        List.of(RequestType.HOST_VERSION, RequestType.STATUS, RequestType.SESSION_ID),
        device.requests);
  }

  @Test
  void fuseWithoutHostSafeIsNoAnswer() throws IOException {
    Diagnosis diagnosis =
        new Examined(root)
            .with(Examined.configuration(Mode.FUSE, false, Source.KERNEL))
            .asking(device)
            .diagnose();
    Examined.check(
        diagnosis, Subject.CONFIGURATION, Result.FAIL, "observes", "host-safe = yes is for");
    concluded(diagnosis, Answer.YES, "observes until", "host-safe = yes");
    assertTrue(diagnosis.hasFailed());
  }

  @Test
  void fuseWithHostSafeIsTheOwnersAnswer() throws IOException {
    Diagnosis diagnosis =
        new Examined(root)
            .with(Examined.configuration(Mode.FUSE, true, Source.KERNEL))
            .asking(device)
            .diagnose();
    Examined.check(diagnosis, Subject.CONFIGURATION, Result.OK, "registers", "");
    concluded(diagnosis, Answer.YES, "has said so (host-safe = yes)", "");
    assertTrue(diagnosis.conclusion().remedy().isEmpty());
    assertFalse(diagnosis.hasFailed());
  }

  @Test
  void fusionThatIsOffIsToBeSwitchedOn() throws IOException {
    device.fusion = false;
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.FAIL, "off for this VM", VBOXMANAGE);
    concluded(diagnosis, Answer.NO, "switched off for this VM", VBOXMANAGE);
    assertTrue(diagnosis.conclusion().remedy().orElse("").contains("powered off"));
  }

  @Test
  void notSupportedIsOffToo() throws IOException {
    device.answer(RequestType.STATUS, ResultCode.NOT_SUPPORTED.code());
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.FAIL, "off for this VM", VBOXMANAGE);
    concluded(diagnosis, Answer.NO, "switched off for this VM", VBOXMANAGE);
  }

  @Test
  void notImplementedIsBuiltWithout() throws IOException {
    device.answer(RequestType.STATUS, ResultCode.NOT_IMPLEMENTED.code());
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.FAIL, "built without", UPSTREAM);
    concluded(diagnosis, Answer.NO, "built without page fusion", UPSTREAM);
    assertTrue(diagnosis.conclusion().text().contains("Observing"), diagnosis.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allOf72IsBuiltWithoutWhateverItAnswers(boolean on) throws IOException {
    device.version = new HostVersion(7, 2, 22, 170000, 1);
    device.fusion = on;
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.HOST_VERSION, Result.FAIL, "7.2.22", UPSTREAM);
    // The VBoxManage line would be refused.
    Examined.check(diagnosis, Subject.PAGE_FUSION, on ? Result.WARN : Result.FAIL, "", UPSTREAM);
    concluded(diagnosis, Answer.NO, "7.2.22", UPSTREAM);
  }

  @ParameterizedTest
  @CsvSource({
    "7,0,OK",
    "7,1,OK",
    "7,3,WARN",
    "6,1,WARN",
    "8,0,WARN",
    "0,0,WARN",
    "65535,65535,WARN",
    "6,1001,WARN",
    "-1,1,WARN"
  })
  void otherVersionsAreJudgedByTheirAnswer(int major, int minor, Result result) throws IOException {
    device.version = new HostVersion(major, minor, 1, 1, 1);
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.HOST_VERSION, result, "VirtualBox ", "");
    concluded(diagnosis, Answer.YES, "can fuse", "");
  }

  @ParameterizedTest
  @EnumSource(ResultCode.class)
  void everyRefusalOfTheStatusIsTold(ResultCode code) throws IOException {
    device.answer(RequestType.STATUS, code.code());
    Diagnosis diagnosis = ask();
    Check check = Examined.of(diagnosis, Subject.PAGE_FUSION);
    Answer expected =
        switch (code) {
          case OK -> Answer.YES;
          case NOT_SUPPORTED, NOT_IMPLEMENTED -> Answer.NO;
          default -> Answer.UNKNOWN;
        };
    concluded(diagnosis, expected, "", "");
    assertEquals(code == ResultCode.OK ? Result.OK : Result.FAIL, check.result());
    if (expected == Answer.UNKNOWN) {
      assertTrue(check.found().contains(code.hostName()), check.toString());
      assertEquals(Optional.of(code.remedy()), check.remedy());
    }
  }

  @Test
  void anUnknownRefusalIsToldByItsNumber() throws IOException {
    device.answer(RequestType.STATUS, -4711);
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.FAIL, "-4711", "log");
    concluded(diagnosis, Answer.UNKNOWN, "does not say", "page fusion");
  }

  @Test
  void aHostThatHidesItsVersionIsAskedOn() throws IOException {
    device.answer(RequestType.HOST_VERSION, ResultCode.PERMISSION_DENIED.code());
    device.answer(RequestType.SESSION_ID, ResultCode.NOT_IMPLEMENTED.code());
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.HOST_VERSION, Result.WARN, "does not tell", "7.0 or 7.1");
    concluded(diagnosis, Answer.YES, "can fuse", "");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        RequestType.HOST_VERSION,
        RequestType.STATUS,
        RequestType.SESSION_ID,
        RequestType.REGISTER
      })
  void aDeviceThatFailsEndsTheQuestions(int type) throws IOException {
    device.fail(type, Errno.EIO);
    Diagnosis diagnosis = new Examined(root).asking(device).probing().diagnose();
    Subject asked =
        switch (type) {
          case RequestType.HOST_VERSION -> Subject.HOST_VERSION;
          case RequestType.REGISTER -> Subject.PROBE;
          default -> Subject.PAGE_FUSION;
        };
    Examined.check(diagnosis, asked, Result.FAIL, "EIO", "tell it not to");
    for (Subject later :
        HostInterview.SUBJECTS.subList(
            HostInterview.SUBJECTS.indexOf(asked) + 1, HostInterview.SUBJECTS.size())) {
      Examined.check(diagnosis, later, Result.SKIPPED, "not asked", "");
    }
    concluded(diagnosis, Answer.UNKNOWN, "can't be asked", "");
    assertTrue(device.closed);
  }

  @Test
  void aDeviceOfAnotherDriverIsNotAskedForMore() throws IOException {
    device.driverErrno = Errno.ENOTTY;
    Diagnosis diagnosis = ask();
    Examined.check(diagnosis, Subject.DRIVER_INTERFACE, Result.FAIL, "ENOTTY", "tell it not to");
    assertEquals(List.of(), device.requests);
    concluded(diagnosis, Answer.UNKNOWN, "can't be asked", "");
  }

  @Test
  void what72SaidBeforeItFailedCounts() throws IOException {
    device.version = new HostVersion(7, 2, 0, 1, 1);
    device.fail(RequestType.STATUS, Errno.EIO);
    concluded(ask(), Answer.NO, "7.2.0", UPSTREAM);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EACCES, Errno.EPERM})
  void whoMayNotOpenTheDeviceLearnsNothing(int errno) throws IOException {
    Diagnosis diagnosis = opening(errno);
    Examined.check(diagnosis, Subject.PERMISSION, Result.FAIL, "permi", "tell it not to");
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.SKIPPED, "can't be opened", "");
    concluded(diagnosis, Answer.UNKNOWN, "this user may not", "sudo pagefusion doctor");
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ENXIO, Errno.ENODEV, Errno.ECONNREFUSED})
  void aDeviceThatCanNotBeOpenedIsBroken(int errno) throws IOException {
    Diagnosis diagnosis = opening(errno);
    Examined.check(
        diagnosis, Subject.PERMISSION, Result.FAIL, Errno.describe(errno), "tell it not to");
    concluded(diagnosis, Answer.UNKNOWN, "can't be asked", "");
  }

  /** /dev/null stands for a node that is a character device. */
  private Diagnosis opening(int errno) throws IOException {
    return new Examined(root)
        .opening(
            "/dev/null",
            name -> {
              throw DeviceFailures.of(errno);
            })
        .diagnose();
  }

  @Test
  void aRealNodeIsLookedAt() throws IOException {
    Diagnosis diagnosis = new Examined(root).opening("/dev/null", name -> device).diagnose();
    Examined.check(
        diagnosis, Subject.DEVICE_NODE, Result.OK, "/dev/null: character device, mode 0666", "");
    Examined.check(diagnosis, Subject.DRIVER, Result.OK, "built into the kernel", "");
    Examined.check(diagnosis, Subject.DRIVER_INTERFACE, Result.OK, "version 1.0", "");
    // That it answers outweighs what can't be seen.
    Examined.check(diagnosis, Subject.VIRTUALISATION, Result.WARN, "as it answers", "oracle");
    concluded(diagnosis, Answer.YES, "can fuse", "");
    assertFalse(diagnosis.hasFailed());
  }

  @Test
  void aRevisionIsOraclesDriver() throws IOException {
    device.driver = Optional.of(new DriverVersion(0x10004, 0x10004, 162802));
    Diagnosis diagnosis = new Examined(root).opening("/dev/null", name -> device).diagnose();
    Examined.check(diagnosis, Subject.DRIVER, Result.OK, "r162802 of Oracle's", "");
  }

  @ParameterizedTest
  @CsvSource({
    "/nonexistent/vboxguest,ENOENT,modprobe vboxguest",
    "/etc/passwd,not a character device,remove",
    "/etc/passwd/vboxguest,not a directory,--device",
    "/,not a character device,remove"
  })
  void whatIsNoDeviceIsNotOpened(String path, String found, String remedy) throws IOException {
    Diagnosis diagnosis =
        new Examined(root)
            .opening(
                path,
                name -> {
                  throw new AssertionError("opened");
                })
            .diagnose();
    Examined.check(diagnosis, Subject.DEVICE_NODE, Result.FAIL, found, remedy);
    Examined.check(diagnosis, Subject.PERMISSION, Result.SKIPPED, "not asked", "");
    concluded(diagnosis, Answer.NO, "no device to ask", "modprobe");
  }

  @Test
  void aCapturedGuestOfVirtualBoxHasNoHostToAsk() throws IOException {
    Diagnosis diagnosis = new Examined(Examined.virtualBoxTree()).service(4242).diagnose();
    Examined.check(
        diagnosis,
        Subject.VIRTUALISATION,
        Result.OK,
        "VirtualBox (innotek GmbH, VirtualBox, Oracle Corporation)",
        "");
    Examined.check(diagnosis, Subject.DRIVER, Result.OK, "7.0.16 r162802 of Oracle's", "");
    Examined.check(diagnosis, Subject.PAGE_FUSION, Result.SKIPPED, "not the running guest", "");
    Examined.check(
        diagnosis,
        Subject.CAPABILITIES,
        Result.WARN,
        "the service (process 4242) lacks CAP_DAC_READ_SEARCH (",
        "AmbientCapabilities");
    String lacks = Examined.of(diagnosis, Subject.CAPABILITIES).found();
    assertTrue(lacks.contains("CAP_CHECKPOINT_RESTORE"), lacks);
    assertFalse(lacks.contains("PTRACE") || lacks.contains("FOWNER") || lacks.contains("SYSLOG"));
    Examined.check(diagnosis, Subject.KERNEL_ADDRESSES, Result.WARN, "kptr_restrict = 2", "sysctl");
    Examined.check(diagnosis, Subject.KASLR, Result.OK, "on: ", "");
    concluded(diagnosis, Answer.UNKNOWN, "No host was asked", "in the guest itself");
  }
}
