// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.pagefusion.bridge.Errno;

/**
 * Talks to the host. Not thread-safe: one buffer serves all requests.
 *
 * <p>Every method throws {@link DeviceException} when a request did not get through. What the host
 * says of one that did is either the answer itself, an rc (see {@link ResultCode}), where a refusal
 * is part of the normal run, or {@link HostRefusedException}.
 */
public final class VmmDev {
  private final GuestDevice device;
  private final ByteBuffer request = RequestHeader.allocate(RequestHeader.MAX_REQUEST_BYTES);

  /** Creates it; the device remains the caller's to close. */
  public VmmDev(GuestDevice device) {
    this.device = device;
  }

  /** The device's name, for people. */
  public String name() {
    return device.name();
  }

  /**
   * Registers a module; what is registered at its base already costs nothing to register again.
   *
   * @return the host's rc
   */
  public int register(SharedModule module) throws DeviceException {
    RegisterRequest.encode(module, request);
    return exchange();
  }

  /**
   * Unregisters whatever is registered at the module's base, also another module.
   *
   * @return the host's rc
   */
  public int unregister(SharedModule module) throws DeviceException {
    UnregisterRequest.encode(module, request);
    return exchange();
  }

  /**
   * Asks the host to look at all registered pages, as this process maps them at this moment. Stops
   * all of the VM's CPUs meanwhile.
   *
   * @return the host's rc; a success says that the request was accepted, not what was shared
   */
  public int check() throws DeviceException {
    CheckRequest.encode(request);
    return exchange();
  }

  /**
   * Whether page fusion is on for this VM.
   *
   * @throws HostRefusedException where the host does not know page fusion
   */
  public boolean status() throws DeviceException, HostRefusedException {
    StatusRequest.encode(request);
    requireSuccess("page sharing status");
    try {
      return StatusRequest.decodeAnswer(request);
    } catch (MalformedRequestException e) {
      throw garbled(e);
    }
  }

  /**
   * The VM's session id, which is another one after the VM was restored from a saved state.
   *
   * @throws HostRefusedException where the host does not tell
   */
  public long sessionId() throws DeviceException, HostRefusedException {
    SessionIdRequest.encode(request);
    requireSuccess("session id");
    try {
      return SessionIdRequest.decodeAnswer(request);
    } catch (MalformedRequestException e) {
      throw garbled(e);
    }
  }

  /**
   * The host's version.
   *
   * @throws HostRefusedException where the host does not tell
   */
  public HostVersion hostVersion() throws DeviceException, HostRefusedException {
    HostVersionRequest.encode(request);
    requireSuccess("host version");
    try {
      return HostVersionRequest.decodeAnswer(request);
    } catch (MalformedRequestException e) {
      throw garbled(e);
    }
  }

  /** The guest driver's version; empty where there is no driver. */
  public Optional<DriverVersion> driverVersion() throws DeviceException {
    return device.driverVersion();
  }

  private int exchange() throws DeviceException {
    device.exchange(request);
    return RequestHeader.rc(request);
  }

  private void requireSuccess(String what) throws DeviceException, HostRefusedException {
    int rc = exchange();
    if (!ResultCode.isSuccess(rc)) {
      throw new HostRefusedException(what, rc);
    }
  }

  private DeviceException garbled(MalformedRequestException e) {
    return new DeviceException(
        device.name(),
        Errno.EPROTO,
        "the answer is not one to the request (" + e.getMessage() + ")",
        e);
  }
}
