// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.config.Mode;

/**
 * What a service does, and what it costs.
 *
 * @param version of the agent
 * @param pid of the service
 * @param startedAt when it started
 * @param updatedAt when it wrote this
 * @param stoppedAt when it stopped; empty while it runs
 * @param pageSize bytes of a page
 * @param mode what it does, and why
 * @param host what is known of the host
 * @param scan the last scan, and the next
 * @param registered what is registered; empty unless it fuses
 * @param check the last check, and the next; empty unless it fuses
 * @param eligibleBytes memory that the host can merge with other guests': the pages in its sight
 *     when it fuses, what is resident of all candidates otherwise
 * @param cost what the service takes itself; empty when that can't be read
 * @param problems what does not work
 */
public record ServiceStatus(
    String version,
    long pid,
    Instant startedAt,
    Instant updatedAt,
    Optional<Instant> stoppedAt,
    int pageSize,
    ModeStatus mode,
    HostStatus host,
    Optional<ScanStatus> scan,
    Optional<RegisteredStatus> registered,
    Optional<CheckStatus> check,
    long eligibleBytes,
    Optional<Cost> cost,
    List<Problem> problems) {

  /** Copies the list. */
  public ServiceStatus {
    problems = List.copyOf(problems);
  }

  /** The same with another cost. */
  public ServiceStatus withCost(Optional<Cost> measured) {
    return new ServiceStatus(
        version,
        pid,
        startedAt,
        updatedAt,
        stoppedAt,
        pageSize,
        mode,
        host,
        scan,
        registered,
        check,
        eligibleBytes,
        measured,
        problems);
  }

  /** What is left of the eligible bytes after what the service takes itself; may be negative. */
  public long netBytes() {
    return eligibleBytes - cost.map(Cost::memoryBytes).orElse(0L);
  }

  /**
   * What the service does.
   *
   * @param configured the mode of the configuration
   * @param effective what it really does
   * @param why what makes the difference, or what to do to change it
   */
  public record ModeStatus(Mode configured, Mode effective, String why) {}

  /**
   * What is known of the host.
   *
   * @param device how it is reached
   * @param state what came of asking it
   * @param version its version, where it told
   * @param detail for people: what it said, with the remedy; empty when all is well
   */
  public record HostStatus(
      String device, HostState state, Optional<String> version, String detail) {}

  /** What came of asking the host. */
  public enum HostState {
    /** It was sent no request, because the service observes. */
    NOT_ASKED("not-asked"),
    /** It fuses. */
    FUSING("fusing"),
    /** It does no page fusion for this VM. */
    REFUSED("refused"),
    /** It can't be reached. */
    UNAVAILABLE("unavailable");

    private final String text;

    HostState(String text) {
      this.text = text;
    }

    /** The name in files and results. */
    public String text() {
      return text;
    }
  }

  /**
   * Scans.
   *
   * @param count how many there were
   * @param lastAt when the last one ended
   * @param millis how long it took
   * @param walked whether it walked the page cache
   * @param lastWalkAt when the page cache was walked last
   * @param walkMillis how long that scan took
   * @param processes processes whose mappings were read
   * @param files files that were judged
   * @param anomalies what could not be read or understood
   * @param firstAnomaly where, and what; empty when there was none
   * @param candidates bytes resident of candidates, by category, at the last walk
   * @param excluded bytes that were left out, by reason, at the last walk
   * @param nextAt when the next one is due
   * @param nextWalkAt when the page cache may be walked again
   * @param nextReason why then
   */
  public record ScanStatus(
      long count,
      Instant lastAt,
      long millis,
      boolean walked,
      Instant lastWalkAt,
      long walkMillis,
      int processes,
      int files,
      long anomalies,
      String firstAnomaly,
      Map<String, Total> candidates,
      Map<String, Total> excluded,
      Instant nextAt,
      Instant nextWalkAt,
      String nextReason) {}

  /**
   * Some things together.
   *
   * @param count how many
   * @param bytes how much memory
   */
  public record Total(int count, long bytes) {
    Total plus(int more, long moreBytes) {
      return new Total(count + more, bytes + moreBytes);
    }
  }

  /**
   * What is registered.
   *
   * @param modules registered modules
   * @param failed modules that could not be registered or unregistered
   * @param residentPages resident pages of the registered modules
   * @param eligiblePages those that the host sees: present, and read-only
   * @param registrationsUsed of the VM's lifetime registrations
   * @param registrationsMax how many the host accepts in the lifetime of a VM
   */
  public record RegisteredStatus(
      int modules,
      int failed,
      long residentPages,
      long eligiblePages,
      int registrationsUsed,
      int registrationsMax) {}

  /**
   * Checks.
   *
   * @param count how many there were
   * @param lastAt when the last one was; empty before the first
   * @param millis how long it took: so long all vCPUs may have stood still
   * @param result the host's rc
   * @param nextAt when the next one is due
   * @param nextReason why then
   */
  public record CheckStatus(
      long count,
      Optional<Instant> lastAt,
      long millis,
      int result,
      Instant nextAt,
      String nextReason) {}

  /**
   * What the service takes itself.
   *
   * @param privateDirtyBytes memory that can never be shared between guests
   * @param privateCleanBytes memory that no other process maps but that files back, the files that
   *     are mapped for the host left out: it can itself be fused
   * @param pageTableBytes page tables, those of the mapped files included
   * @param cpuMillis processor time since the start
   */
  public record Cost(
      long privateDirtyBytes, long privateCleanBytes, long pageTableBytes, long cpuMillis) {
    /** The same with another processor time. */
    Cost withCpuMillis(long millis) {
      return new Cost(privateDirtyBytes, privateCleanBytes, pageTableBytes, millis);
    }

    /** All of it that is memory. */
    public long memoryBytes() {
      return privateDirtyBytes + privateCleanBytes + pageTableBytes;
    }
  }

  /**
   * Something that does not work.
   *
   * @param subject what
   * @param what the description, with the remedy
   * @param since when it began
   */
  public record Problem(String subject, String what, Instant since) {}
}
