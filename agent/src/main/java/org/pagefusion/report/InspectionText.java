// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Inspector;
import org.pagefusion.candidate.Region;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.ElfSegment;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.Mapping;

/** Inspections as text for a terminal. */
public final class InspectionText {
  private final int pageSize;

  /**
   * Creates a renderer.
   *
   * @param pageSize bytes of a page
   */
  public InspectionText(int pageSize) {
    this.pageSize = pageSize;
  }

  /** Renders a process. */
  public String render(Inspector.ProcessInspection process) {
    StringBuilder text = new StringBuilder();
    text.append("process ").append(process.pid()).append("  ");
    text.append(FileName.printable(process.command())).append("\n\n");
    Table table = new Table("lrlrl");
    table.row("address", "size", "perm", "offset", "name");
    for (Mapping mapping : process.mappings()) {
      table.row(
          hex(mapping.start()) + "-" + hex(mapping.end()),
          Sizes.bytes(mapping.end() - mapping.start()),
          mapping.permissionText(),
          hex(mapping.offset()),
          FileName.printable(mapping.name()));
    }
    table.appendTo(text);
    return text.append(judgement(process.judgement())).toString();
  }

  /** Renders a file. */
  public String render(Inspector.FileInspection file) {
    StringBuilder text = new StringBuilder(FileName.printable(file.path())).append('\n');
    long resident = file.resident().pages() * pageSize;
    Table table = new Table("ll");
    table.row("size", Sizes.bytes(file.status().sizeBytes()));
    table.row(
        "resident",
        Sizes.bytes(resident)
            + " in "
            + Sizes.count(file.resident().count())
            + " runs of pages"
            + (file.residencyMeasured() ? "" : " (not known: all are taken to be)"));
    table.row("mode", Integer.toOctalString(file.status().mode() & 07777));
    table.row("modified", Instant.ofEpochSecond(file.status().mtimeSeconds()).toString());
    table.row(
        "on",
        file.fileSystem()
            + ", device "
            + (file.status().device() >>> 32)
            + ":"
            + (file.status().device() & 0xFFFFFFFFL)
            + ", inode "
            + Long.toUnsignedString(file.status().inode()));
    table.row("mapped by", Sizes.count(file.mappedBy()) + " processes");
    file.elf().ifPresent(elf -> addElf(table, elf));
    table.appendTo(text);
    return text.append(judgement(file.judgement())).toString();
  }

  private static void addElf(Table table, ElfFile elf) {
    table.row(
        "ELF",
        elf.typeName()
            + ", "
            + elf.machineName()
            + ", "
            + (elf.is64Bit() ? "64-bit " : "32-bit ")
            + elf.byteOrder().toString().toLowerCase(Locale.ROOT).replace('_', ' '));
    table.row("build id", elf.buildId().orElse("none"));
  }

  /** Renders a kernel module. */
  public String render(Inspector.ModuleInspection inspection) {
    KernelModule module = inspection.module();
    StringBuilder text = new StringBuilder("module ");
    text.append(FileName.printable(module.name())).append('\n');
    Table table = new Table("ll");
    table.row("size", Sizes.bytes(module.sizeBytes()));
    table.row("state", module.state().toString().toLowerCase(Locale.ROOT));
    table.row(
        "used by",
        module.usedBy().isEmpty() ? "-" : FileName.printable(String.join(", ", module.usedBy())));
    table.row("address", module.address() == 0 ? "hidden from this user" : hex(module.address()));
    table.row("taint", module.taint().isEmpty() ? "-" : FileName.printable(module.taint()));
    table.row("build id", module.buildId().orElse("none, or hidden from this user"));
    table.appendTo(text);
    if (!module.sections().isEmpty()) {
      text.append("\nSections\n");
      Table sections = new Table("ll");
      for (KernelModule.Section section : module.sections()) {
        sections.row(hex(section.address()), FileName.printable(section.name()));
      }
      sections.appendTo(text);
    }
    return text.append(judgement(inspection.judgement())).toString();
  }

  /** Renders an ELF file. */
  public String render(Inspector.ElfInspection inspection) {
    StringBuilder text = new StringBuilder(FileName.printable(inspection.path())).append('\n');
    Table table = new Table("ll");
    addElf(table, inspection.elf());
    inspection.sectionBuildId().ifPresent(id -> table.row("build id", id + " (in a section)"));
    table.row("entry", hex(inspection.elf().entry()));
    table.row("segments", Sizes.count(inspection.elf().programHeaderCount()));
    table.appendTo(text);
    if (!inspection.elf().segments().isEmpty()) {
      text.append('\n');
      Table segments = new Table("llrrr");
      segments.row("type", "perm", "offset", "address", "size");
      for (ElfSegment segment : inspection.elf().segments()) {
        segments.row(
            segment.typeName(),
            (segment.readable() ? "r" : "-")
                + (segment.writable() ? "w" : "-")
                + (segment.executable() ? "x" : "-"),
            hex(segment.offset()),
            hex(segment.virtualAddress()),
            Sizes.bytes(segment.fileSize()));
      }
      segments.appendTo(text);
    }
    return text.toString();
  }

  /** Renders what could not be read or understood on the way; empty when there was nothing. */
  public String render(List<Anomaly> anomalies) {
    StringBuilder text = new StringBuilder();
    if (!anomalies.isEmpty()) {
      text.append("\nCould not be read or understood\n");
      for (Anomaly anomaly : anomalies) {
        text.append("  ").append(FileName.printable(anomaly.where())).append(": ");
        text.append(FileName.printable(anomaly.what())).append('\n');
      }
    }
    return text.toString();
  }

  private String judgement(Inspector.Judgement judgement) {
    StringBuilder text = new StringBuilder();
    if (!judgement.candidates().isEmpty()) {
      text.append("\nWould be registered\n");
      Table table = new Table("rlll");
      table.row("resident", "name", "version", "regions");
      for (Candidate candidate : judgement.candidates()) {
        table.row(
            Sizes.bytes(candidate.resident().pages() * pageSize),
            candidate.name(),
            candidate.version(),
            regions(candidate.regions()));
      }
      table.appendTo(text);
    }
    if (!judgement.exclusions().isEmpty()) {
      text.append("\nWould be left out\n");
      Table table = new Table("rlll");
      table.row("size", "path", "reason", "");
      for (Exclusion exclusion : judgement.exclusions()) {
        table.row(
            Sizes.bytes(exclusion.sizeBytes()),
            FileName.printable(exclusion.path()),
            exclusion.reason().meaning(),
            FileName.printable(exclusion.detail()));
      }
      table.appendTo(text);
    }
    return text.toString();
  }

  private static String regions(List<Region> regions) {
    StringBuilder text = new StringBuilder();
    for (Region region : regions) {
      text.append(text.length() == 0 ? "" : ", ");
      text.append(hex(region.offset())).append("+").append(hex(region.sizeBytes()));
    }
    return text.toString();
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
