// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureManifestTest {
  private static final String HEADING =
      "path\tdevice(major:minor hex)\tinode\tsize\tmode\tuid\tmtime\n";

  @Test
  void readsEveryField() {
    CaptureManifest manifest = parse("/usr/bin/dash\tfe00\t1017\t125640\t4755\t1000\t1672924848\n");
    assertEquals(
        Optional.of(new CaptureManifest.Entry(0xfeL << 32, 1017, 125640, 04755, 1000, 1672924848)),
        manifest.entry("/usr/bin/dash"));
    assertEquals(Optional.empty(), manifest.entry("/usr/bin"));
    assertEquals(Optional.empty(), manifest.entry("path"));
  }

  /** As makedev(3) packs them: mmmMMMmm, M the major and m the minor number. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "17, 0, 17",
    "801, 8, 1",
    "fe00, fe, 0",
    "fd01, fd, 1",
    "10300, 103, 0",
    "100800, 8, 100",
    "fff008ff, 8, fffff",
    "fff00, fff, 0",
    "ffffffff, fff, fffff",
  })
  void unpacksDevices(String packed, String major, String minor) {
    long device = parse("/a\t" + packed + "\t1\t2\t644\t0\t3\n").entry("/a").orElseThrow().device();
    assertEquals(Long.parseLong(major, 16), device >>> 32);
    assertEquals(Long.parseLong(minor, 16), device & 0xFFFFFFFFL);
  }

  @Test
  void readsTheGreatestNumbers() {
    CaptureManifest.Entry entry =
        parse("/a\t0\t18446744073709551615\t9223372036854775807\t7777\t4294967295\t-62135596800\n")
            .entry("/a")
            .orElseThrow();
    assertEquals(
        new CaptureManifest.Entry(0, -1, Long.MAX_VALUE, 07777, 0xFFFFFFFFL, -62135596800L), entry);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "7, 7", "600, 384", "0644, 420", "1777, 1023", "7777, 4095"})
  void readsModes(String text, int permissions) {
    CaptureManifest manifest = parse("/a\t0\t1\t2\t" + text + "\t0\t3\n");
    assertEquals(permissions, manifest.entry("/a").orElseThrow().permissions());
  }

  @Test
  void keepsNames() {
    CaptureManifest manifest = parse("/with space/\u00c3\u00a4\u00ff\r\t0\t1\t2\t644\t0\t3");
    assertEquals(1, manifest.entry("/with space/\u00e4\udcff\r").orElseThrow().inode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | not 7 fields",
        "'/x' | not 7 fields",
        "'/x\t0\t1\t2\t644\t0' | not 7 fields",
        "'/x\t0\t1\t2\t644\t0\t3\t' | not 7 fields",
        "'/x y\t0\t1\t2\t644\t0\t3\t4\t5\t6' | not 7 fields",
        "'x\t0\t1\t2\t644\t0\t3' | no absolute path",
        "'\t0\t1\t2\t644\t0\t3' | no absolute path",
        "'/x\t\t1\t2\t644\t0\t3' | no number of device",
        "'/x\tfe:00\t1\t2\t644\t0\t3' | no number of device",
        "'/x\t-1\t1\t2\t644\t0\t3' | no number of device",
        "'/x\t100000000\t1\t2\t644\t0\t3' | no number of device",
        "'/x\t0\t\t2\t644\t0\t3' | no number of inode",
        "'/x\t0\t+1\t2\t644\t0\t3' | no number of inode",
        "'/x\t0\t18446744073709551616\t2\t644\t0\t3' | no number of inode",
        "'/x\t0\t1\t-2\t644\t0\t3' | no number of size",
        "'/x\t0\t1\t9223372036854775808\t644\t0\t3' | no number of size",
        "'/x\t0\t1\t2\t\t0\t3' | no number of mode",
        "'/x\t0\t1\t2\t648\t0\t3' | no number of mode",
        "'/x\t0\t1\t2\t-44\t0\t3' | no number of mode",
        "'/x\t0\t1\t2\t00644\t0\t3' | no number of mode",
        "'/x\t0\t1\t2\t100644\t0\t3' | no number of mode",
        "'/x\t0\t1\t2\t644\t-1\t3' | no number of uid",
        "'/x\t0\t1\t2\t644\t4294967296\t3' | no number of uid",
        "'/x\t0\t1\t2\t644\t0\t' | no number of mtime",
        "'/x\t0\t1\t2\t644\t0\t-' | no number of mtime",
        "'/x\t0\t1\t2\t644\t0\t--3' | no number of mtime",
        "'/x\t0\t1\t2\t644\t0\t3.5' | no number of mtime",
        "'/x\t0\t1\t2\t644\t0\t3\r' | no number of mtime",
        "'/a\t0\t9\t2\t644\t0\t3' | a path for the second time",
      })
  void saysWhatIsWrong(String line, String what) {
    String good = "\t0\t1\t2\t644\t0\t3\n";
    Anomalies anomalies = new Anomalies();
    CaptureManifest manifest =
        CaptureManifest.parse(
            TextLines.bytes(HEADING + "/a" + good + line + "\n/b" + good), "/files.tsv", anomalies);
    assertEquals(1, manifest.entry("/a").orElseThrow().inode());
    assertEquals(1, manifest.entry("/b").orElseThrow().inode());
    assertEquals(
        List.of(new Anomaly("/files.tsv:3", what + " in \"" + FileName.printable(line) + "\"")),
        anomalies.list());
  }

  @Test
  void mayBeEmpty() {
    Anomalies anomalies = new Anomalies();
    CaptureManifest.parse(new byte[0], "/files.tsv", anomalies);
    CaptureManifest.parse(TextLines.bytes(HEADING), "/files.tsv", anomalies);
    assertEquals(List.of(), anomalies.list());
  }

  @Test
  void saysThatTheHeadingIsMissing() {
    Anomalies anomalies = new Anomalies();
    CaptureManifest.parse(TextLines.bytes("/a\t0\t1\t2\t644\t0\t3\n"), "/files.tsv", anomalies);
    assertEquals(
        List.of(
            new Anomaly(
                "/files.tsv:1",
                "the heading should begin with \"path\" in \"/a\\x090\\x091\\x092\\x09644\\x090\\x093\"")),
        anomalies.list());
  }

  private static CaptureManifest parse(String lines) {
    Anomalies anomalies = new Anomalies();
    CaptureManifest manifest =
        CaptureManifest.parse(TextLines.bytes(HEADING + lines), "/files.tsv", anomalies);
    assertEquals(List.of(), anomalies.list());
    return manifest;
  }
}
