// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes ELF notes one after the other. */
final class NoteBuilder {
  static final byte[] GNU = {'G', 'N', 'U', 0};
  static final int BUILD_ID = 3;

  private final ByteOrder order;
  private byte[] bytes = new byte[0];

  NoteBuilder(ByteOrder order) {
    this.order = order;
  }

  /**
   * Adds a note whose name and descriptor are padded with zeros to a multiple of {@code padding}
   * from the first note.
   */
  NoteBuilder note(int padding, byte[] name, int type, byte[] descriptor) {
    int header = bytes.length;
    int descriptorAt = up(header + 12 + name.length, padding);
    ByteBuffer grown =
        ByteBuffer.allocate(up(descriptorAt + descriptor.length, padding)).order(order);
    grown.put(bytes).putInt(name.length).putInt(descriptor.length).putInt(type).put(name);
    grown.position(descriptorAt).put(descriptor);
    bytes = grown.array();
    return this;
  }

  NoteBuilder buildId(int padding, byte[] id) {
    return note(padding, GNU, BUILD_ID, id);
  }

  /** Adds a note header alone, whatever its sizes say. */
  NoteBuilder header(int nameBytes, int descriptorBytes, int type) {
    ByteBuffer grown = ByteBuffer.allocate(bytes.length + 12).order(order);
    grown.put(bytes).putInt(nameBytes).putInt(descriptorBytes).putInt(type);
    bytes = grown.array();
    return this;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  private static int up(int value, int padding) {
    return (value + padding - 1) / padding * padding;
  }
}
