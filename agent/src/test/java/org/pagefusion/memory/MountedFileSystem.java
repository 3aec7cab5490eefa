// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pagefusion.bridge.Kernel;

/**
 * A file system of its own, so that what is read from its disk, and who keeps it busy, can be told.
 */
final class MountedFileSystem implements AutoCloseable {
  private final Path folder;
  private final Path image;
  private boolean mounted = true;

  private MountedFileSystem(Path folder, Path image) {
    this.folder = folder;
    this.image = image;
  }

  /** An empty ext4 in an image file; skips the test where that is not to be had. */
  static MountedFileSystem ext4(Kernel kernel, Path parent, long sizeBytes) throws IOException {
    TestFiles.assumeRoot(kernel);
    Path image = parent.resolve("ext4.image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    StringBuilder output = new StringBuilder();
    int code = TestFiles.call(output, "mkfs.ext4", "-q", "-F", image.toString());
    assumeTrue(code == 0, () -> "needs mkfs.ext4: " + output);
    Path folder = Files.createDirectory(parent.resolve("ext4"));
    MountedFileSystem mounted = new MountedFileSystem(folder, image);
    mounted.mount("-o", "loop", image.toString());
    return mounted;
  }

  /** Another file system without a disk; skips the test where that is not to be had. */
  static MountedFileSystem of(Kernel kernel, Path parent, String type, String options)
      throws IOException {
    TestFiles.assumeRoot(kernel);
    Path folder = Files.createDirectory(parent.resolve(type));
    MountedFileSystem mounted = new MountedFileSystem(folder, null);
    mounted.mount("-t", type, "-o", options, type);
    return mounted;
  }

  private void mount(String... how) throws IOException {
    String[] command = new String[how.length + 2];
    command[0] = "mount";
    System.arraycopy(how, 0, command, 1, how.length);
    command[how.length + 1] = folder.toString();
    StringBuilder output = new StringBuilder();
    mounted = TestFiles.call(output, command) == 0;
    if (!mounted) {
      close();
    }
    assumeTrue(mounted, () -> "can't mount: " + output);
  }

  Path folder() {
    return folder;
  }

  /** Bytes read from the loop device since it was made. */
  long bytesRead() throws IOException {
    String device = TestFiles.run("findmnt", "-n", "-o", "SOURCE", folder.toString()).trim();
    Path statistics = Path.of("/sys/block", Path.of(device).getFileName().toString(), "stat");
    // In units of 512 bytes, whatever the device's sectors are (Documentation/block/stat.rst).
    return Long.parseLong(Files.readString(statistics).trim().split(" +")[2]) * 512;
  }

  /** Whether it could be unmounted, as nobody keeps it busy. */
  boolean unmount() {
    if (mounted) {
      mounted = TestFiles.call(new StringBuilder(), "umount", folder.toString()) != 0;
    }
    return !mounted;
  }

  @Override
  public void close() throws IOException {
    if (!unmount()) {
      // A failed test's mappings must not leave a mount behind.
      TestFiles.run("umount", "-l", folder.toString());
    }
    Files.delete(folder);
    if (image != null) {
      Files.delete(image);
    }
  }
}
