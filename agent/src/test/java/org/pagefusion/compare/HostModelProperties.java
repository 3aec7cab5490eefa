// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.PageRuns;

/** What is counted is what the plainest model of the host's rules counts, in every order. */
class HostModelProperties {
  private static final List<Category> CATEGORIES = List.of(Category.values());

  private static final long HEAP = 256 << 20;

  /** Two regions with a gap between them: pages 0 to 7, and 20 to 39. */
  private static final List<Integer> REGION_PAGES = List.of(8, 20);

  private static final long[] REGION_STARTS = {0, 20};

  /**
   * A module of a guest: which of few, and the contents of its pages by place; 0 is not resident.
   */
  record Held(int module, List<Integer> contents) {}

  @Provide
  Arbitrary<List<List<Held>>> guests() {
    Arbitrary<Integer> content =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(4, 1),
            net.jqwik.api.Tuple.of(3, 0),
            net.jqwik.api.Tuple.of(2, 2),
            net.jqwik.api.Tuple.of(1, 3));
    Arbitrary<Held> held =
        Combinators.combine(
                Arbitraries.integers().between(0, 3), content.list().ofMinSize(0).ofMaxSize(28))
            .as(Held::new);
    // Some modules come up twice in a guest, as in containers.
    return held.list().ofMaxSize(5).list().ofMinSize(1).ofMaxSize(5);
  }

  private static GuestReport report(List<Held> modules) {
    List<ReportedModule> reported = new ArrayList<>();
    for (Held held : modules) {
      PageRuns.Builder resident = new PageRuns.Builder();
      List<Long> hashes = new ArrayList<>();
      for (int place = 0; place < held.contents().size(); place++) {
        if (held.contents().get(place) != 0) {
          resident.add(place < 8 ? place : place - 8 + 20, 1);
          hashes.add((long) held.contents().get(place));
        }
      }
      reported.add(
          new ReportedModule(
              new ModuleKey("module " + held.module() / 2, "" + held.module() % 2, 1, REGION_PAGES),
              "/file " + held.module() / 2,
              CATEGORIES.get(held.module()),
              Optional.empty(),
              0,
              REGION_STARTS,
              resident.build(),
              Optional.of(hashes.stream().mapToLong(hash -> hash).toArray())));
    }
    return new GuestReport(
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        4096,
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        reported,
        List.of(),
        0);
  }

  /** The rules as they are told: for each place the copies, in the order in which they come. */
  private record Copy(int guest, int content) {}

  private static Map<String, List<Copy>> copies(List<List<Held>> guests, List<Integer> order) {
    Map<String, List<Copy>> copies = new LinkedHashMap<>();
    for (int guest : order) {
      for (Held held : guests.get(guest)) {
        for (int place = 0; place < held.contents().size(); place++) {
          if (held.contents().get(place) != 0) {
            copies
                .computeIfAbsent(held.module() + "@" + place, key -> new ArrayList<>())
                .add(new Copy(guest, held.contents().get(place)));
          }
        }
      }
    }
    return copies;
  }

  private static Map<Integer, PageCounts> expected(List<List<Held>> guests, List<Integer> order) {
    Map<Integer, PageCounts> counts = new TreeMap<>();
    for (int guest : order) {
      counts.put(guest, PageCounts.NONE);
    }
    for (List<Copy> copies : copies(guests, order).values()) {
      Copy first = copies.get(0);
      int fused = 0;
      for (Copy copy : copies.subList(1, copies.size())) {
        boolean equal = copy.content() == first.content();
        fused += equal ? 1 : 0;
        counts.merge(
            copy.guest(),
            equal ? new PageCounts(1, 0, 0, 0) : new PageCounts(0, 0, 1, 0),
            PageCounts::plus);
      }
      PageCounts ofFirst =
          fused > 0
              ? new PageCounts(0, 1, 0, 0)
              : copies.size() > 1 ? new PageCounts(0, 0, 1, 0) : new PageCounts(0, 0, 0, 1);
      counts.merge(first.guest(), ofFirst, PageCounts::plus);
    }
    return counts;
  }

  private static long fused(List<List<Held>> guests, List<Integer> order) {
    return expected(guests, order).values().stream().mapToLong(PageCounts::fused).sum();
  }

  private static HostModel model(List<List<Held>> guests, boolean pairs) {
    try {
      HostModel host = new HostModel(pairs, HEAP);
      for (List<Held> guest : guests) {
        host.add(report(guest));
      }
      host.finish();
      return host;
    } catch (UnusableReportException | TooLargeException e) {
      throw new AssertionError(e);
    }
  }

  private static PageCounts sum(GuestTally tally) {
    return tally.byCategory().values().stream().reduce(PageCounts.NONE, PageCounts::plus);
  }

  private static List<Integer> given(int guests) {
    List<Integer> order = new ArrayList<>();
    for (int guest = 0; guest < guests; guest++) {
      order.add(guest);
    }
    return order;
  }

  @Property(tries = 2000)
  void countsAsTheRulesDo(@ForAll("guests") List<List<Held>> guests, @ForAll boolean pairs) {
    HostModel host = model(guests, pairs);
    Map<Integer, PageCounts> expected = expected(guests, given(guests.size()));
    PageCounts all = PageCounts.NONE;
    for (int guest = 0; guest < guests.size(); guest++) {
      assertEquals(expected.get(guest), sum(host.guests().get(guest)), "guest " + guest);
      all = all.plus(expected.get(guest));
    }
    PageCounts ofModules = PageCounts.NONE;
    for (ModulePages module : host.modules()) {
      ofModules = ofModules.plus(module.tally.counts());
    }
    assertEquals(all, ofModules);
    Statistics.label("fused")
        .collect(all.fused() > 0)
        .coverage(c -> c.check(true).percentage(p -> p > 30));
    Statistics.label("different")
        .collect(all.different() > 0)
        .coverage(c -> c.check(true).percentage(p -> p > 30));
  }

  private static void permute(List<Integer> order, int from, List<List<Integer>> all) {
    if (from == order.size()) {
      all.add(List.copyOf(order));
    }
    for (int i = from; i < order.size(); i++) {
      Collections.swap(order, from, i);
      permute(order, from + 1, all);
      Collections.swap(order, from, i);
    }
  }

  @Property(tries = 500)
  void bestAndWorstOrderAreThoseOfAllOrders(@ForAll("guests") List<List<Held>> guests) {
    List<List<Integer>> orders = new ArrayList<>();
    permute(given(guests.size()), 0, orders);
    long least = Long.MAX_VALUE;
    long most = 0;
    for (List<Integer> order : orders) {
      least = Math.min(least, fused(guests, order));
      most = Math.max(most, fused(guests, order));
    }
    OrderRange range = model(guests, true).order().orElseThrow();
    assertTrue(range.exact());
    assertEquals(least, range.leastPages());
    assertEquals(most, range.mostPages());
    assertEquals(least, fused(guests, range.worst()));
    assertEquals(most, fused(guests, range.best()));
    OrderRange bounds = model(guests, false).order().orElseThrow();
    assertTrue(bounds.leastPages() <= least && bounds.mostPages() >= most);
    assertTrue(bounds.exact() == (bounds.leastPages() == bounds.mostPages()));
    Statistics.label("order matters")
        .collect(least < most)
        .coverage(c -> c.check(true).percentage(p -> p > 20));
  }

  @Property(tries = 500)
  void pairsAreWhatTwoGuestsHaveInCommon(@ForAll("guests") List<List<Held>> guests) {
    PairMatrix pairs = model(guests, true).pairs().orElseThrow();
    for (int one = 0; one < guests.size(); one++) {
      for (int other = 0; other < guests.size(); other++) {
        Map<String, Integer> left = firstContents(guests.get(one));
        Map<String, Integer> right = firstContents(guests.get(other));
        Set<Map.Entry<String, Integer>> common = new HashSet<>(left.entrySet());
        common.retainAll(right.entrySet());
        assertEquals(common.size(), pairs.pages(one, other));
      }
    }
  }

  private static Map<String, Integer> firstContents(List<Held> guest) {
    Map<String, Integer> first = new HashMap<>();
    copies(List.of(guest), List.of(0))
        .forEach((place, all) -> first.put(place, all.get(0).content()));
    return first;
  }
}
