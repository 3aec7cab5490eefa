// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what identifies an ELF file out of its first few KiB. Formats are those of elf(5).
 *
 * <p>Nothing in the file is trusted: whatever it says, at most {@link #MAX_READ_BYTES} are read and
 * memory of that order is used. Linkers put the program headers and the build id into the first
 * page, so one read of {@link #FIRST_READ_BYTES} is the rule; beyond it exactly what is needed is
 * read, so that no page is asked for that has no part in the answer.
 */
public final class ElfReader {
  /** Length of the first read in bytes. */
  public static final int FIRST_READ_BYTES = 4096;

  /** How many program headers or section headers are read; core dumps have more. */
  public static final int MAX_TABLE_ENTRIES = 1024;

  /**
   * How many bytes of a header table are read: enough for the entries unless they lie far apart.
   */
  public static final int MAX_TABLE_BYTES = 64 * 1024;

  /** How many bytes of notes are read, of all note segments or sections together. */
  public static final int MAX_NOTE_BYTES = 64 * 1024;

  /**
   * The most bytes that one call reads: the above and one section header, which may hold numbers
   * too large for the ELF header.
   */
  public static final int MAX_READ_BYTES = FIRST_READ_BYTES + MAX_TABLE_BYTES + MAX_NOTE_BYTES + 64;

  /** PATH_MAX, with the terminating NUL. */
  private static final int MAX_INTERPRETER_BYTES = 4096;

  private static final int MAGIC = 0x7f454c46;
  private static final int MAGIC_BYTES = 4;
  private static final int CLASS_AT = 4;
  private static final int DATA_AT = 5;
  private static final int PN_XNUM = 0xffff;
  private static final int SECTION_NOTE = 7;

  private final ByteSource source;
  private final long sizeBytes;
  private final boolean is64Bit;
  private final ByteOrder order;
  private final ByteBuffer first;
  private int noteBytesLeft = MAX_NOTE_BYTES;

  private ElfReader(ByteSource source, long sizeBytes, boolean is64Bit, ByteBuffer first) {
    this.source = source;
    this.sizeBytes = sizeBytes;
    this.is64Bit = is64Bit;
    this.order = first.order();
    this.first = first;
  }

  /**
   * Reads the ELF header, the program headers and the build id from the notes.
   *
   * @return empty when the source does not start with the ELF magic number. Segments whose bytes
   *     lie beyond the end of the file are normal (debug files, captured copies); a build id there
   *     counts as none
   * @throws MalformedElfException when the header is cut short or contradicts itself, or when the
   *     program headers are not within the file
   * @throws NotResidentException when a page that is needed is not in the page cache
   * @throws IOException when the source can't be read
   */
  public static Optional<ElfFile> read(ByteSource source)
      throws MalformedElfException, NotResidentException, IOException {
    ElfReader reader = open(source);
    return reader == null ? Optional.empty() : Optional.of(reader.readFile());
  }

  /**
   * Reads the build id from note sections, for files without program headers such as kernel modules
   * (.ko).
   *
   * @return empty when the source does not start with the ELF magic number, or has no build id
   *     among its first {@link #MAX_TABLE_ENTRIES} sections
   * @throws MalformedElfException when the header is cut short or contradicts itself, or when the
   *     section headers are not within the file
   * @throws NotResidentException when a page that is needed is not in the page cache
   * @throws IOException when the source can't be read
   */
  public static Optional<String> readSectionBuildId(ByteSource source)
      throws MalformedElfException, NotResidentException, IOException {
    ElfReader reader = open(source);
    return reader == null ? Optional.empty() : reader.readSections();
  }

  /**
   * Reads the path of the program that loads this one (PT_INTERP). It often lies far from the
   * headers, so it is not part of {@link ElfFile}.
   *
   * @param source the file that {@code file} was read from
   * @return the path up to its terminating NUL, as UTF-8 and otherwise as the file has it, any
   *     control characters included; empty when there is none, or when it is empty, longer than the
   *     kernel allows (4095 bytes) or not within the file
   * @throws NotResidentException when the path is not in the page cache
   * @throws IOException when the source can't be read
   */
  public static Optional<String> readInterpreter(ByteSource source, ElfFile file)
      throws NotResidentException, IOException {
    for (ElfSegment segment : file.segments()) {
      if (segment.type() == ElfSegment.INTERPRETER) {
        return readPath(source, segment);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> readPath(ByteSource source, ElfSegment segment)
      throws IOException {
    int available =
        available(source.size(), segment.offset(), segment.fileSize(), MAX_INTERPRETER_BYTES);
    if (available == 0) {
      return Optional.empty();
    }
    byte[] path = new byte[available];
    int count = source.read(segment.offset(), path, 0, available);
    int end = 0;
    while (end < count && path[end] != 0) {
      end++;
    }
    return end == 0 || end >= count
        ? Optional.empty()
        : Optional.of(new String(path, 0, end, StandardCharsets.UTF_8));
  }

  /**
   * Reads the first page and the part of the header that says how to read the rest; null when the
   * file is not ELF.
   */
  private static ElfReader open(ByteSource source) throws MalformedElfException, IOException {
    byte[] bytes = new byte[FIRST_READ_BYTES];
    int count = source.read(0, bytes, 0, bytes.length);
    if (count < MAGIC_BYTES) {
      return null;
    }
    ByteBuffer first = ByteBuffer.wrap(bytes, 0, count);
    if (first.getInt(0) != MAGIC) {
      return null;
    }
    if (count <= DATA_AT) {
      throw truncatedHeader(count, 52);
    }
    byte elfClass = bytes[CLASS_AT];
    if (elfClass != 1 && elfClass != 2) {
      throw new MalformedElfException(
          "EI_CLASS", Integer.toString(elfClass & 0xff), "1 (32 bits) or 2 (64 bits)");
    }
    byte data = bytes[DATA_AT];
    if (data != 1 && data != 2) {
      throw new MalformedElfException(
          "EI_DATA", Integer.toString(data & 0xff), "1 (little-endian) or 2 (big-endian)");
    }
    boolean is64Bit = elfClass == 2;
    int headerBytes = is64Bit ? 64 : 52;
    if (count < headerBytes) {
      throw truncatedHeader(count, headerBytes);
    }
    first.order(data == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    // A first read that comes back short has met the end, whatever the length was a moment ago.
    long sizeBytes = count < bytes.length ? count : source.size();
    return new ElfReader(source, sizeBytes, is64Bit, first);
  }

  private static MalformedElfException truncatedHeader(int foundBytes, int expectedBytes) {
    return new MalformedElfException(
        "file size", foundBytes + " bytes", "at least the " + expectedBytes + " of an ELF header");
  }

  private ElfFile readFile() throws MalformedElfException, IOException {
    int count = programHeaderCount();
    List<ElfSegment> segments = readSegments(count);
    Optional<String> buildId = Optional.empty();
    for (int i = 0; i < segments.size() && buildId.isEmpty(); i++) {
      ElfSegment segment = segments.get(i);
      if (segment.type() == ElfSegment.NOTE) {
        buildId = readNotes(segment.offset(), segment.fileSize(), segment.alignment());
      }
    }
    return new ElfFile(
        is64Bit, order, half(16), half(18), word(first, 24, 24), count, segments, buildId);
  }

  private int programHeaderCount() throws MalformedElfException, IOException {
    int count = is64Bit ? half(56) : half(44);
    if (count != PN_XNUM) {
      return count;
    }
    long offset = sectionHeadersAt();
    if (offset == 0) {
      throw new MalformedElfException(
          "e_shoff", "0", "the place of section header 0, as e_phnum is 65535 (PN_XNUM)");
    }
    ByteBuffer section = firstSectionHeader(offset);
    int extended = section.getInt(is64Bit ? 44 : 28);
    if (extended <= 0) {
      throw new MalformedElfException(
          "sh_info of section header 0",
          Integer.toUnsignedString(extended),
          "the number of program headers, 1 to 2147483647, as e_phnum is 65535 (PN_XNUM)");
    }
    return extended;
  }

  private List<ElfSegment> readSegments(int count) throws MalformedElfException, IOException {
    if (count == 0) {
      return List.of();
    }
    int entryBytes = is64Bit ? half(54) : half(42);
    requireEntryBytes("e_phentsize", entryBytes, is64Bit ? 56 : 32);
    ByteBuffer table = table("e_phoff", word(first, 32, 28), count, entryBytes);
    List<ElfSegment> segments = new ArrayList<>(table.limit() / entryBytes);
    for (int at = 0; at < table.limit(); at += entryBytes) {
      segments.add(
          new ElfSegment(
              table.getInt(at),
              table.getInt(at + (is64Bit ? 4 : 24)),
              word(table, at + 8, at + 4),
              word(table, at + 16, at + 8),
              word(table, at + 32, at + 16),
              word(table, at + 40, at + 20),
              word(table, at + 48, at + 28)));
    }
    return segments;
  }

  private Optional<String> readSections() throws MalformedElfException, IOException {
    long offset = sectionHeadersAt();
    if (offset == 0) {
      return Optional.empty();
    }
    long count = is64Bit ? half(60) : half(48);
    if (count == 0) {
      count = word(firstSectionHeader(offset), 32, 20);
    }
    if (count == 0) {
      return Optional.empty();
    }
    int entryBytes = sectionHeaderBytes();
    ByteBuffer table = sectionTable(offset, count);
    Optional<String> buildId = Optional.empty();
    for (int at = 0; at < table.limit() && buildId.isEmpty(); at += entryBytes) {
      if (table.getInt(at + 4) == SECTION_NOTE) {
        buildId =
            readNotes(
                word(table, at + 24, at + 16),
                word(table, at + 32, at + 20),
                word(table, at + 48, at + 32));
      }
    }
    return buildId;
  }

  private long sectionHeadersAt() {
    return word(first, 40, 32);
  }

  private int sectionHeaderBytes() {
    return is64Bit ? half(58) : half(46);
  }

  private ByteBuffer sectionTable(long offset, long count)
      throws MalformedElfException, IOException {
    int entryBytes = sectionHeaderBytes();
    requireEntryBytes("e_shentsize", entryBytes, fixedSectionHeaderBytes());
    return table("e_shoff", offset, count, entryBytes);
  }

  /** Section header 0, without what may follow it before the next one: up to 64 KiB. */
  private ByteBuffer firstSectionHeader(long offset) throws MalformedElfException, IOException {
    requireEntryBytes("e_shentsize", sectionHeaderBytes(), fixedSectionHeaderBytes());
    return table("e_shoff", offset, 1, fixedSectionHeaderBytes());
  }

  private int fixedSectionHeaderBytes() {
    return is64Bit ? 64 : 40;
  }

  private static void requireEntryBytes(String field, int found, int minimum)
      throws MalformedElfException {
    if (found < minimum) {
      throw new MalformedElfException(
          field, Integer.toString(found), "at least " + minimum + " bytes");
    }
  }

  /**
   * The entries of a header table that are read: whole ones, so that the buffer's limit is a
   * multiple of their size.
   */
  private ByteBuffer table(String field, long offset, long count, int entryBytes)
      throws MalformedElfException, IOException {
    // Negative numbers are unsigned ones beyond the end of any file.
    if (offset < 0
        || offset > sizeBytes
        || count < 0
        || count > (sizeBytes - offset) / entryBytes) {
      throw outsideFile(field, offset, count, entryBytes, sizeBytes);
    }
    int entries = (int) Math.min(count, Math.min(MAX_TABLE_ENTRIES, MAX_TABLE_BYTES / entryBytes));
    ByteBuffer table = range(offset, entries * entryBytes);
    if (table.limit() < entries * entryBytes) {
      throw outsideFile(field, offset, count, entryBytes, offset + table.limit());
    }
    return table;
  }

  private static MalformedElfException outsideFile(
      String field, long offset, long count, int entryBytes, long fileBytes) {
    return new MalformedElfException(
        field,
        Long.toUnsignedString(offset),
        "room for "
            + Long.toUnsignedString(count)
            + " entries of "
            + entryBytes
            + " bytes in the file's "
            + fileBytes);
  }

  private Optional<String> readNotes(long offset, long length, long alignment) throws IOException {
    int available = available(sizeBytes, offset, length, noteBytesLeft);
    if (available == 0) {
      return Optional.empty();
    }
    noteBytesLeft -= available;
    ByteBuffer notes = range(offset, available);
    int from = notes.arrayOffset();
    return NoteReader.gnuBuildId(notes.array(), from, from + notes.limit(), order, alignment);
  }

  /**
   * How many of the bytes from offset are within the file and the limit; offset and length are
   * unsigned.
   */
  private static int available(long sizeBytes, long offset, long length, int limit) {
    if (offset < 0 || offset >= sizeBytes) {
      return 0;
    }
    long available = Math.min(sizeBytes - offset, limit);
    return (int) (length < 0 ? available : Math.min(available, length));
  }

  /**
   * Bytes of the file, in place when they were read already; fewer only where the file has become
   * shorter.
   */
  private ByteBuffer range(long offset, int length) throws IOException {
    if (offset <= first.limit() - length) {
      return first.slice((int) offset, length).order(order);
    }
    byte[] bytes = new byte[length];
    int count = source.read(offset, bytes, 0, length);
    return ByteBuffer.wrap(bytes, 0, Math.max(0, count)).slice().order(order);
  }

  private int half(int at) {
    return Short.toUnsignedInt(first.getShort(at));
  }

  /** A number that has the size of an address: 8 bytes in 64-bit files, 4 in 32-bit ones. */
  private long word(ByteBuffer buffer, int at64, int at32) {
    return is64Bit ? buffer.getLong(at64) : Integer.toUnsignedLong(buffer.getInt(at32));
  }
}
