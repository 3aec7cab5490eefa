// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.Machine;

/** The command as people run it, on this machine, against an independent count of the same. */
class CounterCheckTest {
  private static final long PAGE_BYTES = 4096;
  private static final int ATTEMPTS = 6;
  private static final String NOBODY = "65534";

  /** Libraries that the command needs, among those that tests need. */
  private static final List<String> RUNTIME =
      List.of("jnr-", "jffi", "asm", "gson", "picocli", "tinylog", "hash4j");

  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    Machine.needPrograms("python3");
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private static String java() {
    return System.getProperty("java.home") + "/bin/java";
  }

  private List<String> command(
      List<String> classPath, String library, String sources, String... arguments)
      throws IOException {
    Path configuration =
        Files.writeString(
            machine.folder().resolve("pagefusion.conf"),
            "min-resident = 0\nmax-modules = 2048\nsources = "
                + sources
                + "\nroots = "
                + machine.folder()
                + "\n");
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
    command.add("-D" + Kernel.LIBRARY_PROPERTY + "=" + library);
    command.addAll(List.of("-Djnr.ffi.asm.enabled=false", "-Djnr.ffi.x86asm.enabled=false"));
    command.add("-Djava.io.tmpdir=" + machine.newFolder("tmp"));
    command.addAll(List.of("-cp", String.join(":", classPath), "org.pagefusion.cli.Main"));
    command.addAll(List.of("--config", configuration.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  /** A report, and the paths of what the reporting process itself had mapped. */
  private record Reported(JsonObject report, Set<String> own) {}

  private Reported report() throws IOException {
    List<String> command =
        command(
            classPath(), System.getProperty(Kernel.LIBRARY_PROPERTY), "mapped", "report", "--json");
    Path out = machine.folder().resolve("out.json");
    Path err = machine.folder().resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    Set<String> own = new HashSet<>();
    try {
      while (process.isAlive()) {
        addMapped(process.pid(), own);
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals("", Files.readString(err));
    assertEquals(0, process.exitValue());
    return new Reported(JsonParser.parseString(Files.readString(out)).getAsJsonObject(), own);
  }

  private static void addMapped(long pid, Set<String> paths) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
        int slash = line.indexOf('/');
        if (slash > 0) {
          paths.add(line.substring(slash));
        }
      }
    } catch (IOException e) {
      // It has ended; or the name of a file is not UTF-8, and of no use here.
    }
  }

  /**
   * A mapped file by the independent count.
   *
   * @param processes that map it
   * @param residentPages in the page cache
   */
  private record Counted(long processes, long residentPages) {}

  /** All mapped regular files that are where their path says, but those that share a path. */
  private Map<String, Counted> count() throws IOException {
    JsonObject mapped =
        JsonParser.parseString(
                machine.run(
                    Machine.python(),
                    Machine.checkout()
                        .resolve("agent/src/test/python/residency_count.py")
                        .toString(),
                    "--mapped"))
            .getAsJsonObject();
    Map<String, Long> processes = new HashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (JsonElement element : mapped.getAsJsonArray("files")) {
      JsonObject file = element.getAsJsonObject();
      String path = file.get("path").getAsString();
      boolean reached = !file.get("regular").isJsonNull() && !file.get("deleted").getAsBoolean();
      if (!reached || !Files.isRegularFile(Path.of(path))) {
        continue;
      }
      if (processes.put(path, file.get("processes").getAsLong()) != null) {
        ambiguous.add(path);
      }
    }
    processes.keySet().removeAll(ambiguous);
    processes.keySet().removeIf(path -> !FileName.printable(path).equals(path));
    Map<String, Long> resident = machine.residentPages(List.copyOf(processes.keySet()));
    processes.keySet().retainAll(resident.keySet());
    Map<String, Counted> counted = new HashMap<>();
    processes.forEach((path, count) -> counted.put(path, new Counted(count, resident.get(path))));
    return counted;
  }

  /** What is wrong with a file of the report; null when nothing is. */
  private static String compare(
      String path, Counted before, Counted after, Reported reported, Map<String, Counted> found) {
    Counted report = found.get(path);
    if (report == null) {
      return "neither candidate nor excluded";
    }
    // The count before and after did not see the reporting process, which sees itself.
    long self = reported.own().contains(path) ? 1 : 0;
    long fewest = Math.min(before.processes(), after.processes());
    long most = Math.max(before.processes(), after.processes()) + self;
    if (report.processes() < fewest || report.processes() > most) {
      return "mapped by " + report.processes() + ", counted " + fewest + " to " + most;
    }
    fewest = Math.min(before.residentPages(), after.residentPages());
    most = Math.max(before.residentPages(), after.residentPages());
    if (report.residentPages() < fewest || report.residentPages() > most) {
      return report.residentPages() + " pages resident, counted " + fewest + " to " + most;
    }
    return null;
  }

  private static Map<String, Counted> candidates(JsonObject report) {
    Map<String, Counted> candidates = new HashMap<>();
    for (JsonElement element : report.getAsJsonArray("candidates")) {
      JsonObject candidate = element.getAsJsonObject();
      // A large file is several candidates.
      candidates.merge(
          candidate.get("path").getAsString(),
          new Counted(
              candidate.get("mappedBy").getAsLong(), candidate.get("residentPages").getAsLong()),
          (a, b) -> new Counted(a.processes(), a.residentPages() + b.residentPages()));
    }
    return candidates;
  }

  /**
   * Processes and files of known counts, so that there are enough of them on the smallest machine.
   */
  private void startProcesses() throws IOException {
    Actor first = machine.actor();
    Actor second = machine.actor();
    for (int i = 0; i < 24; i++) {
      String path = machine.file("file-" + i);
      first.create(path, (i + 1) * 7L * PAGE_BYTES + i);
      first.drop(path);
      first.read(path, 0, i + 1);
      first.map(path);
      if (i % 3 == 0) {
        second.map(path);
      }
    }
  }

  /**
   * Every mapped file of this machine: processes and pages lie between those counted right before
   * and right after. Since a machine does not stand still in between, a file is wrong only if it is
   * so repeatedly.
   */
  @Test
  void reportEqualsAnIndependentCount() throws IOException {
    startProcesses();
    Set<String> right = new HashSet<>();
    Map<String, List<String>> wrong = new HashMap<>();
    int attempts = 0;
    do {
      Map<String, Counted> before = count();
      Reported reported = report();
      Map<String, Counted> after = count();
      before.keySet().retainAll(after.keySet());
      Map<String, Counted> found = candidates(reported.report());
      for (JsonElement excluded : reported.report().getAsJsonArray("excluded")) {
        // Excluded with a reason: nothing to compare.
        before.remove(excluded.getAsJsonObject().get("path").getAsString());
      }
      for (Map.Entry<String, Counted> file : before.entrySet()) {
        String path = file.getKey();
        String error = compare(path, file.getValue(), after.get(path), reported, found);
        if (error == null) {
          right.add(path);
        } else {
          wrong.computeIfAbsent(path, key -> new ArrayList<>()).add(error);
        }
      }
      wrong.keySet().removeAll(right);
      attempts++;
    } while (attempts < ATTEMPTS && !wrong.isEmpty());
    wrong.values().removeIf(errors -> errors.size() < 3);
    assertEquals(Map.of(), wrong);
    assertTrue(right.size() >= 24, right.size() + " files compared");
    for (int i = 0; i < 24; i++) {
      assertTrue(right.contains(machine.file("file-" + i)), "file-" + i);
    }
  }

  /** The same as a user who may look at his own processes only, and not into the page cache. */
  @Test
  void aUserSeesWhatIsHis() throws IOException {
    machine.needRoot();
    Machine.needPrograms("setpriv");
    assumeTrue(isOpenToAll(Path.of(java()).toRealPath()), "needs a Java for all users");
    String[] asNobody = {
      "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--inh-caps=-all"
    };
    Actor root = machine.actor();
    root.create(machine.file("of-root"), 20 * PAGE_BYTES);
    root.create(machine.file("of-nobody"), 20 * PAGE_BYTES);
    root.create(machine.file("secret"), 20 * PAGE_BYTES);
    machine.run("chmod", "600", machine.file("secret"));
    Files.createDirectory(
        machine.folder().resolve("closed"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    root.create(machine.file("closed/inside"), 20 * PAGE_BYTES);
    root.create(machine.file("unmapped"), 20 * PAGE_BYTES);
    machine.run("chown", NOBODY + ":" + NOBODY, machine.file("of-nobody"));
    root.drop(machine.file("of-root"));
    root.drop(machine.file("of-nobody"));
    root.read(machine.file("of-nobody"), 3, 2);
    root.read(machine.file("of-nobody"), 0, 1);
    Actor nobody = machine.actor(asNobody);
    nobody.map(machine.file("of-root"));
    nobody.map(machine.file("of-nobody"));
    root.map(machine.file("secret"));

    List<String> command = new ArrayList<>(List.of(asNobody));
    command.addAll(
        command(
            copyForAll(),
            machine.file("lib/libpagefusion.so"),
            "mapped,page-cache",
            "report",
            "--json"));
    Files.setPosixFilePermissions(
        machine.folder().resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Machine.Execution done = machine.execute(new ProcessBuilder(command), "");
    assertEquals("", done.err());
    assertEquals(0, done.exitCode());
    JsonObject report = JsonParser.parseString(done.out()).getAsJsonObject();
    JsonObject scan = report.getAsJsonObject("scan");
    assertFalse(scan.get("asRoot").getAsBoolean());
    assertTrue(scan.get("processesSkipped").getAsInt() >= 2, scan::toString);
    assertTrue(scan.get("processes").getAsInt() >= 2, scan::toString);
    assertEquals(0, scan.getAsJsonArray("anomalies").size(), scan::toString);

    Map<String, JsonObject> candidates = new HashMap<>();
    for (JsonElement candidate : report.getAsJsonArray("candidates")) {
      JsonObject object = candidate.getAsJsonObject();
      candidates.put(object.get("path").getAsString(), object);
    }
    JsonObject assumed = candidates.get(machine.file("of-root"));
    assertEquals("assumed", assumed.get("residency").getAsString());
    assertEquals(20, assumed.get("residentPages").getAsInt());
    JsonObject measured = candidates.get(machine.file("of-nobody"));
    assertEquals("measured", measured.get("residency").getAsString());
    assertEquals(3, measured.get("residentPages").getAsInt());
    assertTrue(candidates.containsKey(machine.file("unmapped")));
    assertFalse(candidates.containsKey(machine.file("secret")));
    assertFalse(candidates.containsKey(machine.file("closed/inside")));
    assertEquals(3, machine.residentPages(machine.file("of-nobody")));
  }

  /**
   * Each level of a walk holds a descriptor; where they end, so does the walk, and nothing else.
   */
  @Test
  void tooFewDescriptors() throws IOException {
    Path at = machine.folder();
    for (int i = 0; i < 200; i++) {
      at = Files.createDirectory(at.resolve("d"));
    }
    Actor actor = machine.actor();
    actor.create(machine.file("file"), 20 * PAGE_BYTES);
    actor.create(at + "/unreached", 20 * PAGE_BYTES);
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -n 150 && exec \"$@\"", "sh"));
    command.addAll(
        command(
            copyForAll(),
            machine.file("lib/libpagefusion.so"),
            "mapped,page-cache",
            "report",
            "--json"));
    Machine.Execution done = machine.execute(new ProcessBuilder(command), "");
    assertEquals("", done.err());
    assertEquals(0, done.exitCode());
    JsonObject report = JsonParser.parseString(done.out()).getAsJsonObject();
    assertTrue(
        report.getAsJsonObject("scan").getAsJsonArray("anomalies").toString().contains("EMFILE"));
    assertTrue(candidates(report).containsKey(machine.file("file")));
    assertFalse(candidates(report).containsKey(at + "/unreached"));
  }

  private static boolean isOpenToAll(Path path) throws IOException {
    for (Path at = path; at != null; at = at.getParent()) {
      if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The command's classes and libraries as they are installed: in archives that every user can
   * read.
   */
  private List<String> copyForAll() throws IOException {
    Path library = machine.newFolder("lib");
    List<String> copies = new ArrayList<>();
    for (String entry : classPath()) {
      Path source = Path.of(entry);
      String name = String.valueOf(source.getFileName());
      if (name.equals("classes")) {
        Path archive = library.resolve("classes.zip");
        machine.run(Machine.python(), "-m", "zipfile", "-c", archive.toString(), source + "/org");
        copies.add(archive.toString());
      } else if (RUNTIME.stream().anyMatch(name::startsWith)) {
        machine.run("cp", entry, library.toString());
        copies.add(library.resolve(name).toString());
      }
    }
    machine.run("cp", System.getProperty(Kernel.LIBRARY_PROPERTY), library.toString());
    machine.run("chmod", "-R", "a+rX", library.toString());
    return copies;
  }
}
