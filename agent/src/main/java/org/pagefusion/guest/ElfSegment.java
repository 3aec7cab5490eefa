// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/**
 * One program header, as the file has it: offsets and sizes are in bytes and unsigned, and nothing
 * says that they lie within the file. Fields and constants are those of elf(5).
 *
 * @param type PT_*
 * @param flags PF_* bits
 * @param offset where in the file the segment starts
 * @param virtualAddress where in memory it wants to start, before relocation
 * @param fileSize bytes it has in the file
 * @param memorySize bytes it has in memory
 * @param alignment of the addresses; 0 and 1 mean none
 */
public record ElfSegment(
    int type,
    int flags,
    long offset,
    long virtualAddress,
    long fileSize,
    long memorySize,
    long alignment) {
  /** PT_LOAD: is mapped into memory. */
  public static final int LOAD = 1;

  /** PT_INTERP: path of the program that loads this one. */
  public static final int INTERPRETER = 3;

  /** PT_NOTE: notes, see {@link NoteReader}. */
  public static final int NOTE = 4;

  private static final int FLAG_EXECUTE = 1;
  private static final int FLAG_WRITE = 2;
  private static final int FLAG_READ = 4;

  /** Whether its memory can be read. */
  public boolean readable() {
    return (flags & FLAG_READ) != 0;
  }

  /** Whether its memory can be written. */
  public boolean writable() {
    return (flags & FLAG_WRITE) != 0;
  }

  /** Whether its memory can be executed. */
  public boolean executable() {
    return (flags & FLAG_EXECUTE) != 0;
  }

  /** Its permissions as /proc/[pid]/maps writes them, such as {@code r-x}. */
  public String permissions() {
    return (readable() ? "r" : "-") + (writable() ? "w" : "-") + (executable() ? "x" : "-");
  }

  /**
   * Its type as readelf(1) names it, such as {@code LOAD}; a hexadecimal number when it has no name
   * here.
   */
  public String typeName() {
    return switch (type) {
      case 0 -> "NULL";
      case LOAD -> "LOAD";
      case 2 -> "DYNAMIC";
      case INTERPRETER -> "INTERP";
      case NOTE -> "NOTE";
      case 5 -> "SHLIB";
      case 6 -> "PHDR";
      case 7 -> "TLS";
      case 0x6474e550 -> "GNU_EH_FRAME";
      case 0x6474e551 -> "GNU_STACK";
      case 0x6474e552 -> "GNU_RELRO";
      case 0x6474e553 -> "GNU_PROPERTY";
      default -> "0x" + Integer.toHexString(type);
    };
  }
}
