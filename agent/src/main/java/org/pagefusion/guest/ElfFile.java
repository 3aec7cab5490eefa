// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * What the ELF header, the program headers and the notes of a file say. A function of the file's
 * bytes alone. Fields and constants are those of elf(5).
 *
 * @param is64Bit whether the file is of class ELFCLASS64, else ELFCLASS32
 * @param byteOrder of all numbers in the file
 * @param type ET_*, 0 to 65535
 * @param machine EM_*, 0 to 65535
 * @param entry address of the first instruction, unsigned; 0 for none
 * @param programHeaderCount how many program headers the file has, also above 65534 (PN_XNUM)
 * @param segments the program headers in the order of the file, the first {@link
 *     ElfReader#MAX_TABLE_ENTRIES} of them and none beyond {@link ElfReader#MAX_TABLE_BYTES}
 * @param buildId the GNU build id in lower-case hexadecimal digits, of the first PT_NOTE that has
 *     one; see {@link NoteReader} for what counts as one
 */
public record ElfFile(
    boolean is64Bit,
    ByteOrder byteOrder,
    int type,
    int machine,
    long entry,
    int programHeaderCount,
    List<ElfSegment> segments,
    Optional<String> buildId) {
  private static final int TYPE_RELOCATABLE = 1;
  private static final int TYPE_EXECUTABLE = 2;
  private static final int TYPE_SHARED = 3;
  private static final int TYPE_CORE = 4;

  /** Copies the segments, so that they can't change. */
  public ElfFile {
    segments = List.copyOf(segments);
  }

  /** Whether it is an object file that was not linked yet (ET_REL), such as a kernel module. */
  public boolean isRelocatable() {
    return type == TYPE_RELOCATABLE;
  }

  /** Whether it is a program that is loaded at fixed addresses (ET_EXEC). */
  public boolean isExecutable() {
    return type == TYPE_EXECUTABLE;
  }

  /**
   * Whether it is loaded at any address (ET_DYN): a shared library or a position-independent
   * program. The header does not tell these two apart, nor does {@link #hasInterpreter()}: some
   * libraries, such as the C library, can be run too.
   */
  public boolean isSharedObject() {
    return type == TYPE_SHARED;
  }

  /** Whether a segment names the program that loads this one (PT_INTERP). */
  public boolean hasInterpreter() {
    for (ElfSegment segment : segments) {
      if (segment.type() == ElfSegment.INTERPRETER) {
        return true;
      }
    }
    return false;
  }

  /** The type in words. */
  public String typeName() {
    return switch (type) {
      case TYPE_RELOCATABLE -> "relocatable";
      case TYPE_EXECUTABLE -> "executable";
      case TYPE_SHARED -> "shared object";
      case TYPE_CORE -> "core dump";
      default -> "type " + type;
    };
  }

  /**
   * The machine in the words of its users, such as {@code x86-64}; {@code machine N} for one not
   * named here.
   */
  public String machineName() {
    return switch (machine) {
      case 3 -> "i386";
      case 8 -> "mips";
      case 20 -> "ppc";
      case 21 -> "ppc64";
      case 22 -> "s390x";
      case 40 -> "arm";
      case 62 -> "x86-64";
      case 183 -> "aarch64";
      case 243 -> "riscv";
      case 258 -> "loongarch";
      default -> "machine " + machine;
    };
  }
}
