// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.vmmdev.HostVersion;

/** Real processes with real pages. Needs python3, as the other tests do. */
class RealProcessesTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 40;
  private static final int SIZE = PAGES * PAGE;

  @TempDir Path folder;
  private final Queue<HostEvent> unusual = new ConcurrentLinkedQueue<>();
  private final List<PythonGuest> guests = new ArrayList<>();
  private HostSimulator simulator;
  private HostServer server;
  private Path socket;

  @BeforeEach
  void start() throws IOException {
    simulator =
        new HostSimulator(
            HostSettings.of(new HostVersion(7, 1, 12, 1, 1)),
            1 << 20,
            Clock.systemUTC(),
            event -> {
              if (event.unusual()) {
                unusual.add(event);
              }
            });
    socket = folder.resolve("socket");
    server = HostServer.start(socket, simulator, Kernel::load, figures -> "");
  }

  @AfterEach
  void stop() {
    for (PythonGuest guest : guests) {
      guest.close();
    }
    server.close();
  }

  private PythonGuest guest(String... name) throws IOException {
    PythonGuest guest = new PythonGuest(socket, name);
    guests.add(guest);
    return guest;
  }

  private Path file(String name, long seed) throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return Files.write(folder.resolve(name), bytes);
  }

  /** Maps a file, all of it present. */
  private static long map(PythonGuest guest, Path file) throws IOException {
    long address = guest.ask("map_file('" + file + "', " + SIZE + ")");
    guest.ask("touch(" + address + ", " + SIZE + ")");
    return address;
  }

  private static void register(PythonGuest guest, long address) throws IOException {
    assertEquals(0, guest.ask("register(" + address + ", " + SIZE + ")"));
  }

  private PageCounts check(PythonGuest guest) throws IOException {
    return check(guest, guest.name());
  }

  private PageCounts check(PythonGuest guest, String name) throws IOException {
    assertEquals(0, guest.ask("check()"));
    assertEquals(List.of(), List.copyOf(unusual));
    return pages(name);
  }

  private PageCounts pages(String name) {
    for (HostFigures.OfGuest guest : simulator.figures().guests()) {
      if (guest.name().equals(name)) {
        return guest.lastCheck().orElseThrow().pages();
      }
    }
    throw new AssertionError(name);
  }

  private static PageCounts counts(long newShared, long merged, long different, long already) {
    return new PageCounts(newShared, merged, different, already, 0, 0, 0, 0);
  }

  @Test
  void filesOfTwoProcessesAreMerged() throws Exception {
    Path first = file("first", 1);
    Path copy = file("copy", 1);
    PythonGuest one = guest();
    PythonGuest two = guest();
    PythonGuest three = guest();
    register(one, map(one, first));
    // The same pages of the machine stand for those of another guest; and then other pages.
    register(two, map(two, first));
    register(three, map(three, copy));
    assertEquals(counts(PAGES, 0, 0, 0), check(one));
    assertEquals(counts(0, PAGES, 0, 0), check(two));
    assertEquals(counts(0, PAGES, 0, 0), check(three));
    assertEquals(counts(0, 0, 0, PAGES), check(one));
    assertEquals(PAGES, simulator.figures().sharedPages());
    assertEquals(2 * PAGES, simulator.figures().duplicatePages());
  }

  @Test
  void anonymousPagesThatAreReadOnlyAreMerged() throws Exception {
    PythonGuest one = guest();
    PythonGuest two = guest();
    String texts = "['a', 'b', 'c'] + [str(i) for i in range(" + (PAGES - 3) + ")]";
    register(one, one.ask("anonymous(" + texts + ")"));
    register(two, two.ask("anonymous(" + texts.replace("'b'", "'x'") + ")"));
    assertEquals(counts(PAGES, 0, 0, 0), check(one));
    assertEquals(counts(0, PAGES - 1, 1, 0), check(two));
  }

  // Controls: what must not be merged.

  @Test
  void anotherProcessesAddressesHoldNothing() throws Exception {
    PythonGuest one = guest();
    PythonGuest two = guest();
    long address = map(one, file("file", 1));
    register(one, address);
    check(one);
    assertEquals(0, two.ask("present(" + address + ", " + SIZE + ")"), "something else is there");
    register(two, address);
    assertEquals(new PageCounts(0, 0, 0, 0, 0, PAGES, 0, 0), check(two));
    assertEquals(0, simulator.figures().duplicatePages());
  }

  @Test
  void writablePagesAreSkipped() throws Exception {
    PythonGuest one = guest();
    PythonGuest two = guest();
    String texts = "['a'] * " + PAGES;
    register(one, one.ask("anonymous(" + texts + ", writable=True)"));
    register(two, two.ask("anonymous(" + texts + ", writable=True)"));
    PageCounts writable = new PageCounts(0, 0, 0, 0, PAGES, 0, 0, 0);
    assertEquals(writable, check(one));
    assertEquals(writable, check(two));
    Path file = file("file", 1);
    PythonGuest three = guest();
    long shared = three.ask("map_file('" + file + "', " + SIZE + ", writable=True, shared=True)");
    three.ask("touch(" + shared + ", " + SIZE + ")");
    register(three, shared);
    assertEquals(writable, check(three));
    assertEquals(0, simulator.figures().sharedPages());
  }

  @Test
  void differentContentsUnderOneIdentityAreComparedAndLeftAlone() throws Exception {
    PythonGuest one = guest();
    PythonGuest two = guest();
    register(one, map(one, file("one", 1)));
    register(two, map(two, file("two", 2)));
    assertEquals(counts(PAGES, 0, 0, 0), check(one));
    assertEquals(counts(0, 0, PAGES, 0), check(two));
    assertEquals(counts(0, 0, PAGES, 0), check(two));
    assertEquals(0, simulator.figures().duplicatePages());
  }

  @Test
  void anotherVersionIsAnotherModule() throws Exception {
    Path file = file("file", 1);
    PythonGuest one = guest();
    PythonGuest two = guest();
    register(one, map(one, file));
    long address = map(two, file);
    assertEquals(0, two.ask("register(" + address + ", " + SIZE + ", version='2')"));
    assertEquals(counts(PAGES, 0, 0, 0), check(one));
    assertEquals(counts(PAGES, 0, 0, 0), check(two));
    assertEquals(0, simulator.figures().duplicatePages());
  }

  // What changes.

  @Test
  void aWrittenPageIsUnsharedAtTheNextCheck() throws Exception {
    PythonGuest one = guest();
    PythonGuest two = guest();
    String texts = "['a'] * " + PAGES;
    register(one, one.ask("anonymous(" + texts + ")"));
    long address = two.ask("anonymous(" + texts + ")");
    register(two, address);
    check(one);
    assertEquals(PAGES, check(two).merged());
    two.ask("write(" + (address + 3 * PAGE + 5) + ", 'xyz')");
    assertEquals(new PageCounts(0, 0, 1, PAGES - 1, 0, 0, 0, 1), check(two));
    assertEquals(PAGES - 1, simulator.figures().duplicatePages());
    two.ask("write(" + (address + 3 * PAGE + 5) + ", 'aaa')");
    assertEquals(counts(0, 1, 0, PAGES - 1), check(two));
    assertEquals(PAGES, simulator.figures().duplicatePages());
  }

  @Test
  void aChangedFileIsUnshared() throws Exception {
    Path file = file("file", 1);
    PythonGuest one = guest();
    register(one, map(one, file));
    assertEquals(PAGES, check(one).newShared());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("new".getBytes(StandardCharsets.US_ASCII)), 7 * PAGE);
    }
    assertEquals(new PageCounts(1, 0, 0, PAGES - 1, 0, 0, 0, 1), check(one));
  }

  @Test
  void pagesThatAreNotPresentStayAbsent() throws Exception {
    Path file = file("file", 1);
    PythonGuest one = guest();
    long address = one.ask("map_file('" + file + "', " + SIZE + ")");
    one.ask("drop(" + address + ", " + SIZE + ")");
    assertEquals(0, one.ask("present(" + address + ", " + SIZE + ")"));
    register(one, address);
    assertEquals(new PageCounts(0, 0, 0, 0, 0, PAGES, 0, 0), check(one));
    assertEquals(0, one.ask("present(" + address + ", " + SIZE + ")"));
    // A fault may map pages around the one that was touched.
    one.ask("touch(" + address + ", " + PAGE + ")");
    long present = one.ask("present(" + address + ", " + SIZE + ")");
    assertEquals(new PageCounts(present, 0, 0, 0, 0, PAGES - present, 0, 0), check(one));
    assertEquals(present, one.ask("present(" + address + ", " + SIZE + ")"));
  }

  @Test
  void unmappedTruncatedAndForbiddenPagesAreAbsent() throws Exception {
    Path file = file("file", 1);
    PythonGuest one = guest();
    long address = map(one, file);
    register(one, address);
    one.ask("unmap(" + address + ", " + PAGE + ")");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(10 * PAGE);
    }
    one.ask("protect(" + (address + PAGE) + ", " + PAGE + ", 0)");
    assertEquals(new PageCounts(8, 0, 0, 0, 0, PAGES - 8, 0, 0), check(one));
  }

  /**
   * The page behind the time of day is the kernel's, and no memory that could be read through a
   * mapping.
   */
  @Test
  void whatCantBeReadIsNoRam() throws Exception {
    PythonGuest one = guest();
    long address =
        one.ask("[int(l.split('-')[0], 16) for l in open('/proc/self/maps') if '[vvar]' in l][0]");
    one.ask("__import__('time').time_ns()");
    long present = one.ask("present(" + address + ", " + PAGE + ")");
    assertEquals(0, one.ask("register(" + address + ", " + PAGE + ")"));
    assertEquals(new PageCounts(0, 0, 0, 0, 0, 1 - present, present, 0), check(one));
  }

  @Test
  void addressesThatNoProcessHasAreAbsent() throws Exception {
    PythonGuest one = guest();
    for (String address :
        List.of("0", "0x8000_0000_0000", "0xffffffff81000000", "0xffffffffff600000")) {
      assertEquals(0, one.ask("register(" + address + ", 4096)"), address);
    }
    assertTrue(one.ask("register(0xffffffffffffff00, 4096)") < 0, "beyond the last address");
    PageCounts pages = check(one);
    assertEquals(4, pages.absent(), pages.toString());
  }

  // Guests and their processes.

  @Test
  void anAgentThatWasKilledLeavesItsGuestRegistered() throws Exception {
    Path file = file("file", 1);
    PythonGuest agent = guest("guest");
    long address = map(agent, file);
    register(agent, address);
    assertEquals(PAGES, check(agent, "guest").newShared());
    agent.kill();
    assertEquals(PAGES, simulator.figures().sharedPages());
    PythonGuest successor = guest("guest");
    // Wherever it maps the file, the base is the one that is known.
    long again = map(successor, file);
    assertEquals(
        0, successor.ask("register(" + address + ", " + SIZE + ", address=" + again + ")"));
    HostFigures.OfGuest figures = simulator.figures().guests().get(0);
    assertEquals(1, figures.registrationsEver());
    assertEquals(1, figures.connections());
    assertEquals(0, successor.ask("unregister(" + address + ")"));
    assertEquals(0, successor.ask("register(" + again + ", " + SIZE + ")"));
    assertEquals(counts(0, 0, 0, PAGES), check(successor, "guest"));
    assertEquals(1, simulator.figures().guests().size());
    assertEquals(2, simulator.figures().guests().get(0).registrationsEver());
  }

  @Test
  void twoGuestsMayLiveInOneProcess() throws Exception {
    PythonGuest one = guest("one");
    long address = map(one, file("file", 1));
    register(one, address);
    assertEquals(PAGES, check(one, "one").newShared());
    // Another connection, as another guest.
    one.ask(
        "[connection.close(), connection.__init__(1), connection.connect('" + socket + "')] and 0");
    assertEquals(0, one.ask("exchange(0x50460001, b'two')[0]"));
    register(one, address);
    assertEquals(PAGES, check(one, "two").merged());
  }

  /**
   * Its process id is all that is left of it; another process may have it by the time of a check.
   */
  @Test
  void aProcessThatHandedItsConnectionOnAndEndedIsNotLookedAt() throws Exception {
    PythonGuest parent = guest();
    long address = map(parent, file("file", 1));
    register(parent, address);
    String check =
        "import time\nwhile os.getppid() == "
            + parent.name().substring(4)
            + ": time.sleep(0.01)\ncheck()";
    parent.ask("os.fork() or exec(" + python(check) + ") or 0");
    parent.kill();
    String expected = "process " + parent.name().substring(4) + " has ended";
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (unusual.isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals("check stopped: " + expected, unusual.element().what());
    assertEquals(0, simulator.figures().sharedPages());
  }

  private static String python(String text) {
    return "'" + text.replace("'", "\\'").replace("\n", "\\n") + "'";
  }

  /** Pages come and go and change while they are looked at: no count is certain, but all add up. */
  @Test
  void mappingsMayChangeDuringAnyCheck() throws Exception {
    PythonGuest restless = guest("restless");
    Path file = file("file", 1);
    Path other = file("other", 2);
    long address = map(restless, file);
    register(restless, address);
    String change =
        "import random\nend = time.time() + 2\nwhile time.time() < end:\n"
            + "  p = random.randrange("
            + PAGES
            + ")\n"
            + "  a = "
            + address
            + " + p * PAGE\n"
            + "  fd = random.choice(fds)\n"
            + "  random.choice([lambda: libc.munmap(a, PAGE), lambda: drop(a, PAGE),\n"
            + "    lambda: libc.mmap(a, PAGE, 1, 0x12, fd, p * PAGE),\n"
            + "    lambda: protect(a, PAGE, random.choice([0, 1, 3]))])()\n";
    String thread =
        "[__import__('threading').Thread(target=lambda: exec("
            + python(change)
            + ", dict(globals(), time=__import__('time'), fds=[os.open(f, 0) for f in ("
            + python(file.toString())
            + ", "
            + python(other.toString())
            + ")]))).start()] and 0";
    restless.ask(thread);
    for (int i = 0; i < 300; i++) {
      PageCounts pages = check(restless, "restless");
      assertEquals(PAGES, pages.eligible() + pages.writable() + pages.absent() + pages.notRam());
    }
    HostFigures figures = simulator.figures();
    assertEquals(0, figures.duplicatePages());
    assertTrue(figures.sharedPages() <= 2 * PAGES, figures.toString());
  }

  @Test
  void aGuestMayDieInTheMiddleOfARequest() throws Exception {
    PythonGuest one = guest();
    register(one, map(one, file("file", 1)));
    one.ask("connection.sendall(b'\\x20\\0\\0\\0\\1\\0\\1\\0') or 0");
    one.kill();
    PythonGuest two = guest();
    register(two, map(two, folder.resolve("file")));
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (unusual.isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertTrue(unusual.element().what().contains("within a request"), unusual.toString());
    assertEquals(1, simulator.figures().brokenConnections());
    assertThrows(IOException.class, () -> one.ask("check()"));
    unusual.clear();
    assertEquals(PAGES, check(two).newShared());
  }
}
