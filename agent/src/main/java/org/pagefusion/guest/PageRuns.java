// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.Arrays;

/** A set of pages of a file, as runs of consecutive page indexes in ascending order. Immutable. */
public final class PageRuns {
  /** No pages. */
  public static final PageRuns NONE = new PageRuns(new long[0], 0);

  private final long[] runs;
  private final long pages;

  private PageRuns(long[] runs, long pages) {
    this.runs = runs;
    this.pages = pages;
  }

  /**
   * The run of {@code count} pages from {@code first} on.
   *
   * @throws IllegalArgumentException when {@code first} is negative, or the run goes beyond 2^63
   */
  public static PageRuns of(long first, long count) {
    Builder builder = new Builder();
    builder.add(first, count);
    return builder.build();
  }

  /** How many runs there are. */
  public int count() {
    return runs.length / 2;
  }

  /** Index of the first page of a run. */
  public long first(int run) {
    return runs[2 * run];
  }

  /** Number of pages of a run. */
  public long length(int run) {
    return runs[2 * run + 1];
  }

  /** Number of pages of all runs. */
  public long pages() {
    return pages;
  }

  /** Whether a page is in the set. */
  public boolean contains(long page) {
    int low = 0;
    int high = count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (page < first(middle)) {
        high = middle - 1;
      } else if (page >= first(middle) + length(middle)) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The pages of the set that lie in [from, to). */
  public PageRuns within(long from, long to) {
    Builder builder = new Builder();
    for (int i = 0; i < count(); i++) {
      long start = Math.max(first(i), from);
      long end = Math.min(first(i) + length(i), to);
      builder.add(start, end - start);
    }
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PageRuns that && Arrays.equals(runs, that.runs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(runs);
  }

  @Override
  public String toString() {
    return Arrays.toString(runs);
  }

  /** Collects runs in ascending order; runs that touch become one. */
  public static final class Builder {
    private long[] runs = new long[16];
    private int size;
    private long pages;

    /**
     * Adds a run; one without pages changes nothing.
     *
     * @throws IllegalArgumentException when it is not behind all that was added before, or goes
     *     beyond 2^63
     */
    public void add(long first, long count) {
      if (count <= 0) {
        return;
      }
      long end = size == 0 ? 0 : runs[size - 2] + runs[size - 1];
      if (first < end) {
        throw new IllegalArgumentException("run at page " + first + " begins before page " + end);
      }
      if (count > Long.MAX_VALUE - first) {
        throw new IllegalArgumentException("run of " + count + " pages at page " + first);
      }
      pages += count;
      if (size > 0 && first == end) {
        runs[size - 1] += count;
        return;
      }
      if (size == runs.length) {
        runs = Arrays.copyOf(runs, 2 * size);
      }
      runs[size++] = first;
      runs[size++] = count;
    }

    /** The set of what was added. */
    public PageRuns build() {
      return size == 0 ? NONE : new PageRuns(Arrays.copyOf(runs, size), pages);
    }
  }
}
