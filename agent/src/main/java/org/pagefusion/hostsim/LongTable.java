// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.function.Consumer;

/**
 * A hash table from long to object: an entry costs some 20 bytes where the JDK's maps take 70, and
 * a host has one for each page of each guest. Open addressing with linear probing; an empty table
 * is one small object.
 *
 * @param <V> what is found, never null
 */
final class LongTable<V> {
  private static final int FIRST_CAPACITY = 16;
  private static final long[] NO_KEYS = {};
  private static final Object[] NO_VALUES = {};

  private long[] keys = NO_KEYS;
  private Object[] values = NO_VALUES;
  private int size;

  int size() {
    return size;
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked")
  V get(long key) {
    return size == 0 ? null : (V) values[find(key)];
  }

  /** Sets the value of a key. */
  void put(long key, V value) {
    // At most three quarters full.
    if (4 * (size + 1) > 3 * keys.length) {
      grow();
    }
    int at = find(key);
    if (values[at] == null) {
      keys[at] = key;
      size++;
    }
    values[at] = value;
  }

  /** Removes a key that may be there. */
  void remove(long key) {
    if (size == 0) {
      return;
    }
    int hole = find(key);
    if (values[hole] == null) {
      return;
    }
    size--;
    int mask = keys.length - 1;
    // Every later entry of the run that a search could no longer reach moves into the hole.
    for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
      int home = home(keys[i]);
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        keys[hole] = keys[i];
        values[hole] = values[i];
        hole = i;
      }
    }
    values[hole] = null;
  }

  /** Hands every value to a visitor, which must not change the table. */
  @SuppressWarnings("unchecked")
  void forEach(Consumer<V> visitor) {
    for (Object value : values) {
      if (value != null) {
        visitor.accept((V) value);
      }
    }
  }

  /** Removes all and gives the memory back. */
  void clear() {
    keys = NO_KEYS;
    values = NO_VALUES;
    size = 0;
  }

  /** Where a key is, or the empty place where it would be. */
  private int find(long key) {
    int mask = keys.length - 1;
    int i = home(key);
    while (values[i] != null && keys[i] != key) {
      i = (i + 1) & mask;
    }
    return i;
  }

  private int home(long key) {
    // Fibonacci hashing: neighbouring keys spread over the table, by the product's upper bits.
    long product = key * 0x9E3779B97F4A7C15L;
    return (int) (product >>> (64 - Integer.numberOfTrailingZeros(keys.length)));
  }

  private void grow() {
    long[] oldKeys = keys;
    Object[] oldValues = values;
    int capacity = Math.max(FIRST_CAPACITY, Math.multiplyExact(2, oldKeys.length));
    values = new Object[capacity];
    keys = new long[capacity];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }
}
