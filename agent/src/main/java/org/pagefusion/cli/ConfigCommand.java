// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import com.google.gson.stream.JsonWriter;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.pagefusion.config.LoadedConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion config}: the effective configuration. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Show the effective configuration, each value with where it came from.")
final class ConfigCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.config/1).")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    LoadedConfiguration loaded = Session.configuration(main);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonWriter writer = new JsonWriter(out);
      writer.setHtmlSafe(false);
      writer.beginObject();
      writer.name("schema").value("pagefusion.config/1");
      writer.name("values").beginArray();
      for (LoadedConfiguration.Setting setting : loaded.settings()) {
        writer.beginObject();
        writer.name("key").value(setting.key());
        writer.name("value").value(setting.value());
        writer.name("origin").value(setting.origin());
        writer.endObject();
      }
      writer.endArray();
      writer.endObject();
      writer.flush();
      out.println();
    } else {
      for (LoadedConfiguration.Setting setting : loaded.settings()) {
        out.println(setting.key() + " = " + setting.value() + "   # " + setting.origin());
      }
    }
    return ExitCode.DONE;
  }
}
