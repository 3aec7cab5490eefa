// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.candidate.Category;

/**
 * What a host would fuse between guests.
 *
 * @param version of this program
 * @param pageSize bytes of a page, the same in all guests
 * @param guests in the order in which they come to the host
 * @param modules those that free most pages first
 * @param misses those that cost most pages first
 * @param skipped reports that are not part of it
 * @param order how much the order of guests matters; empty when the host would not register all
 *     modules, or when more pages differ than fit into memory
 * @param pairs what any two guests have in common; empty with more than {@link
 *     PairMatrix#MAX_GUESTS} reports, or when more pages differ than fit into memory
 * @param unregistered modules that the host's limit leaves no room for, counted in each guest
 */
public record Comparison(
    String version,
    int pageSize,
    List<ComparedGuest> guests,
    List<ComparedModule> modules,
    List<Miss> misses,
    List<SkippedReport> skipped,
    Optional<OrderRange> order,
    Optional<PairMatrix> pairs,
    long unregistered) {
  /** Makes the lists immutable. */
  public Comparison {
    guests = List.copyOf(guests);
    modules = List.copyOf(modules);
    misses = List.copyOf(misses);
    skipped = List.copyOf(skipped);
  }

  /** What becomes of the eligible pages of all guests. */
  public PageCounts pages() {
    PageCounts sum = PageCounts.NONE;
    for (ComparedGuest guest : guests) {
      sum = sum.plus(guest.pages());
    }
    return sum;
  }

  /** The same by category; every category is there. */
  public Map<Category, PageCounts> pagesByCategory() {
    Map<Category, PageCounts> sums = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      sums.put(category, PageCounts.NONE);
    }
    for (ComparedGuest guest : guests) {
      guest
          .pagesByCategory()
          .forEach((category, pages) -> sums.merge(category, pages, PageCounts::plus));
    }
    return sums;
  }

  /** Bytes of pages. */
  public long bytes(long pages) {
    return pages * pageSize;
  }

  /** Bytes that the host gets back, before what the agents cost. */
  public long fusedBytes() {
    return bytes(pages().fused());
  }

  /** What the agents of all guests cost. */
  public long agentBytes() {
    return guests.stream().mapToLong(ComparedGuest::agentBytes).sum();
  }

  /** What is left when the agents' cost is taken off; negative when they cost more. */
  public long netBytes() {
    return fusedBytes() - agentBytes();
  }

  /** The part of the eligible memory of all guests that the host gets back: 0 to 1. */
  public double fusedShare() {
    PageCounts pages = pages();
    return pages.eligible() == 0 ? 0 : (double) pages.fused() / pages.eligible();
  }
}
