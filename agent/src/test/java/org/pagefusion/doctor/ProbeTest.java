// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.doctor.Conclusion.Answer;
import org.pagefusion.memory.AddressSpace;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;

class ProbeTest {
  @TempDir Path root;
  private final ScriptedDevice device = new ScriptedDevice();

  private Diagnosis probe() throws IOException {
    return new Examined(root).asking(device).probing().diagnose();
  }

  @Test
  void registersOnePageAndTakesItBack() throws IOException {
    Diagnosis diagnosis = probe();
    Examined.check(diagnosis, Subject.PROBE, Result.OK, "1 of 2,048 registrations", "");
    assertEquals(Answer.YES, diagnosis.conclusion().canFuse());
    assertEquals(1, device.count(RequestType.REGISTER));
    assertEquals(1, device.count(RequestType.UNREGISTER));
    assertEquals(0, device.count(RequestType.CHECK));
  }

  @Test
  void isMadeOnlyWhenAskedFor() throws IOException {
    Diagnosis diagnosis = new Examined(root).asking(device).diagnose();
    Examined.check(diagnosis, Subject.PROBE, Result.SKIPPED, "--probe uses 1 of", "");
    assertEquals(0, device.count(RequestType.REGISTER) + device.count(RequestType.UNREGISTER));
  }

  @Test
  void isNotMadeWhereFusionIsOff() throws IOException {
    device.fusion = false;
    Examined.check(probe(), Subject.PROBE, Result.SKIPPED, "not on", "");
    assertEquals(0, device.count(RequestType.REGISTER));
  }

  @ParameterizedTest
  @EnumSource(value = ResultCode.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void aRefusalIsTheAnswer(ResultCode code) throws IOException {
    device.answer(RequestType.REGISTER, code.code());
    Diagnosis diagnosis = probe();
    Check check = Examined.of(diagnosis, Subject.PROBE);
    assertEquals(Result.FAIL, check.result());
    assertTrue(check.found().contains(code.hostName()), check.toString());
    assertEquals(Answer.NO, diagnosis.conclusion().canFuse());
    assertTrue(diagnosis.conclusion().text().contains(code.hostName()));
    // What clashes is another's; all else may have been registered by halves.
    assertEquals(code == ResultCode.ADDRESS_CLASH ? 0 : 1, device.count(RequestType.UNREGISTER));
  }

  @Test
  void isTakenBackAlsoWhenItsAnswerGotLost() throws IOException {
    device.fail(RequestType.REGISTER, Errno.EINTR);
    Examined.check(probe(), Subject.PROBE, Result.FAIL, "EINTR", "");
    assertEquals(1, device.count(RequestType.UNREGISTER));
  }

  @Test
  void bothMayFail() throws IOException {
    device.fail(RequestType.REGISTER, Errno.EIO).fail(RequestType.UNREGISTER, Errno.EINTR);
    Examined.check(probe(), Subject.PROBE, Result.FAIL, "EIO", "");
  }

  @Test
  void whatStaysRegisteredIsTold() throws IOException {
    device.answer(RequestType.UNREGISTER, ResultCode.INTERNAL_ERROR.code());
    Diagnosis diagnosis = probe();
    Examined.check(diagnosis, Subject.PROBE, Result.WARN, "VERR_INTERNAL_ERROR", "nothing is lost");
    assertEquals(Answer.YES, diagnosis.conclusion().canFuse());
  }

  @Test
  void liesWhereTheAgentMapsNothing() {
    AddressSpace space = new AddressSpace(4096);
    assertTrue(!space.reserve(Probe.ADDRESS, 4096));
    assertTrue(Probe.ADDRESS >= AddressSpace.END && Probe.ADDRESS < 0x5000_0000_0000L);
    assertEquals(0, Probe.ADDRESS % 4096);
  }
}
