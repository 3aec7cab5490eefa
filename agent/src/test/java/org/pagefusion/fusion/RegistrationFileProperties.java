// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.pagefusion.memory.FileToMap;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.SharedModule;

class RegistrationFileProperties {
  private final List<String> problems = new ArrayList<>();
  private Path folder;
  private Path file;
  private RegistrationFile store;

  @BeforeTry
  void open() throws IOException {
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "store-test");
    file = folder.resolve("registrations");
    store = new RegistrationFile(file);
    problems.clear();
  }

  @AfterTry
  void close() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(folder);
  }

  @Provide
  Arbitrary<StoredRegistrations> contents() {
    Arbitrary<Long> longs = Arbitraries.longs();
    Arbitrary<Long> counts = Arbitraries.longs().between(0, Long.MAX_VALUE);
    Arbitrary<String> odd = Arbitraries.of("-", "", "%", "\t", "\n", "\r\n", "\udcff", "ü", "😀");
    // Half surrogates stand for bytes of file names that are not UTF-8.
    Arbitrary<String> locations =
        Arbitraries.oneOf(Arbitraries.strings().all().ofMaxLength(200), odd);
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.strings().withChars("ab /-%+,\t\n\rü\u2028\u00a0\u0085").ofMaxLength(40),
            Arbitraries.of("-", "", "%", "😀", "\u007f"));
    Arbitrary<List<ModuleRegion>> regions =
        Combinators.combine(
                longs.filter(a -> a >= 0 || a < -(1 << 25)),
                Arbitraries.longs().between(1, 1 << 25))
            .as(ModuleRegion::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(32);
    Arbitrary<SharedModule> modules =
        Combinators.combine(
                longs,
                Arbitraries.longs().between(1, 1 << 30),
                names,
                Arbitraries.strings().ascii().ofMaxLength(15).filter(s -> s.indexOf(0) < 0),
                regions)
            .as(
                (base, size, name, version, list) ->
                    new SharedModule(base, size, name, version, OsFamily.LINUX64, list));
    Arbitrary<FileToMap> files =
        Combinators.combine(locations, longs, longs, counts, longs).as(FileToMap::new);
    Arbitrary<Registration> registrations =
        Combinators.combine(modules, files.optional(), counts, Arbitraries.of(true, false))
            .as(
                (module, mapped, offset, confirmed) ->
                    new Registration(
                        module,
                        mapped.map(f -> new ModuleFile(f, offset, module.sizeBytes())),
                        confirmed));
    return Combinators.combine(
            longs.optional(),
            Arbitraries.integers().between(0, 2048),
            registrations.list().ofMaxSize(6))
        .as(
            (session, used, list) ->
                new StoredRegistrations(
                    session.isPresent() ? OptionalLong.of(session.get()) : OptionalLong.empty(),
                    Math.max(used, list.size()),
                    list));
  }

  @Property(tries = 300)
  void whatIsSavedIsLoaded(@ForAll("contents") StoredRegistrations contents) throws IOException {
    store.save(contents);
    assertEquals(contents, store.load(problems));
    assertEquals(List.of(), problems);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Property(tries = 500)
  void damageIsReportedAndTheRestIsKept(
      @ForAll("contents") StoredRegistrations contents,
      @ForAll @IntRange(min = 0, max = 1 << 20) int at,
      @ForAll @IntRange(min = 1, max = 255) int difference)
      throws IOException {
    store.save(contents);
    byte[] bytes = Files.readAllBytes(file);
    // The last line feed may be missing.
    bytes[at % (bytes.length - 1)] ^= (byte) difference;
    Files.write(file, bytes);
    StoredRegistrations loaded = store.load(problems);
    assertTrue(!problems.isEmpty());
    assertTrue(contents.registrations().containsAll(loaded.registrations()));
    // A line feed that came or went spoils two lines at most.
    assertTrue(loaded.registrations().size() >= contents.registrations().size() - 2);
  }

  /** Other programs take it for the end of a line. */
  @Property(tries = 100)
  void aCarriageReturnInPlaceOfALineFeedIsReported(
      @ForAll("contents") StoredRegistrations contents,
      @ForAll @IntRange(min = 0, max = 5) int line)
      throws IOException {
    store.save(contents);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int at = -1;
    for (int i = 0; i <= line % (contents.registrations().size() + 1); i++) {
      at = text.indexOf('\n', at + 1);
    }
    Files.writeString(
        file, text.substring(0, at) + '\r' + text.substring(at + 1), StandardCharsets.ISO_8859_1);
    store.load(problems);
    assertTrue(!problems.isEmpty());
  }

  @Property(tries = 200)
  void anythingElseIsReported(@ForAll byte[] bytes) throws IOException {
    Files.write(file, bytes);
    StoredRegistrations loaded = store.load(problems);
    assertEquals(StoredRegistrations.NONE, loaded);
    assertTrue(!problems.isEmpty());
  }

  @Example
  void manyDamagedLinesAreCounted() throws IOException {
    Files.writeString(file, "x\n".repeat(100_000), StandardCharsets.ISO_8859_1);
    assertEquals(StoredRegistrations.NONE, store.load(problems));
    assertTrue(problems.size() < 30, problems.size() + " problems");
    assertTrue(problems.get(problems.size() - 1).contains("99999 lines"));
  }

  @Example
  void nothingSavedIsNothingRegistered() throws IOException {
    assertEquals(StoredRegistrations.NONE, store.load(problems));
    assertEquals(List.of(), problems);
  }

  @Example
  void aFileFarTooLongIsNotRead() throws IOException {
    try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertEquals(StoredRegistrations.NONE, store.load(problems));
    assertEquals(1, problems.size());
  }

  @Property(tries = 200)
  void everyTextIsEncodedAndDecoded(@ForAll String text) {
    String encoded = RegistrationFile.encode(text);
    assertEquals(text, RegistrationFile.decode(encoded));
    assertTrue(encoded.chars().allMatch(c -> c > ' ' && c < 0x7f));
  }

  @Example
  void noFileIsNotTheFileCalledDash() throws IOException {
    SharedModule module =
        new SharedModule(4096, 1, "-", "-", OsFamily.LINUX64, List.of(new ModuleRegion(4096, 1)));
    ModuleFile dash = new ModuleFile(new FileToMap("-", 1, 2, 3, 4), 0, 1);
    StoredRegistrations contents =
        new StoredRegistrations(
            OptionalLong.empty(), 1, List.of(new Registration(module, Optional.of(dash), false)));
    store.save(contents);
    assertEquals(contents, store.load(problems));
  }
}
