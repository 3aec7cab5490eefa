// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.Optional;
import org.pagefusion.guest.FileName;
import org.pagefusion.vmmdev.ResultCode;

/**
 * One thing that was looked at.
 *
 * @param subject what
 * @param result how it went
 * @param found what was seen, one line, printable
 * @param remedy what a person can do about it; where there is nothing to do, empty
 */
public record Check(Subject subject, Result result, String found, Optional<String> remedy) {
  /** Makes the texts printable: they quote what files hold. */
  public Check {
    found = FileName.printable(found);
    remedy = remedy.map(FileName::printable);
  }

  static Check ok(Subject subject, String found) {
    return new Check(subject, Result.OK, found, Optional.empty());
  }

  static Check warn(Subject subject, String found, String remedy) {
    return new Check(subject, Result.WARN, found, Optional.of(remedy));
  }

  static Check fail(Subject subject, String found, String remedy) {
    return new Check(subject, Result.FAIL, found, Optional.of(remedy));
  }

  static Check skipped(Subject subject, String why) {
    return new Check(subject, Result.SKIPPED, why, Optional.empty());
  }

  /** A request that the host refused. */
  static Check refused(Subject subject, int rc) {
    ResultCode code = ResultCode.of(rc);
    if (code == null) {
      return fail(
          subject,
          "the host refused for a reason unknown to Pagefusion (host result " + rc + ")",
          "look into the VM's log on the host");
    }
    return new Check(
        subject,
        Result.FAIL,
        code.meaning() + " (" + code.hostName() + ", " + rc + ")",
        Optional.of(code.remedy()).filter(remedy -> !remedy.isEmpty()));
  }
}
