// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KernelModulesProperties {
  @Property
  void readsWhatTheKernelWrites(@ForAll("modules") List<KernelModule> modules) {
    StringBuilder text = new StringBuilder();
    modules.forEach(module -> text.append(line(module)));
    ParsedModules parsed = ParsedModules.of(TextLines.bytes(text.toString()));
    assertEquals(List.of(), parsed.anomalies());
    assertEquals(modules, parsed.modules());
  }

  @Property
  void makesAModuleOrAnAnomalyOfEveryLine(@ForAll("texts") byte[] text) {
    ParsedModules.of(text).assertIsOf(text);
  }

  @Property
  void copesWithAnyBytes(@ForAll @Size(max = 300) byte[] text) {
    ParsedModules.of(text).assertIsOf(text);
  }

  @Property
  void agreesOnLinesWithOneOtherByte(
      @ForAll("module") KernelModule module, @ForAll @IntRange(max = 1000) int at, @ForAll byte b) {
    byte[] text = TextLines.bytes(line(module));
    text[at % text.length] = b;
    ParsedModules.of(text).assertIsOf(text);
  }

  @Provide
  Arbitrary<List<KernelModule>> modules() {
    return module().list().ofMaxSize(10);
  }

  @Provide
  Arbitrary<KernelModule> module() {
    Arbitrary<String> names =
        Arbitraries.strings().withChars("abcxyz_0123456789").ofMinLength(1).ofMaxLength(12);
    return Combinators.combine(
            names,
            Arbitraries.longs().between(0, 0xFFFFFFFFL),
            Arbitraries.integers().between(-1, Integer.MAX_VALUE),
            names.list().ofMaxSize(4),
            Arbitraries.of(KernelModule.State.values()),
            Arbitraries.longs(),
            Arbitraries.strings().withCharRange('A', 'Z').ofMaxLength(4))
        .as(
            (name, size, references, users, state, address, taint) ->
                new KernelModule(
                    name,
                    size,
                    references,
                    users,
                    state,
                    address,
                    taint,
                    Optional.empty(),
                    List.of()));
  }

  @Provide
  Arbitrary<byte[]> texts() {
    return Arbitraries.of(
            "kvm ",
            "16384 ",
            "0 ",
            "-1 ",
            "- ",
            "a,b, ",
            "[permanent], ",
            "Live ",
            "Loading ",
            "Unloading ",
            "0xffffffffc08f4000",
            "0x0",
            " (OE)",
            " (O+)",
            "\n",
            "\n\n",
            " ",
            ",",
            "m 1 0 - Live 0x0\n",
            "m 1 0 - Live 0x0 (E)\n",
            "\0",
            "\u00ff",
            "\r\n")
        .list()
        .ofMaxSize(20)
        .map(parts -> TextLines.bytes(String.join("", parts)));
  }

  private static String line(KernelModule module) {
    String state = module.state().name();
    String sign =
        switch (module.state()) {
          case LIVE -> "";
          case LOADING -> "+";
          case UNLOADING -> "-";
        };
    return String.format(
        "%s %d %d %s %s 0x%016x%s\n",
        module.name(),
        module.sizeBytes(),
        module.references(),
        module.usedBy().isEmpty() ? "-" : String.join(",", module.usedBy()) + ",",
        state.charAt(0) + state.substring(1).toLowerCase(Locale.ROOT),
        module.address(),
        module.taint().isEmpty() ? "" : " (" + module.taint() + sign + ")");
  }
}
