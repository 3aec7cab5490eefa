// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.ProcessScanner.Method;

/** What waits, or does something when it is opened, is not opened. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeverBlocksTest {
  private static final long SIZE_BYTES = 20 * 4096;

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

  /** A pipe without a writer, a socket, and a tape, which an open would rewind. */
  private void makeOddFiles(String folder) throws IOException {
    machine.needRoot();
    actor.tell("fifo", Actor.word(folder + "/fifo"));
    actor.tell("socket", Actor.word(folder + "/socket"));
    actor.tell("device", Actor.word(folder + "/tape"), 9, 0);
  }

  @Test
  void inRoots() throws IOException {
    makeOddFiles(machine.folder().toString());
    actor.create(machine.file("file"), SIZE_BYTES);
    LiveScan scan = LiveScan.ofPageCache(machine.folder().toString());
    assertEquals(List.of(machine.file("file")), scan.pathsBelow(machine.folder().toString()));
    assertEquals(List.of(), scan.anomalies());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fifo", "socket", "tape"})
  void asARoot(String name) throws IOException {
    makeOddFiles(machine.folder().toString());
    LiveScan scan = LiveScan.ofPageCache(machine.file(name));
    assertEquals(List.of(), scan.pathsBelow(machine.folder().toString()));
    assertEquals(1, scan.anomalies().size());
    assertTrue(scan.anomalies().get(0).what().contains("ENOTDIR"), scan.anomalies()::toString);
  }

  /** Another mount namespace has a regular file where this one has something else. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void atThePathOfWhatIsMapped(Method method) throws IOException {
    machine.newFolder("place");
    machine.newFolder("other");
    makeOddFiles(machine.file("place"));
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", machine.file("other"), machine.file("place"));
    for (String name : List.of("fifo", "socket", "tape")) {
      actor.create(machine.file("other/" + name), SIZE_BYTES);
      contained.map(machine.file("place/" + name));
    }
    LiveScan scan = LiveScan.ofMapped(method);
    for (String name : List.of("fifo", "socket", "tape")) {
      assertEquals(SIZE_BYTES, scan.candidate(machine.file("place/" + name)).sizeBytes());
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void inThePlaceOfAMappedFileThatIsGone(Method method) throws IOException {
    machine.needRoot();
    for (String name : List.of("fifo", "socket", "tape")) {
      actor.create(machine.file(name), SIZE_BYTES);
      actor.map(machine.file(name));
      actor.tell("unlink", Actor.word(machine.file(name)));
    }
    makeOddFiles(machine.folder().toString());
    LiveScan scan = LiveScan.ofMapped(method);
    for (String name : List.of("fifo", "socket", "tape")) {
      assertEquals(Reason.DELETED, scan.reason(machine.file(name)));
    }
  }

  /** An open for reading waits for 45 s while another process holds a write lease. */
  @Test
  void onALease() throws IOException {
    actor.create(machine.file("leased"), SIZE_BYTES);
    actor.create(machine.file("free"), SIZE_BYTES);
    actor.tell("lease", Actor.word(machine.file("leased")));
    LiveScan scan = LiveScan.ofPageCache(machine.folder().toString());
    assertEquals(SIZE_BYTES, scan.candidate(machine.file("free")).sizeBytes());
    assertEquals(1, scan.pathsBelow(machine.folder().toString()).size());
    assertEquals(Reason.FAILED, LiveScan.ofMapped(Method.AUTO).reason(machine.file("leased")));
  }
}
