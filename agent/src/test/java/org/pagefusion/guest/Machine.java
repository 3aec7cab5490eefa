// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.pagefusion.bridge.Kernel;

/**
 * This machine, as far as a test uses it: a folder on its disk, programs, processes, mounts. All of
 * it is gone again when this is closed, or when the JVM ends before.
 */
public final class Machine implements AutoCloseable {
  private static final String SYSTEM_PROGRAMS = ":/usr/sbin:/sbin";
  private static final long PROGRAM_SECONDS = 60;
  private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwxr-xr-x");

  private final Path home;
  private final Path folder;
  private final List<Actor> actors = new ArrayList<>();
  private final Deque<Path> mounts = new ArrayDeque<>();
  private final Thread atEnd = new Thread(this::clear);

  private Machine(Path home) throws IOException {
    this.home = home;
    this.folder = home.resolve("files");
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(home, OPEN);
    Files.setPosixFilePermissions(folder, OPEN);
    Runtime.getRuntime().addShutdownHook(atEnd);
  }

  /**
   * Opens it with a folder that every user may enter, on a disk; skips the test where there is
   * none.
   */
  public static Machine open() throws IOException {
    for (Path parent :
        List.of(checkout().resolve("agent/target"), Path.of("/var/tmp"), Path.of("/tmp"))) {
      if (Files.isWritable(parent) && isOpenToAll(parent) && isOnDisk(parent)) {
        return new Machine(Files.createTempDirectory(parent.toRealPath(), "machine-"));
      }
    }
    return abort("no folder on a disk that every user may enter");
  }

  private static boolean isOpenToAll(Path path) throws IOException {
    for (Path at = path.toRealPath(); at != null; at = at.getParent()) {
      if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOnDisk(Path path) throws IOException {
    return FileSystem.of(Files.getFileStore(path).type()).kind() == FileSystem.Kind.LOCAL;
  }

  /** The checkout that is tested. */
  public static Path checkout() {
    return Path.of(Objects.requireNonNull(System.getProperty("pagefusion.checkout")));
  }

  /** Skips the test unless it runs as root, with the right to mount. */
  public void needRoot() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "needs root");
    assumeTrue(execute("unshare", "-m", "true").exitCode() == 0, "needs the right to mount");
  }

  /** Skips the test unless these programs are there. */
  public static void needPrograms(String... programs) {
    for (String program : programs) {
      assumeTrue(isThere(program), "needs " + program);
    }
  }

  private static boolean isThere(String program) {
    for (String place : searchPath().split(":")) {
      if (Files.isExecutable(Path.of(place).resolve(program))) {
        return true;
      }
    }
    return false;
  }

  private static String searchPath() {
    return System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + SYSTEM_PROGRAMS;
  }

  /** The folder of this test. */
  public Path folder() {
    return folder;
  }

  /** The name of a file in the folder. */
  public String file(String name) {
    return folder + "/" + name;
  }

  /** A new folder in the folder. */
  public Path newFolder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /**
   * What a program did.
   *
   * @param exitCode its exit code
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   */
  public record Execution(int exitCode, String out, String err) {}

  /** Runs a program to its end and returns what it wrote to stdout; fails unless it did well. */
  public String run(String... command) throws IOException {
    Execution done = execute(command);
    if (done.exitCode() != 0) {
      throw new AssertionError(
          String.join(" ", command) + ": exit code " + done.exitCode() + ": " + done.err());
    }
    return done.out();
  }

  /** Runs a program to its end, whatever that is. */
  public Execution execute(String... command) throws IOException {
    return execute(new ProcessBuilder(command), "");
  }

  /** Runs a program to its end with that on stdin. */
  public Execution execute(ProcessBuilder builder, String in) throws IOException {
    Path out = Files.createTempFile(home, "stdout", "");
    Path err = Files.createTempFile(home, "stderr", "");
    Path input = Files.writeString(Files.createTempFile(home, "stdin", ""), in);
    builder.environment().put("PATH", searchPath());
    Process process =
        builder
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      if (!process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(
            String.join(" ", builder.command()) + ": not done after " + PROGRAM_SECONDS + " s");
      }
      return new Execution(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
      Files.delete(input);
    }
  }

  /**
   * Starts a process that does what it is told; the words before its own start it in another way.
   */
  public Actor actor(String... before) throws IOException {
    needPrograms("python3");
    List<String> command = new ArrayList<>(List.of(before));
    command.add(python());
    command.add(checkout().resolve("agent/src/test/python/actor.py").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("PATH", searchPath(), "PYTHONDONTWRITEBYTECODE", "1"));
    Actor actor = new Actor(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    actors.add(actor);
    return actor;
  }

  /** The system's Python, which every user may run, rather than one of this user. */
  public static String python() {
    return Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
  }

  /** Pages of a file in the page cache, counted by a program that shares nothing with the agent. */
  public long residentPages(String path) throws IOException {
    return Objects.requireNonNull(residentPages(List.of(path)).get(path), path);
  }

  /** The same of several files but those that are gone, or of which this user may not know. */
  public Map<String, Long> residentPages(List<String> paths) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            python(),
            checkout().resolve("agent/src/test/python/residency_count.py").toString(),
            "-0");
    Execution done = execute(builder, String.join("\0", paths));
    assertEquals("", done.err());
    Map<String, Long> pages = new HashMap<>();
    for (String line : done.out().split("\n")) {
      JsonObject file = JsonParser.parseString(line).getAsJsonObject();
      if (file.has("residentPages") && file.get("reliable").getAsBoolean()) {
        pages.put(file.get("path").getAsString(), file.get("residentPages").getAsLong());
      }
    }
    return pages;
  }

  /**
   * Makes a file system in a file.
   *
   * @param make the program that makes it, with its options
   */
  public Path image(String name, long sizeBytes, String... make) throws IOException {
    needPrograms(make[0]);
    Path image = folder.resolve(name);
    run("truncate", "-s", Long.toString(sizeBytes), image.toString());
    List<String> command = new ArrayList<>(List.of(make));
    command.add(image.toString());
    run(command.toArray(String[]::new));
    return image;
  }

  /** Mounts; skips the test where the kernel does not have the file system. */
  public Path mount(String name, String... arguments) throws IOException {
    Path point = newFolder(name);
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(point.toString());
    Execution done = execute(command.toArray(String[]::new));
    assumeTrue(done.exitCode() == 0, String.join(" ", command) + ": " + done.err());
    mounts.push(point);
    return point;
  }

  /** Mounts something at a place that is there already. */
  public void mountAt(Path point, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(point.toString());
    run(command.toArray(String[]::new));
    mounted(point);
  }

  /** Remembers to unmount what something else has mounted. */
  public void mounted(Path point) {
    mounts.push(point);
  }

  /** Unmounts. */
  public void unmount(Path point) throws IOException {
    run("umount", point.toString());
    mounts.remove(point);
  }

  @Override
  public void close() {
    clear();
    Runtime.getRuntime().removeShutdownHook(atEnd);
  }

  private void clear() {
    for (Actor actor : actors) {
      actor.close();
    }
    actors.clear();
    try {
      while (!mounts.isEmpty()) {
        clearMount(mounts.pop().toString());
      }
      remove();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(home + ": not cleared", e);
    }
  }

  private void clearMount(String point) throws IOException {
    boolean done =
        execute("umount", point).exitCode() == 0 || execute("umount", "-l", point).exitCode() == 0;
    // What was mounted in the /proc directory of a process ended with it.
    if (!done && !point.startsWith("/proc/")) {
      throw new IOException(point + ": can't be unmounted");
    }
  }

  /** Removes the folder by a program, which takes names that Java would not. */
  private void remove() throws IOException, InterruptedException {
    int exitCode =
        new ProcessBuilder("rm", "-rf", "--one-file-system", "--", home.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (exitCode != 0) {
      throw new IOException("rm: exit code " + exitCode);
    }
  }
}
