// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import org.pagefusion.guest.FileName;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.hostsim.HostSettings;
import org.pagefusion.hostsim.HostSimulator;
import org.pagefusion.hostsim.PageCounts;

/** The figures of a simulated host as JSON, schema {@code pagefusion.hostsim/1}. */
final class HostsimJson {
  private final JsonWriter json;

  private HostsimJson(Writer out) {
    json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
  }

  /** Writes one object. */
  static void write(HostSettings settings, HostFigures figures, Writer out) throws IOException {
    new HostsimJson(out).write(settings, figures);
  }

  private void write(HostSettings settings, HostFigures figures) throws IOException {
    json.beginObject();
    json.name("schema").value("pagefusion.hostsim/1");
    json.name("version").value(BuildVersion.read());
    json.name("host").beginObject();
    json.name("version").value(settings.version().text());
    json.name("fusion").value(settings.fusionEnabled());
    json.name("compiled").value(settings.compiled());
    json.endObject();
    json.name("totals").beginObject();
    json.name("guests").value(figures.guests().size());
    json.name("modules").value(figures.modules().size());
    writeShared(figures.sharedPages(), figures.duplicatePages());
    json.name("brokenConnections").value(figures.brokenConnections());
    json.endObject();
    json.name("guests").beginArray();
    for (HostFigures.OfGuest guest : figures.guests()) {
      write(guest);
    }
    json.endArray();
    json.name("modules").beginArray();
    for (HostFigures.OfModule module : figures.modules()) {
      write(module);
    }
    json.endArray();
    json.endObject();
    json.flush();
  }

  private void writeShared(long sharedPages, long duplicatePages) throws IOException {
    json.name("sharedPages").value(sharedPages);
    json.name("duplicatePages").value(duplicatePages);
    json.name("savedBytes").value(duplicatePages * HostSimulator.PAGE_BYTES);
  }

  private void write(HostFigures.OfGuest guest) throws IOException {
    json.beginObject();
    json.name("name").value(FileName.printable(guest.name()));
    json.name("sessionId").value(guest.sessionId());
    json.name("connections").value(guest.connections());
    json.name("registered").value(guest.modules().size());
    json.name("registrationsEver").value(guest.registrationsEver());
    json.name("sharedPages").value(guest.sharedPages());
    json.name("requests").value(guest.requests());
    json.name("refused").beginObject();
    for (Map.Entry<Integer, Long> refused : guest.refused().entrySet()) {
      json.name(refused.getKey().toString()).value(refused.getValue());
    }
    json.endObject();
    json.name("checks").value(guest.checks());
    json.name("lastCheck");
    if (guest.lastCheck().isPresent()) {
      HostFigures.Check check = guest.lastCheck().get();
      json.beginObject();
      json.name("millis").value(check.millis());
      json.name("stopped").value(check.stopped().map(FileName::printable).orElse(null));
      write(check.pages());
      json.endObject();
    } else {
      json.nullValue();
    }
    json.name("modules").beginArray();
    for (HostFigures.Registered module : guest.modules()) {
      json.beginObject();
      json.name("name").value(FileName.printable(module.name()));
      json.name("version").value(FileName.printable(module.version()));
      json.name("base").value("0x" + Long.toHexString(module.base()));
      write(module.pages());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void write(PageCounts pages) throws IOException {
    json.name("pages").beginObject();
    json.name("newShared").value(pages.newShared());
    json.name("merged").value(pages.merged());
    json.name("different").value(pages.different());
    json.name("alreadyShared").value(pages.alreadyShared());
    json.name("writable").value(pages.writable());
    json.name("absent").value(pages.absent());
    json.name("notRam").value(pages.notRam());
    json.name("cow").value(pages.cow());
    json.endObject();
  }

  private void write(HostFigures.OfModule module) throws IOException {
    json.beginObject();
    json.name("name").value(FileName.printable(module.name()));
    json.name("version").value(FileName.printable(module.version()));
    json.name("size").value(module.sizeBytes());
    json.name("osFamily").value(module.osFamily().code());
    json.name("pages").value(module.pages());
    json.name("registrations").value(module.registrations());
    writeShared(module.sharedPages(), module.duplicatePages());
    json.endObject();
  }
}
