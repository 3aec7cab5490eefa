// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.DeviceFailures;
import org.pagefusion.vmmdev.DriverVersion;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.HostVersionRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.SessionIdRequest;
import org.pagefusion.vmmdev.StatusRequest;

/** A host that grants everything but what it is told to answer otherwise, and keeps count. */
final class ScriptedDevice implements GuestDevice {
  static final long SESSION = 7;

  private final Map<Integer, Integer> codes = new HashMap<>();
  private final Map<Integer, Integer> failures = new HashMap<>();
  final List<Integer> requests = new ArrayList<>();
  HostVersion version = new HostVersion(7, 1, 12, 169651, 1);
  boolean fusion = true;
  boolean closed;
  int driverErrno;
  Optional<DriverVersion> driver = Optional.of(new DriverVersion(0x10000, 0x10000, 0));

  /** Answers requests of a type with a result code. */
  ScriptedDevice answer(int type, int rc) {
    codes.put(type, rc);
    return this;
  }

  /** Fails requests of a type with an errno. */
  ScriptedDevice fail(int type, int errno) {
    failures.put(type, errno);
    return this;
  }

  int count(int type) {
    return (int) requests.stream().filter(request -> request == type).count();
  }

  @Override
  public void exchange(ByteBuffer request) throws DeviceException {
    int type = RequestHeader.type(request);
    requests.add(type);
    if (failures.containsKey(type)) {
      throw DeviceFailures.of(failures.get(type));
    }
    int rc = codes.getOrDefault(type, 0);
    RequestHeader.setRc(request, rc);
    if (rc >= 0) {
      answer(type, request);
    }
  }

  private void answer(int type, ByteBuffer request) {
    switch (type) {
      case RequestType.HOST_VERSION -> HostVersionRequest.encodeAnswer(request, version);
      case RequestType.STATUS -> StatusRequest.encodeAnswer(request, fusion);
      case RequestType.SESSION_ID -> SessionIdRequest.encodeAnswer(request, SESSION);
      default -> {
        // Register and unregister have no more to tell than the rc.
      }
    }
  }

  @Override
  public Optional<DriverVersion> driverVersion() throws DeviceException {
    if (driverErrno != 0) {
      throw DeviceFailures.of(driverErrno);
    }
    return driver;
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public void close() {
    closed = true;
  }
}
