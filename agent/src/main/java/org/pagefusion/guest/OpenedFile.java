// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.util.Optional;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.KernelException;

/**
 * A regular file that is being looked at: what it is, which of its pages are in the page cache,
 * what they hold. Looking brings no page into the page cache and marks none as used. Closed at once
 * after use, so that it stands in no unmount's way.
 */
public final class OpenedFile implements AutoCloseable {
  /** Largest file that is looked at, bytes: more would take a registration for each GiB. */
  public static final long SIZE_MAX_BYTES = 64L << 30;

  private final FileProbe probe;
  private final int fd;
  private final String path;
  private final String location;
  private final FileStatus status;
  private final boolean readsDirectly;
  private long address;

  OpenedFile(
      FileProbe probe,
      int fd,
      String path,
      String location,
      FileStatus status,
      boolean readsDirectly) {
    this.probe = probe;
    this.fd = fd;
    this.path = path;
    this.location = location;
    this.status = status;
    this.readsDirectly = readsDirectly;
  }

  /** Its path within the tree. */
  public String path() {
    return path;
  }

  /** Where it was opened: its path, or a way to it through the process that maps it. */
  public String location() {
    return location;
  }

  /** What stat says of it, or what the manifest of a captured tree says. */
  public FileStatus status() {
    return status;
  }

  /**
   * Whether {@link #residentPages} tells what is resident; if not, all its pages are taken to be.
   */
  public boolean residencyIsKnown() {
    return probe.residencyIsKnown(status);
  }

  /**
   * The pages of the file that are in the page cache; all of them when that can't be known.
   *
   * @throws KernelException when it can't be mapped
   */
  public PageRuns residentPages() throws KernelException {
    long pages = pageCount();
    if (pages == 0) {
      return PageRuns.NONE;
    }
    if (!residencyIsKnown()) {
      return PageRuns.of(0, pages);
    }
    if (probe.isUncached(fd)) {
      return PageRuns.NONE;
    }
    return probe.residentPages(map(), status.sizeBytes(), path);
  }

  private long pageCount() {
    return (status.sizeBytes() + probe.pageSize() - 1) / probe.pageSize();
  }

  /**
   * Reads its ELF headers.
   *
   * @param resident its resident pages
   * @return empty when it is not an ELF file
   * @throws MalformedElfException when it is a broken one
   * @throws NotResidentException when its headers are not in the page cache and can't be read past
   *     it
   */
  public Optional<ElfFile> elf(PageRuns resident) throws MalformedElfException, IOException {
    if (status.sizeBytes() == 0) {
      return Optional.empty();
    }
    return ElfReader.read(bytes(resident));
  }

  /**
   * Reads the build id from the sections of an ELF file: where kernel modules have it.
   *
   * @throws MalformedElfException when it is a broken one
   * @throws NotResidentException as for {@link #elf}
   */
  public Optional<String> sectionBuildId(PageRuns resident)
      throws MalformedElfException, IOException {
    return ElfReader.readSectionBuildId(bytes(resident));
  }

  /** Its bytes, as far as they can be had without changing the page cache. */
  ByteSource bytes(PageRuns resident) throws KernelException {
    return probe.source(fd, map(), status.sizeBytes(), resident, readsDirectly);
  }

  /** Takes the contents of pages. */
  public interface PageVisitor {
    /**
     * One page.
     *
     * @param page its index within the file
     * @param content a page of bytes, reused for the next page; zeros behind the end of the file
     */
    void page(long page, byte[] content);
  }

  /**
   * Hands the contents of resident pages to a visitor, in order.
   *
   * @return the pages that could be read: those that left the page cache, or the file, meanwhile
   *     are missing
   */
  public PageRuns visitPages(PageRuns resident, PageVisitor visitor) throws KernelException {
    return resident.pages() == 0 ? PageRuns.NONE : probe.visitPages(map(), resident, visitor);
  }

  /** Whether /proc/self/maps shows a mapping of this file with that device and inode. */
  boolean isMappedAs(long device, long inode) {
    try {
      return status.sizeBytes() > 0 && probe.isMappedAs(map(), device, inode);
    } catch (KernelException e) {
      return false;
    }
  }

  private long map() throws KernelException {
    if (address == 0) {
      address = probe.map(fd, status.sizeBytes(), path);
    }
    return address;
  }

  @Override
  public void close() {
    if (address != 0) {
      probe.unmap(address, status.sizeBytes());
      address = 0;
    }
    probe.close(fd);
  }
}
