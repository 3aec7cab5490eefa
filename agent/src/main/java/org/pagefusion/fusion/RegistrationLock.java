// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.pagefusion.bridge.AtomicFile;

/**
 * Keeps a second agent away from the registrations of the first: each would forget what the other
 * registers. A lock on a file of its own, because the file with the registrations is replaced at
 * every change; it ends with the process that holds it, however that ends.
 */
public final class RegistrationLock implements AutoCloseable {
  private static final String UID = "unix:uid";

  private final FileChannel channel;

  private RegistrationLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Another agent works with the same registrations. */
  public static final class InUseException extends IOException {
    private static final long serialVersionUID = 1L;

    InUseException(String message) {
      super(message);
    }
  }

  /**
   * Locks the registrations in a file, which need not exist.
   *
   * @throws InUseException when another agent has locked them
   * @throws IOException when the lock's own file can't be made
   */
  public static RegistrationLock acquire(Path registrations) throws IOException {
    Path directory = registrations.toAbsolutePath().getParent();
    Path file = directory.resolve(registrations.getFileName() + ".lock");
    FileChannel channel;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw new IOException(file + ": can't be opened: " + AtomicFile.reason(e), e);
    }
    giveToOwner(directory, file);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process: as much in use as by another.
      lock = null;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new InUseException(
          registrations
              + ": another pagefusion works with these registrations; stop it first, e.g."
              + " systemctl stop pagefusion");
    }
    return new RegistrationLock(channel);
  }

  /**
   * Lets the owner of the directory open the file next time: the service runs as a user of its own,
   * and root may have come first.
   */
  private static void giveToOwner(Path directory, Path file) {
    try {
      // Not by getOwner, which looks up the user's name: that loads libraries to stay.
      Object owner = Files.getAttribute(directory, UID);
      if (!owner.equals(Files.getAttribute(file, UID, LinkOption.NOFOLLOW_LINKS))) {
        Files.setAttribute(file, UID, owner, LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      // Who may not give it away holds the lock all the same.
      return;
    }
  }

  /** Lets others in. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest.
      return;
    }
  }
}
