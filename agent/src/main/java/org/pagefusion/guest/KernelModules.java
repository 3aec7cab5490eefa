// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;

/**
 * Reads the loaded kernel modules: /proc/modules (proc(5), kernel/module/procfs.c), and of each its
 * build id and sections below /sys/module (kernel/module/sysfs.c).
 */
public final class KernelModules {
  private static final int MODULES_MAX_BYTES = 4 << 20;
  private static final int NOTE_MAX_BYTES = 1 << 16;
  private static final int ADDRESS_MAX_BYTES = 64;
  private static final int FIELDS_MAX = 7;
  private static final long UNSIGNED_INT_MAX = 0xFFFFFFFFL;

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
      try {
        modules.add(parseLine(FileName.decode(text, from, to)));
      } catch (IllegalArgumentException e) {
        anomalies.add(
            where + ":" + line, e.getMessage() + " in \"" + FileName.excerpt(text, from, to) + '"');
      }
      from = to + 1;
    }
    return modules;
  }

  /** {@code name size references users state 0xaddress [(taint)]}. */
  private static KernelModule parseLine(String line) {
    String[] fields = line.split(" ", FIELDS_MAX + 1);
    if (fields.length < FIELDS_MAX - 1 || fields.length > FIELDS_MAX) {
      throw new IllegalArgumentException("not 6 or 7 fields");
    }
    String name = fields[0];
    // The name becomes part of a path below /sys/module.
    if (name.isEmpty()
        || name.indexOf('/') >= 0
        || name.startsWith(".")
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no module name");
    }
    long size = number(fields[1], UNSIGNED_INT_MAX, "size");
    KernelModule.State state =
        switch (fields[4]) {
          case "Live" -> KernelModule.State.LIVE;
          case "Loading" -> KernelModule.State.LOADING;
          case "Unloading" -> KernelModule.State.UNLOADING;
          default -> throw new IllegalArgumentException("no state");
        };
    return new KernelModule(
        name,
        size,
        references(fields[2]),
        users(fields[3]),
        state,
        address(fields[5]),
        fields.length == FIELDS_MAX ? taint(fields[6]) : "",
        Optional.empty(),
        List.of());
  }

  /** "-" from a kernel that can't unload modules; -1 of a module on which unloading has begun. */
  private static int references(String text) {
    return text.equals("-") || text.equals("-1")
        ? -1
        : (int) number(text, Integer.MAX_VALUE, "references");
  }

  private static long number(String text, long max, String what) {
    try {
      return Numbers.decimal(text, max);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no number of " + what, e);
    }
  }

  private static long address(String text) {
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("no address");
    }
    try {
      return Numbers.hex(text.substring(2));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no address", e);
    }
  }

  /**
   * {@code "-"}, or names each followed by a comma, the last of which may be a note in brackets.
   */
  private static List<String> users(String text) {
    if (text.equals("-")) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    int from = 0;
    int comma;
    while ((comma = text.indexOf(',', from)) > from) {
      String name = text.substring(from, comma);
      // "[permanent]" is a property of the module itself: it can't be unloaded.
      if (!name.startsWith("[")) {
        names.add(name);
      }
      from = comma + 1;
    }
    if (text.isEmpty() || from < text.length()) {
      throw new IllegalArgumentException("no list of users");
    }
    return List.copyOf(names);
  }

  /** Letters in parentheses; behind them a sign repeats that it is being loaded or unloaded. */
  private static String taint(String text) {
    int letters = 1;
    while (letters < text.length() && text.charAt(letters) >= 'A' && text.charAt(letters) <= 'Z') {
      letters++;
    }
    String rest = text.substring(Math.min(letters, text.length()));
    if (letters < 2
        || text.charAt(0) != '('
        || !(rest.equals(")") || rest.equals("+)") || rest.equals("-)"))) {
      throw new IllegalArgumentException("no taint letters in parentheses");
    }
    return text.substring(1, letters);
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
        byte[] content = tree.read(file, ADDRESS_MAX_BYTES);
        String text = FileName.decode(content, 0, content.length).strip();
        try {
          long address = address(text);
          // The kernel shows zeros to who may not see addresses.
          if (address != 0) {
            sections.add(new KernelModule.Section(name, address));
          }
        } catch (IllegalArgumentException e) {
          anomalies.add(
              tree.locate(file), "\"" + FileName.printable(text) + "\" is not an address");
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
