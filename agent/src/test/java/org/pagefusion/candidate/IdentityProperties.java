// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.pagefusion.guest.FileName;

class IdentityProperties {
  /** Paths as the kernel has them: any bytes but NUL. */
  @Provide
  Arbitrary<String> paths() {
    Arbitrary<byte[]> any =
        Arbitraries.bytes().filter(b -> b != 0).array(byte[].class).ofMinSize(1).ofMaxSize(400);
    Arbitrary<byte[]> mostlyText =
        Arbitraries.of(
                "/", "lib", "x", "ü", "日本", "𝄞", "\n", "\u0085", ".so.1", "\uD7FF", "\uFFFD")
            .list()
            .ofMinSize(1)
            .ofMaxSize(90)
            .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(any, mostlyText).map(bytes -> FileName.decode(bytes, 0, bytes.length));
  }

  @Provide
  Arbitrary<String> groups() {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars("äß日")
        .ofMinLength(1)
        .ofMaxLength(256);
  }

  @Property
  void namesFitTheHostAndAreTextWithoutControlCharacters(
      @ForAll("paths") String path, @ForAll("groups") String group)
      throws CharacterCodingException {
    for (String key : new String[] {"", group}) {
      String name = new Identity(key).name(path);
      // An encoder that reports errors: half a character would be one.
      int bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
      assertTrue(bytes >= 1 && bytes <= Identity.NAME_MAX_BYTES, bytes + " bytes: " + name);
      assertTrue(name.chars().noneMatch(Character::isISOControl), name);
    }
  }

  /** What one instance was asked before changes nothing: no state, nothing of this machine. */
  @Property
  void samePathSameName(
      @ForAll("paths") String path, @ForAll("paths") String other, @ForAll("groups") String group) {
    Identity used = new Identity(group);
    used.name(other);
    assertEquals(new Identity(group).name(path), used.name(path));
  }

  @Property
  void otherPathOtherName(@ForAll("paths") String one, @ForAll("paths") String two) {
    Identity identity = new Identity("");
    assertEquals(one.equals(two), identity.name(one).equals(identity.name(two)));
  }

  @Property
  void otherGroupOtherName(
      @ForAll("paths") String path, @ForAll("groups") String one, @ForAll("groups") String two) {
    assertEquals(
        one.equals(two), new Identity(one).name(path).equals(new Identity(two).name(path)));
    assertNotEquals(new Identity("").name(path), new Identity(one).name(path));
  }

  @Property
  void theGroupsHashIsHmacSha256(@ForAll("paths") String path, @ForAll("groups") String group)
      throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(group.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] digest = Arrays.copyOf(mac.doFinal(FileName.encode(path)), 12);
    String expected = Base64.getUrlEncoder().encodeToString(digest);
    String name = new Identity(group).name(path);
    assertEquals(expected + ":", name.substring(0, 17));
    assertFalse(name.contains(group) && group.length() > 17 && !path.contains(group), name);
  }

  @Property
  void versionsAreFifteenCharacters(
      @ForAll long size,
      @ForAll long mtime,
      @ForAll @IntRange(min = 0, max = 63) int part,
      @ForAll("buildIds") Optional<String> buildId) {
    String version = Identity.fileVersion(buildId, size, mtime, part);
    assertTrue(version.matches("[bm][-_0-9A-Za-z]{14}"), version);
    assertEquals(version, Identity.fileVersion(buildId, size, mtime, part));
    assertEquals(buildId.isPresent() ? 'b' : 'm', version.charAt(0));
    if (buildId.isPresent()) {
      assertTrue(Identity.kernelVersion(buildId.get()).matches("k[-_0-9A-Za-z]{14}"));
    }
  }

  @Property
  void otherContentsOtherVersion(
      @ForAll @LongRange(min = 0) long size,
      @ForAll @LongRange(min = 0) long mtime,
      @ForAll @LongRange(min = 1, max = 1000) long more) {
    Optional<String> none = Optional.empty();
    String version = Identity.fileVersion(none, size, mtime, 0);
    assertNotEquals(version, Identity.fileVersion(none, size ^ more, mtime, 0));
    assertNotEquals(version, Identity.fileVersion(none, size, mtime ^ more, 0));
    assertNotEquals(version, Identity.fileVersion(none, size, mtime, (int) more));
  }

  @Provide
  Arbitrary<Optional<String>> buildIds() {
    return Arbitraries.strings()
        .withChars("0123456789abcdef")
        .ofMinLength(2)
        .ofMaxLength(128)
        .optional();
  }
}
