// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;

/**
 * Which file system a device is, from /proc/[pid]/mountinfo (proc(5)). Read when a device is met
 * that is not known yet, in the mount namespace of the process that maps a file on it: it has it
 * mounted.
 */
public final class MountTable {
  private static final int MOUNTINFO_MAX_BYTES = 16 << 20;

  /** More than there are: the kernel knows of four optional fields. */
  private static final int FIELDS_MAX = 64;

  /** Most mounts on mounts on mounts that are followed. */
  private static final int DEPTH_MAX = 1000;

  private static final long DEVICE_PART_MAX = 0xFFFFFFFFL;

  private final GuestTree tree;
  private final Anomalies anomalies;
  private final Map<Long, FileSystem> byDevice = new HashMap<>();
  private final Set<String> namespacesRead = new HashSet<>();
  private List<Mount> own;

  /** Creates a table that reads mountinfo of the tree as needed. */
  public MountTable(GuestTree tree, Anomalies anomalies) {
    this.tree = tree;
    this.anomalies = anomalies;
  }

  /**
   * One mount.
   *
   * @param id its number
   * @param parentId number of the mount on which it is mounted; that of the root is not in the
   *     table, or the root's own
   * @param device (major &lt;&lt; 32) | minor of the file system
   * @param mountPoint where it is mounted
   * @param type name of the file system: {@code ext4}
   */
  public record Mount(int id, int parentId, long device, String mountPoint, FileSystem type) {}

  /**
   * The file system of a device.
   *
   * @param device as in maps
   * @param pid a process that maps a file on it
   * @return empty when no mount of that process, nor of this one, is on the device
   */
  public Optional<FileSystem> typeOf(long device, int pid) {
    FileSystem known = byDevice.get(device);
    if (known == null && namespacesRead.add(namespaceOf(pid))) {
      readInto("/proc/" + pid + "/mountinfo");
      known = byDevice.get(device);
    }
    // Before Linux 6.8 maps shows the device below an overlay, which its container need not have
    // mounted.
    if (known == null && namespacesRead.add("")) {
      readInto(tree.isLive() ? "/proc/self/mountinfo" : "/proc/1/mountinfo");
      known = byDevice.get(device);
    }
    return Optional.ofNullable(known);
  }

  /** Processes of one mount namespace have one table, and memory without a mount is in none. */
  private String namespaceOf(int pid) {
    return tree.readLink("/proc/" + pid + "/ns/mnt").orElse("process " + pid);
  }

  private void readInto(String path) {
    for (Mount mount : read(path)) {
      byDevice.put(mount.device(), mount.type());
    }
  }

  /**
   * The mounts of this process that paths lead to, not those below others; none for another tree
   * than the live one, which is on a disk here.
   */
  public List<Mount> all() {
    if (own == null) {
      own = tree.isLive() ? visible(read("/proc/self/mountinfo")) : List.of();
    }
    return own;
  }

  /** Leaves out the mounts that others cover, at their own mount point or above it. */
  static List<Mount> visible(List<Mount> mounts) {
    Map<Integer, Mount> byId = new HashMap<>();
    Map<String, Mount> byPlace = new HashMap<>();
    for (Mount mount : mounts) {
      byId.put(mount.id(), mount);
      if (isOnAnother(mount)) {
        byPlace.put(place(mount.parentId(), mount.mountPoint()), mount);
      }
    }
    List<Mount> visible = new ArrayList<>();
    for (Mount mount : mounts) {
      boolean covered = byPlace.containsKey(place(mount.id(), mount.mountPoint()));
      Mount place = mount;
      // The limit is for the parents of a broken table: they may form a ring.
      for (int i = 0; i < DEPTH_MAX && !covered && isOnAnother(place); i++) {
        covered = isBelowSibling(place, byPlace);
        place = byId.get(place.parentId());
      }
      if (!covered) {
        visible.add(mount);
      }
    }
    return visible;
  }

  private static String place(int parentId, String mountPoint) {
    return parentId + " " + mountPoint;
  }

  /** The very first mount of a kernel is its own parent. */
  private static boolean isOnAnother(Mount mount) {
    return mount != null && mount.id() != mount.parentId();
  }

  /** Whether a mount on the same parent takes the way to the mount point of this one. */
  private static boolean isBelowSibling(Mount mount, Map<String, Mount> byPlace) {
    String point = mount.mountPoint();
    for (int end = point.length(); end > 0; end = point.lastIndexOf('/', end - 1)) {
      Mount sibling = byPlace.get(place(mount.parentId(), point.substring(0, end)));
      if (sibling != null && sibling.id() != mount.id()) {
        return true;
      }
    }
    Mount atRoot = byPlace.get(place(mount.parentId(), "/"));
    return atRoot != null && atRoot.id() != mount.id();
  }

  /** The file system on which a path lies, by the mount point that is its longest beginning. */
  public FileSystem at(String path) {
    return at(all(), path);
  }

  static FileSystem at(List<Mount> visible, String path) {
    FileSystem found = FileSystem.of("ext4");
    int longest = -1;
    for (Mount mount : visible) {
      String point = mount.mountPoint();
      boolean below = point.equals("/") || path.equals(point) || path.startsWith(point + "/");
      if (below && point.length() > longest) {
        longest = point.length();
        found = mount.type();
      }
    }
    return found;
  }

  private List<Mount> read(String path) {
    try {
      return parse(tree.read(path, MOUNTINFO_MAX_BYTES), tree.locate(path), anomalies);
    } catch (KernelException e) {
      // Normal, and the device stays unknown: the process is gone or a zombie (EINVAL), it is not
      // for this user to look at, or the tree holds no such file.
      switch (e.errno()) {
        case Errno.ENOENT, Errno.ESRCH, Errno.EINVAL, Errno.EACCES, Errno.EPERM -> {}
        default -> anomalies.add(tree.locate(path), Errno.describe(e.errno()));
      }
    } catch (IOException e) {
      anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
    }
    return List.of();
  }

  /** Parses mountinfo: every line is a mount or an anomaly. */
  static List<Mount> parse(byte[] text, String where, Anomalies anomalies) {
    List<Mount> mounts = new ArrayList<>();
    int line = 0;
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      line++;
      Mount mount = parseLine(text, from, to);
      if (mount == null) {
        anomalies.add(
            where + ":" + line,
            "not a line of mountinfo: \"" + FileName.excerpt(text, from, to) + '"');
      } else {
        mounts.add(mount);
      }
      from = to + 1;
    }
    return mounts;
  }

  /** {@code 36 35 98:0 /root /mount/point options [optional fields] - type source options}. */
  private static Mount parseLine(byte[] text, int from, int to) {
    String[] fields =
        new String(text, from, to - from, StandardCharsets.ISO_8859_1).split(" ", FIELDS_MAX);
    int separator = 6;
    while (separator < fields.length && !fields[separator].equals("-")) {
      separator++;
    }
    if (separator + 1 >= fields.length || fields[4].isEmpty() || fields[separator + 1].isEmpty()) {
      return null;
    }
    String device = fields[2];
    int colon = device.indexOf(':');
    try {
      long major = Numbers.decimal(device.substring(0, Math.max(colon, 0)), DEVICE_PART_MAX);
      long minor = Numbers.decimal(device.substring(colon + 1), DEVICE_PART_MAX);
      return new Mount(
          (int) Numbers.decimal(fields[0], Integer.MAX_VALUE),
          (int) Numbers.decimal(fields[1], Integer.MAX_VALUE),
          major << 32 | minor,
          unescape(fields[4]),
          FileSystem.of(unescape(fields[separator + 1])));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Undoes the kernel's octal escapes of space, tab, newline, backslash and #. */
  static String unescape(String field) {
    byte[] bytes = new byte[field.length()];
    int size = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length() && isOctal(field, i + 1)) {
        bytes[size++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      } else {
        bytes[size++] = (byte) c;
      }
    }
    return FileName.decode(bytes, 0, size);
  }

  private static boolean isOctal(String text, int from) {
    return isBetween(text.charAt(from), '0', '3')
        && isBetween(text.charAt(from + 1), '0', '7')
        && isBetween(text.charAt(from + 2), '0', '7');
  }

  private static boolean isBetween(char c, char first, char last) {
    return c >= first && c <= last;
  }
}
