// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.config.LoadedConfiguration.Setting;

/** Reads the configuration files below a root; the package description has their rules. */
public final class ConfigurationLoader {
  private static final String FOLDER = "etc/pagefusion";
  private static final String MAIN_FILE = "pagefusion.conf";
  private static final String DROP_IN_FOLDER = "conf.d";
  private static final String DROP_IN_SUFFIX = ".conf";

  /** A configuration has some hundred bytes; what is larger is something else. */
  private static final int LARGEST_FILE_BYTES = 1 << 20;

  private static final int MOST_DROP_INS = 1000;

  private final Path root;

  /**
   * Makes a loader for one tree.
   *
   * @param root the tree whose {@code etc/pagefusion} is read; {@code /} for the live system
   */
  public ConfigurationLoader(Path root) {
    this.root = root;
  }

  /**
   * Reads, checks and merges.
   *
   * @param explicitFile a file, as seen by this process, to be read instead of the main file and
   *     the drop-ins; it must exist
   * @throws ConfigurationException when a file can't be read, is malformed, or says what does not
   *     fit
   */
  public LoadedConfiguration load(Optional<Path> explicitFile) throws ConfigurationException {
    List<Path> files = new ArrayList<>();
    ConfigurationDraft draft = read(explicitFile, files);
    Configuration configuration = draft.build();
    List<Setting> settings = new ArrayList<>();
    for (Key key : Key.values()) {
      settings.add(new Setting(key.text(), draft.text(key), draft.origin(key)));
    }
    return new LoadedConfiguration(configuration, settings, files);
  }

  /**
   * As {@link #load}, but tells only what is in force: to write each value for people takes classes
   * that a service need not have.
   *
   * @throws ConfigurationException as {@link #load}
   */
  public Configuration loadEffective(Optional<Path> explicitFile) throws ConfigurationException {
    return read(explicitFile, new ArrayList<>()).build();
  }

  private ConfigurationDraft read(Optional<Path> explicitFile, List<Path> files)
      throws ConfigurationException {
    ConfigurationDraft draft = new ConfigurationDraft();
    if (explicitFile.isPresent()) {
      read(explicitFile.get(), draft, files);
    } else {
      Path folder = root.resolve(FOLDER);
      Path mainFile = folder.resolve(MAIN_FILE);
      if (exists(mainFile)) {
        checkKind(mainFile);
        read(mainFile, draft, files);
      }
      for (Path dropIn : dropIns(folder.resolve(DROP_IN_FOLDER))) {
        checkKind(dropIn);
        read(dropIn, draft, files);
      }
    }
    return draft;
  }

  /** The drop-ins in the order in which they apply. */
  private static List<Path> dropIns(Path folder) throws ConfigurationException {
    List<Path> dropIns = new ArrayList<>();
    if (!exists(folder)) {
      return dropIns;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.endsWith(DROP_IN_SUFFIX) && !name.startsWith(".")) {
          if (dropIns.size() == MOST_DROP_INS) {
            throw new ConfigurationException(
                name(folder) + ": more than " + MOST_DROP_INS + " files, expected a handful");
          }
          dropIns.add(entry);
        }
      }
    } catch (DirectoryIteratorException failed) {
      throw unreadable(folder, failed.getCause());
    } catch (IOException failed) {
      throw unreadable(folder, failed);
    }
    // All have the same parent, and paths of Linux compare as their bytes do.
    Collections.sort(dropIns);
    return dropIns;
  }

  /** Whether there is an entry of this name, be it a link that leads nowhere. */
  private static boolean exists(Path path) throws ConfigurationException {
    try {
      Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (NoSuchFileException missing) {
      return false;
    } catch (IOException failed) {
      throw unreadable(path, failed);
    }
  }

  /**
   * Refuses what could block or never end. The null device is allowed, since a link to it is how a
   * drop-in is masked.
   */
  private static void checkKind(Path file) throws ConfigurationException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() && !file.toRealPath().equals(Path.of("/dev/null"))) {
        throw new ConfigurationException(
            name(file) + ": found " + kind(attributes) + ", expected a regular file");
      }
    } catch (IOException failed) {
      throw unreadable(file, failed);
    }
  }

  private static String kind(BasicFileAttributes attributes) {
    return attributes.isDirectory() ? "a folder" : "a device, pipe or socket";
  }

  private static void read(Path file, ConfigurationDraft draft, List<Path> files)
      throws ConfigurationException {
    String name = name(file);
    files.add(file);
    Map<Key, Integer> lines = new EnumMap<>(Key.class);
    for (PropertiesParser.Entry entry : PropertiesParser.parse(name, text(file))) {
      Key key = Key.named(entry.key());
      if (key == null) {
        throw new ConfigurationException(
            name + ":" + entry.line() + ": " + unknownKey(entry.key()));
      }
      Integer earlierLine = lines.putIfAbsent(key, entry.line());
      if (earlierLine != null) {
        throw new ConfigurationException(
            name
                + ":"
                + entry.line()
                + ": "
                + key.text()
                + ": found again, expected once in a file; it stands in line "
                + earlierLine
                + " already");
      }
      draft.set(key, entry.value().strip(), name + ":" + entry.line());
    }
  }

  private static String unknownKey(String found) {
    StringBuilder message = new StringBuilder("unknown key ").append(Text.quote(found));
    Key nearest = Key.nearest(found);
    if (nearest != null) {
      return message.append("; did you mean '").append(nearest.text()).append("'?").toString();
    }
    String separator = "; expected one of ";
    for (Key key : Key.values()) {
      message.append(separator).append(key.text());
      separator = ", ";
    }
    return message.toString();
  }

  private static String text(Path file) throws ConfigurationException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE_BYTES + 1);
    } catch (IOException failed) {
      throw unreadable(file, failed);
    }
    if (bytes.length > LARGEST_FILE_BYTES) {
      throw new ConfigurationException(
          name(file) + ": larger than 1 MiB, expected a configuration file");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      throw new ConfigurationException(
          name(file)
              + ":"
              + lineOf(bytes, in.position())
              + ": found the byte 0x"
              + Integer.toHexString(bytes[in.position()] & 0xff)
              + ", expected text in UTF-8");
    }
    String text = out.flip().toString();
    // Some editors begin a file with a byte order mark.
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static int lineOf(byte[] bytes, int offset) {
    int line = 1;
    for (int at = 0; at < offset; at++) {
      if (bytes[at] == '\n' || bytes[at] == '\r' && bytes[at + 1] != '\n') {
        line++;
      }
    }
    return line;
  }

  private static ConfigurationException unreadable(Path path, IOException failed) {
    String reason;
    if (failed instanceof NoSuchFileException) {
      reason = "there is no such file";
    } else if (failed instanceof AccessDeniedException) {
      reason = "permission denied; make it readable, or run as root";
    } else if (failed instanceof FileSystemException && reasonOf(failed) != null) {
      reason = reasonOf(failed);
    } else {
      reason = failed.getMessage() == null ? failed.toString() : failed.getMessage();
    }
    return new ConfigurationException(
        name(path) + ": can't be read: " + Text.oneLine(reason), failed);
  }

  private static String reasonOf(IOException failed) {
    return ((FileSystemException) failed).getReason();
  }

  private static String name(Path path) {
    return Text.oneLine(path.toString());
  }
}
