// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** It holds what a set of pairs holds. */
final class InodeSetProperties {
  @Property(tries = 300)
  void answersAsASetOfPairs(
      @ForAll @Size(max = 1000) List<@LongRange(min = -3, max = 40) Long> numbers) {
    InodeSet set = new InodeSet();
    Set<List<Long>> model = new HashSet<>();
    for (int i = 0; i + 1 < numbers.size(); i++) {
      long device = numbers.get(i);
      long inode = numbers.get(i + 1);
      assertEquals(model.contains(List.of(device, inode)), set.contains(device, inode));
      assertEquals(model.add(List.of(device, inode)), set.add(device, inode));
      assertTrue(set.contains(device, inode));
    }
  }

  @Example
  void holdsAllOfManyFilesAndNoOthers() {
    InodeSet set = new InodeSet();
    long device = 8L << 32 | 1;
    for (long inode = 0; inode < 300_000; inode += 3) {
      assertTrue(set.add(device, inode));
    }
    for (long inode = 0; inode < 300_000; inode++) {
      assertEquals(inode % 3 == 0, set.contains(device, inode));
      assertFalse(set.contains(device + 1, inode));
    }
  }

  @Example
  void pairOfZerosIsAFileToo() {
    InodeSet set = new InodeSet();
    assertFalse(set.contains(0, 0));
    assertTrue(set.add(0, 0));
    assertFalse(set.add(0, 0));
    assertTrue(set.contains(0, 0));
  }
}
