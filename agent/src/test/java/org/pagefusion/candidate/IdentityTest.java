// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.guest.FileName;

class IdentityTest {
  private static final Identity OPEN = new Identity("");

  @Test
  void aPlainPathIsItsName() {
    assertEquals(
        "/usr/lib/x86_64-linux-gnu/libc.so.6", OPEN.name("/usr/lib/x86_64-linux-gnu/libc.so.6"));
    assertEquals("[kernel]", OPEN.name("[kernel]"));
    assertEquals("/srv/Übung/日本.so", OPEN.name("/srv/Übung/日本.so"));
  }

  @Test
  void aNameOf127BytesStaysAndOneMoreIsHashed() {
    String fits = "/" + "a".repeat(126);
    assertEquals(fits, OPEN.name(fits));
    String tooLong = fits + "b";
    String name = OPEN.name(tooLong);
    assertEquals(Identity.NAME_MAX_BYTES, utf8Length(name));
    assertTrue(name.startsWith("~"), name);
    assertTrue(name.endsWith("aaab"), name);
  }

  /** Bytes count, not characters: 63 of two bytes and a slash are 127. */
  @Test
  void lengthIsInBytes() {
    String fits = "/" + "ü".repeat(63);
    assertEquals(fits, OPEN.name(fits));
    assertTrue(OPEN.name("/a" + "ü".repeat(63)).startsWith("~"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"é", "日", "𝄞"})
  void noCharacterIsSplit(String character) {
    for (int pad = 0; pad < 8; pad++) {
      String path = "/" + "x".repeat(pad) + character.repeat(140);
      String name = OPEN.name(path);
      assertTrue(utf8Length(name) <= Identity.NAME_MAX_BYTES);
      assertTrue(
          utf8Length(name) > Identity.NAME_MAX_BYTES - utf8Length(character), "room is used");
      String end = name.substring(17);
      assertEquals(character.repeat(end.length() / character.length()), end);
    }
  }

  @Test
  void theHashIsOverTheWholePath() throws Exception {
    String end = "e".repeat(200);
    assertNotEquals(OPEN.name("/one/" + end), OPEN.name("/two/" + end));
    assertEquals(OPEN.name("/one/" + end), new Identity("").name("/one/" + end));
    byte[] digest = sha256(FileName.encode("/one/" + end));
    String expected = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    assertEquals("~" + expected.substring(0, 16), OPEN.name("/one/" + end).substring(0, 17));
  }

  @Test
  void bytesThatAreNotUtf8AreHashed() {
    byte[] bytes = {'/', 'l', 'i', 'b', (byte) 0xFF, '.', 's', 'o'};
    String path = FileName.decode(bytes, 0, bytes.length);
    String name = OPEN.name(path);
    assertTrue(name.startsWith("~"), name);
    assertTrue(name.endsWith("/lib\\xff.so"), name);
    // What is printed alike is not named alike.
    assertNotEquals(OPEN.name("/lib\\xff.so"), name);
    assertEquals("/lib\\xff.so", OPEN.name("/lib\\xff.so"));
  }

  @Test
  void controlCharactersAreHashed() {
    Set<String> names = new HashSet<>();
    for (String path : List.of("/a\nb", "/a\tb", "/a\u001bb", "/a\u007fb", "/a\u0085b", "/a b")) {
      String name = OPEN.name(path);
      assertTrue(names.add(name));
      assertEquals(path.equals("/a b"), name.equals(path));
      for (int i = 0; i < name.length(); i++) {
        assertFalse(Character.isISOControl(name.charAt(i)));
      }
    }
  }

  @Test
  void aGroupIsAnHmacBeforeThePath() throws Exception {
    for (String group :
        List.of("g", "prod", "ü", "k".repeat(64), "k".repeat(65), "ü".repeat(256))) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(group.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] expected = mac.doFinal("/usr/lib/libx.so".getBytes(StandardCharsets.UTF_8));
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(expected);
      assertEquals(
          text.substring(0, 16) + ":/usr/lib/libx.so",
          new Identity(group).name("/usr/lib/libx.so"));
    }
  }

  @Test
  void aGroupTakesItsRoomFromThePath() {
    Identity grouped = new Identity("prod");
    String fits = "/" + "a".repeat(109);
    assertTrue(grouped.name(fits).endsWith(":" + fits));
    assertEquals(Identity.NAME_MAX_BYTES, utf8Length(grouped.name(fits)));
    String name = grouped.name(fits + "b");
    assertEquals(Identity.NAME_MAX_BYTES, utf8Length(name));
    assertEquals(":~", name.substring(16, 18));
  }

  @Test
  void versionsHave15CharactersAndTellKindsApart() {
    Optional<String> buildId = Optional.of("be6397ddffc3e384c505d7deab3bed190c884df9");
    List<String> versions =
        List.of(
            Identity.fileVersion(buildId, 4096, 1, 0),
            Identity.fileVersion(buildId, 4096, 1, 1),
            Identity.fileVersion(buildId, 4097, 1, 0),
            Identity.fileVersion(Optional.of("00"), 4096, 1, 0),
            Identity.fileVersion(Optional.empty(), 4096, 1, 0),
            Identity.fileVersion(Optional.empty(), 4096, 1, 1),
            Identity.fileVersion(Optional.empty(), 4096, 2, 0),
            Identity.fileVersion(Optional.empty(), 4097, 1, 0),
            Identity.kernelVersion(buildId.get()),
            Identity.kernelVersion("00"));
    assertEquals(versions.size(), new HashSet<>(versions).size(), versions.toString());
    for (String version : versions) {
      assertEquals(15, version.length());
      assertTrue(version.matches("[bmk][-_0-9A-Za-z]{14}"), version);
    }
    assertEquals("bbbbmmmmkk", kinds(versions));
  }

  private static String kinds(List<String> versions) {
    StringBuilder kinds = new StringBuilder();
    versions.forEach(version -> kinds.append(version.charAt(0)));
    return kinds.toString();
  }

  /** Where there is a build id, the time of the copy does not count: only contents do. */
  @Test
  void timeCountsOnlyWithoutBuildId() {
    Optional<String> buildId = Optional.of("be63");
    assertEquals(
        Identity.fileVersion(buildId, 4096, 1, 0), Identity.fileVersion(buildId, 4096, 2, 0));
  }

  /** Sizes and parts are not run together: 1 and 11 are not 11 and 1. */
  @Test
  void fieldsOfAVersionAreApart() {
    assertNotEquals(
        Identity.fileVersion(Optional.empty(), 11, 1, 0),
        Identity.fileVersion(Optional.empty(), 1, 11, 0));
    assertNotEquals(
        Identity.fileVersion(Optional.empty(), 1, 1, 11),
        Identity.fileVersion(Optional.empty(), 11, 1, 1));
  }

  /** These are what guests agree on: another result would keep old and new agents from fusing. */
  @Test
  void identitiesNeverChange() {
    assertEquals(
        "~g4c7G5r7QfDN8UwI", new Identity("").name("/" + "a".repeat(127)).substring(0, 17));
    assertEquals("x0A2w8_PgfATX2er:/usr/bin/dash", new Identity("prod").name("/usr/bin/dash"));
    assertEquals("b8lpwvwoSxAlKtq", Identity.fileVersion(Optional.of("be63"), 4096, 1700000000, 0));
    assertEquals("mBbD2sYLVrX2H1n", Identity.fileVersion(Optional.empty(), 4096, 1700000000, 2));
    assertEquals("kwO8Bg38QH1gt5b", Identity.kernelVersion("be63"));
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
