// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PageRunsTest {
  @Test
  void isEmptyWithoutPages() {
    assertSame(PageRuns.NONE, PageRuns.of(7, 0));
    assertSame(PageRuns.NONE, PageRuns.of(7, -1));
    assertSame(PageRuns.NONE, new PageRuns.Builder().build());
    assertEquals(0, PageRuns.NONE.count());
    assertEquals(0, PageRuns.NONE.pages());
    assertFalse(PageRuns.NONE.contains(0));
    assertSame(PageRuns.NONE, PageRuns.NONE.within(0, Long.MAX_VALUE));
  }

  @Test
  void isOneRun() {
    PageRuns runs = PageRuns.of(3, 4);
    assertEquals("[3, 4]", runs.toString());
    assertEquals(1, runs.count());
    assertEquals(3, runs.first(0));
    assertEquals(4, runs.length(0));
    assertEquals(4, runs.pages());
    assertFalse(runs.contains(2));
    assertTrue(runs.contains(3));
    assertTrue(runs.contains(6));
    assertFalse(runs.contains(7));
  }

  @Test
  void joinsRunsThatTouch() {
    PageRuns.Builder builder = new PageRuns.Builder();
    builder.add(0, 2);
    builder.add(2, 1);
    builder.add(3, 0);
    builder.add(4, 5);
    builder.add(9, 1);
    PageRuns runs = builder.build();
    assertEquals("[0, 3, 4, 6]", runs.toString());
    assertEquals(9, runs.pages());
  }

  @Test
  void refusesRunsOutOfOrder() {
    PageRuns.Builder builder = new PageRuns.Builder();
    builder.add(5, 5);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> builder.add(9, 1));
    assertEquals("run at page 9 begins before page 10", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> builder.add(0, 1));
    builder.add(0, 0);
    builder.add(11, 1);
    assertEquals("[5, 5, 11, 1]", builder.build().toString());
  }

  @Test
  void refusesPagesThatNoFileHas() {
    assertThrows(IllegalArgumentException.class, () -> PageRuns.of(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> new PageRuns.Builder().add(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> PageRuns.of(Long.MAX_VALUE, 1));
    assertThrows(IllegalArgumentException.class, () -> PageRuns.of(2, Long.MAX_VALUE - 1));
    PageRuns all = PageRuns.of(1, Long.MAX_VALUE - 1);
    assertTrue(all.contains(Long.MAX_VALUE - 1));
    assertFalse(all.contains(Long.MAX_VALUE));
    assertEquals("[5, 2]", all.within(5, 7).toString());
  }

  @Test
  void staysAsBuilt() {
    PageRuns.Builder builder = new PageRuns.Builder();
    builder.add(1, 1);
    PageRuns first = builder.build();
    builder.add(2, 1);
    builder.add(8, 1);
    assertEquals("[1, 1]", first.toString());
    assertEquals("[1, 2, 8, 1]", builder.build().toString());
  }

  @Test
  void isEqualByContent() {
    PageRuns.Builder builder = new PageRuns.Builder();
    builder.add(1, 1);
    builder.add(2, 1);
    assertEquals(PageRuns.of(1, 2), builder.build());
    assertEquals(PageRuns.of(1, 2).hashCode(), builder.build().hashCode());
    assertNotEquals(PageRuns.of(1, 2), PageRuns.of(1, 3));
    assertNotEquals(PageRuns.of(1, 2).hashCode(), PageRuns.of(1, 3).hashCode());
    assertNotEquals(PageRuns.of(1, 2), PageRuns.NONE);
    assertNotEquals(PageRuns.of(1, 2), null);
  }
}
