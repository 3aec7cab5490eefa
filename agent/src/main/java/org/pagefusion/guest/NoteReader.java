// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the GNU build id among ELF notes: in a PT_NOTE segment, an SHT_NOTE section,
 * /sys/kernel/notes or /sys/module/[name]/notes/.note.gnu.build-id.
 *
 * <p>A note is three 32-bit words (sizes of name and descriptor, type), the name, and the
 * descriptor; name and descriptor are each followed by padding. elf(5) has the words; they have 32
 * bits in 64-bit files too.
 */
public final class NoteReader {
  /**
   * Longest descriptor that is taken for a build id, in bytes. Linkers write 8, 16 or 20, and 64
   * has room for any hash.
   */
  public static final int MAX_BUILD_ID_BYTES = 64;

  private static final int HEADER_BYTES = 12;
  private static final int TYPE_GNU_BUILD_ID = 3;
  private static final int GNU_NAME_BYTES = 4;

  private NoteReader() {}

  /**
   * The first GNU build id among the notes.
   *
   * <p>Padding is counted from {@code from}. The generic ABI pads the notes of an 8-aligned segment
   * to 8 bytes and all others to 4; the GNU tools do so for the property notes of 64-bit files. The
   * kernel always pads to 4, and there are linkers that put 4-padded notes into one 8-aligned
   * segment with the property notes. So in an 8-aligned segment the notes are read with padding to
   * 8, and, where this finds none, with padding to 4.
   *
   * <p>A descriptor of no bytes, of more than {@link #MAX_BUILD_ID_BYTES}, or of zeros only is not
   * a build id: zeros are what a linker was told to reserve and nobody filled in, or a page that is
   * missing from a captured copy, and would give different files one identity. Notes that end
   * beyond {@code to} are not there.
   *
   * @param bytes holds the notes
   * @param from index of the first note's first byte
   * @param to index after the last byte
   * @param order byte order of the notes' words
   * @param alignment of the segment or section in bytes; anything but 8 means 4
   * @return the build id in lower-case hexadecimal digits, empty when there is none
   * @throws IndexOutOfBoundsException when {@code from} and {@code to} are not a range of {@code
   *     bytes}
   */
  public static Optional<String> gnuBuildId(
      byte[] bytes, int from, int to, ByteOrder order, long alignment) {
    Objects.checkFromToIndex(from, to, bytes.length);
    Optional<String> found = Optional.empty();
    if (alignment == 8) {
      found = find(bytes, from, to, order, 8);
    }
    return found.isPresent() ? found : find(bytes, from, to, order, 4);
  }

  private static Optional<String> find(
      byte[] bytes, int from, int to, ByteOrder order, int padding) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(order);
    // Positions are long: sizes are unsigned 32-bit numbers of anyone's choice.
    long note = from;
    while (to - note >= HEADER_BYTES) {
      int header = (int) note;
      long nameBytes = Integer.toUnsignedLong(words.getInt(header));
      long descriptorBytes = Integer.toUnsignedLong(words.getInt(header + 4));
      long descriptor = from + pad(header - from + HEADER_BYTES + nameBytes, padding);
      long end = descriptor + descriptorBytes;
      if (end > to) {
        return Optional.empty();
      }
      if (words.getInt(header + 8) == TYPE_GNU_BUILD_ID
          && nameBytes == GNU_NAME_BYTES
          && isGnu(bytes, header + HEADER_BYTES)
          && isBuildId(bytes, (int) descriptor, (int) end)) {
        return Optional.of(HexFormat.of().formatHex(bytes, (int) descriptor, (int) end));
      }
      note = from + pad(end - from, padding);
    }
    return Optional.empty();
  }

  private static long pad(long bytes, int padding) {
    return (bytes + padding - 1) & -padding;
  }

  private static boolean isGnu(byte[] bytes, int name) {
    return bytes[name] == 'G'
        && bytes[name + 1] == 'N'
        && bytes[name + 2] == 'U'
        && bytes[name + 3] == 0;
  }

  private static boolean isBuildId(byte[] bytes, int from, int to) {
    if (to - from > MAX_BUILD_ID_BYTES) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return true;
      }
    }
    return false;
  }
}
