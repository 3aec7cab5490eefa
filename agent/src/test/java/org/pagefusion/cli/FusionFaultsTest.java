// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;

/**
 * What goes wrong between agents, which are processes of their own here, and a host: refusals, ends
 * in the middle of a request. Whatever it was, the next agent finds everything in order: nothing
 * registered twice, nothing forgotten, the budget of registrations known.
 *
 * <p>System properties: {@code pagefusion.faults=all} tries every result code with every request
 * instead of some; {@code pagefusion.kills=N} kills so many agents at random moments.
 */
class FusionFaultsTest {
  private static final String GUEST = "guest";
  private static final int FILES = 6;
  private static final int PAGES = 18;

  private static final long SESSION = 1_800_000_000;
  private static final long OTHER_SESSION = SESSION + 1;

  private static final int UNKNOWN_RC = -9999;
  private static final List<Integer> REQUESTS =
      List.of(
          RequestType.STATUS,
          RequestType.SESSION_ID,
          RequestType.REGISTER,
          RequestType.CHECK,
          RequestType.UNREGISTER);
  private static final int KILLS = Integer.getInteger("pagefusion.kills", 4);

  private FusionLab lab;
  private Path socket;

  @BeforeEach
  void open() throws IOException {
    lab = new FusionLab();
    socket = lab.folder.resolve("socket");
    for (int i = 0; i < FILES; i++) {
      lab.file(GUEST, "file" + i, lab.content(PAGES));
    }
  }

  @AfterEach
  void close() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  private static JsonObject json(CommandRun run) {
    assertEquals(ExitCode.DONE, run.exitCode(), run.err());
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  /** The next agent, and a host that it is in order with. */
  private void assertInOrder(LabHost host, int files) throws IOException {
    JsonObject last = lab.agent(GUEST, socket, "--once");
    HostFigures.OfGuest guest = host.guest(GUEST);
    assertEquals(files, last.get("modules").getAsInt());
    assertEquals(0, last.getAsJsonArray("failures").size(), last.toString());
    assertEquals(0, last.getAsJsonArray("problems").size(), last.toString());
    Set<String> names = new TreeSet<>();
    guest.modules().forEach(module -> names.add(module.name()));
    assertEquals(files, names.size(), names.toString());
    assertEquals(files, guest.modules().size(), "registered twice");
    assertEquals(guest.registrationsEver(), last.get("registrationsUsed").getAsInt(), "the budget");
    assertEquals((long) files * PAGES, last.get("eligiblePages").getAsLong());
    assertEquals(
        last.get("eligiblePages").getAsLong(), guest.lastCheck().orElseThrow().pages().eligible());
  }

  // ---- refusals

  static List<Arguments> refusals() {
    List<Integer> codes = new ArrayList<>(List.of(UNKNOWN_RC));
    for (ResultCode code : ResultCode.values()) {
      if (code != ResultCode.OK) {
        codes.add(code.code());
      }
    }
    boolean all = System.getProperty("pagefusion.faults", "").equals("all");
    List<Arguments> chosen = new ArrayList<>();
    for (int request : REQUESTS) {
      for (int code : codes) {
        boolean special =
            request == RequestType.REGISTER
                && (code == UNKNOWN_RC
                    || code == ResultCode.TOO_MANY_MODULES_OF_VM.code()
                    || code == ResultCode.ADDRESS_CLASH.code());
        // Each code once, with one request or another.
        boolean turn = codes.indexOf(code) % REQUESTS.size() == REQUESTS.indexOf(request);
        if (all || special || turn) {
          chosen.add(Arguments.of(request, code));
        }
      }
    }
    return chosen;
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aHostMayRefuseAnything(int request, int rc) throws IOException {
    Path other = lab.folder.resolve("refusing");
    boolean releases = request == RequestType.UNREGISTER;
    try (LabHost host = new LabHost(socket, SESSION, Map.of());
        LabHost refusing = new LabHost(other, SESSION, Map.of(request, rc))) {
      if (releases) {
        lab.agent(GUEST, socket, "--once");
      }
      CommandRun run = lab.run(GUEST, other, releases ? "--release" : "--once");
      refused(request, rc, run);
      boolean registers = request == RequestType.SESSION_ID || request == RequestType.CHECK;
      assertEquals(registers ? FILES : 0, refusing.guest(GUEST).registrationsEver());
      if (request == RequestType.REGISTER && rc == ResultCode.TOO_MANY_MODULES_OF_VM.code()) {
        assertExhausted(host);
        return;
      }
      assertInOrder(host, FILES);
      assertEquals(FILES, host.guest(GUEST).registrationsEver());
    }
  }

  private static void refused(int request, int rc, CommandRun run) {
    String why = ResultCode.describe(rc);
    boolean noFusion =
        rc == ResultCode.NOT_IMPLEMENTED.code() || rc == ResultCode.NOT_SUPPORTED.code();
    if (request == RequestType.STATUS || (noFusion && request != RequestType.SESSION_ID)) {
      run.failed(ExitCode.UNAVAILABLE, "sim:", why);
    } else if (request == RequestType.CHECK) {
      // What was done before is told all the same.
      assertEquals(ExitCode.UNAVAILABLE, run.exitCode(), run.err());
      assertTrue(run.err().contains("check: the host answered " + why), run.err());
      JsonObject said = JsonParser.parseString(run.out()).getAsJsonObject();
      assertEquals(rc, said.get("checkResult").getAsInt());
      assertEquals(FILES, said.get("modules").getAsInt());
    } else if (request == RequestType.SESSION_ID) {
      // A host that has none does not restore the VM behind the agent's back.
      assertEquals(FILES, json(run).get("modules").getAsInt());
    } else if (request == RequestType.REGISTER) {
      JsonObject said = json(run);
      assertEquals(FILES, said.getAsJsonArray("failures").size() + leftOut(rc), said.toString());
      for (JsonElement failure : said.getAsJsonArray("failures")) {
        String what = failure.getAsJsonObject().get("what").getAsString();
        assertTrue(what.contains(why), what);
      }
    } else {
      JsonObject said = json(run);
      assertEquals(0, said.get("unregistered").getAsInt());
      // What the host does not know needs no unregistering.
      int problems = rc == ResultCode.NOT_FOUND.code() ? 0 : FILES;
      assertEquals(problems, said.getAsJsonArray("problems").size(), said.toString());
    }
  }

  /** After the first refusal for want of registrations none of the others is asked for. */
  private static int leftOut(int rc) {
    return rc == ResultCode.TOO_MANY_MODULES_OF_VM.code() ? FILES - 1 : 0;
  }

  /** Who was told that all registrations are used asks for none until the guest was reset. */
  private void assertExhausted(LabHost host) throws IOException {
    JsonObject again = lab.agent(GUEST, socket, "--once");
    assertEquals(FusionCycle.LIFETIME_REGISTRATIONS, again.get("registrationsUsed").getAsInt());
    assertEquals(0, again.get("modules").getAsInt());
    assertEquals(0, host.guest(GUEST).registrationsEver());
    // A reset takes the state file with it.
    Files.delete(lab.folder.resolve(GUEST + ".state"));
    assertInOrder(host, FILES);
  }

  // ---- ends in the middle of a request

  @ParameterizedTest
  @CsvSource({
    RequestType.STATUS + ", 1, --once",
    RequestType.SESSION_ID + ", 1, --once",
    RequestType.REGISTER + ", 1, --once",
    RequestType.REGISTER + ", 4, --once",
    RequestType.CHECK + ", 1, --once",
    RequestType.UNREGISTER + ", 2, --release"
  })
  void aHostMayEndInTheMiddleOfARequest(int request, int number, String task) throws Exception {
    try (LabHost host = LabHost.stoppingAt(socket, SESSION, request, number)) {
      if (task.equals("--release")) {
        lab.agent(GUEST, socket, "--once");
      }
      FusionLab.Agent agent = lab.startAgent(GUEST, socket, task);
      host.awaitStop();
      Thread ending = host.endWhileStopped();
      agent.end().failed(ExitCode.UNAVAILABLE, "sim:" + socket, "start it again");
      host.goOn();
      ending.join();
    }
    try (LabHost next = new LabHost(socket, OTHER_SESSION, Map.of())) {
      assertInOrder(next, FILES);
      assertEquals(FILES, next.guest(GUEST).registrationsEver());
    }
  }

  @ParameterizedTest
  @CsvSource({
    RequestType.STATUS + ", 1",
    RequestType.SESSION_ID + ", 1",
    RequestType.REGISTER + ", 1",
    RequestType.REGISTER + ", 4",
    RequestType.REGISTER + ", " + FILES,
    RequestType.CHECK + ", 1"
  })
  void anAgentMayBeKilledInTheMiddleOfARequest(int request, int number) throws Exception {
    try (LabHost host = LabHost.stoppingAt(socket, SESSION, request, number)) {
      FusionLab.Agent agent = lab.startAgent(GUEST, socket, "--once");
      host.awaitStop();
      agent.kill();
      host.goOn();
      assertInOrder(host, FILES);
      assertEquals(FILES, host.guest(GUEST).registrationsEver());
    }
  }

  /** What it had unregistered is registered anew, and so counted again by the host. */
  @Test
  void anAgentMayBeKilledWhileItReleases() throws Exception {
    try (LabHost host = LabHost.stoppingAt(socket, SESSION, RequestType.UNREGISTER, 2)) {
      lab.agent(GUEST, socket, "--once");
      FusionLab.Agent agent = lab.startAgent(GUEST, socket, "--release");
      host.awaitStop();
      agent.kill();
      host.goOn();
      JsonObject last = lab.agent(GUEST, socket, "--once");
      assertEquals(FILES, last.get("modules").getAsInt());
      assertEquals(FILES, host.guest(GUEST).modules().size());
      assertEquals(FILES + 2, host.guest(GUEST).registrationsEver());
      assertEquals(FILES, lab.agent(GUEST, socket, "--release").get("unregistered").getAsInt());
      assertEquals(0, host.guest(GUEST).modules().size());
    }
  }

  @Test
  void aSimulatedHostMayBeKilledUnderAWaitingAgent() throws Exception {
    Path err = lab.folder.resolve("host.err");
    Process host =
        lab.start(lab.folder.resolve("host"), err, "hostsim", "--socket", socket.toString());
    while (!Files.exists(socket)) {
      assertTrue(host.isAlive(), () -> "no host");
      Thread.sleep(10);
    }
    // It answers nothing any more, but the kernel still takes connections for it.
    assertEquals(
        0, new ProcessBuilder("kill", "-STOP", Long.toString(host.pid())).start().waitFor());
    FusionLab.Agent agent = lab.startAgent(GUEST, socket, "--once");
    while (connections() < 2) {
      assertTrue(agent.process().isAlive(), () -> "the agent did not wait");
      Thread.sleep(10);
    }
    host.destroyForcibly().waitFor();
    agent.end().failed(ExitCode.UNAVAILABLE, "sim:" + socket, "start it again");
    lab.run(GUEST, socket, "--once")
        .failed(ExitCode.UNAVAILABLE, "sim:" + socket, "start the simulated host");
  }

  /** Sockets by the host's name: the one that listens, and its end of each connection. */
  private long connections() throws IOException {
    return Files.readAllLines(Path.of("/proc/net/unix")).stream()
        .filter(line -> line.endsWith(" " + socket))
        .count();
  }

  // ---- kills at random moments

  /** Files come, change and go meanwhile, so that every agent has something to tell the host. */
  @Test
  void agentsMayBeKilledAtAnyMoment() throws Exception {
    try (LabHost host = new LabHost(socket, SESSION, Map.of())) {
      // How long an agent takes on this machine, as it is just now.
      long start = System.nanoTime();
      lab.agent(GUEST, socket, "--once");
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      Set<Integer> lastRequests = new HashSet<>();
      int files = FILES;
      for (int i = 0; i < KILLS; i++) {
        lab.file(GUEST, "new" + i, lab.content(PAGES));
        files++;
        lab.file(GUEST, "file" + i % FILES, lab.content(PAGES), FusionLab.WRITTEN + i + 1);
        if (i % 3 == 2) {
          Files.delete(lab.pathOf(GUEST, "new" + (i - 1)));
          files--;
        }
        host.forgetLastRequest();
        FusionLab.Agent agent = lab.startAgent(GUEST, socket, "--once");
        agent
            .process()
            .waitFor(
                (long) (millis * (0.3 + 0.8 * lab.random.nextDouble())), TimeUnit.MILLISECONDS);
        agent.kill();
        lastRequests.add(host.lastRequestType());
      }
      assertInOrder(host, files);
      // Of so many some come before, some between and some after the requests.
      assertTrue(lastRequests.size() > 1 || KILLS < 20, lastRequests.toString());
    }
  }
}
