// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.FileName;

/** Writes a comparison as one JSON object of the schema {@value #SCHEMA}; sizes are bytes. */
public final class JsonComparison {
  /** Name and version of the schema. */
  public static final String SCHEMA = "pagefusion.comparison/1";

  private final Comparison comparison;
  private final JsonWriter json;

  private JsonComparison(Comparison comparison, JsonWriter json) {
    this.comparison = comparison;
    this.json = json;
  }

  /** Writes a comparison. */
  public static void write(Comparison comparison, Writer out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
    new JsonComparison(comparison, json).write();
    json.flush();
    out.write('\n');
    out.flush();
  }

  private void write() throws IOException {
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("version").value(comparison.version());
    json.name("pageSize").value(comparison.pageSize());
    writePages(comparison.pages());
    json.name("eligibleBytes").value(comparison.bytes(comparison.pages().eligible()));
    json.name("fusedBytes").value(comparison.fusedBytes());
    json.name("fusedShare").value(comparison.fusedShare());
    json.name("agentBytes").value(comparison.agentBytes());
    json.name("netBytes").value(comparison.netBytes());
    json.name("unregisteredModules").value(comparison.unregistered());
    writeCategories(comparison.pagesByCategory());
    writeOrder();
    json.name("guests").beginArray();
    for (ComparedGuest guest : comparison.guests()) {
      writeGuest(guest);
    }
    json.endArray();
    writePairs();
    json.name("modules").beginArray();
    for (ComparedModule module : comparison.modules()) {
      writeModule(module);
    }
    json.endArray();
    json.name("misses").beginArray();
    for (Miss miss : comparison.misses()) {
      writeMiss(miss);
    }
    json.endArray();
    json.name("skipped").beginArray();
    for (SkippedReport skipped : comparison.skipped()) {
      json.beginObject();
      json.name("file").value(FileName.printable(skipped.file()));
      json.name("why").value(FileName.printable(skipped.why()));
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void writePages(PageCounts pages) throws IOException {
    json.name("eligiblePages").value(pages.eligible());
    json.name("fusedPages").value(pages.fused());
    json.name("keptPages").value(pages.kept());
    json.name("differentPages").value(pages.different());
    json.name("onlyHerePages").value(pages.onlyHere());
  }

  private void writeCategories(Map<Category, PageCounts> categories) throws IOException {
    json.name("byCategory").beginObject();
    for (Map.Entry<Category, PageCounts> entry : categories.entrySet()) {
      json.name(entry.getKey().externalName()).beginObject();
      writePages(entry.getValue());
      json.endObject();
    }
    json.endObject();
  }

  private void writeOrder() throws IOException {
    json.name("order");
    if (comparison.order().isEmpty()) {
      json.nullValue();
      return;
    }
    OrderRange range = comparison.order().get();
    json.beginObject();
    json.name("exact").value(range.exact());
    json.name("givenPages").value(comparison.pages().fused());
    json.name("leastPages").value(range.leastPages());
    json.name("mostPages").value(range.mostPages());
    writeNames("worst", range.worst());
    writeNames("best", range.best());
    json.endObject();
  }

  private void writeNames(String name, List<Integer> guests) throws IOException {
    json.name(name).beginArray();
    for (int guest : guests) {
      json.value(nameOf(guest));
    }
    json.endArray();
  }

  private String nameOf(int guest) {
    return FileName.printable(comparison.guests().get(guest).name());
  }

  private void writeGuest(ComparedGuest guest) throws IOException {
    json.beginObject();
    json.name("name").value(FileName.printable(guest.name()));
    json.name("file").value(FileName.printable(guest.file()));
    json.name("machineId").value(guest.machineId().map(FileName::printable).orElse(null));
    json.name("kernel").value(guest.kernel().map(FileName::printable).orElse(null));
    json.name("time").value(guest.time().toString());
    writeOptional("memTotal", guest.memoryBytes());
    writeOptional("memFree", guest.freeBytes());
    writePages(guest.pages());
    json.name("unknownPages").value(guest.unknownPages());
    json.name("excludedBytes").value(guest.excludedBytes());
    json.name("agentBytes").value(guest.agentBytes());
    json.name("agentMeasured").value(guest.agentMeasured());
    writeCategories(guest.pagesByCategory());
    json.endObject();
  }

  private void writeOptional(String name, OptionalLong value) throws IOException {
    json.name(name);
    if (value.isPresent()) {
      json.value(value.getAsLong());
    } else {
      json.nullValue();
    }
  }

  private void writePairs() throws IOException {
    json.name("pairPages");
    if (comparison.pairs().isEmpty()) {
      json.nullValue();
      return;
    }
    PairMatrix pairs = comparison.pairs().get();
    json.beginArray();
    for (int guest = 0; guest < pairs.guests(); guest++) {
      json.beginArray();
      for (int other = 0; other < pairs.guests(); other++) {
        json.value(pairs.pages(guest, other));
      }
      json.endArray();
    }
    json.endArray();
  }

  private void writeModule(ComparedModule module) throws IOException {
    json.beginObject();
    json.name("name").value(FileName.printable(module.name()));
    json.name("version").value(FileName.printable(module.version()));
    json.name("path").value(FileName.printable(module.path()));
    json.name("category").value(module.category().externalName());
    json.name("buildId").value(module.buildId().map(FileName::printable).orElse(null));
    json.name("size").value(module.sizeBytes());
    json.name("guests").value(module.guests());
    writePages(module.pages());
    json.endObject();
  }

  private void writeMiss(Miss miss) throws IOException {
    json.beginObject();
    json.name("path").value(FileName.printable(miss.path()));
    json.name("category").value(miss.category().externalName());
    json.name("cause").value(miss.cause().externalName());
    json.name("pages").value(miss.pages());
    writeOptional("firstDifferentPage", miss.firstDifference());
    json.name("sides").beginArray();
    for (Miss.Side side : miss.sides()) {
      json.beginObject();
      json.name("label").value(FileName.printable(side.label()));
      json.name("guests").value(side.guests());
      json.name("guest").value(nameOf(side.guest()));
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }
}
