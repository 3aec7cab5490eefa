// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.Optional;
import java.util.regex.Pattern;
import org.pagefusion.candidate.Identity;
import org.pagefusion.candidate.KernelNames;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.PathPatterns;
import org.pagefusion.config.Source;

/**
 * What may stay registered by the configuration, which may be another one than that under which it
 * was registered: what is excluded now must not be fused any longer.
 */
public final class ConfiguredPolicy implements RegistrationPolicy {
  /** A file that was reached through the root directory of a process; its path is the rest. */
  private static final Pattern THROUGH_PROCESS = Pattern.compile("^/proc/\\d+/root(?=/)");

  private final PathPatterns excluded;
  private final Identity identity;
  private final boolean kernel;

  /** Creates the policy of a configuration. */
  public ConfiguredPolicy(Configuration configuration) {
    this.excluded = PathPatterns.compile(configuration.exclude());
    this.identity = new Identity(configuration.group());
    this.kernel = configuration.sources().contains(Source.KERNEL);
  }

  @Override
  public Optional<String> objection(Registration registration) {
    String name = registration.module().name();
    // What the name was made from, and the path that patterns are about.
    String named;
    String path;
    if (registration.file().isEmpty()) {
      if (!kernel) {
        return Optional.of("kernel is not among the sources");
      }
      named = name.substring(Math.max(0, name.indexOf('[')));
      path = KernelNames.pathOf(named);
    } else {
      String location = registration.file().get().file().location();
      path = THROUGH_PROCESS.matcher(location).replaceFirst("");
      named = path;
    }
    Optional<String> pattern = excluded.match(path);
    if (pattern.isPresent()) {
      return Optional.of("excluded by " + pattern.get());
    }
    return identity.name(named).equals(name)
        ? Optional.empty()
        : Optional.of("of another share group");
  }
}
