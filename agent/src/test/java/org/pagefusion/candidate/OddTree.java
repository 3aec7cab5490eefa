// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * A guest's tree made by hand, to be read by --root: real files on a real file system, which
 * processes in proc seem to have mapped. Lies below the build's folder, and goes when it is closed.
 */
public final class OddTree implements AutoCloseable {
  /** When all files of the tree were written, unless a test says otherwise. */
  public static final Instant WRITTEN = Instant.parse("2024-03-01T12:00:00Z");

  /** When the tree is looked at. */
  public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static final long MAPPING_BYTES = 1 << 20;

  private final Path root;
  private long nextAddress = 0x7f0000000000L;

  private OddTree(Path root) {
    this.root = root;
  }

  /** Makes a tree with nothing in it but a proc and a sys that tell of no process and no module. */
  public static OddTree create() throws IOException {
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent", "target");
    Files.createDirectories(target);
    OddTree tree = new OddTree(Files.createTempDirectory(target, "tree "));
    Files.setPosixFilePermissions(tree.root, PosixFilePermissions.fromString("rwxr-xr-x"));
    tree.text("/proc/version", "Linux version 6.1.0-9-amd64 (someone@somewhere) #1 SMP\n");
    tree.text(
        "/proc/meminfo", "MemTotal: 1000000 kB\nMemFree: 400000 kB\nMemAvailable: 700000 kB\n");
    tree.text("/proc/kallsyms", "");
    tree.text("/proc/modules", "");
    return tree;
  }

  /** Its top. */
  public Path root() {
    return root;
  }

  /** Where a path of the tree really is. */
  public Path at(String path) {
    return root.resolve(path.substring(1));
  }

  static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  /** Writes a file that everyone may read. */
  public Path file(String path, byte[] content) throws IOException {
    Path file = at(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    mode(path, "rw-r--r--");
    Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
    return file;
  }

  /** Writes a file that only seems long: the rest is a hole. */
  public Path sparse(String path, long sizeBytes, byte[] content, long... offsets)
      throws IOException {
    Path file = file(path, new byte[0]);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(sizeBytes);
      for (long offset : offsets) {
        out.seek(offset);
        out.write(content);
      }
    }
    Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
    return file;
  }

  /** Writes text, as into proc and sys. */
  public Path text(String path, String content) throws IOException {
    return file(path, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes a note file with a build id, as sysfs has them. */
  public void buildId(String path, int... bytes) throws IOException {
    file(path, TestElf.note(bytes));
  }

  /** Sets permissions, in the words of ls. */
  public void mode(String path, String permissions) throws IOException {
    Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString(permissions));
  }

  /** Adds a process that has this tree's files on a disk, or another process' mapping. */
  public Mapper process(int pid) throws IOException {
    String folder = "/proc/" + pid;
    if (!Files.exists(at(folder))) {
      text(folder + "/maps", "");
      text(folder + "/comm", "process-" + pid + "\n");
      text(folder + "/mountinfo", mount(device(root), "/", "ext4"));
      Files.createSymbolicLink(at(folder + "/root"), Path.of("/"));
    }
    return new Mapper(pid);
  }

  /** A line of mountinfo. */
  public static String mount(String device, String mountPoint, String type) {
    return "36 35 "
        + device
        + " / "
        + mountPoint
        + " rw,relatime shared:1 - "
        + type
        + " source rw\n";
  }

  /** Device of a file in decimal, as in mountinfo: {@code 254:0}. */
  public static String device(Path file) {
    long device = attribute(file, "unix:dev");
    return major(device) + ":" + minor(device);
  }

  static String hexDevice(Path file) {
    long device = attribute(file, "unix:dev");
    return String.format("%02x:%02x", major(device), minor(device));
  }

  private static long major(long device) {
    return device >>> 8 & 0xFFF | device >>> 32 & 0xFFFFF000L;
  }

  private static long minor(long device) {
    return device & 0xFF | device >>> 12 & 0xFFFFFF00L;
  }

  static long inode(Path file) {
    return attribute(file, "unix:ino");
  }

  private static long attribute(Path file, String name) {
    try {
      return ((Number) Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS)).longValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maps files into a process. */
  public final class Mapper {
    private final int pid;

    private Mapper(int pid) {
      this.pid = pid;
    }

    /** Maps a file of the tree as a loader does. */
    public Mapper maps(String path) throws IOException {
      return maps(path, "r-xp");
    }

    /** Maps a file of the tree. */
    public Mapper maps(String path, String permissions) throws IOException {
      return line(permissions, hexDevice(at(path)), inode(at(path)), path);
    }

    /** Maps the file of another path, under a name of its own. */
    public Mapper mapsAs(String name, Path file) throws IOException {
      return line("r--p", hexDevice(file), inode(file), name);
    }

    /** Adds a line to maps. */
    public Mapper line(String permissions, String device, long inode, String name)
        throws IOException {
      long start = nextAddress;
      nextAddress += MAPPING_BYTES + 4096;
      return raw(
          String.format(
              "%x-%x %s 00000000 %s %d %s%n",
              start, start + MAPPING_BYTES, permissions, device, inode, name));
    }

    /** Adds text to maps. */
    public Mapper raw(String text) throws IOException {
      Files.write(
          at("/proc/" + pid + "/maps"),
          text.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.APPEND);
      return this;
    }

    /** Adds a mount of the process. */
    public Mapper mounts(String device, String mountPoint, String type) throws IOException {
      Files.writeString(
          at("/proc/" + pid + "/mountinfo"),
          mount(device, mountPoint, type),
          StandardOpenOption.APPEND);
      return this;
    }

    /** Gives the process another root, as a container has. */
    public Mapper root(String path) throws IOException {
      Files.delete(at("/proc/" + pid + "/root"));
      Files.createSymbolicLink(at("/proc/" + pid + "/root"), Path.of(path));
      return this;
    }
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
