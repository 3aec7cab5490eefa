// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.ProcessScanner;

/** Mapped files are judged right whatever they are called, and whatever became of their names. */
class FileNamesTest {
  private static final long SIZE_BYTES = 5 * 4096 + 1;

  /** Bytes that are not UTF-8. */
  private static final String BYTES =
      FileName.decode(new byte[] {'b', (byte) 0xFF, (byte) 0xC3, (byte) 0x28, 'e'}, 0, 5);

  private Machine machine;
  private Actor actor;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    actor = machine.actor();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void namesAreWhatTheyAre(ProcessScanner.Method method) throws IOException {
    List<String> names = new ArrayList<>();
    Collections.addAll(
        names,
        "plain",
        "two  spaces and one behind ",
        "new\nline",
        "literal\\012",
        "back\\slash",
        "tab\tand\rreturn",
        BYTES,
        "ümläut-漢字-😀",
        "not (deleted)",
        "n".repeat(255));
    if (method == ProcessScanner.Method.AUTO || Kernel.load().effectiveUid() == 0) {
      // Text leaves open which is which, and only root may ask in another way.
      names.add("literal\\012 and new\nline");
    }
    for (String name : names) {
      actor.create(machine.file(name), SIZE_BYTES);
      actor.map(machine.file(name));
    }
    LiveScan scan = LiveScan.ofMapped(method);
    for (String name : names) {
      Candidate candidate = scan.candidate(machine.file(name));
      assertEquals(SIZE_BYTES, candidate.sizeBytes(), name);
      assertEquals(1, candidate.mappedBy(), name);
      assertEquals(6, candidate.resident().pages(), name);
      assertEquals(new Identity("").name(machine.file(name)), candidate.name(), name);
    }
    assertEquals(names.size(), scan.pathsBelow(machine.folder().toString()).size());
  }

  /** The newline's escape in maps is the other file's name. */
  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void filesWhoseNamesLookAlikeInMapsStayApart(ProcessScanner.Method method) throws IOException {
    actor.create(machine.file("a\\012b"), SIZE_BYTES);
    actor.create(machine.file("a\nb"), 2 * SIZE_BYTES);
    actor.map(machine.file("a\nb"));
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(2 * SIZE_BYTES, scan.candidate(machine.file("a\nb")).sizeBytes());
    assertEquals(1, scan.pathsBelow(machine.folder().toString()).size());
  }

  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void deletedFilesAreLeftOut(ProcessScanner.Method method) throws IOException {
    for (String name : List.of("gone", "gone\n2", "gone (deleted)", BYTES)) {
      actor.create(machine.file(name), SIZE_BYTES);
      actor.map(machine.file(name));
      actor.tell("unlink", Actor.word(machine.file(name)));
    }
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(Reason.DELETED, scan.reason(machine.file("gone")));
    assertEquals(Reason.DELETED, scan.reason(machine.file("gone (deleted)")));
    assertEquals(Reason.DELETED, scan.reason(machine.file(BYTES)));
    assertEquals(4, scan.pathsBelow(machine.folder().toString()).size());
    assertTrue(scan.scan().candidates().stream().noneMatch(c -> c.path().contains("gone")));
  }

  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void aDeletedNameOfAFileThatHasAnotherIsDeleted(ProcessScanner.Method method) throws IOException {
    actor.create(machine.file("one"), SIZE_BYTES);
    actor.tell("link", Actor.word(machine.file("one")), Actor.word(machine.file("two")));
    actor.map(machine.file("one"));
    actor.tell("unlink", Actor.word(machine.file("one")));
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(Reason.DELETED, scan.reason(machine.file("one")));
  }

  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void aFileThatWasReplacedIsNotTakenForTheNewOne(ProcessScanner.Method method) throws IOException {
    actor.create(machine.file("library"), SIZE_BYTES);
    actor.create(machine.file("new"), 2 * SIZE_BYTES);
    actor.map(machine.file("library"));
    actor.tell("rename", Actor.word(machine.file("new")), Actor.word(machine.file("library")));
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(Reason.DELETED, scan.reason(machine.file("library")));

    Actor other = machine.actor();
    other.map(machine.file("library"));
    scan = LiveScan.ofMapped(method);
    assertEquals(2 * SIZE_BYTES, scan.candidate(machine.file("library")).sizeBytes());
    assertEquals(1, scan.candidate(machine.file("library")).mappedBy());
    assertEquals(Reason.DELETED, scan.exclusions(machine.file("library")).get(0).reason());
  }

  /** The kernel takes paths of up to 4095 bytes, but files lie deeper. */
  @ParameterizedTest
  @EnumSource(ProcessScanner.Method.class)
  void aPathThatIsTooLongForTheKernelIsNoReasonToOverlookAFile(ProcessScanner.Method method)
      throws IOException {
    actor.tell("map-deep", Actor.word(machine.folder().toString()), SIZE_BYTES, 20);
    String path = machine.file(("d".repeat(250) + "/").repeat(20) + "deep");
    LiveScan scan = LiveScan.ofMapped(method);
    List<String> found = scan.pathsBelow(machine.folder().toString());
    assertEquals(List.of(path), found);
  }
}
