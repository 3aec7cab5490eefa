// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A captured Debian 12 guest, where there is one beside the checkout. Tests that use it are skipped
 * elsewhere, as they are where tar or xz is missing.
 */
public final class CapturedTree {
  private static final String ARCHIVE = "../shared/fixtures/debian12-server.tar.xz";
  private static final int TAR_SECONDS_MAX = 60;

  private CapturedTree() {}

  /** Unpacks it when it is asked for first. */
  private static final class Holder {
    private static final Optional<Path> TREE = unpack();
  }

  /**
   * The root of the tree. It is the same for all tests of this JVM, which may not change it, and is
   * gone when it ends.
   */
  public static Path unpacked() {
    assumeTrue(Holder.TREE.isPresent(), "no " + ARCHIVE + ", or no tar or xz to unpack it");
    return Holder.TREE.orElseThrow();
  }

  private static Optional<Path> unpack() {
    Path checkout = Path.of(System.getProperty("pagefusion.checkout"));
    Path archive = checkout.resolve(ARCHIVE);
    if (!Files.exists(archive) || !isInstalled("tar") || !isInstalled("xz")) {
      return Optional.empty();
    }
    try {
      Path target = Files.createDirectories(checkout.resolve("agent/target"));
      Path tree = Files.createTempDirectory(target, "captured-tree-").toRealPath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(tree)));
      Process tar =
          new ProcessBuilder("tar", "--sparse", "-xJf", archive.toString(), "-C", tree.toString())
              .inheritIO()
              .start();
      if (!tar.waitFor(TAR_SECONDS_MAX, TimeUnit.SECONDS) || tar.exitValue() != 0) {
        tar.destroyForcibly();
        throw new IllegalStateException("tar can't unpack " + archive);
      }
      return Optional.of(tree);
    } catch (IOException e) {
      throw new IllegalStateException(archive + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while unpacking " + archive, e);
    }
  }

  private static boolean isInstalled(String command) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return true;
      }
    }
    return false;
  }

  private static void delete(Path tree) {
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // What is left lies in target/, and goes with it.
    }
  }
}
