// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Reason;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Mode;
import org.pagefusion.config.Source;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.daemon.ServiceStatusSamples;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.StoredRegistrations;
import org.pagefusion.guest.CapturedTree;
import org.pagefusion.guest.ProcessScan;
import org.pagefusion.guest.TreeFiles;

/** What is read off a tree, from hand-made trees and from the captured guest. */
class TreeChecksTest {
  private static final String SHOWN =
      """
      ffffffff81000000 T _stext
      ffffffff8f001d32 T _etext
      ffffffff82000000 D __start_rodata
      ffffffff828eb000 D __end_rodata
      """;
  private static final String VERSION = "Linux version 6.12.9 (x@y) #1 SMP\n";

  @TempDir Path root;

  private TreeFiles tree() {
    return new TreeFiles(root);
  }

  private void check(Subject subject, Result result, String found, String remedy)
      throws IOException {
    Examined.check(new Examined(root).diagnose(), subject, result, found, remedy);
  }

  private void dmi(String vendor, String product, String board) throws IOException {
    tree()
        .write("/sys/class/dmi/id/sys_vendor", vendor)
        .write("/sys/class/dmi/id/product_name", product)
        .write("/sys/class/dmi/id/board_vendor", board);
  }

  @ParameterizedTest
  @CsvSource({
    "innotek GmbH,VirtualBox,Oracle Corporation,OK",
    "innotek GmbH,Some PC,None,OK",
    "ACME,VirtualBox,ACME,OK",
    "QEMU,Standard PC (Q35 + ICH9),none,FAIL",
    "'Oracle Corporation',SUN FIRE X4170,'Oracle Corporation',FAIL",
    "VMware Inc.,VirtualBox-like,x,FAIL"
  })
  void dmiTellsTheMachine(String vendor, String product, String board, Result result)
      throws IOException {
    dmi(vendor + "\n", product + "\n", board + "\n");
    check(Subject.VIRTUALISATION, result, product, "");
  }

  @Test
  void thePciDeviceTellsWhereDmiDoesNot() throws IOException {
    dmi("Dell Inc.\n", "OptiPlex\n", "Dell Inc.\n");
    tree()
        .write("/sys/bus/pci/devices/0000:00:04.0/vendor", "0x80ee\n")
        .write("/sys/bus/pci/devices/0000:00:04.0/device", "0xcafe\n");
    check(
        Subject.VIRTUALISATION,
        Result.WARN,
        "PCI device 80ee:cafe; DMI says Dell Inc., OptiPlex",
        "ConditionVirtualization=");
  }

  @Test
  void virtualBoxsGraphicsCardIsNotItsVmmDev() throws IOException {
    tree()
        .write("/sys/bus/pci/devices/0000:00:02.0/vendor", "0x80ee\n")
        .write("/sys/bus/pci/devices/0000:00:02.0/device", "0xbeef\n");
    check(Subject.VIRTUALISATION, Result.FAIL, "no PCI device", "VirtualBox guest");
  }

  @Test
  void anEmptyTreeIsNotKnown() throws IOException {
    Diagnosis diagnosis = new Examined(root).diagnose();
    for (Check check : diagnosis.checks()) {
      assertTrue(check.result() != Result.FAIL, check.toString());
    }
    Examined.check(diagnosis, Subject.VIRTUALISATION, Result.SKIPPED, "not known", "");
    Examined.check(diagnosis, Subject.DRIVER, Result.WARN, "no module", "modprobe");
    Examined.check(diagnosis, Subject.CAPABILITIES, Result.SKIPPED, "no running service", "");
    Examined.check(diagnosis, Subject.KERNEL_FEATURES, Result.SKIPPED, "does not tell", "");
    Examined.check(diagnosis, Subject.KERNEL_ADDRESSES, Result.WARN, "no /proc/kallsyms", "CONFIG");
    Examined.check(diagnosis, Subject.KASLR, Result.SKIPPED, "not known", "");
    Examined.check(diagnosis, Subject.EXCLUDED_SHARE, Result.WARN, "0.0 MiB eligible", "");
    assertEquals(0, diagnosis.scan().excludedShare());
  }

  @ParameterizedTest
  @CsvSource({"'',the one that comes with Linux", "OE,of Oracle's Guest Additions"})
  void theDriverIsToldByItsTaint(String taint, String found) throws IOException {
    tree().write("/sys/module/vboxguest/taint", taint + "\n");
    check(Subject.DRIVER, Result.OK, found, "");
  }

  @ParameterizedTest
  @CsvSource({
    "4.19.0-26-amd64,WARN,'none of those used; no PROCMAP_QUERY'",
    "5.11.22,WARN,no RESOLVE_CACHED: only mapped files",
    "5.12.0,OK,'RESOLVE_CACHED; no PROCMAP_QUERY'",
    "6.1.0-18-amd64,OK,'6.1.0-18-amd64: RESOLVE_CACHED; no PROCMAP_QUERY'",
    "6.5.0,OK,'cachestat, RESOLVE_CACHED; no PROCMAP_QUERY: maps'",
    "6.11.0,OK,'PROCMAP_QUERY, cachestat, RESOLVE_CACHED'",
    "10.0,OK,PROCMAP_QUERY",
    "99999.1,SKIPPED,does not tell",
    "six,SKIPPED,does not tell"
  })
  void featuresFollowFromTheReleaseOfACapturedKernel(String release, Result result, String found)
      throws IOException {
    tree().write("/proc/version", "Linux version " + release + " (x) #1\n");
    check(Subject.KERNEL_FEATURES, result, found, result == Result.WARN ? "5.12" : "");
  }

  @Test
  void addressesAreNotNeededWithoutTheKernelAsASource() throws IOException {
    Configuration mapped = Examined.configuration(Mode.OBSERVE, false, Source.MAPPED);
    Examined.check(
        new Examined(root).with(mapped).diagnose(),
        Subject.KERNEL_ADDRESSES,
        Result.SKIPPED,
        "not needed",
        "");
  }

  @Test
  void addressesThatAreShownAreVisible() throws IOException {
    tree().write("/proc/kallsyms", SHOWN).write("/proc/sys/kernel/kptr_restrict", "1\n");
    check(Subject.KERNEL_ADDRESSES, Result.OK, "visible", "");
  }

  @ParameterizedTest
  @CsvSource({"0,hidden", "1,hidden", "2,kptr_restrict = 2", "garbage,hidden"})
  void zeroesAreHidden(String restrict, String found) throws IOException {
    tree()
        .write("/proc/kallsyms", SHOWN.replaceAll("f[0-9a-f]{15}", "0".repeat(16)))
        .write("/proc/sys/kernel/kptr_restrict", restrict + "\n");
    check(Subject.KERNEL_ADDRESSES, Result.WARN, found, "root");
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffff81000000,quiet,off: nearly all of equal kernels",
    "ffffffff81000110,quiet,default address",
    "ffffffff89200000,quiet,on: ",
    "ffffffff89200000,quiet nokaslr,(nokaslr)",
    "ffffffff89200000,quiet nokaslr_not,on: ",
    "0000000000000000,nokaslr,(nokaslr)"
  })
  void kaslrIsToldByTheCommandLineAndTheAddress(String address, String line, String found)
      throws IOException {
    tree()
        .write("/proc/kallsyms", SHOWN.replace("ffffffff81000000", address))
        .write("/proc/cmdline", line + "\n");
    check(Subject.KASLR, Result.OK, found, "");
  }

  @ParameterizedTest
  @CsvSource({
    "CONFIG_RANDOMIZE_BASE=y,on: ",
    "# CONFIG_RANDOMIZE_BASE is not set,off: ",
    "#CONFIG_RANDOMIZE_BASE=y,off: "
  })
  void whereAddressesAreHiddenTheKernelsConfigurationTells(String line, String found)
      throws IOException {
    tree().write("/proc/version", VERSION).write("/boot/config-6.12.9", "A=b\n" + line + "\n");
    check(Subject.KASLR, Result.OK, found, "");
    Files.delete(root.resolve("boot/config-6.12.9"));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
    tree().write("/proc/config.gz", packed.toByteArray());
    check(Subject.KASLR, Result.OK, found + "", "");
  }

  @Test
  void aReleaseIsNoPath() throws IOException {
    tree()
        .write("/proc/version", "Linux version ../etc/passwd (x)\n")
        .write("/etc/passwd", "CONFIG_RANDOMIZE_BASE=y\n");
    Files.createDirectories(root.resolve("boot/config-.."));
    check(Subject.KASLR, Result.SKIPPED, "not known", "");
  }

  @ParameterizedTest
  @CsvSource({
    "000001ffffffffff,OK,has all it needs",
    "0000010400080008,WARN,lacks CAP_DAC_READ_SEARCH (",
    "000000040028000c,OK,has all it needs",
    "0000000000000000,WARN,CAP_SYSLOG (kernel addresses)",
    "zz,WARN,does not tell",
    "00000000000000000000,WARN,does not tell"
  })
  void theServicesCapabilitiesCount(String mask, Result result, String found) throws IOException {
    tree()
        .write("/proc/77/cmdline", "java\0org.pagefusion.cli.Main\0run\0")
        .write("/proc/77/status", "Name:\tjava\nCapEff:\t" + mask + "\nCapBnd:\t0\n");
    Examined.check(
        new Examined(root).service(77).diagnose(), Subject.CAPABILITIES, result, found, "");
  }

  @Test
  void anotherProcessWithTheServicesIdIsNotTheService() throws IOException {
    tree()
        .write("/proc/77/cmdline", "vi\0/etc/pagefusion/pagefusion.conf\0")
        .write("/proc/77/status", "CapEff:\t0\n");
    Examined.check(
        new Examined(root).service(77).diagnose(),
        Subject.CAPABILITIES,
        Result.SKIPPED,
        "no running service",
        "");
    Examined.check(
        new Examined(root).service(77).diagnose(),
        Subject.SERVICE,
        Result.SKIPPED,
        "no running service",
        "");
  }

  @Test
  void theServiceTellsWhatItCouldNotDo() throws IOException {
    tree().write("/proc/77/cmdline", "java\0org.pagefusion.cli.Main\0run\0");
    Examined.check(
        new Examined(root).service(77).diagnose(),
        Subject.SERVICE,
        Result.OK,
        "process 77, mode fuse; not read or understood in its last scan: 2, first"
            + " /proc/7/maps:12: no address",
        "");
    ServiceStatus.Problem problem =
        new ServiceStatus.Problem("host", "does not answer", Instant.EPOCH);
    Examined.check(
        new Examined(root).service(ServiceStatusSamples.fusing(77, problem)).diagnose(),
        Subject.SERVICE,
        Result.WARN,
        "process 77, mode fuse: host: does not answer",
        "pagefusion status");
    Examined.check(
        new Examined(root).service(ServiceStatusSamples.fusing(77, problem, problem)).diagnose(),
        Subject.SERVICE,
        Result.WARN,
        "does not answer (and 1 more)",
        "journalctl");
  }

  @Test
  void aServiceThatStoppedDoesNotRun() throws IOException {
    tree().write("/proc/812/cmdline", "java\0org.pagefusion.cli.Main\0run\0");
    Diagnosis diagnosis = new Examined(root).service(ServiceStatusSamples.stopped()).diagnose();
    Examined.check(diagnosis, Subject.SERVICE, Result.SKIPPED, "no running service", "");
    Examined.check(diagnosis, Subject.CAPABILITIES, Result.SKIPPED, "no running service", "");
  }

  private RegistrationFile registrations() {
    return new RegistrationFile(root.resolve("run/pagefusion/registrations"));
  }

  @ParameterizedTest
  @CsvSource({
    "0,OK,0 of",
    "1843,OK,'1,843 of 2,048'",
    "1844,WARN,'1,844'",
    "2048,FAIL,nothing more can be registered"
  })
  void theBudgetIsReadNotTouched(int used, Result result, String found) throws IOException {
    registrations()
        .save(new StoredRegistrations(OptionalLong.of(ScriptedDevice.SESSION), used, List.of()));
    byte[] before = Files.readAllBytes(root.resolve("run/pagefusion/registrations"));
    Diagnosis diagnosis = new Examined(root).asking(new ScriptedDevice()).diagnose();
    Examined.check(
        diagnosis, Subject.REGISTRATIONS, result, found, result == Result.OK ? "" : "reset the VM");
    assertEquals(used, diagnosis.budget().orElseThrow().used());
    assertArrayEquals(before, Files.readAllBytes(root.resolve("run/pagefusion/registrations")));
    assertEquals(1, root.resolve("run/pagefusion").toFile().list().length);
  }

  @Test
  void registrationsOfAnotherSessionAreVoid() throws IOException {
    registrations().save(new StoredRegistrations(OptionalLong.of(1), 2048, List.of()));
    Diagnosis diagnosis = new Examined(root).asking(new ScriptedDevice()).diagnose();
    Examined.check(diagnosis, Subject.REGISTRATIONS, Result.OK, "restored", "");
    // Without a host to ask, the record is all there is.
    check(Subject.REGISTRATIONS, Result.FAIL, "2,048", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage\n", "\u0000\u00ff\n\n"})
  void aDamagedRecordIsTold(String content) throws IOException {
    tree().write("/run/pagefusion/registrations", content);
    check(Subject.REGISTRATIONS, Result.WARN, "damaged", "registered anew");
  }

  @Test
  void aRecordThatCanNotBeReadIsNotKnown() throws IOException {
    Files.createDirectories(root.resolve("run/pagefusion/registrations"));
    Diagnosis diagnosis = new Examined(root).diagnose();
    Examined.check(diagnosis, Subject.REGISTRATIONS, Result.WARN, "not known", "root");
    assertTrue(diagnosis.budget().isEmpty());
  }

  @Test
  void whatIsNoFileOfADiskDoesNotCountAsLeftOut() {
    ProcessScan processes = new ProcessScan(1, 0, 0, 0, List.of(), false);
    List<Exclusion> exclusions = new ArrayList<>();
    for (Reason reason : Reason.values()) {
      exclusions.add(new Exclusion("/x", reason, "", 100));
    }
    ScanCheck check = new ScanCheck(new CandidateScan(processes, 0, List.of(), exclusions), 4096);
    assertEquals(100L * (Reason.values().length - 3), check.figures().excludedBytes());
    assertEquals(1.0, check.figures().excludedShare());
    assertTrue(!check.figures().excludedByReason().containsKey("memory"));
    assertEquals(Result.WARN, check.check(true).result());
  }

  @Test
  void theCapturedGuestIsSeenAsItWas() throws IOException {
    Diagnosis diagnosis =
        new Examined(CapturedTree.unpacked()).with(Configuration.defaults()).diagnose();
    Examined.check(diagnosis, Subject.KERNEL_FEATURES, Result.OK, "6.1.0", "");
    Examined.check(diagnosis, Subject.KERNEL_ADDRESSES, Result.OK, "visible", "");
    Examined.check(diagnosis, Subject.KASLR, Result.OK, "on: ", "");
    Examined.check(diagnosis, Subject.EXCLUDED_SHARE, Result.WARN, "whole files counted", "root");
    ScanFigures scan = diagnosis.scan();
    long sum = scan.excludedByReason().values().stream().mapToLong(Long::longValue).sum();
    assertEquals(scan.excludedBytes(), sum);
    assertTrue(scan.eligibleBytes() > 100 << 20, scan.toString());
    List<Long> sizes = new ArrayList<>(scan.excludedByReason().values());
    sizes.sort((a, b) -> Long.compare(b, a));
    assertEquals(sizes, new ArrayList<>(scan.excludedByReason().values()), "largest first");
  }

  @Test
  void thisMachineIsExaminedWithoutATrace() throws IOException {
    Configuration kernelOnly = Examined.configuration(Mode.OBSERVE, false, Source.KERNEL);
    ScriptedDevice device = new ScriptedDevice();
    Diagnosis diagnosis = new Examined(Path.of("/")).with(kernelOnly).asking(device).diagnose();
    assertEquals(Conclusion.Answer.YES, diagnosis.conclusion().canFuse());
    Check features = Examined.of(diagnosis, Subject.KERNEL_FEATURES);
    assertTrue(
        features.found().contains("RESOLVE_CACHED") && features.found().contains("cachestat"),
        features.toString());
    Check capabilities = Examined.of(diagnosis, Subject.CAPABILITIES);
    assertTrue(capabilities.found().startsWith("this process"), capabilities.toString());
  }
}
