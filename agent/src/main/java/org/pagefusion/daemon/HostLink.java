// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.io.IOException;
import java.util.Optional;
import org.pagefusion.config.Configuration;
import org.pagefusion.daemon.ServiceStatus.HostState;
import org.pagefusion.fusion.HostRefusal;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.HostVersion;

/**
 * The way to a host that may come and go, and may not do page fusion at all. Each cycle tries again
 * where the last one failed: what is registered is stored, so a new connection costs no more than a
 * new mapping of the same files.
 */
final class HostLink {
  private static final String PROBLEM = "host";

  private final Surroundings surroundings;
  private final Problems problems;
  private HostConnection connection;
  private Surroundings.Lock.Held lock;
  private HostState state = HostState.NOT_ASKED;
  private Optional<String> version = Optional.empty();
  private String detail = "";

  HostLink(Surroundings surroundings, Problems problems) {
    this.surroundings = surroundings;
    this.problems = problems;
  }

  /** The host; empty when it can't be reached or does no page fusion, which is recorded. */
  Optional<HostConnection> connect(Configuration configuration) {
    if (connection == null) {
      try {
        open(configuration);
      } catch (HostRefusal e) {
        refused(e);
      } catch (IOException e) {
        lost(e);
      }
    }
    return Optional.ofNullable(connection);
  }

  private void open(Configuration configuration) throws HostRefusal, IOException {
    if (lock == null) {
      lock = surroundings.lock().acquire();
    }
    GuestDevice device = surroundings.devices().open();
    connection =
        HostConnection.open(
            device,
            new HostConnection.Terms(
                surroundings.kernel(),
                surroundings.tree().root(),
                surroundings.store(),
                configuration,
                surroundings.clock()));
    version = connection.version().map(HostVersion::text);
    state = HostState.FUSING;
    detail = "";
    problems.clear(PROBLEM);
    surroundings
        .log()
        .debug(
            "connected to "
                + version.map(v -> "VirtualBox " + v).orElse("a host")
                + " on "
                + connection.deviceName());
  }

  /** The host does not do page fusion for this VM: the service only observes until it does. */
  void refused(HostRefusal refusal) {
    ended(HostState.REFUSED, String.valueOf(refusal.getMessage()));
  }

  /** The host can't be reached, or what was registered can't be stored. */
  void lost(IOException failure) {
    ended(HostState.UNAVAILABLE, String.valueOf(failure.getMessage()));
  }

  private void ended(HostState why, String what) {
    close();
    state = why;
    detail = what;
    problems.set(PROBLEM, what + "; nothing is registered until that changes");
  }

  /** Releases the mappings and the device; what is registered stays so. */
  void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (lock != null) {
      lock.release();
      lock = null;
    }
    state = HostState.NOT_ASKED;
    detail = "";
    version = Optional.empty();
  }

  /** Ends the connection because the service is to observe only, which is no problem. */
  void leave() {
    close();
    problems.clear(PROBLEM);
  }

  ServiceStatus.HostStatus status() {
    return new ServiceStatus.HostStatus(surroundings.deviceName(), state, version, detail);
  }
}
