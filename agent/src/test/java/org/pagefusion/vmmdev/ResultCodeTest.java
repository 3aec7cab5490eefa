// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCodeTest {
  /** Those that linux/vbox_err.h does not have; the others are compared with it. */
  @ParameterizedTest
  @CsvSource({
    "MEMORY_MANAGER_NOT_SANE, -3816",
    "NAME_TOO_LONG, -3822",
    "VERSION_TOO_LONG, -3823",
    "TOO_MANY_REGIONS, -3824",
    "TOO_MANY_MODULES_OF_VM, -3825",
    "TOO_MANY_MODULES_OF_HOST, -3826",
    "ADDRESS_CLASH, -3828",
    "NOT_FOUND, -3829",
    "BAD_MODULE_SIZE, -3830",
    "BAD_REGION_SIZE, -3831"
  })
  void memoryManagersNumbers(ResultCode code, int number) {
    assertEquals(number, code.code());
    assertTrue(code.hostName().startsWith("VERR_GMM_"), code.hostName());
  }

  @ParameterizedTest
  @EnumSource
  void eachIsFoundAndDescribed(ResultCode code) {
    assertEquals(code, ResultCode.of(code.code()));
    assertFalse(code.meaning().isEmpty());
    assertEquals(code == ResultCode.OK, ResultCode.isSuccess(code.code()));
    assertEquals(code == ResultCode.OK, code.remedy().isEmpty());
    String text = ResultCode.describe(code.code());
    assertTrue(text.startsWith(code.meaning() + " (" + code.hostName() + ", "), text);
    assertTrue(text.endsWith(code == ResultCode.OK ? "(VINF_SUCCESS, 0)" : code.remedy()), text);
  }

  @Test
  void eachIsAnother() {
    Set<Object> seen = new HashSet<>();
    for (ResultCode code : ResultCode.values()) {
      assertTrue(seen.add(code.code()), code.name());
      assertTrue(seen.add(code.hostName()), code.name());
      assertTrue(seen.add(code.meaning()), code.name());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -38, -3827, -9999, Integer.MIN_VALUE})
  void unknownRefusalsAreDescribedByNumber(int rc) {
    assertNull(ResultCode.of(rc));
    assertFalse(ResultCode.isSuccess(rc));
    assertTrue(ResultCode.describe(rc).contains("(host result " + rc + ")"));
  }

  /** Such as VINF_GMM_SHARED_MODULE_ALREADY_REGISTERED. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3827, Integer.MAX_VALUE})
  void positiveNumbersAreSuccesses(int rc) {
    assertTrue(ResultCode.isSuccess(rc));
    assertEquals("done (host result " + rc + ")", ResultCode.describe(rc));
  }
}
