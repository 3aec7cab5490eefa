// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.Arrays;

/**
 * SHA-256 (FIPS 180-4). The JDK's own comes with the machinery of its security providers, which is
 * 200 classes and 2 MiB of memory that the daemon would keep for one digest a file.
 */
final class Sha256 {
  static final int BLOCK_BYTES = 64;

  /** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
  private static final int[] ROUND_CONSTANTS = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };

  /** Of the square roots of the first 8 primes. */
  private static final int[] INITIAL_STATE = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  private final int[] state = INITIAL_STATE.clone();
  private final int[] words = new int[64];
  private final byte[] block = new byte[BLOCK_BYTES];
  private int filled;
  private long bytes;

  private Sha256() {}

  /** The digest of some pieces, one after the other: 32 bytes. */
  static byte[] digest(byte[]... pieces) {
    Sha256 sha256 = new Sha256();
    for (byte[] piece : pieces) {
      sha256.update(piece);
    }
    return sha256.finish();
  }

  private void update(byte[] piece) {
    bytes += piece.length;
    int taken = 0;
    while (taken < piece.length) {
      int part = Math.min(piece.length - taken, BLOCK_BYTES - filled);
      System.arraycopy(piece, taken, block, filled, part);
      taken += part;
      filled += part;
      if (filled == BLOCK_BYTES) {
        processBlock();
        filled = 0;
      }
    }
  }

  /** Pads with a one, zeros, and the length in bits, to whole blocks. */
  private byte[] finish() {
    long bits = 8 * bytes;
    block[filled] = (byte) 0x80;
    Arrays.fill(block, filled + 1, BLOCK_BYTES, (byte) 0);
    if (filled >= BLOCK_BYTES - Long.BYTES) {
      processBlock();
      Arrays.fill(block, (byte) 0);
    }
    putBigEndian(block, BLOCK_BYTES - 8, (int) (bits >>> 32));
    putBigEndian(block, BLOCK_BYTES - 4, (int) bits);
    processBlock();
    byte[] digest = new byte[4 * state.length];
    for (int i = 0; i < state.length; i++) {
      putBigEndian(digest, 4 * i, state[i]);
    }
    return digest;
  }

  private static void putBigEndian(byte[] into, int at, int value) {
    for (int i = 0; i < 4; i++) {
      into[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  private void processBlock() {
    int[] w = words;
    for (int i = 0; i < 16; i++) {
      int at = 4 * i;
      w[i] =
          block[at] << 24
              | (block[at + 1] & 0xFF) << 16
              | (block[at + 2] & 0xFF) << 8
              | block[at + 3] & 0xFF;
    }
    for (int i = 16; i < 64; i++) {
      w[i] = w[i - 16] + spread(w[i - 15], 7, 18, 3) + w[i - 7] + spread(w[i - 2], 17, 19, 10);
    }
    int[] s = state.clone();
    for (int i = 0; i < 64; i++) {
      int choice = s[4] & s[5] ^ ~s[4] & s[6];
      int first = s[7] + mix(s[4], 6, 11, 25) + choice + ROUND_CONSTANTS[i] + w[i];
      int majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2];
      int second = mix(s[0], 2, 13, 22) + majority;
      System.arraycopy(s, 0, s, 1, 7);
      s[4] += first;
      s[0] = first + second;
    }
    for (int i = 0; i < state.length; i++) {
      state[i] += s[i];
    }
  }

  private static int mix(int x, int a, int b, int c) {
    return Integer.rotateRight(x, a) ^ Integer.rotateRight(x, b) ^ Integer.rotateRight(x, c);
  }

  private static int spread(int x, int a, int b, int shift) {
    return Integer.rotateRight(x, a) ^ Integer.rotateRight(x, b) ^ x >>> shift;
  }
}
