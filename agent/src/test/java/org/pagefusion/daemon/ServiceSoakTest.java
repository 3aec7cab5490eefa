// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pagefusion.daemon.Signals.Signal;

/** A day in the life of a service, in which files and processes come and go. */
class ServiceSoakTest {
  private static final long DAY_MILLIS = 24L * 3600 * 1000;
  private static final int FILES = 40;

  private final Random random = new Random(20261121);

  /** What must not grow. */
  private record Use(long heap, long classes, long anonymous, int mappings, int descriptors) {
    static Use now() throws IOException {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      long classes = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        if (pool.getName().equals("Metaspace")) {
          classes = pool.getUsage().getUsed();
        }
      }
      long anonymous = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("RssAnon:")) {
          anonymous = 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return new Use(
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
            classes,
            anonymous,
            Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1).size(),
            (int) descriptors.count());
      }
    }
  }

  @Test
  void aDayChangesNothingButTheFiles() throws Exception {
    List<Use> uses = new ArrayList<>();
    try (ServiceWorld world = new ServiceWorld(ServiceWorld.FUSE)) {
      for (int i = 0; i < FILES; i++) {
        world.file("file" + i, 17);
      }
      ServiceWorld.Step[] hour = new ServiceWorld.Step[1];
      long[] next = {DAY_MILLIS / 4};
      hour[0] =
          () -> {
            if (world.millis >= next[0]) {
              uses.add(Use.now());
              next[0] += DAY_MILLIS / 4;
            }
            if (world.millis >= DAY_MILLIS) {
              return Signal.STOP;
            }
            world.script.add(hour[0]);
            change(world);
            world.waits.clear();
            return random.nextInt(50) == 0 ? Signal.RELOAD : Signal.NONE;
          };
      world.script.add(hour[0]);
      world.run();
      assertEquals(FILES, world.host.registered.size(), "every file that is there");
      assertTrue(world.host.lifetimeCount > 2 * FILES, "files were replaced");
      assertEquals(List.of(), world.log);
      assertTrue(world.statuses > 100, "cycles: " + world.statuses);
    }
    Use early = uses.get(0);
    Use late = uses.get(uses.size() - 1);
    String both = early + " then " + late;
    assertTrue(late.heap() < early.heap() + (1 << 20), both);
    assertTrue(late.classes() < early.classes() + (1 << 20), both);
    assertTrue(late.anonymous() < early.anonymous() + (24 << 20), both);
    assertTrue(late.mappings() <= early.mappings() + 8, both);
    assertTrue(late.descriptors() <= early.descriptors() + 2, both);
  }

  private void change(ServiceWorld world) throws IOException {
    if (random.nextInt(20) == 0) {
      world.file("file" + random.nextInt(FILES), 17 + random.nextInt(8));
    }
    Path pid = world.root.resolve("proc").resolve(Integer.toString(100 + random.nextInt(50)));
    if (random.nextInt(5) == 0) {
      if (Files.exists(pid)) {
        Files.delete(pid.resolve("exe"));
        Files.delete(pid.resolve("maps"));
        Files.delete(pid);
      } else {
        Files.createDirectories(pid);
        Files.createSymbolicLink(pid.resolve("exe"), Path.of("/usr/bin/x"));
        Files.writeString(pid.resolve("maps"), "");
      }
    }
  }
}
