// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.daemon.ServiceStatusSamples;
import org.pagefusion.daemon.StatusJson;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.hostsim.HostServer;
import org.pagefusion.hostsim.HostSettings;
import org.pagefusion.hostsim.HostSimulator;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.RequestType;

/** The command against a simulated host, and without one. */
class DoctorCommandTest {
  private static final HostVersion VERSION = new HostVersion(7, 1, 12, 169651, 1);
  private static final Path TREE =
      Path.of(
          System.getProperty("pagefusion.checkout"), "agent/src/test/resources/doctor/virtualbox");

  @TempDir Path folder;
  private HostFigures figures;

  private CommandRun doctor(HostSettings settings, String... more) throws IOException {
    HostSimulator simulator = new HostSimulator(settings, 1000, Clock.systemUTC(), event -> {});
    Path socket = folder.resolve("socket");
    HostServer server = HostServer.start(socket, simulator, Kernel::load, shown -> "{}");
    try {
      String[] arguments = {
        "-q", "--root", TREE.toString(), "doctor", "--json", "--device", "sim:" + socket
      };
      CommandRun run = CommandRun.of(concat(arguments, more));
      figures = simulator.figures();
      assertEquals("", run.err());
      return run;
    } finally {
      server.close();
    }
  }

  private static String[] concat(String[] first, String... second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static String canFuse(CommandRun run) {
    JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
    return json.getAsJsonObject("conclusion").get("canFuse").getAsString();
  }

  private static String result(CommandRun run, String id) {
    JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
    for (JsonElement check : json.getAsJsonArray("checks")) {
      if (check.getAsJsonObject().get("id").getAsString().equals(id)) {
        return check.getAsJsonObject().get("result").getAsString();
      }
    }
    throw new AssertionError(id + " in " + run.out());
  }

  private static HostSettings settings(
      HostVersion version, boolean on, boolean compiled, Map<Integer, Integer> answers) {
    return new HostSettings(version, on, compiled, true, OptionalLong.empty(), answers);
  }

  @Test
  void aHostThatCanFuseIsYes() throws IOException {
    CommandRun run = doctor(settings(VERSION, true, true, Map.of()));
    assertEquals("yes", canFuse(run));
    assertEquals(ExitCode.DONE, run.exitCode(), run.out());
    assertEquals("skipped", result(run, "probe"));
    assertEquals(0, figures.guests().get(0).registrationsEver());
  }

  @Test
  void aProbeCostsOneRegistrationAndLeavesNone() throws IOException {
    CommandRun run = doctor(settings(VERSION, true, true, Map.of()), "--probe");
    assertEquals("ok", result(run, "probe"));
    assertEquals(1, figures.guests().get(0).registrationsEver());
    assertEquals(0, figures.guests().get(0).modules().size());
    assertEquals(0, figures.guests().get(0).checks());
  }

  @Test
  void aHostWithFusionOffIsNo() throws IOException {
    CommandRun run = doctor(settings(VERSION, false, true, Map.of()), "--probe");
    assertEquals("no", canFuse(run));
    assertEquals(ExitCode.NO, run.exitCode());
    assertTrue(run.out().contains("VBoxManage modifyvm NAME --page-fusion on"), run.out());
    assertEquals("skipped", result(run, "probe"));
  }

  @ParameterizedTest
  @CsvSource({"2,true", "2,false", "1,false"})
  void aHostBuiltWithoutFusionIsNo(int minor, boolean compiled) throws IOException {
    CommandRun run =
        doctor(settings(new HostVersion(7, minor, 22, 1, 1), true, compiled, Map.of()));
    assertEquals("no", canFuse(run));
    assertEquals(ExitCode.NO, run.exitCode());
    assertTrue(run.out().contains("virtualbox/issues/268"), run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "215,-12,no,page-fusion",
    "215,-37,no,page-fusion",
    "215,-225,unknown,page-fusion",
    "212,-3825,no,probe",
    "212,-37,no,probe"
  })
  void everyRefusalIsTold(int type, int rc, String canFuse, String failed) throws IOException {
    assertTrue(type == RequestType.STATUS || type == RequestType.REGISTER);
    CommandRun run = doctor(settings(VERSION, true, true, Map.of(type, rc)), "--probe");
    assertEquals(canFuse, canFuse(run));
    assertEquals("fail", result(run, failed));
    assertEquals(ExitCode.NO, run.exitCode());
  }

  @Test
  void aTreeIsLookedAtWithoutAHost() {
    CommandRun run = CommandRun.of("-q", "--root", TREE.toString(), "doctor", "--probe");
    run.done();
    assertTrue(run.out().contains("VirtualBox (innotek GmbH"), run.out());
    assertTrue(run.out().contains("No host was asked"), run.out());
    // The status file of the tree names the service.
    assertTrue(run.out().contains("the service (process 4242) lacks"), run.out());
  }

  @Test
  void whereThereIsNoSimulatedHostItIsTold() {
    CommandRun run =
        CommandRun.of(
            "-q", "--root", TREE.toString(), "doctor", "--device", "sim:" + folder + "/none");
    assertEquals(ExitCode.NO, run.exitCode(), run.err());
    assertTrue(run.out().contains("fail  permission"), run.out());
    assertTrue(run.out().contains("can't be asked"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"vboxguest", "sim:", "", "sim:#x"})
  void aDeviceThatCanNotBeOneIsAMistakeOfTheCaller(String device) {
    CommandRun.of("-q", "--root", TREE.toString(), "doctor", "--device", device)
        .failed(ExitCode.USAGE, "device " + device, ":");
  }

  @Test
  void theServiceIsFoundByItsStatusFile() throws IOException {
    Path state = folder.resolve("registrations");
    String[] arguments = {"-q", "--root", TREE.toString(), "doctor", "--state", state.toString()};
    CommandRun without = CommandRun.of(arguments);
    assertTrue(without.out().contains("no running service in this tree"), without.out());
    assertEquals("", without.err());
    Files.writeString(
        folder.resolve("status.json"), StatusJson.toJson(ServiceStatusSamples.fusing(4242)));
    String out = CommandRun.of(arguments).out();
    assertTrue(out.contains("process 4242, mode fuse"), out);
    assertTrue(out.contains("the service (process 4242) lacks CAP_"), out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{\"pid\":42}", "{\"schema\":\"pagefusion.status/2\"}", "nonsense"})
  void aStatusThatIsNoneIsTold(String content) throws IOException {
    Files.writeString(folder.resolve("status.json"), content);
    CommandRun run =
        CommandRun.of(
            "--root",
            TREE.toString(),
            "doctor",
            "--state",
            folder.resolve("registrations").toString());
    assertTrue(run.out().contains("no running service in this tree"), run.out());
    assertTrue(run.err().contains("status.json: "), run.err());
  }
}
