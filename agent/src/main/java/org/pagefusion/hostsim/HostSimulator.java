// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.HostVersionRequest;
import org.pagefusion.vmmdev.MalformedRequestException;
import org.pagefusion.vmmdev.RegisterRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SessionIdRequest;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.StatusRequest;
import org.pagefusion.vmmdev.UnregisterRequest;

/**
 * VirtualBox's side of page fusion: takes the requests of guests, keeps what they registered, and
 * shares their pages by the host's rules. The facts are those of VirtualBox 7.0 and 7.1 ({@code
 * VMMDev.cpp}, {@code GMMR0.cpp}, {@code PGMR0SharedPage.cpp}).
 *
 * <p>Other than a host, it makes a check before it answers the request, so that what comes after
 * sees its outcome; and it finds out at a guest's next check, not at once, that a shared page was
 * written, and only where the page can still be seen.
 *
 * <p>Thread-safe: like the host's memory manager, it does one thing at a time.
 */
public final class HostSimulator {
  /** Bytes of a page, of hosts and guests: VirtualBox runs on x86. */
  public static final int PAGE_BYTES = 4096;

  /** Registrations that a guest may make until it is reset, those it took back included. */
  public static final int GUEST_MODULES_MAX = 2048;

  /** Request for the simulated host only: the guest is reset. The header alone. */
  public static final int RESET = 0x50460003;

  /**
   * Request for the simulated host only: the guest goes on from a saved state, on a host that knows
   * nothing of it. The header alone.
   */
  public static final int RESTORE = 0x50460004;

  /** Heap that a guest's page in shared state takes, in bytes: 100, and room to grow tables. */
  public static final int HEAP_BYTES_OF_PAGE = 160;

  static final int PAGE_SHIFT = 12;

  /** Guests that are kept. Processes that have gone make room for new ones. */
  static final int GUESTS_MAX = 64;

  private final HostSettings settings;
  private final Clock clock;
  private final Consumer<HostEvent> events;
  private final SharedModules modules;
  private final Map<Guest.Id, Guest> guests = new LinkedHashMap<>();
  private final PageBatch batch = new PageBatch();
  private long nextSession;
  private int checks;
  private long brokenConnections;
  private volatile boolean stopped;

  /**
   * Creates a host without guests.
   *
   * @param guestPagesMax most pages of all guests that may be in shared state; see {@link
   *     #HEAP_BYTES_OF_PAGE}
   * @param clock for session ids and durations
   * @param events takes what happens, with the host's lock held
   */
  public HostSimulator(
      HostSettings settings, long guestPagesMax, Clock clock, Consumer<HostEvent> events) {
    this.settings = settings;
    this.clock = clock;
    this.events = events;
    this.modules = new SharedModules(guestPagesMax);
    this.nextSession = clock.millis() * 1000;
  }

  /** The guest of a new connection; empty when there are too many guests already. */
  synchronized Optional<Guest> connect(Guest.Id id) {
    Guest guest = guests.get(id);
    if (guest == null) {
      if (guests.size() >= GUESTS_MAX && !forgetOneThatIsGone()) {
        return Optional.empty();
      }
      guest = new Guest(id, nextSession++);
      guests.put(id, guest);
    }
    guest.connections++;
    return Optional.of(guest);
  }

  /** A connection of a guest was closed. What it registered and shares stays. */
  synchronized void disconnect(Guest guest) {
    guest.connections--;
  }

  /** Drops the oldest guest without a name and a connection: hardly would it come back. */
  private boolean forgetOneThatIsGone() {
    for (Guest guest : guests.values()) {
      if (guest.connections == 0 && !guest.id.isNamed()) {
        modules.forget(guest);
        guests.remove(guest.id);
        return true;
      }
    }
    return false;
  }

  /** Counts a connection that was closed because of what came over it. */
  synchronized void connectionBroken(String who, String why) {
    brokenConnections++;
    events.accept(new HostEvent(who, "connection closed: " + why, true));
  }

  /** Ends the check that runs, if one does, and all later ones. */
  void stop() {
    stopped = true;
  }

  /**
   * Answers a request in its own bytes.
   *
   * @param request from its header on, as long as its header says
   * @param memory of the process that sent it
   */
  synchronized void answer(Guest guest, ByteBuffer request, GuestMemory.Source memory) {
    int type = RequestHeader.type(request);
    Integer rc = settings.answers().get(type);
    String what = "answer as told";
    if (rc == null) {
      try {
        RequestHeader.decode(request);
        ResultCode code = dispatch(guest, type, request, memory);
        rc = code.code();
        what = code.name();
      } catch (MalformedRequestException e) {
        rc = e.code().code();
        what = e.getMessage();
      }
    }
    RequestHeader.setRc(request, rc);
    guest.answered(rc);
    events.accept(
        new HostEvent(
            guest.id.toString(),
            "request " + Integer.toUnsignedString(type) + ": rc " + rc + ", " + what,
            false));
  }

  private ResultCode dispatch(Guest guest, int type, ByteBuffer request, GuestMemory.Source memory)
      throws MalformedRequestException {
    switch (type) {
      case RequestType.HOST_VERSION:
        HostVersionRequest.decode(request);
        HostVersionRequest.encodeAnswer(request, settings.version());
        return ResultCode.OK;
      case RequestType.SESSION_ID:
        SessionIdRequest.decode(request);
        SessionIdRequest.encodeAnswer(request, guest.sessionId);
        return ResultCode.OK;
      case RequestType.REGISTER:
      case RequestType.UNREGISTER:
      case RequestType.CHECK:
      case RequestType.STATUS:
        return settings.compiled()
            ? dispatchFusion(guest, type, request, memory)
            : ResultCode.NOT_IMPLEMENTED;
      case RESET:
        modules.forget(guest);
        return ResultCode.OK;
      case RESTORE:
        modules.forget(guest);
        guest.sessionId = nextSession++;
        return ResultCode.OK;
      default:
        return ResultCode.NOT_IMPLEMENTED;
    }
  }

  private ResultCode dispatchFusion(
      Guest guest, int type, ByteBuffer request, GuestMemory.Source memory)
      throws MalformedRequestException {
    if (type == RequestType.STATUS) {
      StatusRequest.decode(request);
      StatusRequest.encodeAnswer(request, settings.fusionEnabled());
      return ResultCode.OK;
    }
    // A host looks at a request's form first and at its sizes after this.
    boolean enabled = settings.fusionEnabled();
    if (type == RequestType.REGISTER) {
      SharedModule module = RegisterRequest.decode(request);
      return enabled ? modules.register(guest, module) : ResultCode.NOT_SUPPORTED;
    }
    if (type == RequestType.UNREGISTER) {
      long base = UnregisterRequest.decode(request);
      return enabled ? modules.unregister(guest, base) : ResultCode.NOT_SUPPORTED;
    }
    CheckRequest.decode(request);
    if (!enabled) {
      return ResultCode.NOT_SUPPORTED;
    }
    check(guest, memory);
    return ResultCode.OK;
  }

  /** Makes a check. The guest learns nothing of how it went: a host has only queued it by then. */
  private void check(Guest guest, GuestMemory.Source source) {
    long start = clock.millis();
    PageCounts pages = PageCounts.NONE;
    Optional<String> why = Optional.empty();
    try (GuestMemory memory = source.open()) {
      SharingCheck check =
          new SharingCheck(modules, settings, guest, memory, batch, ++checks, () -> stopped);
      try {
        check.run();
      } finally {
        pages = check.total();
      }
    } catch (SharingCheck.StoppedException | IOException e) {
      why = Optional.of(String.valueOf(e.getMessage()));
      events.accept(new HostEvent(guest.id.toString(), "check stopped: " + e.getMessage(), true));
    }
    guest.checks++;
    guest.lastCheck = new HostFigures.Check(pages, clock.millis() - start, why);
  }

  /** What there is to tell at this moment. */
  public synchronized HostFigures figures() {
    List<HostFigures.OfGuest> ofGuests = new ArrayList<>();
    for (Guest guest : guests.values()) {
      ofGuests.add(figuresOf(guest));
    }
    List<HostFigures.OfModule> ofModules = new ArrayList<>();
    for (GlobalModule module : modules.modules()) {
      ofModules.add(
          new HostFigures.OfModule(
              module.key.name(),
              module.key.version(),
              module.key.sizeBytes(),
              module.key.osFamily(),
              module.pages(),
              module.users,
              module.sharedPages,
              module.duplicatePages));
    }
    return new HostFigures(
        ofGuests, ofModules, modules.sharedPages(), modules.duplicatePages(), brokenConnections);
  }

  private static HostFigures.OfGuest figuresOf(Guest guest) {
    List<HostFigures.Registered> registered = new ArrayList<>();
    for (Registration registration : guest.registrations()) {
      GlobalModule.Key key = registration.module.key;
      registered.add(
          new HostFigures.Registered(
              key.name(), key.version(), registration.base(), registration.pages));
    }
    return new HostFigures.OfGuest(
        guest.id.toString(),
        guest.sessionId,
        guest.connections,
        guest.registrationsEver,
        guest.shared.size(),
        guest.requests,
        guest.refused,
        guest.checks,
        Optional.ofNullable(guest.lastCheck),
        registered);
  }
}
