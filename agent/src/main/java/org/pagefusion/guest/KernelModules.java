// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;

/**
 * Reads the loaded kernel modules: /proc/modules (proc(5), kernel/module/procfs.c), and of each its build
 * id and sections below /sys/module (kernel/module/sysfs.c).
 */
public final class KernelModules {
  private static final int MODULES_MAX_BYTES = 4 << 20;
  private static final int NOTE_MAX_BYTES = 1 << 16;
  private static final int ADDRESS_MAX_BYTES = 64;

  private KernelModules() {}

  /** Reads the modules of a tree; a kernel without modules has no /proc/modules, and none. */
  public static List<KernelModule> read(GuestTree tree, Anomalies anomalies) {
    String path = "/proc/modules";
    byte[] text;
    try {
      text = tree.read(path, MODULES_MAX_BYTES);
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOENT) {
        anomalies.add(tree.locate(path), Errno.describe(e.errno()));
      }
      return List.of();
    } catch (IOException e) {
      anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
      return List.of();
    }
    List<KernelModule> modules = new ArrayList<>();
    for (KernelModule module : parse(text, tree.locate(path), anomalies)) {
      String folder = "/sys/module/" + module.name();
      modules.add(
          module.with(readBuildId(tree, folder, anomalies), readSections(tree, folder, anomalies)));
    }
    return modules;
  }

  /** Parses /proc/modules: every line is a module or an anomaly. */
  static List<KernelModule> parse(byte[] text, String where, Anomalies anomalies) {
    List<KernelModule> modules = new ArrayList<>();
    int line = 0;
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      line++;
      String content = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
      try {
        modules.add(parseLine(content));
      } catch (IllegalArgumentException e) {
        anomalies.add(
            where + ":" + line,
            e.getMessage() + " in \"" + FileName.printable(shortened(content)) + '"');
      }
      from = to + 1;
    }
    return modules;
  }

  private static String shortened(String line) {
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }

  /** {@code name size references users state 0xaddress [(taint)]}. */
  private static KernelModule parseLine(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length < 6 || fields.length > 7) {
      throw new IllegalArgumentException(fields.length + " fields, expected 6 or 7");
    }
    String name = fields[0];
    // The name becomes part of a path below /sys/module.
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".") || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no module name");
    }
    long size = number(fields[1], "size");
    int references =
        fields[2].equals("-") ? -1 : Math.toIntExact(Math.min(number(fields[2], "references"), Integer.MAX_VALUE));
    KernelModule.State state =
        switch (fields[4]) {
          case "Live" -> KernelModule.State.LIVE;
          case "Loading" -> KernelModule.State.LOADING;
          case "Unloading" -> KernelModule.State.UNLOADING;
          default -> throw new IllegalArgumentException("no state");
        };
    String taint = "";
    if (fields.length == 7) {
      taint = fields[6];
      if (taint.length() < 2 || taint.charAt(0) != '(' || !taint.endsWith(")")) {
        throw new IllegalArgumentException("no taint letters in parentheses");
      }
      taint = taint.substring(1, taint.length() - 1);
    }
    return new KernelModule(
        name,
        size,
        references,
        users(fields[3]),
        state,
        address(fields[5]),
        taint,
        Optional.empty(),
        List.of());
  }

  private static long number(String text, String what) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a negative number.
    }
    throw new IllegalArgumentException("no number of " + what);
  }

  private static long address(String text) {
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("no address");
    }
    try {
      return Long.parseUnsignedLong(text.substring(2), 16);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no address", e);
    }
  }

  /** {@code "-"}, or names each followed by a comma. */
  private static List<String> users(String text) {
    if (text.equals("-")) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (String name : text.split(",")) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  private static Optional<String> readBuildId(GuestTree tree, String folder, Anomalies anomalies) {
    return readNote(tree, folder + "/notes/.note.gnu.build-id", anomalies);
  }

  /** The build id in a file of notes in this machine's byte order; empty when there is none. */
  static Optional<String> readNote(GuestTree tree, String path, Anomalies anomalies) {
    try {
      byte[] notes = tree.read(path, NOTE_MAX_BYTES);
      return NoteReader.gnuBuildId(notes, 0, notes.length, ByteOrder.nativeOrder(), 4);
    } catch (IOException e) {
      if (!isAbsent(e)) {
        anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
      }
      return Optional.empty();
    }
  }

  /** Whether something is not there, or not for this user: normal, and no anomaly. */
  private static boolean isAbsent(IOException e) {
    return e instanceof KernelException failure
        && (failure.errno() == Errno.ENOENT || failure.errno() == Errno.EACCES);
  }

  private static List<KernelModule.Section> readSections(
      GuestTree tree, String folder, Anomalies anomalies) {
    List<KernelModule.Section> sections = new ArrayList<>();
    String path = folder + "/sections";
    try {
      for (String name : tree.list(path)) {
        String file = path + "/" + name;
        String text =
            new String(tree.read(file, ADDRESS_MAX_BYTES), StandardCharsets.ISO_8859_1).strip();
        try {
          sections.add(new KernelModule.Section(name, address(text)));
        } catch (IllegalArgumentException e) {
          anomalies.add(tree.locate(file), "\"" + FileName.printable(text) + "\" is not an address");
        }
      }
    } catch (IOException e) {
      if (!isAbsent(e)) {
        anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
      }
      return List.of();
    }
    sections.sort(
        (a, b) ->
            a.address() == b.address()
                ? a.name().compareTo(b.name())
                : Long.compareUnsigned(a.address(), b.address()));
    return List.copyOf(sections);
  }
}
