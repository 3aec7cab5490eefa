// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LongTableProperties {
  /** Few keys, so that runs of entries form and holes open in them. */
  @Provide
  Arbitrary<List<Long>> keys() {
    Arbitrary<Long> near = Arbitraries.longs().between(-12, 12);
    Arbitrary<Long> far = Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 60);
    // Multiples of the inverse of the hash's factor all have small products: they collide.
    Arbitrary<Long> colliding =
        Arbitraries.longs().between(0, 12).map(n -> n * 0xF1DE83E19937733DL);
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, near),
            net.jqwik.api.Tuple.of(1, far),
            net.jqwik.api.Tuple.of(3, colliding))
        .list()
        .ofMaxSize(120);
  }

  /** Every third operation removes. */
  @Property(tries = 3000)
  void holdsWhatAMapHolds(@ForAll("keys") List<Long> keys) {
    LongTable<String> table = new LongTable<>();
    Map<Long, String> map = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      long key = keys.get(i);
      if (i % 3 == 2) {
        table.remove(key);
        map.remove(key);
      } else {
        table.put(key, "value " + i);
        map.put(key, "value " + i);
      }
      assertEquals(map.size(), table.size());
      for (long any : keys) {
        assertEquals(map.get(any), table.get(any));
      }
    }
    Set<String> visited = new HashSet<>();
    table.forEach(visited::add);
    assertEquals(new HashSet<>(map.values()), visited);
  }

  @Example
  void growsAndIsCleared() {
    LongTable<Long> table = new LongTable<>();
    for (long i = 0; i < 100_000; i++) {
      table.put(i * i, i);
    }
    assertEquals(100_000, table.size());
    for (long i = 0; i < 100_000; i++) {
      assertEquals(i, table.get(i * i));
    }
    table.clear();
    assertEquals(0, table.size());
    assertNull(table.get(4));
    table.remove(4);
    table.put(4, 2L);
    assertEquals(2, table.get(4));
  }
}
