// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.io.IOException;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;

/**
 * All that a service needs of the world.
 *
 * @param version of the agent
 * @param pid of this process
 * @param kernel of this machine
 * @param tree the guest
 * @param configurations where the configuration is read from, at the start and when asked to
 * @param deviceName how the host is reached, for people
 * @param devices opens the device
 * @param store what is registered
 * @param lock keeps other agents away from the store
 * @param signals what to wait for
 * @param manager who started the service
 * @param log where to tell what people should know
 * @param statuses where to tell what the service does
 * @param clock the time of day
 * @param monotonicMillis a clock that never goes back, milliseconds
 */
public record Surroundings(
    String version,
    long pid,
    Kernel kernel,
    GuestTree tree,
    ConfigurationSource configurations,
    String deviceName,
    DeviceOpener devices,
    RegistrationStore store,
    Lock lock,
    Signals signals,
    ServiceManager manager,
    ServiceLog log,
    StatusSink statuses,
    Clock clock,
    LongSupplier monotonicMillis) {

  /** Reads the configuration. */
  public interface ConfigurationSource {
    /** Reads it anew. */
    Configuration load() throws ConfigurationException;
  }

  /** Opens the way to the host. */
  public interface DeviceOpener {
    /** Opens it anew. */
    GuestDevice open() throws DeviceException;
  }

  /** Keeps other agents away. */
  public interface Lock {
    /** Locks. */
    Held acquire() throws IOException;

    /** A lock that is held. */
    interface Held {
      /** Lets others in. */
      void release();
    }
  }

  /** Takes what the service does. */
  public interface StatusSink {
    /** Takes a status. */
    void write(ServiceStatus status, Configuration configuration) throws IOException;
  }
}
