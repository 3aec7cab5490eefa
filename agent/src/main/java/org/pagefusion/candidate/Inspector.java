// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.config.Configuration;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.KernelModules;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.guest.MappedFile;
import org.pagefusion.guest.Mapping;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.OpenedFile;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScanner;

/** Looks at one thing in detail, and judges it as a scan would. */
public final class Inspector implements AutoCloseable {
  private static final int COMM_MAX_BYTES = 256;

  private final GuestTree tree;
  private final Kernel kernel;
  private final Configuration configuration;
  private final Anomalies anomalies;
  private final MountTable mounts;
  private final FileProbe probe;
  private final FileJudge judge;

  /** Creates an inspector of a tree. */
  public Inspector(
      GuestTree tree,
      Kernel kernel,
      Configuration configuration,
      Clock clock,
      Anomalies anomalies) {
    this.tree = tree;
    this.kernel = kernel;
    this.configuration = configuration;
    this.anomalies = anomalies;
    this.mounts = new MountTable(tree, anomalies);
    this.probe = new FileProbe(tree, kernel);
    this.judge =
        new FileJudge(tree, probe, mounts, configuration, clock, kernel.pageSize(), anomalies);
  }

  /**
   * What a scan would make of it.
   *
   * @param candidates the candidates that it gives, several for a file above 1 GiB
   * @param exclusions why it, or parts of it, are none
   */
  public record Judgement(List<Candidate> candidates, List<Exclusion> exclusions) {}

  /**
   * A process.
   *
   * @param pid its id
   * @param command its name, as the kernel has it
   * @param mappings all its mappings in order of address
   * @param judgement what a scan would make of the files that it maps
   */
  public record ProcessInspection(
      int pid, String command, List<Mapping> mappings, Judgement judgement) {}

  /**
   * A file.
   *
   * @param path as it was named
   * @param status what stat says of it
   * @param fileSystem the kind of file system it lies on
   * @param resident which of its pages are resident
   * @param residencyMeasured false when the kernel did not tell, and all pages are taken to be
   * @param mappedBy number of processes that map it
   * @param elf its headers, where it is an ELF file
   * @param judgement what a scan would make of it
   */
  public record FileInspection(
      String path,
      FileStatus status,
      String fileSystem,
      PageRuns resident,
      boolean residencyMeasured,
      int mappedBy,
      Optional<ElfFile> elf,
      Judgement judgement) {}

  /**
   * A kernel module.
   *
   * @param module what the kernel says of it
   * @param judgement what a scan would make of it
   */
  public record ModuleInspection(KernelModule module, Judgement judgement) {}

  /**
   * An ELF file.
   *
   * @param path as it was named
   * @param elf its headers
   * @param sectionBuildId the build id in its sections, which relocatable files have there
   */
  public record ElfInspection(String path, ElfFile elf, Optional<String> sectionBuildId) {}

  /**
   * Inspects a process.
   *
   * @throws KernelException when there is no such process, or it is not for this user to look at
   */
  public ProcessInspection process(int pid) throws KernelException {
    List<Mapping> mappings = Mapping.ofProcess(tree, kernel, pid, anomalies);
    Verdicts verdicts = new Verdicts();
    for (MappedFile file : scanner().scan(pid).files()) {
      judge.judge(file, verdicts);
    }
    return new ProcessInspection(pid, commandOf(pid), mappings, verdicts.judgement());
  }

  private ProcessScanner scanner() {
    return new ProcessScanner(tree, kernel, mounts, anomalies, ProcessScanner.Method.AUTO);
  }

  private String commandOf(int pid) {
    try {
      byte[] text = tree.read("/proc/" + pid + "/comm", COMM_MAX_BYTES);
      return new String(text, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      // Gone since its mappings were read.
      return "";
    }
  }

  /**
   * Inspects a file.
   *
   * @throws IOException when it can't be opened or is not a regular file
   */
  public FileInspection file(String path) throws IOException {
    FileSystem fileSystem = mounts.at(path);
    MappedFile mapped = null;
    PageRuns resident;
    FileStatus status;
    boolean measured;
    Optional<ElfFile> elf = Optional.empty();
    try (OpenedFile file = open(path, fileSystem)) {
      status = file.status();
      resident = file.residentPages();
      measured = file.residencyIsKnown();
      elf = file.elf(resident);
    } catch (MalformedElfException e) {
      throw new IOException(tree.locate(path) + ": malformed ELF file: " + e.getMessage(), e);
    }
    for (MappedFile candidate : scanner().scan().files()) {
      boolean same =
          candidate.inode() == status.inode()
              && (candidate.device() == status.device() || candidate.path().equals(path));
      mapped = same ? candidate : mapped;
    }
    Verdicts verdicts = new Verdicts();
    Reason reason = FileJudge.reasonOf(fileSystem);
    if (mapped != null) {
      judge.judge(mapped, verdicts);
    } else if (reason != null) {
      verdicts.exclusion(new Exclusion(path, reason, fileSystem.type(), status.sizeBytes()));
    } else {
      judge.judge(open(path, fileSystem), 0, verdicts);
    }
    return new FileInspection(
        path,
        status,
        fileSystem.type(),
        resident,
        measured,
        mapped == null ? 0 : mapped.processes(),
        elf,
        verdicts.judgement());
  }

  private OpenedFile open(String path, FileSystem fileSystem) throws IOException {
    FileProbe.Outcome outcome = probe.open(path, fileSystem);
    if (outcome instanceof FileProbe.Opened opened) {
      return opened.file();
    }
    throw new IOException(((FileProbe.Refused) outcome).detail());
  }

  /** Inspects a kernel module; empty when there is none of that name. */
  public Optional<ModuleInspection> module(String name) {
    for (KernelModule module : KernelModules.read(tree, anomalies)) {
      if (module.name().equals(name.replace('-', '_'))) {
        Verdicts verdicts = new Verdicts();
        String path = KernelJudge.MODULE_PATH + module.name();
        new KernelJudge(judge.identity(), kernel.pageSize(), configuration.minResidentBytes())
            .judge(module, judge.excludingPattern(path), verdicts);
        return Optional.of(new ModuleInspection(module, verdicts.judgement()));
      }
    }
    return Optional.empty();
  }

  /**
   * Inspects an ELF file; empty when the file is none.
   *
   * @throws MalformedElfException when it is a broken one
   * @throws IOException when it can't be opened, or not be read without growing the page cache
   */
  public Optional<ElfInspection> elf(String path) throws MalformedElfException, IOException {
    try (OpenedFile file = open(path, mounts.at(path))) {
      PageRuns resident = file.residentPages();
      Optional<ElfFile> elf = file.elf(resident);
      if (elf.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new ElfInspection(
              path,
              elf.get(),
              elf.get().isRelocatable() ? file.sectionBuildId(resident) : Optional.empty()));
    }
  }

  @Override
  public void close() {
    probe.close();
  }

  private static final class Verdicts implements FileJudge.Verdicts {
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Exclusion> exclusions = new ArrayList<>();

    @Override
    public void candidate(Candidate candidate) {
      candidates.add(candidate);
    }

    @Override
    public void exclusion(Exclusion exclusion) {
      exclusions.add(exclusion);
    }

    @Override
    public void opened(OpenedFile file) {
      // Only a walk needs to know.
    }

    Judgement judgement() {
      return new Judgement(List.copyOf(candidates), List.copyOf(exclusions));
    }
  }
}
