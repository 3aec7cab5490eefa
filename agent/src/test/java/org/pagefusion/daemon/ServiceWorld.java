// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.config.ConfigurationLoader;
import org.pagefusion.fusion.FakeHost;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.fusion.StoredRegistrations;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.GuestDevices;

/**
 * A guest of real files in which time passes only while the service waits, and everything that the
 * service tells is kept.
 */
final class ServiceWorld implements AutoCloseable, Signals, ServiceManager, ServiceLog {
  static final String FUSE = "mode = fuse\nhost-safe = yes\nsources = mapped, page-cache\n";

  final Kernel kernel = Kernel.load();
  final Path folder;
  final Path root;
  final FakeHost host = new FakeHost();
  final List<String> log = new ArrayList<>();
  final List<String> told = new ArrayList<>();
  final List<Long> waits = new ArrayList<>();
  final Deque<Step> script = new ArrayDeque<>();
  ServiceStatus last;
  boolean deviceMissing;
  boolean locked;
  int opened;
  boolean storeFull;
  boolean statusFull;
  long statuses;
  long millis;

  private final Random random = new Random(1);
  private final Instant begin = Instant.now();
  private final Path configuration;

  /** What happens when the service waits for the next time. */
  interface Step {
    Signal happens() throws Exception;
  }

  ServiceWorld(String configurationText) throws IOException {
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "service");
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("proc"));
    Files.createDirectories(root.resolve("usr/lib"));
    configuration = folder.resolve("pagefusion.conf");
    configure(configurationText);
  }

  void configure(String text) throws IOException {
    Files.writeString(configuration, text);
  }

  /** Writes a file of some pages, as a package would have long ago. */
  Path file(String name, int pages) throws IOException {
    byte[] content = new byte[pages * kernel.pageSize() + random.nextInt(1000)];
    random.nextBytes(content);
    Path fresh = folder.resolve("fresh");
    Files.write(fresh, content);
    Files.setLastModifiedTime(
        fresh, FileTime.from(Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1 << 24))));
    Path file = root.resolve("usr/lib").resolve(name);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  Surroundings surroundings() throws IOException {
    GuestTree tree = GuestTree.open(kernel, root.toString(), new Anomalies());
    RegistrationFile file = new RegistrationFile(folder.resolve("registrations"));
    Clock clock = clock();
    return new Surroundings(
        "test",
        ProcessHandle.current().pid(),
        kernel,
        tree,
        this::load,
        "fake",
        this::device,
        new RegistrationStore() {
          @Override
          public StoredRegistrations load(List<String> problems) throws IOException {
            return file.load(problems);
          }

          @Override
          public void save(StoredRegistrations stored) throws IOException {
            if (storeFull) {
              throw new IOException("registrations: No space left on device");
            }
            file.save(stored);
          }
        },
        () -> {
          if (locked) {
            throw new IOException("another pagefusion works with these registrations");
          }
          locked = true;
          return () -> locked = false;
        },
        this,
        this,
        this,
        (status, unused) -> {
          if (statusFull) {
            throw new IOException("status.json: No space left on device");
          }
          last = status;
          statuses++;
        },
        clock,
        () -> millis);
  }

  private Configuration load() throws ConfigurationException {
    return new ConfigurationLoader(folder).load(Optional.of(configuration)).configuration();
  }

  private GuestDevice device() throws DeviceException {
    if (deviceMissing) {
      return GuestDevices.open(folder.resolve("missing").toString(), kernel);
    }
    opened++;
    return host;
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return begin.plusMillis(millis);
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  /** Runs a service until the script is over. */
  void run() throws Exception {
    new Service(surroundings()).run();
  }

  @Override
  public Signal await(long most) {
    waits.add(most);
    millis += most;
    Step step = script.poll();
    try {
      return step == null ? Signal.STOP : step.happens();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The service waits for some time with nothing happening. */
  ServiceWorld quiet(int times) {
    for (int i = 0; i < times; i++) {
      script.add(() -> Signal.NONE);
    }
    return this;
  }

  /** Something happens while the service waits. */
  ServiceWorld then(Signal signal, Change change) {
    script.add(
        () -> {
          change.happens();
          return signal;
        });
    return this;
  }

  /** What happens. */
  interface Change {
    void happens() throws Exception;
  }

  @Override
  public void debug(String message) {
    // For those who ask for it.
  }

  @Override
  public void info(String message) {
    log.add("info: " + message);
  }

  @Override
  public void warn(String message) {
    log.add("warn: " + message);
  }

  @Override
  public void ready() {
    told.add("ready");
  }

  @Override
  public void reloading() {
    told.add("reloading");
  }

  @Override
  public void stopping() {
    told.add("stopping");
  }

  @Override
  public void status(String text) {
    if (!told.contains(text)) {
      told.add(text);
    }
  }

  @Override
  public void alive() {
    // Nobody waits for it.
  }

  @Override
  public long patienceMillis() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }
}
