// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.MalformedRequestException;
import org.pagefusion.vmmdev.RegisterRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SessionIdRequest;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.SimulatedDevice;
import org.pagefusion.vmmdev.StatusRequest;
import org.pagefusion.vmmdev.UnregisterRequest;

/** A host that keeps one VM's registrations by the real one's rules, and fails when told to. */
public final class FakeHost implements GuestDevice {
  private static final Path NOWHERE = Path.of("/nonexistent/pagefusion.socket");
  private static final int LIFETIME_LIMIT = 2048;

  public final TreeMap<Long, SharedModule> registered = new TreeMap<>(Long::compareUnsigned);
  final Map<String, Integer> refusedNames = new HashMap<>();

  /** Names in the order in which they were newly registered. */
  final List<String> order = new ArrayList<>();

  public int lifetimeCount;
  long session = 1;
  public int requests;
  public int registerRequests;
  int unregisterRequests;
  public int checks;

  private final Map<Integer, Deque<Integer>> scripted = new HashMap<>();
  private int requestsToLive = -1;
  private boolean diesAfterwards;
  private boolean obeysBeforeRefusing;

  /** What was registered is forgotten, as when the VM is restored from a saved state. */
  public void restore() {
    session++;
    registered.clear();
    lifetimeCount = 0;
  }

  /** Answers the next requests of a type so. */
  public void answer(int type, Integer... codes) {
    scripted.computeIfAbsent(type, t -> new ArrayDeque<>()).addAll(List.of(codes));
  }

  /** Whether a request that is answered with an internal error has had its effect nevertheless. */
  void obeysBeforeRefusing(boolean obeys) {
    obeysBeforeRefusing = obeys;
  }

  /** Answers as many requests, and no more. */
  public void dieAfter(int answered, boolean withEffectOfTheLast) {
    requestsToLive = answered;
    diesAfterwards = withEffectOfTheLast;
  }

  public void live() {
    requestsToLive = -1;
    scripted.clear();
    refusedNames.clear();
  }

  @Override
  public void exchange(ByteBuffer request) throws DeviceException {
    if (requestsToLive == 0) {
      if (diesAfterwards) {
        diesAfterwards = false;
        answer(request);
      }
      throw death();
    }
    requestsToLive--;
    requests++;
    RequestHeader.setRc(request, answer(request));
  }

  private static DeviceException death() {
    try (SimulatedDevice device = new SimulatedDevice(NOWHERE)) {
      throw new IllegalStateException(device.name());
    } catch (DeviceException e) {
      return e;
    }
  }

  private int answer(ByteBuffer request) {
    int type = RequestHeader.type(request);
    Deque<Integer> codes = scripted.get(type);
    try {
      if (codes != null && !codes.isEmpty()) {
        int rc = codes.remove();
        if (rc == ResultCode.INTERNAL_ERROR.code() && obeysBeforeRefusing) {
          obey(type, request);
        }
        return rc;
      }
      return obey(type, request);
    } catch (MalformedRequestException e) {
      return e.code().code();
    }
  }

  private int obey(int type, ByteBuffer request) throws MalformedRequestException {
    switch (type) {
      case RequestType.REGISTER -> {
        registerRequests++;
        return register(RegisterRequest.decode(request));
      }
      case RequestType.UNREGISTER -> {
        unregisterRequests++;
        return registered.remove(UnregisterRequest.decode(request)) == null
            ? ResultCode.NOT_FOUND.code()
            : 0;
      }
      case RequestType.CHECK -> {
        CheckRequest.decode(request);
        checks++;
        return 0;
      }
      case RequestType.STATUS -> {
        StatusRequest.encodeAnswer(request, true);
        return 0;
      }
      case RequestType.SESSION_ID -> {
        SessionIdRequest.decode(request);
        SessionIdRequest.encodeAnswer(request, session);
        return 0;
      }
      default -> {
        return ResultCode.INVALID_PARAMETER.code();
      }
    }
  }

  private int register(SharedModule module) {
    Integer refusal = refusedNames.get(module.name());
    if (refusal != null) {
      return refusal;
    }
    SharedModule there = registered.get(module.base());
    if (there != null) {
      boolean same =
          there.name().equals(module.name())
              && there.version().equals(module.version())
              && there.regions().equals(module.regions());
      return same ? 0 : ResultCode.ADDRESS_CLASH.code();
    }
    if (lifetimeCount >= LIFETIME_LIMIT) {
      return ResultCode.TOO_MANY_MODULES_OF_VM.code();
    }
    lifetimeCount++;
    order.add(module.name());
    registered.put(module.base(), module);
    return 0;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
