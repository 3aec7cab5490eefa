// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;

class DirectoryReaderTest {
  private final Kernel kernel = Kernel.load();
  @TempDir private Path directory;

  private record Entry(long inode, int type) {}

  @Test
  void readsNamesInodesAndTypes() throws IOException {
    Files.createFile(directory.resolve("file"));
    Files.createDirectory(directory.resolve("directory"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    Files.createFile(directory.resolve(".hidden"));
    for (String dots : List.of("...", ".b", "b.", "b", "bb")) {
      Files.createFile(directory.resolve(dots));
    }
    Files.createFile(directory.resolve("..a"));
    Files.createFile(directory.resolve("two  spaces\n"));
    Files.createFile(directory.resolve("n".repeat(255)));
    Map<String, Entry> entries = read();
    assertEquals(
        List.of(
            "...",
            "..a",
            ".b",
            ".hidden",
            "b",
            "b.",
            "bb",
            "directory",
            "file",
            "link",
            "n".repeat(255),
            "two  spaces\n"),
        List.copyOf(entries.keySet()));
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      long inode =
          (Long)
              Files.getAttribute(
                  directory.resolve(entry.getKey()), "unix:ino", LinkOption.NOFOLLOW_LINKS);
      assertEquals(inode, entry.getValue().inode(), entry.getKey());
    }
    // Some file systems keep no types.
    assertTypeIs(DirectoryReader.REGULAR, entries.get("file"));
    assertTypeIs(DirectoryReader.DIRECTORY, entries.get("directory"));
    assertTypeIs(10, entries.get("link"));
  }

  @Test
  void readsNamesThatAreNotUtf8() throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("sh", "-c", ": >\"$(printf 'a\\377\\303\\244\\300\\257')\"")
            .directory(directory.toFile())
            .start();
    assertEquals(0, shell.waitFor());
    String name = "a\udcff\u00e4\udcc0\udcaf";
    assertEquals(List.of(name), List.copyOf(read().keySet()));
    byte[] path = FileName.encode(directory + "/" + name);
    int fd = kernel.open(path, Kernel.O_RDONLY);
    assertTrue(fd >= 0, "not found by its name: " + fd);
    kernel.close(fd);
  }

  @Test
  void readsMoreThanFitsItsBuffer() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (int i = 0; i < 1500; i++) {
      String name = "a name of some length, to fill the buffer: " + i;
      Files.createFile(directory.resolve(name));
      names.add(name);
    }
    assertEquals(names, read().keySet());
  }

  @Test
  void readsAnEmptyDirectory() throws IOException {
    assertEquals(Map.of(), read());
  }

  @Test
  void saysWhyItCannot() throws IOException {
    List<String> names = new ArrayList<>();
    DirectoryReader reader = new DirectoryReader(kernel);
    Path file = Files.createFile(directory.resolve("file"));
    int fd = kernel.open(FileName.encode(file.toString()), Kernel.O_RDONLY);
    assertEquals(-Errno.ENOTDIR, reader.read(fd, (name, inode, type) -> names.add(name)));
    kernel.close(fd);
    assertEquals(List.of(), names);
  }

  private Map<String, Entry> read() throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    int fd =
        kernel.open(FileName.encode(directory.toString()), Kernel.O_RDONLY | Kernel.O_DIRECTORY);
    assertTrue(fd >= 0, "descriptor " + fd);
    DirectoryReader reader = new DirectoryReader(kernel);
    int result =
        reader.read(
            fd,
            (name, inode, type) ->
                assertEquals(null, entries.put(name, new Entry(inode, type)), name));
    kernel.close(fd);
    assertEquals(0, result);
    return entries;
  }

  private static void assertTypeIs(int type, Entry entry) {
    assertTrue(entry.type() == type || entry.type() == DirectoryReader.UNKNOWN, entry.toString());
  }
}
