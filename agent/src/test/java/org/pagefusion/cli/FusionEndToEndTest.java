// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** Agents as processes of their own, each with a tree of real files, and one simulated host. */
class FusionEndToEndTest {
  private static final int PAGE = 4096;
  private static final int RESTARTS = 4;
  private static final int KILLS = 8;

  private final Random random = new Random(20261121);
  private Path folder;
  private Process host;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "the simulated host reads page frames as root");
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "e2e");
    host = start("hostsim", "--json", "--socket", folder.resolve("socket").toString());
    String line = host.errorReader(StandardCharsets.UTF_8).readLine();
    assertTrue(line != null && line.contains("simulated on"), line);
  }

  @AfterEach
  void close() throws IOException {
    if (folder == null) {
      return;
    }
    host.destroyForcibly();
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-Dpagefusion.native=" + System.getProperty("pagefusion.native"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  /** A file of a guest's tree, written long ago. */
  private void file(String guest, String name, byte[] content) throws IOException {
    Path file = folder.resolve(guest).resolve("usr/lib").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
  }

  private byte[] content(int pages) {
    byte[] content = new byte[pages * PAGE];
    random.nextBytes(content);
    return content;
  }

  private Process startAgent(String guest, String task) throws IOException {
    Path configuration = folder.resolve(guest + ".conf");
    Files.writeString(
        configuration, "mode = fuse\nhost-safe = yes\nsources = page-cache\nroots = /usr\n");
    return start(
        "--root",
        folder.resolve(guest).toString(),
        "--config",
        configuration.toString(),
        "run",
        task,
        "--json",
        "--device",
        "sim:" + folder.resolve("socket") + "#" + guest,
        "--state",
        folder.resolve(guest + ".state").toString());
  }

  private JsonObject agent(String guest, String task) throws Exception {
    Process agent = startAgent(guest, task);
    String out = rest(agent.inputReader(StandardCharsets.UTF_8));
    String err = rest(agent.errorReader(StandardCharsets.UTF_8));
    assertEquals(0, agent.waitFor(), err);
    return JsonParser.parseString(out).getAsJsonObject();
  }

  private static String rest(BufferedReader reader) {
    return reader.lines().collect(Collectors.joining("\n"));
  }

  private JsonObject endHost() throws Exception {
    // Not Process.destroy, which would close the stream that the figures come by.
    host.toHandle().destroy();
    String figures = rest(host.inputReader(StandardCharsets.UTF_8));
    assertTrue(host.waitFor(20, TimeUnit.SECONDS));
    return JsonParser.parseString(figures).getAsJsonObject();
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

  @Test
  void agentsKilledAtAnyPointLoseAndDoubleNothing() throws Exception {
    for (int i = 0; i < 40; i++) {
      file("a", "file" + i, content(17));
    }
    for (int i = 0; i < KILLS; i++) {
      Process agent = startAgent("a", "--once");
      agent.waitFor(300 + random.nextInt(900), TimeUnit.MILLISECONDS);
      agent.destroyForcibly().waitFor();
    }
    JsonObject last = agent("a", "--once");
    assertEquals(40, last.get("modules").getAsInt());
    assertEquals(40, last.get("registrationsUsed").getAsInt());
    assertEquals(40 * 17, last.get("eligiblePages").getAsInt());
    JsonObject guest = guest(endHost(), "a");
    assertEquals(40, guest.get("registrationsEver").getAsInt());
    assertEquals(40, guest.get("registered").getAsInt());
  }
}
