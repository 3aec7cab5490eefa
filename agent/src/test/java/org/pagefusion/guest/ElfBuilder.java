// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes ELF files, regular and odd ones: the ELF header, section header 0 when it is needed, the
 * program headers, the contents of segments and sections in the order of their addition, and the
 * section headers.
 */
final class ElfBuilder {
  static final int TYPE_RELOCATABLE = 1;
  static final int TYPE_EXECUTABLE = 2;
  static final int TYPE_SHARED = 3;
  static final int MACHINE_X86_64 = 62;
  static final int SECTION_NOTE = 7;
  static final int PN_XNUM = 0xffff;

  private final boolean is64Bit;
  private final ByteOrder order;
  private int type = TYPE_SHARED;
  private int machine = MACHINE_X86_64;
  private long entry;
  private int programHeaderBytes;
  private int sectionHeaderBytes;
  private int programHeadersAt;
  private int contentAt;
  private boolean extendedNumbering;
  private boolean extendedSectionNumbering;
  private final List<ElfSegment> segments = new ArrayList<>();
  private final List<byte[]> contents = new ArrayList<>();
  private final List<long[]> sections = new ArrayList<>();
  private final List<byte[]> sectionContents = new ArrayList<>();

  ElfBuilder(boolean is64Bit, ByteOrder order) {
    this.is64Bit = is64Bit;
    this.order = order;
    this.programHeaderBytes = is64Bit ? 56 : 32;
    this.sectionHeaderBytes = is64Bit ? 64 : 40;
  }

  ElfBuilder type(int value) {
    type = value;
    return this;
  }

  ElfBuilder machine(int value) {
    machine = value;
    return this;
  }

  ElfBuilder entry(long value) {
    entry = value;
    return this;
  }

  /**
   * e_phentsize, and the distance between program headers; those beyond what a header needs are
   * filled with 0xee.
   */
  ElfBuilder programHeaderBytes(int value) {
    programHeaderBytes = value;
    return this;
  }

  /** e_shentsize, and the distance between section headers. */
  ElfBuilder sectionHeaderBytes(int value) {
    sectionHeaderBytes = value;
    return this;
  }

  /**
   * Puts the program headers at this offset instead of right behind the header; 0 for right behind.
   */
  ElfBuilder programHeadersAt(int offset) {
    programHeadersAt = offset;
    return this;
  }

  /** Puts the contents at this offset instead of right behind the program headers. */
  ElfBuilder contentAt(int offset) {
    contentAt = offset;
    return this;
  }

  /**
   * Says PN_XNUM in the header and the number of program headers in section header 0, however few
   * there are.
   */
  ElfBuilder extendedNumbering() {
    extendedNumbering = true;
    return this;
  }

  /** Says 0 in e_shnum and the number of sections in section header 0. */
  ElfBuilder extendedSectionNumbering() {
    extendedSectionNumbering = true;
    return this;
  }

  /** Adds a segment with its contents; offset and file size follow from where they come to lie. */
  ElfBuilder segment(
      int segmentType, int flags, long address, long memorySize, long alignment, byte[] content) {
    segments.add(
        new ElfSegment(segmentType, flags, -1, address, content.length, memorySize, alignment));
    contents.add(content.clone());
    return this;
  }

  ElfBuilder notes(long alignment, byte[] content) {
    return segment(ElfSegment.NOTE, 4, 0, content.length, alignment, content);
  }

  /** Adds a program header that is written as it is. */
  ElfBuilder programHeader(ElfSegment segment) {
    segments.add(segment);
    contents.add(null);
    return this;
  }

  ElfBuilder section(int sectionType, long alignment, byte[] content) {
    sections.add(new long[] {sectionType, alignment});
    sectionContents.add(content.clone());
    return this;
  }

  /** The file; afterwards {@link #segments()} has the final offsets. */
  byte[] build() {
    int headerBytes = is64Bit ? 64 : 52;
    boolean sectionZeroFirst = extendedNumbering && sections.isEmpty();
    int phoff =
        Math.max(programHeadersAt, headerBytes + (sectionZeroFirst ? sectionHeaderBytes : 0));
    int tableEnd = phoff + segments.size() * programHeaderBytes;
    int at = contentAt > 0 ? contentAt : tableEnd;
    List<Integer> offsets = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      byte[] content = contents.get(i);
      if (content != null) {
        ElfSegment s = segments.get(i);
        segments.set(
            i,
            new ElfSegment(
                s.type(),
                s.flags(),
                at,
                s.virtualAddress(),
                s.fileSize(),
                s.memorySize(),
                s.alignment()));
        at += content.length;
      }
    }
    for (byte[] content : sectionContents) {
      offsets.add(at);
      at += content.length;
    }
    int shoff = sectionZeroFirst ? headerBytes : sections.isEmpty() ? 0 : at;
    int shnum = sections.isEmpty() ? (sectionZeroFirst ? 1 : 0) : sections.size() + 1;
    int end = Math.max(tableEnd, sections.isEmpty() ? at : at + shnum * sectionHeaderBytes);
    ByteBuffer out = ByteBuffer.allocate(end).order(order);
    writeHeader(out, phoff, shoff, shnum);
    for (int i = 0; i < segments.size(); i++) {
      int header = phoff + i * programHeaderBytes;
      Arrays.fill(out.array(), header, Math.min(end, header + programHeaderBytes), (byte) 0xee);
      if (programHeaderBytes >= (is64Bit ? 56 : 32)) {
        writeProgramHeader(out, header, segments.get(i));
      }
      if (contents.get(i) != null) {
        out.put((int) segments.get(i).offset(), contents.get(i));
      }
    }
    if (shnum > 0) {
      writeSectionHeader(
          out,
          shoff,
          0,
          0,
          extendedSectionNumbering ? shnum : 0,
          0,
          extendedNumbering ? segments.size() : 0);
    }
    for (int i = 0; i < sections.size(); i++) {
      byte[] content = sectionContents.get(i);
      long[] section = sections.get(i);
      out.put(offsets.get(i), content);
      writeSectionHeader(
          out,
          shoff + (i + 1) * sectionHeaderBytes,
          (int) section[0],
          offsets.get(i),
          content.length,
          section[1],
          0);
    }
    return out.array();
  }

  /** The segments as the program headers have them, once {@link #build} was called. */
  List<ElfSegment> segments() {
    return List.copyOf(segments);
  }

  private void writeHeader(ByteBuffer out, int phoff, int shoff, int shnum) {
    out.position(0);
    out.put(new byte[] {0x7f, 'E', 'L', 'F'});
    out.put((byte) (is64Bit ? 2 : 1))
        .put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2))
        .put((byte) 1);
    out.position(16);
    out.putShort((short) type).putShort((short) machine).putInt(1);
    word(out, entry);
    word(out, segments.isEmpty() ? 0 : phoff);
    word(out, shoff);
    out.putInt(0).putShort((short) (is64Bit ? 64 : 52));
    out.putShort((short) programHeaderBytes);
    out.putShort((short) (extendedNumbering ? PN_XNUM : segments.size()));
    out.putShort((short) sectionHeaderBytes);
    out.putShort((short) (extendedSectionNumbering ? 0 : shnum));
  }

  private void writeProgramHeader(ByteBuffer out, int at, ElfSegment segment) {
    out.position(at).putInt(segment.type());
    if (is64Bit) {
      out.putInt(segment.flags());
    }
    word(out, segment.offset());
    word(out, segment.virtualAddress());
    word(out, segment.virtualAddress());
    word(out, segment.fileSize());
    word(out, segment.memorySize());
    if (!is64Bit) {
      out.putInt(segment.flags());
    }
    word(out, segment.alignment());
  }

  private void writeSectionHeader(
      ByteBuffer out, int at, int sectionType, long offset, long size, long alignment, int info) {
    out.position(at).putInt(0).putInt(sectionType);
    word(out, 0);
    word(out, 0);
    word(out, offset);
    word(out, size);
    out.putInt(0).putInt(info);
    word(out, alignment);
    word(out, 0);
  }

  private void word(ByteBuffer out, long value) {
    if (is64Bit) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }
}
