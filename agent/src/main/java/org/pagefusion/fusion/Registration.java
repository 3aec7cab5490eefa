// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.Optional;
import org.pagefusion.vmmdev.SharedModule;

/**
 * A module that the host was told of, or is about to be.
 *
 * @param module as it stands in the request; its base is this VM's key for it
 * @param file what is mapped at its base; empty for kernel memory, which is there anyway
 * @param confirmed whether the host has answered 0; if not, an agent may have died before the
 *     answer
 */
public record Registration(SharedModule module, Optional<ModuleFile> file, boolean confirmed) {
  /** What makes two registrations the same, wherever they are mapped. */
  public Key key() {
    long device = file.map(f -> f.file().device()).orElse(0L);
    long inode = file.map(f -> f.file().inode()).orElse(0L);
    long place = file.map(ModuleFile::offset).orElse(module.base());
    return new Key(module.name(), module.version(), device, inode, place);
  }

  /**
   * Identity of what is registered.
   *
   * @param name the module's name
   * @param version the module's version
   * @param device of its file; 0 for kernel memory
   * @param inode of its file; 0 for kernel memory
   * @param place offset in its file; kernel address for kernel memory
   */
  public record Key(String name, String version, long device, long inode, long place) {
    // Written out, as in ModuleFile and FileToMap: what the compiler makes for a record is linked
    // by method handles at its first use, and these take 2 MiB of memory for good.
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && inode == that.inode
          && device == that.device
          && place == that.place
          && name.equals(that.name)
          && version.equals(that.version);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(31 * (31 * device + inode) + place) + 31 * name.hashCode();
    }
  }

  Registration withConfirmed(boolean answered) {
    return new Registration(module, file, answered);
  }
}
