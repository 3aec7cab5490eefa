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

/**
 * Which file system a device is, from /proc/[pid]/mountinfo (proc(5)). Read when a device is met that is
 * not known yet, in the mount namespace of the process that maps a file on it: it has it mounted.
 */
public final class MountTable {
  private static final int MOUNTINFO_MAX_BYTES = 16 << 20;

  private final GuestTree tree;
  private final Anomalies anomalies;
  private final Map<Long, FileSystem> byDevice = new HashMap<>();
  private final Set<Integer> pidsRead = new HashSet<>();
  private List<Mount> own;

  /** Creates a table that reads mountinfo of the tree as needed. */
  public MountTable(GuestTree tree, Anomalies anomalies) {
    this.tree = tree;
    this.anomalies = anomalies;
  }

  /**
   * One mount.
   *
   * @param device (major &lt;&lt; 32) | minor of the file system
   * @param mountPoint where it is mounted
   * @param type name of the file system: {@code ext4}
   */
  public record Mount(long device, String mountPoint, FileSystem type) {}

  /**
   * The file system of a device.
   *
   * @param device as in maps
   * @param pid a process that maps a file on it
   * @return empty when no mount of that process, nor of this one, is on the device
   */
  public Optional<FileSystem> typeOf(long device, int pid) {
    FileSystem known = byDevice.get(device);
    if (known == null && pidsRead.add(pid)) {
      readInto("/proc/" + pid + "/mountinfo");
      known = byDevice.get(device);
    }
    // Before Linux 6.8 maps shows the device below an overlay, which its container need not have mounted.
    if (known == null && pidsRead.add(0)) {
      readInto(tree.isLive() ? "/proc/self/mountinfo" : "/proc/1/mountinfo");
      known = byDevice.get(device);
    }
    return Optional.ofNullable(known);
  }

  private void readInto(String path) {
    for (Mount mount : read(path)) {
      byDevice.put(mount.device(), mount.type());
    }
  }

  /** The mounts of this process; none for another tree than the live one, which is on a disk here. */
  public List<Mount> all() {
    if (own == null) {
      own = tree.isLive() ? read("/proc/self/mountinfo") : List.of();
    }
    return own;
  }

  /** The file system on which a path lies, by the mount point that is its longest beginning. */
  public FileSystem at(String path) {
    FileSystem found = FileSystem.of("ext4");
    int longest = -1;
    for (Mount mount : all()) {
      String point = mount.mountPoint();
      boolean below = point.equals("/") || path.equals(point) || path.startsWith(point + "/");
      // Of mounts upon each other the last one counts.
      if (below && point.length() >= longest) {
        longest = point.length();
        found = mount.type();
      }
    }
    return found;
  }

  private List<Mount> read(String path) {
    try {
      return parse(tree.read(path, MOUNTINFO_MAX_BYTES), path, anomalies);
    } catch (IOException e) {
      // The process is gone, or the tree holds no such file: the device stays unknown.
      return List.of();
    }
  }

  /** Parses mountinfo; lines of another form become anomalies. */
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
        anomalies.add(where + ":" + line, "not a line of mountinfo");
      } else {
        mounts.add(mount);
      }
      from = to + 1;
    }
    return mounts;
  }

  /** {@code 36 35 98:0 /root /mount/point options [optional fields] - type source options}. */
  private static Mount parseLine(byte[] text, int from, int to) {
    String[] fields = new String(text, from, to - from, StandardCharsets.ISO_8859_1).split(" ");
    int separator = 6;
    while (separator < fields.length && !fields[separator].equals("-")) {
      separator++;
    }
    if (separator + 1 >= fields.length) {
      return null;
    }
    String device = fields[2];
    int colon = device.indexOf(':');
    try {
      long major = Long.parseLong(device.substring(0, Math.max(colon, 0)));
      long minor = Long.parseLong(device.substring(colon + 1));
      return new Mount(
          major << 32 | minor, unescape(fields[4]), FileSystem.of(fields[separator + 1]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Undoes the kernel's octal escapes of space, tab, newline and backslash. */
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
    for (int i = from; i < from + 3; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '7') {
        return false;
      }
    }
    return true;
  }
}
