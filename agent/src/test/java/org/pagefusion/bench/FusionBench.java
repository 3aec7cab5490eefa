// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.ConfigurationLoader;
import org.pagefusion.fusion.ConfiguredPolicy;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.Mappings;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.memory.FileMapper;
import org.pagefusion.vmmdev.SimulatedDevice;
import org.pagefusion.vmmdev.VmmDev;

/**
 * Runs cycles whenever it is told to, for packaging/bench/fusion: what one step of a cycle takes of
 * the wall clock and of the processor, which {@code run --once} tells of the first alone.
 *
 * <p>Arguments: configuration file, socket of the simulated host. A line on stdin is a request:
 * {@code new GUEST STATE} is the first cycle of a guest without a history, {@code again} another
 * one, {@code release} has all unregistered and ends the guest; the end of stdin ends the program.
 * Every answer is a line of JSON, milliseconds of the wall clock and of the processor by step.
 */
public final class FusionBench {
  private static final String[] STEPS = {"register", "present", "check"};

  /** Of the C library. */
  public interface LibC {
    int clock_gettime(int clock, long result);
  }

  private final Kernel kernel = Kernel.load();
  private final Configuration configuration;
  private final Path socket;
  private final StepClock clock = new StepClock();
  private List<Candidate> candidates = List.of();
  private SimulatedDevice device;
  private FusionCycle cycle;

  private FusionBench(Configuration configuration, Path socket) {
    this.configuration = configuration;
    this.socket = socket;
  }

  /** Runs until stdin ends. */
  public static void main(String[] arguments) throws Exception {
    Configuration configuration =
        new ConfigurationLoader(Path.of("/"))
            .load(Optional.of(Path.of(arguments[0])))
            .configuration();
    FusionBench bench = new FusionBench(configuration, Path.of(arguments[1]));
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // Loaded before anything is measured.
    StepClock.cpuNanos();
    PrintStream out = System.out;
    String request;
    while ((request = requests.readLine()) != null) {
      out.println(bench.answer(request.split(" ")));
    }
  }

  private String answer(String[] request) throws Exception {
    switch (request[0]) {
      case "new":
        scan();
        device = new SimulatedDevice(socket, request[1]);
        cycle =
            new FusionCycle(
                new VmmDev(device),
                new Mappings(new FileMapper(kernel), kernel.pageSize()),
                new RegistrationFile(Path.of(request[2])),
                new ConfiguredPolicy(configuration),
                configuration.maxModules(),
                clock);
        return runCycle();
      case "again":
        return runCycle();
      case "release":
        return release();
      default:
        throw new IllegalArgumentException(request[0]);
    }
  }

  private void scan() throws IOException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies)) {
      candidates =
          new CandidateScanner(
                  tree, kernel, configuration, Clock.systemUTC(), ProcessScanner.Method.AUTO)
              .scan(anomalies, (what, files) -> {})
              .candidates();
    }
  }

  private String runCycle() throws Exception {
    List<String> problems = new ArrayList<>();
    clock.marks.clear();
    CycleResult result = cycle.update(candidates, problems);
    if (cycle.check().refused()) {
      throw new IllegalStateException("the host refused the check");
    }
    // The check begins where the update ends.
    clock.marks.remove(STEPS.length - 1);
    if (clock.marks.size() != STEPS.length + 1) {
      throw new IllegalStateException("a cycle looks at the clock at other moments now");
    }
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < STEPS.length; i++) {
      step(json, STEPS[i], clock.marks.get(i), clock.marks.get(i + 1));
    }
    return json.append("\"modules\": ")
        .append(result.modules())
        .append(", \"newlyRegistered\": ")
        .append(result.newlyRegistered())
        .append(", \"eligiblePages\": ")
        .append(result.eligiblePages())
        .append(", \"problems\": ")
        .append(problems.size() + result.failures().size())
        .append('}')
        .toString();
  }

  private String release() throws Exception {
    List<String> problems = new ArrayList<>();
    StepClock.Mark before = StepClock.Mark.now();
    int released = cycle.release(problems);
    cycle.close();
    StepClock.Mark after = StepClock.Mark.now();
    device.close();
    StringBuilder json = new StringBuilder("{");
    step(json, "unregister", before, after);
    return json.append("\"released\": ").append(released).append('}').toString();
  }

  private static void step(
      StringBuilder json, String name, StepClock.Mark from, StepClock.Mark to) {
    json.append(
        String.format(
            Locale.ROOT,
            "\"%s\": {\"wallMillis\": %.3f, \"cpuMillis\": %.3f}, ",
            name,
            (to.wallNanos - from.wallNanos) / 1e6,
            (to.cpuNanos - from.cpuNanos) / 1e6));
  }

  /** A cycle asks for the time at the beginning and the end of each of its steps. */
  private static final class StepClock extends Clock {
    /** A moment. */
    record Mark(long wallNanos, long cpuNanos) {
      static Mark now() {
        return new Mark(System.nanoTime(), StepClock.cpuNanos());
      }
    }

    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    private static final NativeBuffer TIME = Kernel.load().allocate(2 * Long.BYTES);

    final List<Mark> marks = new ArrayList<>();

    /** Of all threads, ended ones too; the JVM's own bean counts in units of 10 ms. */
    static long cpuNanos() {
      LIBC.clock_gettime(CLOCK_PROCESS_CPUTIME_ID, TIME.address());
      return TIME.bytes().getLong(0) * 1_000_000_000 + TIME.bytes().getLong(Long.BYTES);
    }

    @Override
    public long millis() {
      marks.add(Mark.now());
      return System.currentTimeMillis();
    }

    @Override
    public Instant instant() {
      return Instant.now();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
