// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the service is to run.
 *
 * @param root directory of the guest's tree
 * @param configuration what to read instead of the configuration's usual files
 * @param device guest device, or sim:SOCKET
 * @param state where registrations are kept
 * @param status where the service says what it does
 * @param verbose whether to say more on stderr
 * @param dryRun whether to send no request and store nothing
 */
record ServiceOptions(
    String root,
    Optional<Path> configuration,
    String device,
    Path state,
    Path status,
    boolean verbose,
    boolean dryRun) {
  /** The guest driver's device. */
  static final String DEVICE = "/dev/vboxguest";

  /** Where registrations are kept: as long as the guest does not reboot, as do they. */
  static final String STATE = "/run/pagefusion/registrations";

  /** Where the service says what it does. */
  static final String STATUS = "/run/pagefusion/status.json";

  private static final ServiceOptions DEFAULTS =
      new ServiceOptions(
          "/", Optional.empty(), DEVICE, Path.of(STATE), Path.of(STATUS), false, false);

  /**
   * Reads the plain command lines by which the service is started. All others, wrong ones included,
   * are left to the parser of the other commands: its classes take 5 MiB, which is a third of what
   * a service that stays should take in all.
   *
   * @return empty when the command line is another one
   */
  static Optional<ServiceOptions> parse(String... arguments) {
    if (arguments.length == 0 || !arguments[0].equals("run")) {
      return Optional.empty();
    }
    ServiceOptions options = DEFAULTS;
    for (int i = 1; i < arguments.length && options != null; i++) {
      if (arguments[i].equals("-v") || arguments[i].equals("--verbose")) {
        options = options.withVerbose();
      } else if (arguments[i].equals("--dry-run")) {
        options = options.withDryRun();
      } else if (i + 1 < arguments.length && !arguments[i + 1].startsWith("-")) {
        options = options.with(arguments[i], arguments[i + 1]);
        i++;
      } else {
        options = null;
      }
    }
    return Optional.ofNullable(options);
  }

  private ServiceOptions withVerbose() {
    return new ServiceOptions(root, configuration, device, state, status, true, dryRun);
  }

  private ServiceOptions withDryRun() {
    return new ServiceOptions(root, configuration, device, state, status, verbose, true);
  }

  /** The same with another value of an option; null when there is no such option. */
  private ServiceOptions with(String name, String value) {
    if (value.isEmpty()) {
      return null;
    }
    try {
      return switch (name) {
        case "--root" ->
            new ServiceOptions(value, configuration, device, state, status, verbose, dryRun);
        case "--config" ->
            new ServiceOptions(
                root, Optional.of(Path.of(value)), device, state, status, verbose, dryRun);
        case "--device" ->
            new ServiceOptions(root, configuration, value, state, status, verbose, dryRun);
        case "--state" ->
            new ServiceOptions(
                root, configuration, device, Path.of(value), status, verbose, dryRun);
        case "--status" ->
            new ServiceOptions(root, configuration, device, state, Path.of(value), verbose, dryRun);
        default -> null;
      };
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
