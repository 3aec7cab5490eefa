// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

import java.io.File;
import org.asciidoctor.Asciidoctor;
import org.asciidoctor.Attributes;
import org.asciidoctor.Options;
import org.asciidoctor.SafeMode;

/** Makes manual pages of AsciiDoc: {@code Manuals OUTPUT-FOLDER FILE...}. */
class Manuals {
  public static void main(String[] arguments) {
    File folder = new File(arguments[0]);
    Options options =
        Options.builder()
            .backend("manpage")
            .safe(SafeMode.UNSAFE)
            .toDir(folder)
            .mkDirs(true)
            // Errors are thrown, and nothing is told of the machine that it was made on.
            .attributes(Attributes.builder().attribute("reproducible").build())
            .build();
    try (Asciidoctor asciidoctor = Asciidoctor.Factory.create()) {
      for (int i = 1; i < arguments.length; i++) {
        asciidoctor.convertFile(new File(arguments[i]), options);
      }
    }
  }
}
