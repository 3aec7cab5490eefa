// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/** A file that starts like an ELF file but contradicts the ELF specification or itself. */
public final class MalformedElfException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception; its message is the three parts in one sentence.
   *
   * @param field name of the field, as the ELF specification (elf(5)) calls it
   * @param found what it says
   * @param expected what it should say
   */
  public MalformedElfException(String field, String found, String expected) {
    super(field + " is " + found + ", expected " + expected);
  }
}
