// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageFileTest {
  @TempDir private Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("page ü.html");
    PageFile.write(file, "old and long");
    PageFile.write(file, "néw");
    assertEquals("néw", Files.readString(file));
    assertEquals(List.of("page ü.html"), names());
  }

  /** A page is for others to look at, as any file that a program writes. */
  @Test
  void hasThePermissionsThatFilesHave() throws IOException {
    Path file = folder.resolve("page.html");
    Path other = Files.createFile(folder.resolve("other"));
    PageFile.write(file, "x");
    assertEquals(Files.getPosixFilePermissions(other), Files.getPosixFilePermissions(file));
    assertTrue(Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_READ));
  }

  @Test
  void whoeverHasTheOldPageOpenKeepsIt() throws IOException {
    Path file = folder.resolve("page.html");
    PageFile.write(file, "old");
    Path link = Files.createLink(folder.resolve("opened"), file);
    PageFile.write(file, "new");
    assertEquals("old", Files.readString(link));
  }

  @Test
  void followsLinks() throws IOException {
    Path file = Files.writeString(folder.resolve("page.html"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    PageFile.write(link, "new");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  @Test
  void aPlaceThatIsNoneChangesNothing() throws IOException {
    Path missing = folder.resolve("no/page.html");
    assertThrows(NoSuchFileException.class, () -> PageFile.write(missing, "x"));
    Path directory = Files.createDirectory(folder.resolve("directory"));
    assertThrows(FileAlreadyExistsException.class, () -> PageFile.write(directory, "x"));
    assertEquals(List.of("directory"), names());
  }

  @Test
  void aDiskThatFillsUpLeavesTheOldPage() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0,
        "may not mount");
    try {
      Path file = disk.resolve("page.html");
      PageFile.write(file, "old");
      String large = "x".repeat(1 << 20);
      IOException e = assertThrows(IOException.class, () -> PageFile.write(file, large));
      assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
      assertEquals("old", Files.readString(file));
      try (Stream<Path> left = Files.list(disk)) {
        assertEquals(List.of(file), left.collect(Collectors.toList()));
      }
    } finally {
      assertEquals(0, run("umount", disk.toString()));
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Nothing may take the place of a device. */
  @Test
  void writesIntoWhatIsNoFile() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full");
    IOException e = assertThrows(IOException.class, () -> PageFile.write(full, "x"));
    assertTrue(e.getMessage().contains("No space left"), e.getMessage());
    PageFile.write(Path.of("/dev/null"), "x");
    assertTrue(!Files.isRegularFile(Path.of("/dev/null")) && !Files.isRegularFile(full));
  }

  /** /proc takes no new files, whoever asks. */
  @Test
  void aFileSystemThatTakesNoFilesIsAnError() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc");
    assertThrows(IOException.class, () -> PageFile.write(Path.of("/proc/page.html"), "x"));
  }
}
