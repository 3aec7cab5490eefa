// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Small 64-bit ELF files: a header, program headers, notes, and then anything up to a length. */
public final class TestElf {
  /** ET_REL. */
  public static final int RELOCATABLE = 1;

  /** ET_EXEC. */
  public static final int EXECUTABLE = 2;

  /** ET_DYN. */
  public static final int SHARED = 3;

  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;

  private TestElf() {}

  /**
   * Makes a file.
   *
   * @param type ET_*
   * @param interpreter whether it names a loader (PT_INTERP)
   * @param buildId its build id; none for no note
   * @param sizeBytes length of the file
   * @param seed what the rest is filled from
   */
  public static byte[] make(int type, boolean interpreter, int[] buildId, int sizeBytes, int seed) {
    ByteBuffer file = ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] loader = "/lib64/ld-linux-x86-64.so.2\0".getBytes(StandardCharsets.US_ASCII);
    byte[] note = buildId.length == 0 ? new byte[0] : note(buildId);
    int loaderAt = HEADER_BYTES + 3 * PROGRAM_HEADER_BYTES;
    int noteAt = loaderAt + loader.length;
    int count = 1 + (interpreter ? 1 : 0) + (note.length > 0 ? 1 : 0);
    file.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1});
    file.position(16);
    file.putShort((short) type).putShort((short) 62).putInt(1).putLong(0x1000);
    file.putLong(HEADER_BYTES).putLong(0).putInt(0);
    file.putShort((short) HEADER_BYTES).putShort((short) PROGRAM_HEADER_BYTES);
    file.putShort((short) count).putShort((short) 64).putShort((short) 0).putShort((short) 0);
    programHeader(file, 1, 5, 0, sizeBytes);
    if (interpreter) {
      programHeader(file, 3, 4, loaderAt, loader.length);
    }
    if (note.length > 0) {
      programHeader(file, 4, 4, noteAt, note.length);
    }
    file.position(loaderAt);
    file.put(loader).put(note);
    for (int i = file.position(); i < sizeBytes; i++) {
      file.put((byte) (i * 31 + i / 4096 * 7 + seed));
    }
    return file.array();
  }

  private static void programHeader(ByteBuffer file, int type, int flags, int offset, int size) {
    file.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
    file.putLong(size).putLong(size).putLong(4);
  }

  /** An ELF note with a GNU build id. */
  public static byte[] note(int... buildId) {
    ByteBuffer note = ByteBuffer.allocate(16 + (buildId.length + 3 & -4));
    note.order(ByteOrder.LITTLE_ENDIAN).putInt(4).putInt(buildId.length).putInt(3);
    note.put(new byte[] {'G', 'N', 'U', 0});
    for (int b : buildId) {
      note.put((byte) b);
    }
    return note.array();
  }

  /** Bytes that are no ELF file; no two pages alike. */
  public static byte[] data(int sizeBytes, int seed) {
    byte[] bytes = new byte[sizeBytes];
    for (int i = 0; i < sizeBytes; i++) {
      bytes[i] = (byte) (i * 17 + i / 4096 * 13 + seed);
    }
    return bytes;
  }
}
