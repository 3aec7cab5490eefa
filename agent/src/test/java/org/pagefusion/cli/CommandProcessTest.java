// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.candidate.TestElf;
import org.pagefusion.report.ReportSchema;

/** The command as a process of its own, started as packaging/bin/pagefusion starts it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandProcessTest {
  private static final List<String> LIBRARIES =
      List.of("jnr-", "jffi-", "asm-", "picocli-", "tinylog-", "gson-", "hash4j-");

  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  private Path home;
  private OddTree tree;
  private String root;

  /** The command's files where every user can read them, which Maven's repository may not be. */
  @BeforeAll
  void install() throws IOException {
    home = Files.createTempDirectory(Path.of("/tmp"), "pagefusion-command-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      String name = path.getFileName().toString();
      if (LIBRARIES.stream().anyMatch(name::startsWith)) {
        copy(path, home.resolve(name));
      } else if (name.equals("classes") || name.equals("test-classes")) {
        copyFolder(path, home.resolve(name));
      }
    }
    copy(Path.of(System.getProperty("pagefusion.native")), home.resolve("libpagefusion.so"));
    tree = OddTree.create();
    root = tree.root().toString();
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, new int[] {1}, 100_000, 1));
    tree.file("/usr/lib/liby.so", TestElf.make(TestElf.SHARED, false, new int[] {2}, 100_000, 2));
    tree.process(7).maps("/usr/lib/libx.so").raw("nonsense\n").maps("/usr/lib/liby.so");
    tree.text("/etc/pagefusion/pagefusion.conf", "sources = mapped\n");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-r--r--");
    Files.setPosixFilePermissions(to, rights);
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
          Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        } else {
          copy(path, target);
        }
      }
    }
  }

  @AfterAll
  void remove() throws IOException {
    tree.close();
    try (Stream<Path> paths = Files.walk(home)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }

  // ---- running

  private List<String> java(String without, String... options) throws IOException {
    List<String> classPath = new ArrayList<>(List.of(home.resolve("classes").toString()));
    try (Stream<Path> files = Files.list(home)) {
      files
          .map(Path::toString)
          .filter(file -> file.endsWith(".jar"))
          .filter(file -> without.isEmpty() || !file.contains("/" + without))
          .sorted()
          .forEach(classPath::add);
    }
    classPath.add(home.resolve("test-classes").toString());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-XX:-UsePerfData",
            "-XX:+DisplayVMOutputToStderr",
            "-Dpagefusion.native=" + home.resolve("libpagefusion.so"),
            "-Djnr.ffi.asm.enabled=false",
            "-Djnr.ffi.x86asm.enabled=false"));
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath));
    return command;
  }

  private List<String> command(String... arguments) throws IOException {
    List<String> command = java("");
    command.add("org.pagefusion.cli.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  private static CommandRun run(List<String> command) throws IOException {
    return run(command, ProcessBuilder.Redirect.PIPE);
  }

  private static CommandRun run(List<String> command, ProcessBuilder.Redirect out)
      throws IOException {
    Path err = Files.createTempFile("pagefusion", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out)
              .redirectError(err.toFile())
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "hangs: " + command);
      return new CommandRun(process.exitValue(), text, Files.readString(err));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      Files.delete(err);
    }
  }

  // ---- results

  @Test
  void stdoutIsOneObjectAndStderrIsSilent() throws IOException {
    CommandRun run = run(command("--root", root, "report", "--json", "--page-hashes")).done();
    JsonObject report = ReportSchema.check(run.out(), true);
    assertEquals(2, report.getAsJsonArray("candidates").size());
    assertEquals(1, report.getAsJsonObject("scan").getAsJsonArray("anomalies").size());
  }

  @Test
  void verboseTellsOnStderrWhatWasGoneAround() throws IOException {
    CommandRun run = run(command("--root", root, "-v", "report", "--json"));
    assertEquals(0, run.exitCode());
    ReportSchema.check(run.out(), false);
    assertTrue(run.err().contains(root + "/proc/7/maps:2"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  /** Text in another encoding than the locale's, which may have no such characters. */
  @Test
  void resultsAreUtf8InAnyLocale() throws IOException {
    tree.text("/ü日.txt", "x");
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=POSIX"));
    command.addAll(command("--root", root, "inspect", "process", "8"));
    tree.process(8).maps("/ü日.txt", "r--p");
    assertTrue(run(command).done().out().contains("/ü日.txt"));
  }

  /** In such a locale the JVM can't even name the tree: that is said, not taken for a bug. */
  @Test
  void aRootThatTheLocaleCantNameIsWrongUse() throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=POSIX"));
    command.addAll(command("report"));
    List<String> shell =
        new ArrayList<>(
            List.of("sh", "-c", "exec \"$@\" --root \"$(printf '/\\303\\274')\"", "sh"));
    shell.addAll(command);
    run(shell).failed(64, "--root /", "LC_ALL=C.UTF-8");
  }

  // ---- failures

  @Test
  void theStackTraceComesOnlyWithVerbose() throws IOException {
    String[] arguments = {"--root", root, "inspect", "file", "/never"};
    run(command(arguments)).failed(74, root + "/never", "path");
    List<String> verbose = command(arguments);
    verbose.add("-v");
    CommandRun run = run(verbose);
    assertEquals(74, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("pagefusion: " + root + "/never: "), run.err());
    assertTrue(run.err().contains("\n\tat org.pagefusion."), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "report --json", "config", "--help", "inspect process 7"})
  void aFullDiskIs74(String line) throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    List<String> command = command("--root", root);
    command.addAll(List.of(line.split(" ")));
    run(command, ProcessBuilder.Redirect.to(new File("/dev/full")))
        .failed(74, "stdout", "is the disk full");
  }

  @Test
  void aStdoutThatIsClosedIs74() throws IOException {
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >&-", "sh"));
    shell.addAll(command("--root", root, "report", "--json"));
    run(shell).failed(74, "stdout", "the reader gone");
  }

  @Test
  void aReaderThatIsGoneIs74() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command("--root", root, "report"))
            .redirectInput(new File("/dev/null"))
            .start();
    // Long before the JVM has come up and has something to write.
    process.getInputStream().close();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    new CommandRun(process.exitValue(), "", err).failed(74, "stdout", "the reader gone");
  }

  @Test
  void aBridgeThatIsMissingIs69() throws IOException {
    List<String> command = java("", "-Dpagefusion.native=/never.so");
    command.addAll(List.of("org.pagefusion.cli.Main", "--root", root, "report"));
    run(command).failed(69, "/never.so", "-Dpagefusion.native=");
  }

  /**
   * Also what no one foresaw is one line, and not the JVM's exit code 1, which would be an answer.
   */
  @Test
  void aBrokenInstallationIs70() throws IOException {
    List<String> command = java("gson-");
    command.addAll(List.of("org.pagefusion.cli.Main", "--root", root, "report", "--json"));
    CommandRun run = run(command);
    assertEquals(70, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().matches("pagefusion: internal error: [^\n]*gson[^\n]*\n"), run.err());
    command.add("-v");
    assertTrue(run(command).err().contains("\n\tat org.pagefusion."));
  }

  // ---- as another user

  private List<String> asNobody(String... arguments) throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "no setpriv");
    assumeTrue(
        Files.getOwner(Path.of("/proc/self")).getName().equals("root"), "setpriv needs root");
    List<String> command = new ArrayList<>(AS_NOBODY);
    command.addAll(command(arguments));
    return command;
  }

  @Test
  void whatIsRootsAloneIs77() throws IOException {
    long pid = ProcessHandle.current().pid();
    run(asNobody("inspect", "process", Long.toString(pid)))
        .failed(77, "/proc/" + pid + "/maps: permission denied", "try as root");
    Path secret = Files.createDirectory(home.resolve("secret"));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    Path file = Files.write(home.resolve("file"), new byte[100]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    run(asNobody("inspect", "file", file.toString()))
        .failed(77, file + ": permission denied", "try as root");
    run(asNobody("inspect", "elf", secret + "/x"))
        .failed(77, secret + "/x: permission denied", "try as root");
    run(asNobody("--root", secret.toString(), "inspect", "process", "1"))
        .failed(77, secret + ": permission denied", "try as root");
    Path configuration = Files.move(file, home.resolve("secret.conf"));
    run(asNobody("--config", configuration.toString(), "config"))
        .failed(78, configuration + ": can't be read: permission denied", "run as root");
  }

  @Test
  void aDeviceThatIsRootsAloneIs77() throws IOException {
    Path configuration = home.resolve("fuse.conf");
    Files.writeString(configuration, "mode = fuse\nhost-safe = yes\n");
    Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));
    Path socket = home.resolve("host");
    try (ServerSocketChannel host = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      host.bind(UnixDomainSocketAddress.of(socket));
      Path device = Files.createFile(home.resolve("vboxguest"));
      for (Path path : List.of(device, socket)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      }
      String[] run = {
        "--root", root, "--config", configuration.toString(), "run", "--once", "--device", ""
      };
      run[run.length - 1] = device.toString();
      run(asNobody(run)).failed(77, device + ": permission denied", "run as root");
      run[run.length - 1] = "sim:" + socket;
      run(asNobody(run)).failed(77, "sim:" + socket, "run as the user of the simulated host");
    }
  }

  /** Whoever may not know what is resident reads no page contents, and is told to be root. */
  @Test
  void reportsOfOtherUsersAssumeResidency() throws IOException {
    JsonObject report =
        ReportSchema.check(
            run(asNobody("--root", root, "report", "--json", "--page-hashes")).done().out(), true);
    assertFalse(report.getAsJsonObject("scan").get("asRoot").getAsBoolean());
    assertEquals(2, report.getAsJsonArray("candidates").size());
    for (JsonElement element : report.getAsJsonArray("candidates")) {
      assertEquals("assumed", element.getAsJsonObject().get("residency").getAsString());
      assertTrue(element.getAsJsonObject().get("pageHashes").isJsonNull());
    }
    String text = run(asNobody("--root", root, "report")).done().out();
    assertTrue(text.contains("\nNext: run this as root"), text);
  }

  // ---- the progress line

  private List<String> progress() throws IOException {
    List<String> command = java("");
    command.add(SlowScan.class.getName());
    return command;
  }

  @Test
  void progressIsForTerminalsOnly() throws IOException {
    CommandRun run = run(progress());
    assertEquals("", run.err());
    assertEquals(0, run.exitCode());
  }

  /** On a terminal it is one line that goes away, and the library that asks has nothing to say. */
  @Test
  void progressIsALineOnATerminal() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "no script(1)");
    StringBuilder line = new StringBuilder();
    for (String word : progress()) {
      line.append('\'').append(word.replace("'", "'\\''")).append("' ");
    }
    CommandRun run = run(List.of("script", "-qec", line.toString(), "/dev/null"));
    assertEquals(0, run.exitCode());
    assertEquals("\r\u001B[Kscanning files: 42 files\r\u001B[K", run.out().replace("^@", ""));
  }

  /** Runs a progress line on the true stderr, with a clock that says that two seconds went by. */
  static final class SlowScan {
    private SlowScan() {}

    /** Entry point. */
    public static void main(String[] arguments) {
      long[] now = {0};
      PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      ProgressLine line =
          new ProgressLine(err, false, () -> now[0], ProgressLine::stderrIsTerminal);
      now[0] = 2_000_000_000L;
      line.at("files", 42);
      line.end();
    }
  }
}
