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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents as processes of their own, each with a tree of real files, and one simulated host. */
class FusionEndToEndTest {
  private static final int PAGE = FusionLab.PAGE;
  private static final int RESTARTS = 4;

  private FusionLab lab;
  private Process host;
  private Path socket;
  private Path figures;

  @BeforeEach
  void open() throws Exception {
    lab = new FusionLab();
    socket = lab.folder.resolve("socket");
    figures = lab.folder.resolve("figures");
    Path err = lab.folder.resolve("host.err");
    host = lab.start(figures, err, "hostsim", "--json", "--socket", socket.toString());
    while (!Files.readString(err).contains("simulated on")) {
      assertTrue(host.isAlive(), Files.readString(err));
      Thread.sleep(10);
    }
  }

  @AfterEach
  void close() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  private void file(String guest, String name, byte[] content) throws IOException {
    lab.file(guest, name, content);
  }

  private byte[] content(int pages) {
    return lab.content(pages);
  }

  private JsonObject agent(String guest, String task) throws IOException {
    return lab.agent(guest, socket, task);
  }

  private JsonObject endHost() throws Exception {
    host.destroy();
    assertTrue(host.waitFor(20, TimeUnit.SECONDS));
    return JsonParser.parseString(Files.readString(figures)).getAsJsonObject();
  }

  private static JsonObject guest(JsonObject figures, String name) {
    for (JsonElement guest : figures.getAsJsonArray("guests")) {
      if (guest.getAsJsonObject().get("name").getAsString().equals(name)) {
        return guest.getAsJsonObject();
      }
    }
    throw new AssertionError("the host knows no guest " + name);
  }

  private static long fusedPages(JsonObject figures) {
    return figures.getAsJsonObject("totals").get("duplicatePages").getAsLong();
  }

  @Test
  void fusesExactlyTheEqualPagesOfEqualFiles() throws Exception {
    byte[] same = content(40);
    byte[] changed = content(30);
    byte[] changedThere = changed.clone();
    int[] differing = {0, 7, 29};
    for (int page : differing) {
      changedThere[page * PAGE + 100] ^= 1;
    }
    file("a", "same.so", same);
    file("b", "same.so", same);
    file("a", "changed.so", changed);
    file("b", "changed.so", changedThere);
    // The same content under another name or with another length is another module.
    byte[] renamed = content(20);
    file("a", "here.so", renamed);
    file("b", "there.so", renamed);
    byte[] longer = content(25);
    file("a", "longer.so", longer);
    file("b", "longer.so", Arrays.copyOf(longer, 26 * PAGE));

    JsonObject first = agent("a", "--once");
    JsonObject second = agent("b", "--once");

    assertEquals(4, first.get("newlyRegistered").getAsInt());
    assertEquals(40 + 30 + 20 + 25, first.get("eligiblePages").getAsInt());
    assertEquals(40 + 30 + 20 + 26, second.get("eligiblePages").getAsInt());
    JsonObject figures = endHost();
    assertEquals(40 + 30 - differing.length, fusedPages(figures));
    JsonObject pages = guest(figures, "b").getAsJsonObject("lastCheck").getAsJsonObject("pages");
    assertEquals(differing.length, pages.get("different").getAsInt());
    assertEquals(0, pages.get("absent").getAsInt());
    assertEquals(0, pages.get("writable").getAsInt());
  }

  @Test
  void threeGuestsShareOneCopy() throws Exception {
    byte[] same = content(50);
    for (String guest : List.of("a", "b", "c")) {
      file(guest, "same.so", same);
      agent(guest, "--once");
    }
    assertEquals(2 * 50, fusedPages(endHost()));
  }

  @Test
  void restartsCostNoRegistrationAndReleaseTakesAllBack() throws Exception {
    for (int i = 0; i < 5; i++) {
      file("a", "file" + i, content(20));
    }
    assertEquals(5, agent("a", "--once").get("newlyRegistered").getAsInt());
    for (int i = 0; i < RESTARTS; i++) {
      JsonObject again = agent("a", "--once");
      assertEquals(0, again.get("newlyRegistered").getAsInt());
      assertEquals(5, again.get("registrationsUsed").getAsInt());
    }
    assertEquals(5, agent("a", "--release").get("unregistered").getAsInt());
    JsonObject guest = guest(endHost(), "a");
    assertEquals(5, guest.get("registrationsEver").getAsInt());
    assertEquals(0, guest.get("registered").getAsInt());
  }

  // Controls: what must not be merged.

  private JsonObject lastPages(JsonObject figuresOfHost, String guest) {
    return guest(figuresOfHost, guest).getAsJsonObject("lastCheck").getAsJsonObject("pages");
  }

  @Test
  void anotherVersionIsNotEvenCompared() throws Exception {
    byte[] same = content(30);
    lab.file("a", "same.so", same);
    lab.file("b", "same.so", same, FusionLab.WRITTEN + 1);
    agent("a", "--once");
    agent("b", "--once");
    JsonObject all = endHost();
    assertEquals(0, fusedPages(all));
    assertEquals(30, lastPages(all, "b").get("newShared").getAsInt());
    assertEquals(0, lastPages(all, "b").get("different").getAsInt());
  }

  @Test
  void otherContentUnderOneIdentityIsComparedAndLeftAlone() throws Exception {
    lab.file("a", "same.so", content(30));
    lab.file("b", "same.so", content(30));
    agent("a", "--once");
    agent("b", "--once");
    agent("b", "--once");
    JsonObject all = endHost();
    assertEquals(0, fusedPages(all));
    assertEquals(30, lastPages(all, "b").get("different").getAsInt());
  }

  /** What another guest's agent has mapped where it registered is none of this one's. */
  @Test
  void otherProcessesAddressesHoldNothing() throws Exception {
    lab.file("a", "same.so", content(30));
    agent("a", "--once");
    // A process that maps nothing there, and registers what the agent's state tells.
    String script =
        """
        import socket, struct, sys
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(sys.argv[1])
        def exchange(kind, body):
            connection.sendall(struct.pack("<IIIiII", 24 + len(body), 0x10001, kind, 0, 0, 0) + body)
            answer = connection.recv(24 + len(body), socket.MSG_WAITALL)
            assert struct.unpack_from("<i", answer, 12)[0] == 0, (kind, answer)
        exchange(0x50460001, b"thief")
        for line in open(sys.argv[2]).read().splitlines()[1:]:
            field = line.split()
            base, size = int(field[1], 16), int(field[2], 16)
            exchange(212, struct.pack("<IIQII128s16sQII", size, 1, base, 4, 0, field[3].encode(),
                                      field[4].encode(), base, size, 0))
        exchange(214, b"")
        """;
    Path state = lab.folder.resolve("a.state");
    Process thief =
        new ProcessBuilder("python3", "-c", script, socket.toString(), state.toString())
            .inheritIO()
            .start();
    assertEquals(0, thief.waitFor());
    JsonObject all = endHost();
    assertEquals(0, fusedPages(all));
    assertEquals(1, guest(all, "thief").get("registered").getAsInt());
    assertEquals(30, lastPages(all, "thief").get("absent").getAsInt());
    assertEquals(1, all.getAsJsonObject("totals").get("modules").getAsInt(), "not the same module");
  }
}
