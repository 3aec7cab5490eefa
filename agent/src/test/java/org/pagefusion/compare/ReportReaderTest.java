// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pagefusion.candidate.Category;

class ReportReaderTest {
  private static final long HEAP = 64 << 20;

  private final MadeReport made =
      new MadeReport("0123abcd").library("/usr/lib/libx.so", "b23456789012345", 7, 8, -9);

  static GuestReport read(byte[] bytes) throws IOException, TooLargeException {
    return ReportReader.read(new ByteArrayInputStream(bytes), MemoryBudget.ofReport(HEAP));
  }

  private static String refused(byte[] bytes) {
    return assertThrows(UnusableReportException.class, () -> read(bytes)).getMessage();
  }

  private static String refused(String text) {
    return refused(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatAReportTells() throws Exception {
    made.exclude("/usr/lib/liby.so", "pattern", 5000);
    made.exclude("/opt", "too-small", 100);
    made.excluded.get(1).getAsJsonObject().addProperty("files", 7);
    GuestReport report = read(made.bytes());
    assertEquals(Optional.of("0123abcd"), report.machineId());
    assertEquals(Optional.of("6.1.0-18-amd64"), report.kernel());
    assertEquals(OptionalLong.of(1 << 30), report.memoryBytes());
    assertEquals(OptionalLong.of(1 << 28), report.freeBytes());
    assertEquals(OptionalLong.empty(), report.agentBytes());
    assertEquals(5100, report.excludedBytes());
    // Files that are only counted have no path of their own.
    assertEquals(
        List.of(new ReportedExclusion("/usr/lib/liby.so", "pattern", 5000)), report.exclusions());
    ReportedModule module = report.modules().get(0);
    assertEquals(
        new ModuleKey("/usr/lib/libx.so", "b23456789012345", 409_600, List.of(100)), module.key());
    assertEquals(Category.LIBRARY, module.category());
    assertArrayEquals(new long[] {7, 8, -9}, module.hashes().orElseThrow());
    assertEquals("[0, 3]", module.resident().toString());
  }

  @Test
  void theOrderOfPropertiesDoesNotMatter() throws Exception {
    JsonObject reversed = new JsonObject();
    List<String> names = List.copyOf(made.json.keySet());
    for (int i = names.size() - 1; i >= 0; i--) {
      reversed.add(names.get(i), made.json.get(names.get(i)));
    }
    GuestReport report = read(reversed.toString().getBytes(StandardCharsets.UTF_8));
    assertEquals(3, report.modules().get(0).resident().pages());
  }

  @Test
  void unknownPropertiesAreSkipped() throws Exception {
    made.json.add("future", JsonParser.parseString("{'a':[1,{'b':[[],{}]},null],'c':true}"));
    made.guest.addProperty("future", 1.5);
    made.last().add("future", new JsonArray());
    assertEquals(1, read(made.bytes()).modules().size());
  }

  @Test
  void theAgentsOwnCostIsReadWhereItIsTold() throws Exception {
    JsonObject agent = new JsonObject();
    agent.addProperty("privateBytes", 12345);
    made.json.add("agent", agent);
    assertEquals(OptionalLong.of(12345), read(made.bytes()).agentBytes());
  }

  @Test
  void contentsMayBeUnknown() throws Exception {
    made.last().add("pageHashes", JsonNull.INSTANCE);
    assertEquals(Optional.empty(), read(made.bytes()).modules().get(0).hashes());
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes = made.bytes();
    for (int length = 0; length < bytes.length; length++) {
      String why = refused(new String(bytes, 0, length, StandardCharsets.UTF_8));
      assertTrue(why.startsWith(length == 0 ? "empty" : "cut off at $"), why);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello                             | not JSON at $",
        "[]                                | $: expected another kind of value",
        "null                              | $: expected another kind of value",
        "{}                                | no schema",
        "{\"schema\":7}                    | $.schema: expected text",
        "{\"schema\":\"pagefusion.report/2\"} | schema pagefusion.report/2, expected pagefusion.report/1",
        "{\"schema\":\"pagefusion.report/1\"} | no page hashes; make it with",
        "{\"a\":1,\"a\":2}                 | twice the same property: $.a",
        "{} {}                             | more text behind",
        "{\"guest\":[]}                    | $.guest: expected another kind of value",
        "{\"candidates\":{}}               | $.candidates: expected another kind of value",
        "{\"candidates\":[7]}              | $.candidates[0]: expected another kind of value",
        "{\"pageHashAlgorithm\":\"MD5\"}   | page hashes by MD5, expected XXH3-64",
        "{\"guest\":{\"pageSize\":-1}}     | $.guest.pageSize: found -1, expected none below 0",
        "{\"guest\":{\"pageSize\":1.5}}    | $.guest.pageSize: expected a whole number",
        "{\"guest\":{\"pageSize\":99999999999999999999}} | $.guest.pageSize: expected a whole number",
        "{\"excluded\":[{}]}               | path or reason is missing",
      })
  void foreignTextIsRefused(String text, String why) {
    String message = refused(text);
    assertTrue(message.startsWith(why) || message.contains(why), message);
  }

  @ParameterizedTest
  @CsvSource({
    "name, '\"\"', from 1 to 127 bytes",
    "version, '\"1234567890123456\"', at most 15 characters",
    "version, '\"ééééééééé\"', from 1 to 15 bytes",
    "path, null, expected text",
    "category, '\"novel\"', one that this version knows",
    "residentPages, 4, 4 pages",
    "residentPages, -3, none below 0",
    "resident, '[[0,2]]', 3 pages",
    "resident, '[[0,2],[1,1]]', ascending",
    "resident, '[[-1,3]]', none below 0",
    "resident, '[[0,3,1]]', pairs",
    "resident, '[[0]]', pairs",
    "resident, '[[0,0]]', pairs",
    "resident, '[[98,3]]', pages of the regions only",
    "resident, '[[9223372036854775807,3]]', ascending",
    "pageHashes, '\"AAAA\"', 8 bytes a page",
    "pageHashes, '\"AAAAAAAAAAA=\"', '3 hashes, found 1'",
    "pageHashes, '\"?\"', base64",
    "pageHashes, '[]', expected text",
    "regions, '[]', is missing",
    "regions, '[{\"offset\":0}]', sizes from 1",
    "regions, '[{\"size\":4096}]', offsets in ascending order",
    "regions, '[{\"offset\":100,\"size\":4096}]', multiples of the page size",
    "regions, '[{\"offset\":0,\"size\":0}]', sizes from 1",
    "regions, '[{\"offset\":0,\"size\":1073741825}]', to 1 GiB",
    "regions, '[{\"offset\":0,\"size\":8192},{\"offset\":4096,\"size\":1}]', ascending",
  })
  void brokenCandidatesAreRefused(String property, String value, String why) {
    made.last().add(property, JsonParser.parseString(value));
    String message = refused(made.bytes());
    assertTrue(message.contains("$.candidates[0]") && message.contains(why), message);
  }

  @Test
  void everyPropertyOfACandidateIsNeeded() {
    for (String property :
        List.of(
            "name",
            "version",
            "path",
            "category",
            "residentPages",
            "regions",
            "resident",
            "pageHashes")) {
      JsonObject copy = made.json.deepCopy();
      copy.getAsJsonArray("candidates").get(0).getAsJsonObject().remove(property);
      String message = refused(copy.toString());
      assertTrue(message.startsWith("$.candidates[0]"), message);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "100", "4095", "12288", "131072"})
  void pagesHaveASensibleSize(long size) {
    made.guest.addProperty("pageSize", size);
    assertTrue(refused(made.bytes()).contains("guest.pageSize " + size));
  }

  @Test
  void aReportWithoutHashesSaysHowToMakeOne() {
    made.json.remove("pageHashAlgorithm");
    assertTrue(refused(made.bytes()).contains("pagefusion report --json --page-hashes"));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = made.bytes();
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("libx");
    bytes[at] = (byte) 0xFF;
    assertTrue(refused(bytes).startsWith("not UTF-8"));
  }

  @Test
  void moreCandidatesThanAVmRegistersAreRefused() {
    for (int i = 0; i < 2048; i++) {
      made.library("/usr/lib/lib" + i + ".so", "1", 1);
    }
    assertTrue(refused(made.bytes()).contains("more than 2048 candidates"));
  }

  /** A text without an end, as a device or a runaway program writes it. */
  private static final class Endless extends InputStream {
    private final byte[] head;
    private final byte[] rest;
    private long at;

    Endless(String head, String rest) {
      this.head = head.getBytes(StandardCharsets.UTF_8);
      this.rest = rest.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      long i = at++;
      return i < head.length ? head[(int) i] : rest[(int) ((i - head.length) % rest.length)];
    }

    @Override
    public int read(byte[] bytes, int from, int count) {
      for (int i = from; i < from + count; i++) {
        bytes[i] = (byte) read();
      }
      return count;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"schema\":\"', x",
    "'{\"unknown\":\"', x",
    "'{\"', x",
    "'{\"candidates\":[{\"pageHashes\":\"', A",
    "'', ' '",
    "'{\"guest\":{\"pageSize\":', 1",
  })
  void valuesWithoutAnEndAreRefused(String head, String rest) {
    UnusableReportException e =
        assertThrows(
            UnusableReportException.class,
            () -> ReportReader.read(new Endless(head, rest), MemoryBudget.ofReport(HEAP)));
    assertTrue(e.getMessage().length() < 600, e.getMessage());
  }

  @Test
  void listsWithoutAnEndAreTooLarge() {
    InputStream runs =
        new Endless(
            "{\"candidates\":[", "{\"name\":\"n\",\"resident\":[[1,1],[3,1],[5,1],[7,1]]},");
    assertThrows(
        UnusableReportException.class, () -> ReportReader.read(runs, MemoryBudget.ofReport(HEAP)));
    StringBuilder many = new StringBuilder("{\"excluded\":[");
    many.append("{\"path\":\"/x\",\"reason\":\"r\",\"size\":1},".repeat(50_000));
    assertThrows(
        TooLargeException.class, () -> read(many.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
