// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.guest.KernelImage;

/** What the guest's kernel offers, and what it shows. */
final class KernelChecks {
  private static final int PROCMAP_QUERY_SINCE = 6011;
  private static final int CACHESTAT_SINCE = 6005;
  private static final int RESOLVE_CACHED_SINCE = 5012;

  private static final Pattern RELEASE = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\b.*");

  private final SmallFiles files;
  private final Kernel kernel;
  private final KernelImage image;

  KernelChecks(SmallFiles files, Kernel kernel, KernelImage image) {
    this.files = files;
    this.kernel = kernel;
    this.image = image;
  }

  /** What a scan can use. */
  private record Features(boolean procmapQuery, boolean cachestat, boolean resolveCached) {}

  Check features() {
    Optional<Features> known = files.tree().isLive() ? Optional.of(tried()) : byRelease();
    if (known.isEmpty()) {
      return Check.skipped(Subject.KERNEL_FEATURES, "this tree does not tell its kernel's version");
    }
    Features features = known.get();
    List<String> has = new ArrayList<>();
    List<String> without = new ArrayList<>();
    sort(features.procmapQuery, "PROCMAP_QUERY", "maps are parsed as text", has, without);
    sort(features.cachestat, "cachestat", "every file is mapped to see", has, without);
    sort(features.resolveCached, "RESOLVE_CACHED", "only mapped files are found", has, without);
    String found =
        (files.tree().isLive() ? "" : image.release().orElse("") + ": ")
            + (has.isEmpty() ? "none of those used" : String.join(", ", has))
            + (without.isEmpty() ? "" : "; " + String.join("; ", without));
    return features.resolveCached
        ? Check.ok(Subject.KERNEL_FEATURES, found)
        : Check.warn(
            Subject.KERNEL_FEATURES,
            found,
            "Linux 5.12 or newer: what no process maps is then found in the page cache too");
  }

  private static void sort(
      boolean there, String name, String instead, List<String> has, List<String> without) {
    if (there) {
      has.add(name);
    } else {
      without.add("no " + name + ": " + instead);
    }
  }

  private Features tried() {
    int maps = kernel.open(bytes("/proc/self/maps"), Kernel.O_RDONLY);
    boolean procmapQuery = false;
    boolean cachestat = false;
    if (maps >= 0) {
      procmapQuery =
          kernel.queryFileMappings(maps, 0, kernel.allocate(Kernel.MAPPING_RECORD_BYTES)) >= 0;
      // Whatever it says of this file, it is there.
      cachestat = kernel.cachedPages(maps) != -Errno.ENOSYS;
      kernel.close(maps);
    }
    int root =
        kernel.openat2(
            Kernel.AT_FDCWD,
            bytes("/"),
            Kernel.O_RDONLY | Kernel.O_DIRECTORY,
            Kernel.RESOLVE_CACHED);
    if (root >= 0) {
      kernel.close(root);
    }
    return new Features(procmapQuery, cachestat, root >= 0 || root == -Errno.EAGAIN);
  }

  private static byte[] bytes(String path) {
    return PathBytes.encode(path);
  }

  private Optional<Features> byRelease() {
    Matcher matcher = RELEASE.matcher(image.release().orElse(""));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int version = Integer.parseInt(matcher.group(1)) * 1000 + Integer.parseInt(matcher.group(2));
    return Optional.of(
        new Features(
            version >= PROCMAP_QUERY_SINCE,
            version >= CACHESTAT_SINCE,
            version >= RESOLVE_CACHED_SINCE));
  }

  /**
   * Whether kernel addresses are shown.
   *
   * @param needed whether the kernel is among the sources
   * @param capabilities effective ones of this process, where known
   */
  Check addresses(boolean needed, OptionalLong capabilities) {
    if (!needed) {
      return Check.skipped(Subject.KERNEL_ADDRESSES, "not needed: kernel is not among the sources");
    }
    if (image.text().isPresent()) {
      return Check.ok(Subject.KERNEL_ADDRESSES, "visible: kernel text and read-only data count");
    }
    String lost = ": kernel memory is left out";
    if (!files.exists("/proc/kallsyms")) {
      return Check.warn(
          Subject.KERNEL_ADDRESSES,
          "no /proc/kallsyms" + lost,
          "use a kernel with CONFIG_KALLSYMS, as those of distributions are");
    }
    if ("2".equals(files.line("/proc/sys/kernel/kptr_restrict").orElse(""))) {
      return Check.warn(
          Subject.KERNEL_ADDRESSES,
          "hidden from all (kptr_restrict = 2)" + lost,
          "sysctl kernel.kptr_restrict=1 shows them to the service and other root processes alone");
    }
    if (files.tree().isLive()
        && capabilities.isPresent()
        && !Capability.SYSLOG.isIn(capabilities.getAsLong())) {
      return Check.warn(
          Subject.KERNEL_ADDRESSES,
          "hidden from this process, which lacks CAP_SYSLOG" + lost,
          "run as root");
    }
    return Check.warn(
        Subject.KERNEL_ADDRESSES,
        "hidden, or not those of a kernel that is known" + lost,
        "run as root; in a container, run it in the guest itself");
  }
}
