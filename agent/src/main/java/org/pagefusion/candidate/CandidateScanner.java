// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.KernelModules;
import org.pagefusion.guest.MappedFile;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.OpenedFile;
import org.pagefusion.guest.ProcessScan;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.guest.TreeWalker;

/** Scans a guest for candidates: what is mapped, what else is in the page cache, and the kernel. */
public final class CandidateScanner {
  private final GuestTree tree;
  private final Kernel kernel;
  private final Configuration configuration;
  private final Clock clock;
  private final ProcessScanner.Method method;
  private KernelImage knownKernel;

  /**
   * Creates a scanner of a tree.
   *
   * @param clock tells which files were written just now
   * @param method how mappings are read
   */
  public CandidateScanner(
      GuestTree tree,
      Kernel kernel,
      Configuration configuration,
      Clock clock,
      ProcessScanner.Method method) {
    this.tree = tree;
    this.kernel = kernel;
    this.configuration = configuration;
    this.clock = clock;
    this.method = method;
  }

  /** Hears how far a scan is. */
  public interface Progress {
    /**
     * Some more is done.
     *
     * @param what is being done, for people
     * @param filesExamined files judged so far
     */
    void at(String what, int filesExamined);
  }

  /** How far a scan goes. */
  public enum Extent {
    /** All that the configuration names as sources. */
    ALL,
    /** The same without files that no process maps: they cost most of a scan. */
    WITHOUT_PAGE_CACHE
  }

  /**
   * Scans all sources once. What can't be read goes to the anomalies; the scan itself always ends
   * with a result.
   */
  public CandidateScan scan(Anomalies anomalies, Progress progress) {
    List<Exclusion> exclusions = new ArrayList<>();
    CandidateScan scan = scan(Extent.ALL, exclusions::add, anomalies, progress);
    return new CandidateScan(
        scan.processes(), scan.filesExamined(), scan.candidates(), List.copyOf(exclusions));
  }

  /**
   * Scans once.
   *
   * @param exclusions takes what is no candidate, with the reason; the result lists none of it
   */
  public CandidateScan scan(
      Extent extent, Consumer<Exclusion> exclusions, Anomalies anomalies, Progress progress) {
    MountTable mounts = new MountTable(tree, anomalies);
    CandidateCollector collector = new CandidateCollector(progress, exclusions, kernel.pageSize());
    ProcessScan processes = new ProcessScan(0, 0, 0, 0, List.of(), false);
    Set<Source> sources = configuration.sources();
    try (FileProbe probe = new FileProbe(tree, kernel)) {
      FileJudge judge =
          new FileJudge(tree, probe, mounts, configuration, clock, kernel.pageSize(), anomalies);
      if (sources.contains(Source.MAPPED)) {
        progress.at("processes", 0);
        processes = scanProcesses(mounts, anomalies);
        judgeMapped(processes.files(), judge, collector);
      }
      if (extent == Extent.ALL
          && sources.contains(Source.PAGE_CACHE)
          && tree.manifest().isEmpty()) {
        collector.phase("page cache");
        new TreeWalker(tree, kernel, probe, mounts, anomalies)
            .walk(configuration.roots(), new WalkVisitor(judge, collector));
      }
      if (sources.contains(Source.KERNEL)) {
        progress.at("kernel", collector.files());
        judgeKernel(judge, collector, anomalies);
      }
    }
    collector.finish(configuration.maxModules());
    return new CandidateScan(processes, collector.files(), collector.candidates(), List.of());
  }

  private ProcessScan scanProcesses(MountTable mounts, Anomalies anomalies) {
    try {
      return new ProcessScanner(tree, kernel, mounts, anomalies, method).scan();
    } catch (KernelException e) {
      anomalies.add(tree.locate("/proc"), Errno.describe(e.errno()));
      return new ProcessScan(0, 0, 0, 0, List.of(), false);
    }
  }

  private static void judgeMapped(
      List<MappedFile> files, FileJudge judge, CandidateCollector collector) {
    collector.phase("mapped files");
    for (MappedFile file : files) {
      collector.begin(file.device(), file.inode(), true);
      judge.judge(file, collector);
    }
  }

  private void judgeKernel(FileJudge judge, CandidateCollector collector, Anomalies anomalies) {
    KernelJudge kernelJudge =
        new KernelJudge(judge.identity(), kernel.pageSize(), configuration.minResidentBytes());
    kernelJudge.judge(
        kernelImage(anomalies), judge.excludingPattern(KernelNames.KERNEL_PATH), collector);
    List<KernelModule> modules = KernelModules.read(tree, anomalies);
    boolean apart = KernelJudge.arePiecesApart(modules);
    for (KernelModule module : modules) {
      String path = KernelNames.modulePath(module.name());
      kernelJudge.judge(module, apart, judge.excludingPattern(path), collector);
    }
  }

  /**
   * The kernel, which is the same until the next boot: finding it takes as long as all else that a
   * scan without a walk does, for the kernel writes the names of 100,000 symbols.
   */
  private KernelImage kernelImage(Anomalies anomalies) {
    KernelImage image = knownKernel;
    if (image == null) {
      long before = anomalies.count();
      image = KernelImage.read(tree, kernel, anomalies);
      // Where addresses are shown, a symbol that is missing is one that this kernel does not list.
      boolean shown = image.text().isPresent() && image.buildId().isPresent();
      knownKernel = shown && anomalies.count() == before ? image : null;
    }
    return image;
  }

  /** Files that the walk finds, unless they were mapped and so are judged already. */
  private static final class WalkVisitor implements TreeWalker.Visitor {
    private final FileJudge judge;
    private final CandidateCollector collector;

    WalkVisitor(FileJudge judge, CandidateCollector collector) {
      this.judge = judge;
      this.collector = collector;
    }

    @Override
    public boolean isKnown(long device, long inode) {
      return collector.isKnown(device, inode);
    }

    @Override
    public void file(OpenedFile file, FileSystem fileSystem) {
      FileStatus status = file.status();
      collector.begin(status.device(), status.inode(), status.links() > 1);
      if (judge.isShort(status)) {
        // Most files are: they are counted, not listed.
        file.close();
        collector.shortFile(file.path(), status.sizeBytes());
      } else {
        judge.judge(file, 0, collector);
      }
    }

    @Override
    public void skipped(String path, FileSystem fileSystem) {
      collector.exclusion(
          new Exclusion(path, FileJudge.reasonOf(fileSystem), fileSystem.type(), 0));
    }
  }
}
