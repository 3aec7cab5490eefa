// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.KernelMemory;
import org.pagefusion.guest.OpenedFile;
import org.pagefusion.guest.PageRuns;

/** Reads the contents of candidates' resident pages. */
public final class CandidatePages implements AutoCloseable {
  private static final FileSystem UNKNOWN = FileSystem.of("");

  private final GuestTree tree;
  private final Kernel kernel;
  private final FileProbe probe;
  private final Anomalies anomalies;
  private final byte[] page;
  private KernelMemory kernelMemory;
  private boolean kernelMemoryFailed;

  /** Creates a reader of a tree's candidates. */
  public CandidatePages(GuestTree tree, Kernel kernel, Anomalies anomalies) {
    this.tree = tree;
    this.kernel = kernel;
    this.probe = new FileProbe(tree, kernel);
    this.anomalies = anomalies;
    this.page = new byte[kernel.pageSize()];
  }

  /**
   * Hands each resident page of a candidate to a visitor, in order.
   *
   * @return the pages that could be read; fewer when the file changed or left memory since the scan
   */
  public PageRuns visit(Candidate candidate, OpenedFile.PageVisitor visitor) {
    return candidate.file().isPresent()
        ? visitFile(candidate, candidate.file().get(), visitor)
        : visitKernel(candidate, visitor);
  }

  private PageRuns visitFile(
      Candidate candidate, FileReference reference, OpenedFile.PageVisitor visitor) {
    FileProbe.Outcome outcome = probe.open(reference.location(), UNKNOWN);
    if (outcome instanceof FileProbe.Opened opened) {
      try (OpenedFile file = opened.file()) {
        if (isSame(file.status(), reference)) {
          return file.visitPages(candidate.resident(), visitor);
        }
        anomalies.add(tree.locate(candidate.path()), "changed during the scan");
      } catch (IOException e) {
        anomalies.add(tree.locate(candidate.path()), String.valueOf(e.getMessage()));
      }
    } else if (outcome instanceof FileProbe.Refused refused) {
      anomalies.add(tree.locate(candidate.path()), refused.detail());
    }
    return PageRuns.NONE;
  }

  private static boolean isSame(FileStatus status, FileReference reference) {
    return status.device() == reference.device()
        && status.inode() == reference.inode()
        && status.sizeBytes() == reference.sizeBytes()
        && status.mtimeSeconds() == reference.mtimeSeconds();
  }

  private PageRuns visitKernel(Candidate candidate, OpenedFile.PageVisitor visitor) {
    PageRuns.Builder read = new PageRuns.Builder();
    if (!openKernelMemory()) {
      return PageRuns.NONE;
    }
    PageRuns wanted = candidate.resident();
    long base = candidate.kernelAddress().orElseThrow();
    for (int run = 0; run < wanted.count(); run++) {
      for (long i = 0; i < wanted.length(run); i++) {
        long index = wanted.first(run) + i;
        if (kernelMemory.readPage(base + index * page.length, page)) {
          visitor.page(index, page);
          read.add(index, 1);
        }
      }
    }
    return read.build();
  }

  private boolean openKernelMemory() {
    if (kernelMemory == null && !kernelMemoryFailed) {
      try {
        kernelMemory = KernelMemory.open(tree, kernel);
      } catch (IOException e) {
        kernelMemoryFailed = true;
        anomalies.add(
            tree.locate("/proc/kcore"), "no page hashes of kernel memory: " + e.getMessage());
      }
    }
    return kernelMemory != null;
  }

  @Override
  public void close() {
    probe.close();
    if (kernelMemory != null) {
      kernelMemory.close();
    }
  }
}
