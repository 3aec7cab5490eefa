// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Inspector;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.ElfSegment;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.Mapping;

/** Inspections as one JSON object each; sizes are bytes, addresses and offsets hexadecimal text. */
public final class InspectionJson {
  private final JsonWriter json;
  private final Writer out;

  /** Creates a writer of inspections. */
  public InspectionJson(Writer out) {
    this.out = out;
    this.json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
  }

  /** Writes a process: schema {@code pagefusion.process/1}. */
  public void write(Inspector.ProcessInspection process, List<Anomaly> anomalies)
      throws IOException {
    begin("pagefusion.process/1");
    json.name("pid").value(process.pid());
    json.name("command").value(FileName.printable(process.command()));
    json.name("mappings").beginArray();
    for (Mapping mapping : process.mappings()) {
      json.beginObject();
      json.name("start").value(hex(mapping.start()));
      json.name("end").value(hex(mapping.end()));
      json.name("permissions").value(mapping.permissionText());
      json.name("offset").value(hex(mapping.offset()));
      json.name("device").value(device(mapping.device()));
      json.name("inode").value(Long.toUnsignedString(mapping.inode()));
      json.name("name").value(FileName.printable(mapping.name()));
      json.endObject();
    }
    json.endArray();
    end(process.judgement(), anomalies);
  }

  /** Writes a file: schema {@code pagefusion.file/1}. */
  public void write(Inspector.FileInspection file, int pageSize, List<Anomaly> anomalies)
      throws IOException {
    begin("pagefusion.file/1");
    json.name("path").value(FileName.printable(file.path()));
    json.name("size").value(file.status().sizeBytes());
    json.name("mode").value(Integer.toOctalString(file.status().mode() & 07777));
    json.name("mtime").value(file.status().mtimeSeconds());
    json.name("fileSystem").value(file.fileSystem());
    json.name("device").value(device(file.status().device()));
    json.name("inode").value(Long.toUnsignedString(file.status().inode()));
    json.name("residentPages").value(file.resident().pages());
    json.name("residentBytes").value(file.resident().pages() * pageSize);
    json.name("residency").value(file.residencyMeasured() ? "measured" : "assumed");
    json.name("mappedBy").value(file.mappedBy());
    json.name("elf");
    if (file.elf().isPresent()) {
      json.beginObject();
      elf(file.elf().get());
      json.endObject();
    } else {
      json.nullValue();
    }
    end(file.judgement(), anomalies);
  }

  /** Writes a kernel module: schema {@code pagefusion.module/1}. */
  public void write(Inspector.ModuleInspection inspection, List<Anomaly> anomalies)
      throws IOException {
    KernelModule module = inspection.module();
    begin("pagefusion.module/1");
    json.name("name").value(FileName.printable(module.name()));
    json.name("size").value(module.sizeBytes());
    json.name("references").value(module.references());
    json.name("usedBy").beginArray();
    for (String user : module.usedBy()) {
      json.value(FileName.printable(user));
    }
    json.endArray();
    json.name("state").value(module.state().name().toLowerCase(Locale.ROOT));
    json.name("address").value(module.address() == 0 ? null : hex(module.address()));
    json.name("taint").value(FileName.printable(module.taint()));
    json.name("buildId").value(module.buildId().orElse(null));
    json.name("sections").beginArray();
    for (KernelModule.Section section : module.sections()) {
      json.beginObject();
      json.name("name").value(FileName.printable(section.name()));
      json.name("address").value(hex(section.address()));
      json.endObject();
    }
    json.endArray();
    end(inspection.judgement(), anomalies);
  }

  /** Writes an ELF file: schema {@code pagefusion.elf/1}. */
  public void write(Inspector.ElfInspection inspection) throws IOException {
    begin("pagefusion.elf/1");
    json.name("path").value(FileName.printable(inspection.path()));
    elf(inspection.elf());
    json.name("sectionBuildId").value(inspection.sectionBuildId().orElse(null));
    json.name("segments").beginArray();
    for (ElfSegment segment : inspection.elf().segments()) {
      json.beginObject();
      json.name("type").value(segment.typeName());
      json.name("readable").value(segment.readable());
      json.name("writable").value(segment.writable());
      json.name("executable").value(segment.executable());
      json.name("offset").value(hex(segment.offset()));
      json.name("address").value(hex(segment.virtualAddress()));
      json.name("fileSize").value(Long.toUnsignedString(segment.fileSize()));
      json.name("memorySize").value(Long.toUnsignedString(segment.memorySize()));
      json.endObject();
    }
    json.endArray();
    end();
  }

  private void elf(ElfFile elf) throws IOException {
    json.name("type").value(elf.typeName());
    json.name("machine").value(elf.machineName());
    json.name("bits").value(elf.is64Bit() ? 64 : 32);
    json.name("byteOrder").value(elf.byteOrder().toString());
    json.name("entry").value(hex(elf.entry()));
    json.name("programHeaders").value(elf.programHeaderCount());
    json.name("buildId").value(elf.buildId().orElse(null));
  }

  private void begin(String schema) throws IOException {
    json.beginObject();
    json.name("schema").value(schema);
  }

  private void end(Inspector.Judgement judgement, List<Anomaly> anomalies) throws IOException {
    json.name("candidates").beginArray();
    for (Candidate candidate : judgement.candidates()) {
      json.beginObject();
      JsonReport.writeCandidate(json, candidate);
      json.endObject();
    }
    json.endArray();
    json.name("excluded").beginArray();
    for (Exclusion exclusion : judgement.exclusions()) {
      JsonReport.writeExclusion(json, exclusion);
    }
    json.endArray();
    JsonReport.writeAnomalies(json, anomalies);
    end();
  }

  private void end() throws IOException {
    json.endObject();
    json.flush();
    out.write('\n');
    out.flush();
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }

  private static String device(long device) {
    return (device >>> 32) + ":" + (device & 0xFFFFFFFFL);
  }
}
