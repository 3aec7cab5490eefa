// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.pagefusion.bridge.AtomicFile;
import org.pagefusion.memory.FileToMap;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.SharedModule;

/**
 * Keeps registrations in a small file on /run: it lives as long as the guest does not reboot, as do
 * the registrations. Text, a line a module, written to a new file that then takes the old one's
 * name, so that there is always a whole one.
 *
 * <p>Every line ends with its checksum, and the first tells how many follow. A line that can't be
 * understood is left out and reported: what it told of stays registered, and costs another
 * registration when something else comes to its address.
 */
public final class RegistrationFile implements RegistrationStore {
  private static final String HEADER = "pagefusion.registrations/1";
  private static final int HEADER_FIELDS = 4;
  private static final int FIELDS = 12;
  private static final int MAX_PROBLEMS = 20;

  /** Many times of what as many modules as a host takes with the longest of names need. */
  private static final long MAX_BYTES = 64 << 20;

  private final Path file;

  /** Creates a store in a file; its directory is made when something is saved. */
  public RegistrationFile(Path file) {
    this.file = file;
  }

  @Override
  public StoredRegistrations load(List<String> problems) throws IOException {
    List<String> lines;
    try {
      if (Files.size(file) > MAX_BYTES) {
        problems.add(
            file + ": longer than " + MAX_BYTES + " bytes; what is registered is not known");
        return StoredRegistrations.NONE;
      }
      // At line feeds alone: another character in their place is damage.
      lines = List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\n"));
    } catch (NoSuchFileException e) {
      return StoredRegistrations.NONE;
    } catch (IOException e) {
      throw new IOException(file + ": can't be read: " + AtomicFile.reason(e), e);
    }
    OptionalLong session = OptionalLong.empty();
    int used = 0;
    int expected = 0;
    try {
      String[] head = fields(lines.isEmpty() ? "" : lines.get(0), HEADER_FIELDS);
      if (!head[0].equals(HEADER)) {
        throw new IllegalArgumentException("not a file of " + HEADER);
      }
      session =
          head[1].equals("-") ? session : OptionalLong.of(Long.parseUnsignedLong(head[1], 16));
      used = Integer.parseInt(head[2]);
      expected = Integer.parseInt(head[3]);
    } catch (IllegalArgumentException e) {
      problems.add(
          file + ":1: " + e.getMessage() + "; how many registrations are used is not known");
    }
    List<Registration> registrations = new ArrayList<>();
    int damaged = 0;
    for (int i = 1; i < lines.size(); i++) {
      try {
        registrations.add(parse(lines.get(i)));
      } catch (IllegalArgumentException e) {
        damaged++;
        if (damaged <= MAX_PROBLEMS) {
          problems.add(file + ":" + (i + 1) + ": " + e.getMessage());
        }
      }
    }
    if (damaged > MAX_PROBLEMS) {
      problems.add(file + ": " + damaged + " lines can't be understood");
    }
    if (registrations.size() + damaged < expected) {
      problems.add(file + ": " + (lines.size() - 1) + " modules, expected " + expected);
    }
    return new StoredRegistrations(session, Math.max(used, registrations.size()), registrations);
  }

  /** The fields of a line whose checksum is right. */
  private static String[] fields(String line, int count) {
    int end = line.lastIndexOf('\t');
    if (end < 0 || !line.substring(end + 1).equals(checksum(line.substring(0, end)))) {
      throw new IllegalArgumentException("damaged: its checksum is wrong");
    }
    String[] fields = line.substring(0, end).split("\t", -1);
    if (fields.length != count) {
      throw new IllegalArgumentException(fields.length + " fields, expected " + count);
    }
    return fields;
  }

  private static String checksum(String text) {
    CRC32 checksum = new CRC32();
    checksum.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return Long.toHexString(checksum.getValue());
  }

  private static Registration parse(String line) {
    String[] f = fields(line, FIELDS);
    List<ModuleRegion> regions = new ArrayList<>();
    for (String region : f[5].split(",", -1)) {
      int plus = Math.max(0, region.indexOf('+'));
      regions.add(
          new ModuleRegion(
              Long.parseUnsignedLong(region.substring(0, plus), 16),
              Long.parseLong(region.substring(plus + 1), 16)));
    }
    SharedModule module =
        new SharedModule(
            Long.parseUnsignedLong(f[1], 16),
            Long.parseLong(f[2], 16),
            decode(f[3]),
            decode(f[4]),
            OsFamily.LINUX64,
            regions);
    Optional<ModuleFile> moduleFile = Optional.empty();
    if (!f[6].equals("-")) {
      FileToMap file =
          new FileToMap(
              decode(f[6]),
              Long.parseUnsignedLong(f[7], 16),
              Long.parseUnsignedLong(f[8]),
              Long.parseLong(f[9]),
              Long.parseLong(f[10]));
      moduleFile = Optional.of(new ModuleFile(file, Long.parseLong(f[11]), module.sizeBytes()));
    }
    if (!f[0].equals("registered") && !f[0].equals("pending")) {
      throw new IllegalArgumentException("state \"" + f[0] + "\"");
    }
    return new Registration(module, moduleFile, f[0].equals("registered"));
  }

  @Override
  public void save(StoredRegistrations stored) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\t');
    text.append(
        stored.sessionId().isPresent() ? Long.toHexString(stored.sessionId().getAsLong()) : "-");
    text.append('\t').append(stored.registrationsUsed());
    text.append('\t').append(stored.registrations().size());
    endLine(text, 0);
    for (Registration registration : stored.registrations()) {
      int start = text.length();
      append(text, registration);
      endLine(text, start);
    }
    // Only for its owner: it tells what is resident, and where.
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.ISO_8859_1), "rw-------");
  }

  private static void endLine(StringBuilder text, int start) {
    String checksum = checksum(text.substring(start));
    text.append('\t').append(checksum).append('\n');
  }

  private static void append(StringBuilder text, Registration registration) {
    SharedModule module = registration.module();
    text.append(registration.confirmed() ? "registered" : "pending");
    text.append('\t').append(Long.toHexString(module.base()));
    text.append('\t').append(Long.toHexString(module.sizeBytes()));
    text.append('\t').append(encode(module.name()));
    text.append('\t').append(encode(module.version()));
    char separator = '\t';
    for (ModuleRegion region : module.regions()) {
      text.append(separator).append(Long.toHexString(region.address()));
      text.append('+').append(Long.toHexString(region.sizeBytes()));
      separator = ',';
    }
    if (registration.file().isPresent()) {
      ModuleFile moduleFile = registration.file().get();
      FileToMap mapped = moduleFile.file();
      text.append('\t').append(encode(mapped.location()));
      text.append('\t').append(Long.toHexString(mapped.device()));
      text.append('\t').append(Long.toUnsignedString(mapped.inode()));
      text.append('\t').append(mapped.sizeBytes());
      text.append('\t').append(mapped.mtimeSeconds());
      text.append('\t').append(moduleFile.offset());
    } else {
      text.append("\t-\t-\t-\t-\t-\t-");
    }
  }

  /** Every char that is not printable ASCII, and the escape itself, as % and four hex digits. */
  static String encode(String text) {
    if (text.equals("-")) {
      // By itself it stands for nothing.
      return "%002d";
    }
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7F && c != '%') {
        encoded.append(c);
      } else {
        encoded.append('%');
        for (int shift = 12; shift >= 0; shift -= 4) {
          encoded.append(Character.forDigit(c >> shift & 0xF, 16));
        }
      }
    }
    return encoded.toString();
  }

  static String decode(String encoded) {
    StringBuilder text = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        if (i + 4 >= encoded.length()) {
          throw new IllegalArgumentException("an escape is cut short");
        }
        c = (char) HexFormat.fromHexDigits(encoded, i + 1, i + 5);
        i += 4;
      }
      text.append(c);
    }
    return text.toString();
  }
}
