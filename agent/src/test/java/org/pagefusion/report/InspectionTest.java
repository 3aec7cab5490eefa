// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Inspector;
import org.pagefusion.candidate.Reason;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.ElfSegment;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.Mapping;
import org.pagefusion.guest.PageRuns;

/** Inspections as text and as JSON. */
class InspectionTest {
  private static final String ODD = "/q\"\u001b[31m\n\uDCFF";
  private static final String ODD_SHOWN = "/q\"\\x1b[31m\\x0a\\xff";
  private static final InspectionText TEXT = new InspectionText(Reports.PAGE);

  private static final ElfFile ELF =
      new ElfFile(
          true,
          ByteOrder.LITTLE_ENDIAN,
          3,
          62,
          0x4760,
          2,
          List.of(
              new ElfSegment(1, 5, 0x4000, 0x4000, 0x12b99, 0x12b99, 4096),
              new ElfSegment(0x6474e551, 6, -1, -1, -1, -1, 16)),
          Optional.of("be6397dd"));

  private static final FileStatus STATUS =
      new FileStatus(254L << 32 | 1, -2, 500_000, 0100644, 0, 1, 0, 1_700_000_000, 0, 0);

  private static Inspector.Judgement judgement() {
    Reports reports = new Reports();
    PageRuns.Builder resident = new PageRuns.Builder();
    resident.add(0, 100);
    resident.add(110, 3);
    reports.file(Category.LIBRARY, "/usr/lib/libx.so", 123, resident.build(), true, 3);
    List<Candidate> candidates = List.copyOf(reports.candidates);
    return new Inspector.Judgement(
        candidates, List.of(new Exclusion(ODD, Reason.PATTERN, ODD, 5000)));
  }

  private static final Inspector.ProcessInspection PROCESS =
      new Inspector.ProcessInspection(
          7,
          "sh\u001b",
          List.of(
              new Mapping(0x1000, 0x3000, 5, 0x2000, 254L << 32 | 1, 77, "/usr/lib/libx.so"),
              new Mapping(-8192, -4096, 11, 0, 0, -1, ODD)),
          judgement());

  private static final Inspector.FileInspection FILE =
      new Inspector.FileInspection(
          ODD, STATUS, "ext4", PageRuns.of(0, 10), false, 3, Optional.of(ELF), judgement());

  private static final Inspector.ModuleInspection MODULE =
      new Inspector.ModuleInspection(
          new KernelModule(
              "e\u001bxt4",
              983040,
              -1,
              List.of("a\u001b", "b"),
              KernelModule.State.LIVE,
              0xffffffffc05ed000L,
              "O\u001b",
              Optional.of("00ff"),
              List.of(new KernelModule.Section(".te\nxt", 0xffffffffc05ed000L))),
          judgement());

  private static final Inspector.ElfInspection ELF_INSPECTION =
      new Inspector.ElfInspection(ODD, ELF, Optional.of("aabb"));

  private static final List<Anomaly> ANOMALIES = List.of(new Anomaly(ODD, "odd\n"));

  @Test
  void aProcessAsText() {
    assertEquals(
        """
        process 7  sh\\x1b

          address                                   size  perm  offset  name
          0x1000-0x3000                          8.0 KiB  r-xp  0x2000  /usr/lib/libx.so
          0xffffffffffffe000-0xfffffffffffff000  4.0 KiB  rw-s     0x0  /q"\\x1b[31m\\x0a\\xff

        Would be registered
           resident  name              version          regions
          412.0 KiB  /usr/lib/libx.so  b23456789012345  0x0+0x7af9c

        Would be left out
             size  path                 reason
          4.9 KiB  /q"\\x1b[31m\\x0a\\xff  excluded by configuration  /q"\\x1b[31m\\x0a\\xff
        """,
        TEXT.render(PROCESS));
  }

  @Test
  void aFileAsText() {
    assertEquals(
        """
        /q"\\x1b[31m\\x0a\\xff
          size       488.3 KiB
          resident   40.0 KiB in 1 runs of pages (not known: all are taken to be)
          mode       644
          modified   2023-11-14T22:13:20Z
          on         ext4, device 254:1, inode 18446744073709551614
          mapped by  3 processes
          ELF        shared object, x86-64, 64-bit little endian
          build id   be6397dd
        """,
        TEXT.render(FILE).substring(0, TEXT.render(FILE).indexOf("\nWould be registered\n")));
  }

  @Test
  void aModuleAsText() {
    assertEquals(
        """
        module e\\x1bxt4
          size      960.0 KiB
          state     live
          used by   a\\x1b, b
          address   0xffffffffc05ed000
          taint     O\\x1b
          build id  00ff

        Sections
          0xffffffffc05ed000  .te\\x0axt
        """,
        TEXT.render(MODULE).substring(0, TEXT.render(MODULE).indexOf("\nWould be registered\n")));
  }

  @Test
  void anElfFileAsText() {
    assertEquals(
        """
        /q"\\x1b[31m\\x0a\\xff
          ELF       shared object, x86-64, 64-bit little endian
          build id  be6397dd
          build id  aabb (in a section)
          entry     0x4760
          segments  2

          type       perm              offset             address      size
          LOAD       r-x               0x4000              0x4000  74.9 KiB
          GNU_STACK  rw-   0xffffffffffffffff  0xffffffffffffffff  16.0 EiB
        """,
        TEXT.render(ELF_INSPECTION));
  }

  @Test
  void anomaliesAsText() {
    assertEquals("", TEXT.render(List.of()));
    assertEquals(
        "\nCould not be read or understood\n  " + ODD_SHOWN + ": odd\\x0a\n",
        TEXT.render(ANOMALIES));
  }

  // ---- JSON

  private interface Write {
    void to(InspectionJson json) throws IOException;
  }

  private static JsonObject json(Write write) throws IOException {
    StringWriter out = new StringWriter();
    write.to(new InspectionJson(out));
    JsonObject object = StrictJson.parse(out.toString());
    assertTrue(out.toString().chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)));
    return object;
  }

  private static void checkJudgement(JsonObject object) {
    for (JsonElement candidate : object.getAsJsonArray("candidates")) {
      ReportSchema.checkCandidate(candidate.getAsJsonObject(), false);
    }
    for (JsonElement exclusion : object.getAsJsonArray("excluded")) {
      ReportSchema.checkExclusion(exclusion.getAsJsonObject());
    }
    assertEquals(1, object.getAsJsonArray("candidates").size());
    assertEquals(1, object.getAsJsonArray("excluded").size());
    ReportSchema.checkAnomalies(object.getAsJsonArray("anomalies"));
    assertEquals(
        "[{\"where\":\"/q\\\"\\\\x1b[31m\\\\x0a\\\\xff\",\"what\":\"odd\\\\x0a\"}]",
        object.get("anomalies").toString());
  }

  @Test
  void aProcessAsJson() throws IOException {
    JsonObject process = json(out -> out.write(PROCESS, ANOMALIES));
    ReportSchema.keys(process, "schema pid command mappings candidates excluded anomalies");
    assertEquals("pagefusion.process/1", ReportSchema.text(process, "schema"));
    assertEquals(7, ReportSchema.number(process, "pid"));
    assertEquals("sh\\x1b", ReportSchema.text(process, "command"));
    JsonObject mapping = process.getAsJsonArray("mappings").get(1).getAsJsonObject();
    ReportSchema.keys(mapping, "start end permissions offset device inode name");
    assertEquals("0xffffffffffffe000", ReportSchema.text(mapping, "start"));
    assertEquals("0:0", ReportSchema.text(mapping, "device"));
    assertEquals("18446744073709551615", ReportSchema.text(mapping, "inode"));
    assertEquals(ODD_SHOWN, ReportSchema.text(mapping, "name"));
    checkJudgement(process);
  }

  @Test
  void aFileAsJson() throws IOException {
    JsonObject file = json(out -> out.write(FILE, Reports.PAGE, ANOMALIES));
    ReportSchema.keys(
        file,
        "schema path size mode mtime fileSystem device inode residentPages residentBytes residency"
            + " mappedBy elf candidates excluded anomalies");
    assertEquals("pagefusion.file/1", ReportSchema.text(file, "schema"));
    assertEquals(ODD_SHOWN, ReportSchema.text(file, "path"));
    assertEquals("644", ReportSchema.text(file, "mode"));
    assertEquals(40960, ReportSchema.number(file, "residentBytes"));
    assertEquals("assumed", ReportSchema.text(file, "residency"));
    ReportSchema.keys(
        file.getAsJsonObject("elf"), "type machine bits byteOrder entry programHeaders buildId");
    checkJudgement(file);
    Inspector.FileInspection data =
        new Inspector.FileInspection(
            "/x", STATUS, "ext4", PageRuns.NONE, true, 0, Optional.empty(), judgement());
    assertTrue(json(out -> out.write(data, Reports.PAGE, List.of())).get("elf").isJsonNull());
  }

  @Test
  void aModuleAsJson() throws IOException {
    JsonObject module = json(out -> out.write(MODULE, ANOMALIES));
    ReportSchema.keys(
        module,
        "schema name size references usedBy state address taint buildId sections candidates"
            + " excluded anomalies");
    assertEquals("pagefusion.module/1", ReportSchema.text(module, "schema"));
    assertEquals(-1, ReportSchema.number(module, "references"));
    assertEquals("[\"a\\\\x1b\",\"b\"]", module.get("usedBy").toString());
    assertEquals("0xffffffffc05ed000", ReportSchema.text(module, "address"));
    assertEquals(
        "[{\"name\":\".te\\\\x0axt\",\"address\":\"0xffffffffc05ed000\"}]",
        module.get("sections").toString());
    checkJudgement(module);
  }

  @Test
  void anElfFileAsJson() throws IOException {
    JsonObject elf = json(out -> out.write(ELF_INSPECTION));
    ReportSchema.keys(
        elf,
        "schema path type machine bits byteOrder entry programHeaders buildId sectionBuildId"
            + " segments");
    assertEquals("pagefusion.elf/1", ReportSchema.text(elf, "schema"));
    JsonObject segment = elf.getAsJsonArray("segments").get(1).getAsJsonObject();
    ReportSchema.keys(
        segment, "type readable writable executable offset address fileSize memorySize");
    assertEquals("18446744073709551615", ReportSchema.text(segment, "fileSize"));
  }
}
