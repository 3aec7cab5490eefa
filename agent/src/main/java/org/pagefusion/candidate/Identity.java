// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.pagefusion.guest.FileName;

/**
 * The name and version under which the host knows a candidate. Guests fuse pages only under equal
 * names, versions and region layouts (VMMDev register request; {@code GMMR0RegisterSharedModule}),
 * so all three depend on the file alone: the same file in another guest must come out the same,
 * whatever is resident or mapped there; and other contents must come out different, for two
 * contents under one identity compare in vain at every check.
 *
 * <ul>
 *   <li>Name: the path as the package installed it. It keeps apart files that share a build id, and
 *       lets a person read the host's logs. What does not fit into the host's 127 bytes, or is not
 *       UTF-8, loses its beginning to a hash of the whole: the end of a path tells more than its
 *       begin.
 *   <li>Version of an ELF file with a build id: build id and size. The build id is a hash over what
 *       was linked; the size tells a stripped file from an unstripped one, which share it.
 *   <li>Version of other files: size and modification time in seconds. A package's file carries the
 *       package's time in every guest; nothing of the content has to be read for it, so nothing has
 *       to be resident.
 *   <li>Version of kernel and modules: the build id alone. Load address and size of what is
 *       registered follow from it but for address randomization, which changes some pages only:
 *       those are compared in vain, and the rest fuses.
 * </ul>
 *
 * A file beyond the host's limit of 1 GiB becomes several modules; the number of the part is in the
 * version of all but the first.
 *
 * <p>With a share group, the name begins with a keyed hash of it, so that guests without the group,
 * or with another, never meet it and can't guess it from the name.
 */
public final class Identity {
  /** Longest name in bytes (VMMDev: char[128] with NUL). */
  public static final int NAME_MAX_BYTES = 127;

  /** Length of versions in characters (VMMDev: char[16] with NUL). */
  public static final int VERSION_CHARS = 15;

  private static final int NAME_HASH_CHARS = 16;
  private static final String SHORTENED = "~";

  private final String group;

  /**
   * Creates identities of a share group.
   *
   * @param group its name; empty for none
   */
  public Identity(String group) {
    this.group = group;
  }

  /** The name of what has that path. */
  public String name(String path) {
    String prefix = group.isEmpty() ? "" : keyedHash(path) + ":";
    byte[] bytes = FileName.encode(path);
    if (FileName.isUtf8(path)
        && prefix.length() + bytes.length <= NAME_MAX_BYTES
        && FileName.printable(path).equals(path)) {
      // Without a prefix the same string: a service keeps name and path of each file.
      return prefix.isEmpty() ? path : prefix + path;
    }
    String hash = SHORTENED + hash(NAME_HASH_CHARS, bytes);
    return prefix + hash + end(path, NAME_MAX_BYTES - prefix.length() - hash.length());
  }

  /** The longest end of a path, made printable, that fits. */
  private static String end(String path, int mostBytes) {
    String text = FileName.printable(path);
    int from = text.length();
    int bytes = 0;
    while (from > 0) {
      int c = text.codePointBefore(from);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes > mostBytes) {
        break;
      }
      from -= Character.charCount(c);
    }
    return text.substring(from);
  }

  /**
   * The version of a file.
   *
   * @param buildId its build id, hexadecimal, where it has one
   * @param sizeBytes its length
   * @param mtimeSeconds its modification time
   * @param part which piece of 1 GiB, from 0
   */
  public static String fileVersion(
      Optional<String> buildId, long sizeBytes, long mtimeSeconds, int part) {
    String suffix = "/" + sizeBytes + (part == 0 ? "" : "/" + part);
    return buildId.isPresent()
        ? version('b', buildId.get() + suffix)
        : version('m', mtimeSeconds + suffix);
  }

  /** The version of a kernel or a kernel module with that build id. */
  public static String kernelVersion(String buildId) {
    return version('k', buildId);
  }

  /** One letter for what it was made from, and 84 bits of hash. */
  private static String version(char kind, String text) {
    return kind + hash(VERSION_CHARS - 1, (kind + text).getBytes(StandardCharsets.US_ASCII));
  }

  /** HMAC-SHA256 (RFC 2104): written out, for the reason that Sha256 has. */
  private String keyedHash(String path) {
    byte[] key = group.getBytes(StandardCharsets.UTF_8);
    if (key.length > Sha256.BLOCK_BYTES) {
      key = Sha256.digest(key);
    }
    byte[] inner = new byte[Sha256.BLOCK_BYTES];
    byte[] outer = new byte[Sha256.BLOCK_BYTES];
    for (int i = 0; i < Sha256.BLOCK_BYTES; i++) {
      byte k = i < key.length ? key[i] : 0;
      inner[i] = (byte) (k ^ 0x36);
      outer[i] = (byte) (k ^ 0x5C);
    }
    return hash(NAME_HASH_CHARS, outer, Sha256.digest(inner, FileName.encode(path)));
  }

  private static String hash(int characters, byte[]... pieces) {
    byte[] digest = Sha256.digest(pieces);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(digest, (characters * 6 + 7) / 8))
        .substring(0, characters);
  }
}
