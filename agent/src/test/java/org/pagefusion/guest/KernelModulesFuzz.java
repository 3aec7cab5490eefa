// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import com.code_intelligence.jazzer.junit.FuzzTest;

class KernelModulesFuzz {
  @FuzzTest
  void makesAModuleOrAnAnomalyOfEveryLine(byte[] text) {
    ParsedModules.of(text).assertIsOf(text);
  }
}
