// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.PageRuns;

/**
 * A scan changes nothing: on a disk of its own, on which nothing else happens, nothing is read, no
 * file nor name is brought into memory, no access time is written.
 */
class DoNoHarmTest {
  private static final long PAGE_BYTES = 4096;
  private static final int COLD_FILES = 300;
  private static final int ATTEMPTS = 20;

  private final Kernel kernel = Kernel.load();
  private Machine machine;
  private Actor actor;
  private Path image;
  private Path disk;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    machine.needRoot();
    actor = machine.actor();
    image =
        machine.image(
            "image",
            160 << 20,
            "mkfs.ext4",
            "-q",
            "-b",
            "4096",
            "-E",
            "lazy_itable_init=0,lazy_journal_init=0");
    mount();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  /** Every access would be written down. */
  private void mount() throws IOException {
    disk = machine.mount("disk", "-o", "loop,strictatime", image.toString());
  }

  /** Takes all that is on the disk out of memory. */
  private void makeCold() throws IOException {
    machine.unmount(disk);
    mount();
  }

  private String file(String name) {
    return disk + "/" + name;
  }

  /** 512-byte sectors that were read from the disk since it was attached. */
  private long sectorsRead() throws IOException {
    String device = Path.of(Files.getFileStore(disk).name()).getFileName().toString();
    String[] words =
        Files.readString(Path.of("/sys/block/" + device + "/stat")).strip().split("\\s+");
    return Long.parseLong(words[2]);
  }

  private boolean isNameInMemory(String path) {
    byte[] name = path.getBytes(StandardCharsets.US_ASCII);
    int fd = kernel.openat2(Kernel.AT_FDCWD, name, Kernel.O_PATH, Kernel.RESOLVE_CACHED);
    if (fd >= 0) {
      kernel.close(fd);
    }
    assertTrue(fd >= 0 || fd == -Errno.EAGAIN, () -> path + ": " + Errno.describe(fd));
    return fd >= 0;
  }

  private Map<String, FileTime> accessTimes(String... names) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String name : names) {
      times.put(name, (FileTime) Files.getAttribute(Path.of(file(name)), "lastAccessTime"));
    }
    return times;
  }

  private PageRuns visit(Candidate candidate, Anomalies anomalies) throws IOException {
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies);
        CandidatePages pages = new CandidatePages(tree, kernel, anomalies)) {
      return pages.visit(candidate, (page, content) -> {});
    }
  }

  @Test
  void nothingIsReadNorBroughtIntoMemory() throws IOException {
    String[] names = {"", "hot", "listed", "listed/partly"};
    actor.create(file("hot"), 200 * PAGE_BYTES);
    actor.tell("mkdir", Actor.word(file("listed")));
    actor.tell("mkdir", Actor.word(file("unlisted")));
    actor.create(file("listed/partly"), 300 * PAGE_BYTES);
    List<String> cold = new ArrayList<>();
    for (int i = 0; i < COLD_FILES; i++) {
      cold.add(file((i % 2 == 0 ? "listed/cold-" : "unlisted/cold-") + i));
      actor.create(cold.get(i), 8 * PAGE_BYTES);
    }
    makeCold();
    actor.read(file("hot"), 0, 200);
    actor.read(file("listed/partly"), 0, 1);
    actor.read(file("listed/partly"), 100, 50);
    List<String> warm = List.of(file("hot"), file("listed/partly"));
    Map<String, Long> resident = machine.residentPages(warm);
    assertEquals(Map.of(warm.get(0), 200L, warm.get(1), 51L), resident);
    Map<String, FileTime> accessed = accessTimes(names);
    long read = sectorsRead();

    LiveScan scan = LiveScan.ofPageCache(disk.toString());
    assertEquals(read, sectorsRead());
    assertEquals(warm, scan.pathsBelow(disk.toString()));
    assertEquals("[0, 200]", scan.candidate(warm.get(0)).resident().toString());
    assertEquals("[0, 1, 100, 50]", scan.candidate(warm.get(1)).resident().toString());
    Anomalies anomalies = new Anomalies();
    for (String path : warm) {
      assertEquals(scan.candidate(path).resident(), visit(scan.candidate(path), anomalies));
    }

    assertEquals(read, sectorsRead());
    assertEquals(List.of(), cold.stream().filter(this::isNameInMemory).toList());
    assertTrue(!isNameInMemory(file("unlisted")) && isNameInMemory(file("listed")));
    assertEquals(accessed, accessTimes(names));
    assertEquals(resident, machine.residentPages(warm));
    assertEquals(List.of(), scan.anomalies());
    assertEquals(0, anomalies.count());
    // The measure itself works.
    actor.read(cold.get(0), 0, 1);
    assertTrue(sectorsRead() > read);
  }

  /** The library that this JVM calls the kernel through. */
  private static Path library() {
    return Machine.checkout().resolve("native/build/libpagefusion.so");
  }

  @Test
  void headersThatAreNotResidentAreReadPastThePageCache() throws IOException {
    for (String name : List.of("cold.so", "hot.so")) {
      machine.run("cp", library().toString(), file(name));
      // Sections and symbols may make it short; identity comes from its begin and its size.
      machine.run("truncate", "-s", "1M", file(name));
      actor.tell("settle", Actor.word(file(name)));
    }
    makeCold();
    actor.read(file("cold.so"), 50, 3);
    actor.read(file("cold.so"), 255, 1);
    actor.read(file("hot.so"), 0, 256);
    Map<String, FileTime> accessed = accessTimes("cold.so", "hot.so");
    long read = sectorsRead();

    LiveScan scan = LiveScan.ofPageCache(disk.toString());
    Candidate cold = scan.candidate(file("cold.so"));
    Candidate hot = scan.candidate(file("hot.so"));
    assertTrue(cold.buildId().isPresent(), "no build id");
    assertEquals(hot.buildId(), cold.buildId());
    assertEquals(hot.version(), cold.version());
    assertEquals(Category.LIBRARY, cold.category());
    assertEquals("[50, 3, 255, 1]", cold.resident().toString());
    assertEquals(accessed, accessTimes("cold.so", "hot.so"));
    assertEquals(4, machine.residentPages(file("cold.so")));
    assertEquals(256, machine.residentPages(file("hot.so")));
    long pagesRead = (sectorsRead() - read) * 512 / PAGE_BYTES;
    assertTrue(pagesRead >= 1 && pagesRead <= 16, () -> pagesRead + " pages read");
  }

  private static long value(String file, String name) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      String[] words = line.split("[: ]+");
      if (words[0].equals(name)) {
        return Long.parseLong(words[1]);
      }
    }
    throw new AssertionError(file + ": no " + name);
  }

  /**
   * What the whole machine tells. Other programs run on it: in some attempt they must leave it
   * alone for long enough. A scan that read the files would make a difference of 64 MiB each time.
   */
  @Test
  void theMachinesFiguresStandStill() throws IOException {
    for (int i = 0; i < 1000; i++) {
      Files.write(disk.resolve("small-" + i), new byte[4096]);
    }
    for (int i = 0; i < 16; i++) {
      actor.create(file("large-" + i), 4 << 20);
    }
    List<String> seen = new ArrayList<>();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      makeCold();
      actor.read(file("large-0"), 0, 16);
      long cached = value("/proc/meminfo", "Cached");
      long slab = value("/proc/meminfo", "Slab");
      long read = value("/proc/vmstat", "pgpgin");
      LiveScan scan = LiveScan.ofPageCache(disk.toString());
      long cachedMore = value("/proc/meminfo", "Cached") - cached;
      long slabMore = value("/proc/meminfo", "Slab") - slab;
      long readMore = value("/proc/vmstat", "pgpgin") - read;
      assertEquals(16, scan.candidate(file("large-0")).resident().pages());
      if (cachedMore < 2048 && slabMore < 1024 && readMore < 1024) {
        return;
      }
      seen.add(cachedMore + "/" + slabMore + "/" + readMore);
    }
    fail("KiB more cached/slab/read: " + seen);
  }

  /**
   * Pages that were read once are the first to go when memory is short; a visit must not change
   * that.
   */
  @Test
  void visitedPagesDoNotCountAsUsed() throws IOException {
    long pages = 24 << 8;
    actor.create(file("large"), pages * PAGE_BYTES);
    List<Long> seen = new ArrayList<>();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      makeCold();
      actor.read(file("large"), 0, pages);
      Candidate candidate = LiveScan.ofPageCache(disk.toString()).candidate(file("large"));
      long active = value("/proc/meminfo", "Active(file)");
      Anomalies anomalies = new Anomalies();
      assertEquals(pages, visit(candidate, anomalies).pages());
      long more = value("/proc/meminfo", "Active(file)") - active;
      if (more < 4 << 10) {
        return;
      }
      seen.add(more);
    }
    fail("KiB more active: " + seen);
  }

  @Test
  void aFileThatChangedSinceIsNotVisited() throws IOException {
    actor.create(file("changed"), 20 * PAGE_BYTES);
    actor.create(file("gone"), 20 * PAGE_BYTES);
    actor.create(file("replaced"), 20 * PAGE_BYTES);
    actor.create(file("new"), 20 * PAGE_BYTES);
    LiveScan scan = LiveScan.ofPageCache(disk.toString());
    Files.write(Path.of(file("changed")), new byte[1000]);
    Files.delete(Path.of(file("gone")));
    Files.delete(Path.of(file("replaced")));
    actor.tell("rename", Actor.word(file("new")), Actor.word(file("replaced")));
    for (String name : List.of("changed", "gone", "replaced")) {
      Anomalies anomalies = new Anomalies();
      assertEquals(PageRuns.NONE, visit(scan.candidate(file(name)), anomalies), name);
      assertEquals(file(name), anomalies.list().get(0).where());
    }
  }
}
