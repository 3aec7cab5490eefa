// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.HashMap;
import java.util.Map;

/** A guest's memory as a test made it up: pages by address. Contents are numbers. */
final class FakeMemory implements GuestMemory {
  /** A page of the guest; the same object may be mapped at several addresses. */
  static final class Page {
    final long frame;
    long content;

    Page(long frame, long content) {
      this.frame = frame;
      this.content = content;
    }
  }

  private record Mapped(Page page, byte state) {}

  private final Map<Long, Mapped> pages = new HashMap<>();
  private long nextFrame = 1;
  int pagesRead;
  boolean closed;

  /** Maps pages with these contents in a row. */
  FakeMemory map(long address, long... contents) {
    for (int i = 0; i < contents.length; i++) {
      map(address + (long) i * HostSimulator.PAGE_BYTES, page(contents[i]), PageBatch.READ_ONLY);
    }
    return this;
  }

  Page page(long content) {
    return new Page(nextFrame++, content);
  }

  void map(long address, Page page, byte state) {
    pages.put(address, new Mapped(page, state));
  }

  void unmap(long address) {
    pages.remove(address);
  }

  Page at(long address) {
    return pages.get(address).page();
  }

  @Override
  public void look(PageBatch batch) {
    for (int i = 0; i < batch.pages; i++) {
      Mapped mapped = pages.get(batch.addressOf(i));
      if (mapped != null) {
        batch.state[i] = mapped.state();
        batch.frame[i] = mapped.page().frame;
      }
    }
  }

  @Override
  public void read(PageBatch batch) {
    for (int i = 0; i < batch.pages; i++) {
      if (batch.wanted[i]) {
        long content = at(batch.addressOf(i)).content;
        batch.hashHigh[i] = content >> 1;
        batch.hashLow[i] = content;
        pagesRead++;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
