// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** What holds for the reader whatever bytes it is given. */
final class ElfInvariants {
  private ElfInvariants() {}

  /** What came of reading: a result, or the complaint about a malformed file, or a missing page. */
  private record Outcome(Optional<?> result, String malformed, boolean notResident) {}

  private interface Read {
    Optional<?> from(ByteSource source) throws MalformedElfException, IOException;
  }

  /**
   * Reads a file in every way the reader has, and checks: nothing but the declared exceptions,
   * bounded reading, one and the same answer whether or not unneeded pages are resident.
   */
  static void check(byte[] bytes, long size, Set<Long> missingPages) {
    Outcome file = read(ElfReader::read, bytes, size, missingPages);
    read(ElfReader::readSectionBuildId, bytes, size, missingPages);
    if (file.result().isPresent()) {
      ElfFile elf = (ElfFile) file.result().get();
      assertTrue(elf.segments().size() <= ElfReader.MAX_TABLE_ENTRIES);
      assertTrue(elf.segments().size() <= elf.programHeaderCount());
      elf.buildId().ifPresent(ElfInvariants::checkBuildId);
      assertFalse(elf.typeName().isEmpty());
      assertFalse(elf.machineName().isEmpty());
      for (ElfSegment segment : elf.segments()) {
        assertFalse(segment.typeName().isEmpty());
        assertEquals(3, segment.permissions().length());
      }
      read(source -> ElfReader.readInterpreter(source, elf), bytes, size, missingPages);
    }
  }

  private static void checkBuildId(String buildId) {
    assertTrue(buildId.length() >= 2, buildId);
    assertTrue(buildId.length() <= 2 * NoteReader.MAX_BUILD_ID_BYTES, buildId);
    assertTrue(buildId.length() % 2 == 0, buildId);
    for (int i = 0; i < buildId.length(); i++) {
      assertTrue("0123456789abcdef".indexOf(buildId.charAt(i)) >= 0, buildId);
    }
  }

  private static Outcome read(Read read, byte[] bytes, long size, Set<Long> missingPages) {
    Outcome resident = outcome(read, new CountingSource(bytes, size, Set.of()));
    assertFalse(resident.notResident());
    Outcome outcome = outcome(read, new CountingSource(bytes, size, missingPages));
    if (!outcome.notResident()) {
      assertEquals(resident, outcome);
    }
    return resident;
  }

  private static Outcome outcome(Read read, CountingSource source) {
    Outcome outcome;
    try {
      outcome = new Outcome(read.from(source), "", false);
    } catch (MalformedElfException e) {
      assertTrue(e.getMessage().contains(" is "), e.getMessage());
      assertTrue(e.getMessage().contains(", expected "), e.getMessage());
      outcome = new Outcome(Optional.empty(), e.getMessage(), false);
    } catch (NotResidentException e) {
      outcome = new Outcome(Optional.empty(), "", true);
    } catch (IOException e) {
      return fail("the source has no other errors", e);
    }
    assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES, source.bytesRead() + " bytes read");
    return outcome;
  }
}
