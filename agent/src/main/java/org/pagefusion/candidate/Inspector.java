// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.config.Configuration;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.KernelModules;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.guest.MappedFile;
import org.pagefusion.guest.Mapping;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.NotResidentException;
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
   * @param path its path, without links
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
   * @param path its path, without links
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
      return FileName.decode(text, 0, text.length).strip();
    } catch (IOException e) {
      // Gone since its mappings were read.
      return "";
    }
  }

  /**
   * Inspects a file.
   *
   * @param named its path; links are followed
   * @throws NotRegularFileException when it is not a regular file
   * @throws IOException when it can't be opened
   */
  public FileInspection file(String named) throws IOException {
    String path = canonical(named);
    FileSystem fileSystem = mounts.at(path);
    MappedFile mapped = null;
    PageRuns resident;
    FileStatus status;
    boolean measured;
    Optional<ElfFile> elf;
    try (OpenedFile file = open(path, fileSystem)) {
      status = file.status();
      resident = file.residentPages();
      measured = file.residencyIsKnown();
      elf = elfOf(file, resident);
    }
    for (MappedFile candidate : mappedFiles()) {
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
    if (verdicts.isEmpty()) {
      verdicts.exclusion(new Exclusion(path, Reason.TOO_SMALL, "nothing of it is resident", 0));
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

  private List<MappedFile> mappedFiles() {
    try {
      return scanner().scan().files();
    } catch (KernelException e) {
      anomalies.add(tree.locate("/proc"), Errno.describe(e.errno()));
      return List.of();
    }
  }

  /** Its headers; empty also where the judgement says why they are not known. */
  private static Optional<ElfFile> elfOf(OpenedFile file, PageRuns resident) throws IOException {
    try {
      return file.elf(resident);
    } catch (MalformedElfException | NotResidentException e) {
      return Optional.empty();
    }
  }

  /** The path by which maps would show it: without links, "." and "..". */
  private String canonical(String path) throws KernelException {
    int fd = tree.openFile(path, Kernel.O_PATH);
    if (fd < 0) {
      throw new KernelException(tree.locate(path), fd);
    }
    NativeBuffer target = kernel.allocate(Kernel.PATH_MAX);
    long length = kernel.readlink(FileName.encode("/proc/self/fd/" + fd), target);
    kernel.close(fd);
    byte[] bytes = new byte[(int) Math.max(0, length)];
    target.bytes().get(0, bytes);
    String link = FileName.decode(bytes, 0, bytes.length);
    String root = tree.locate("");
    return link.startsWith(root + "/") ? link.substring(root.length()) : path;
  }

  private OpenedFile open(String path, FileSystem fileSystem) throws IOException {
    FileProbe.Outcome outcome = probe.open(path, fileSystem);
    if (outcome instanceof FileProbe.Opened opened) {
      return opened.file();
    }
    FileProbe.Refused refused = (FileProbe.Refused) outcome;
    if (refused.why() == FileProbe.Refusal.NOT_REGULAR) {
      throw new NotRegularFileException(tree.locate(path));
    }
    throw failure(path, refused);
  }

  /** The kernel's error, which the probe tells in words only. */
  private IOException failure(String path, FileProbe.Refused refused) {
    // It fails for regular files only, which may be opened without effects.
    for (int flags : new int[] {Kernel.O_PATH, Kernel.O_RDONLY | Kernel.O_NONBLOCK}) {
      int fd = tree.openFile(path, flags);
      if (fd < 0) {
        return new KernelException(tree.locate(path), fd);
      }
      kernel.close(fd);
    }
    return new IOException(refused.detail());
  }

  /** Inspects a kernel module; empty when there is none of that name. */
  public Optional<ModuleInspection> module(String name) {
    List<KernelModule> modules = KernelModules.read(tree, anomalies);
    for (KernelModule module : modules) {
      if (module.name().equals(name.replace('-', '_'))) {
        Verdicts verdicts = new Verdicts();
        String path = KernelNames.modulePath(module.name());
        new KernelJudge(judge.identity(), kernel.pageSize(), configuration.minResidentBytes())
            .judge(
                module,
                KernelJudge.arePiecesApart(modules),
                judge.excludingPattern(path),
                verdicts);
        return Optional.of(new ModuleInspection(module, verdicts.judgement()));
      }
    }
    return Optional.empty();
  }

  /**
   * Inspects an ELF file; empty when the file is none.
   *
   * @throws MalformedElfException when it is a broken one
   * @throws NotRegularFileException when it is not a regular file
   * @throws NotResidentException when it can't be read without growing the page cache
   * @throws IOException when it can't be opened
   */
  public Optional<ElfInspection> elf(String named) throws MalformedElfException, IOException {
    String path = canonical(named);
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

    boolean isEmpty() {
      return candidates.isEmpty() && exclusions.isEmpty();
    }

    Judgement judgement() {
      return new Judgement(List.copyOf(candidates), List.copyOf(exclusions));
    }
  }
}
