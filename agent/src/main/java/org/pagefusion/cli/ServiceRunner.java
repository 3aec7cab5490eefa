// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.config.ConfigurationLoader;
import org.pagefusion.daemon.Service;
import org.pagefusion.daemon.StatusFiles;
import org.pagefusion.daemon.Surroundings;
import org.pagefusion.daemon.Systemd;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.RegistrationLock;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.DryRunDevice;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.GuestDevices;

/** Runs the service in this process. */
final class ServiceRunner {
  private static final long NANOS_A_MILLI = 1_000_000;

  private ServiceRunner() {}

  /**
   * Serves until a signal ends it.
   *
   * @throws ConfigurationException when the configuration is wrong from the start
   */
  static void run(ServiceOptions options)
      throws ConfigurationException, IOException, CommandException, InterruptedException {
    try {
      GuestDevices.requireName(options.device());
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    SignalQueue signals = SignalQueue.listen();
    Kernel kernel = Kernel.loadLean();
    // Where it can't be had, the service only takes more memory.
    kernel.disableHugePages();
    ConfigurationLoader loader = new ConfigurationLoader(Session.root(options.root()));
    LongSupplier monotonicMillis = () -> System.nanoTime() / NANOS_A_MILLI;
    long pid = kernel.processId();
    try (GuestTree tree = GuestTree.open(kernel, options.root(), new Anomalies())) {
      Surroundings surroundings =
          new Surroundings(
              BuildVersion.read(),
              pid,
              kernel,
              tree,
              () -> loader.loadEffective(options.configuration()),
              options.device(),
              () -> device(options, kernel),
              store(options),
              () -> lock(options),
              signals,
              Systemd.of(System.getenv(), pid, kernel, monotonicMillis),
              new LazyLog(kernel, options.verbose()),
              new StatusFiles(options.status()),
              Clock.systemUTC(),
              monotonicMillis);
      new Service(surroundings).run();
    }
  }

  /** The device, or one that takes everything and sends nothing. */
  static GuestDevice device(ServiceOptions options, Kernel kernel) throws DeviceException {
    return options.dryRun() ? new DryRunDevice() : GuestDevices.open(options.device(), kernel);
  }

  /** The registrations, which a dry run only reads. */
  static RegistrationStore store(ServiceOptions options) {
    RegistrationStore file = new RegistrationFile(options.state());
    return options.dryRun() ? new ReadOnlyStore(file) : file;
  }

  /** Keeps other agents away from the registrations; a dry run disturbs none. */
  static Surroundings.Lock.Held lock(ServiceOptions options) throws IOException {
    if (options.dryRun()) {
      return () -> {};
    }
    RegistrationLock lock = RegistrationLock.acquire(options.state());
    return lock::close;
  }
}
