// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.Optional;
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
  private static final String PROC = "/proc/";
  private static final String ROOT = "/root/";

  private final PathPatterns excluded;
  private final Identity identity;
  private final boolean kernel;

  /** Creates the policy of a configuration. */
  public ConfiguredPolicy(Configuration configuration) {
    this.excluded = PathPatterns.compile(configuration.exclude());
    this.identity = new Identity(configuration.group());
    this.kernel = configuration.sources().contains(Source.KERNEL);
  }

  /** Of a file that was reached through the root directory of a process, its path there. */
  private static String withoutProcess(String location) {
    if (!location.startsWith(PROC)) {
      return location;
    }
    int i = PROC.length();
    while (i < location.length() && location.charAt(i) >= '0' && location.charAt(i) <= '9') {
      i++;
    }
    boolean through = i > PROC.length() && location.startsWith(ROOT, i);
    return through ? location.substring(i + ROOT.length() - 1) : location;
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
      path = withoutProcess(location);
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
