// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;

/** Files to map, on a disk: a tmpfs keeps all its pages in memory. */
final class TestFiles implements AutoCloseable {
  private static final String CHECKOUT = System.getProperty("pagefusion.checkout");

  private final Kernel kernel;
  private final Path folder;

  private TestFiles(Kernel kernel, Path folder) {
    this.kernel = kernel;
    this.folder = folder;
  }

  /** Files in a new folder of the build's. */
  static TestFiles create(Kernel kernel) throws IOException {
    Path target = Files.createDirectories(Path.of(CHECKOUT, "agent/target"));
    return new TestFiles(kernel, Files.createTempDirectory(target, "memory-test"));
  }

  /** Files in a folder that somebody else removes. */
  static TestFiles in(Kernel kernel, Path folder) {
    return new TestFiles(kernel, folder);
  }

  Path folder() {
    return folder;
  }

  /** A file of whole pages, each with other contents, written to disk and resident. */
  Path file(String name, int pages) throws IOException {
    Path file = folder.resolve(name);
    byte[] page = new byte[kernel.pageSize()];
    try (var out = Files.newOutputStream(file)) {
      for (int i = 0; i < pages; i++) {
        byte[] text = ("page " + i + " of " + name + "\n").getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < page.length; at++) {
          page[at] = text[at % text.length];
        }
        out.write(page);
      }
    }
    run("sync", file.toString());
    return file;
  }

  /** The file as it is now. */
  FileToMap asIs(Path file) {
    return asIs(file.toString());
  }

  FileToMap asIs(String location) {
    FileStatus status = status(location);
    return new FileToMap(
        location, status.device(), status.inode(), status.sizeBytes(), status.mtimeSeconds());
  }

  FileStatus status(String location) {
    int fd = kernel.open(PathBytes.encode(location), Kernel.O_PATH);
    FileStatus[] status = new FileStatus[1];
    assertEquals(0, kernel.status(fd, status), location);
    kernel.close(fd);
    return status[0];
  }

  /** Has a file's pages leave the page cache, but those that are mapped. */
  static void drop(Path file) {
    run("dd", "if=/dev/null", "of=" + file, "oflag=nocache", "conv=notrunc,fsync", "count=0");
  }

  /** Has pages of a file come into the page cache, and none but those. */
  void read(Path file, long... pages) {
    int fd = kernel.open(PathBytes.encode(file.toString()), Kernel.O_RDONLY);
    for (long page : pages) {
      long address = kernel.mapFile(fd, page * kernel.pageSize(), kernel.pageSize());
      assertEquals(0, kernel.advise(address, kernel.pageSize(), Kernel.MADV_RANDOM));
      assertEquals(0, kernel.advise(address, kernel.pageSize(), Kernel.MADV_POPULATE_READ));
      assertEquals(0, kernel.unmap(address, kernel.pageSize()));
    }
    kernel.close(fd);
  }

  /** Resident pages of a file as another process counts them, with code of its own. */
  static long residentPages(Path file) {
    String script = CHECKOUT + "/agent/src/test/python/residency_count.py";
    String answer = runWith(file.toString(), "python3", script);
    return JsonParser.parseString(answer).getAsJsonObject().get("residentPages").getAsLong();
  }

  static void assumeRoot(Kernel kernel) {
    assumeTrue(kernel.effectiveUid() == 0, "needs root");
  }

  /** What a command prints; it must succeed. */
  static String run(String... command) {
    return runWith("", command);
  }

  private static String runWith(String input, String... command) {
    StringBuilder output = new StringBuilder();
    assertEquals(0, callWith(input, output, command), () -> List.of(command) + ": " + output);
    return output.toString();
  }

  /** A command's exit code. */
  static int call(StringBuilder output, String... command) {
    return callWith("", output, command);
  }

  private static int callWith(String input, StringBuilder output, String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      output.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }
}
