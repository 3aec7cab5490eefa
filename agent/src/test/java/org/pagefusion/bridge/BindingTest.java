// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ways to call the library hand on the same arguments and answers. */
final class BindingTest {
  private static final long FAR = (5L << 32) + 4096;
  private static final String LIBRARY = System.getProperty(Kernel.LIBRARY_PROPERTY);

  @TempDir private Path folder;

  /** Arguments that no function takes: every one is called, none does anything. */
  @Test
  void everyFunctionRefusesAlike() throws Exception {
    NativeCalls jnr = new JnrBinding(LIBRARY).calls();
    NativeCalls jni = new JniBinding(LIBRARY).calls();
    int refused = 0;
    for (Method function : NativeCalls.class.getMethods()) {
      if (function.getName().equals("pf_disable_huge_pages")) {
        // Has no arguments, and would do it for all tests in this process.
        continue;
      }
      Object[] arguments = new Object[function.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] =
            function.getParameterTypes()[i] == int.class
                ? (Object) Integer.valueOf(-1)
                : (Object) Long.valueOf(0);
      }
      Object answer = function.invoke(jnr, arguments);
      assertEquals(answer, function.invoke(jni, arguments), function.getName());
      refused += ((Number) answer).longValue() < 0 ? 1 : 0;
    }
    assertTrue(refused > 20, refused + " refused");
  }

  /** What a kernel answers of a file whose length needs more than 32 bits. */
  @Test
  void callsDoAlike() throws Exception {
    Path file = folder.resolve("file");
    byte[] name = PathBytes.encode(file.toString());
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.seek(FAR);
      content.write("far away".getBytes(StandardCharsets.US_ASCII));
    }
    Files.createSymbolicLink(folder.resolve("link"), file);
    assertEquals(seen(Kernel.load(), name), seen(Kernel.loadLean(), name));
  }

  private List<String> seen(Kernel kernel, byte[] name) throws Exception {
    List<String> seen = new ArrayList<>();
    seen.add("page size " + kernel.pageSize() + ", user " + kernel.effectiveUid());
    int fd = kernel.open(name, Kernel.O_RDONLY);
    FileStatus[] status = new FileStatus[1];
    seen.add(kernel.status(fd, status) + " " + status[0]);
    assertEquals(FAR + 8, status[0].sizeBytes());

    NativeBuffer buffer = kernel.allocate(64);
    assertEquals(8, kernel.pread(fd, buffer, 64, FAR));
    seen.add(text(buffer, 8));
    assertEquals(3, kernel.pread(fd, buffer, 3, FAR + 5));
    seen.add(text(buffer, 3));
    long length = kernel.readlink(PathBytes.encode(folder.resolve("link").toString()), buffer);
    seen.add(text(buffer, (int) length));

    long address = kernel.mapFile(fd, FAR, kernel.pageSize());
    assertTrue(address > 0, Errno.describe(address));
    assertEquals(-Errno.EEXIST, kernel.mapFileAt(address, fd, 0, kernel.pageSize()));
    assertEquals(0, kernel.mincore(address, kernel.pageSize(), buffer));
    seen.add("resident " + (buffer.bytes().get(0) & 1));
    int memory = kernel.memoryFile("binding-test");
    assertEquals(8, kernel.pwriteMemory(memory, address, 8, FAR));
    assertEquals(8, kernel.pread(memory, buffer, 64, FAR));
    seen.add(text(buffer, 8));
    assertEquals(0, kernel.unmap(address, kernel.pageSize()));
    kernel.close(memory);
    kernel.close(fd);

    int inFolder = kernel.open(PathBytes.encode(folder.toString()), Kernel.O_PATH);
    int found = kernel.openat2(inFolder, PathBytes.encode("file"), 0, Kernel.RESOLVE_NO_SYMLINKS);
    assertTrue(found >= 0, Errno.describe(found));
    int link = kernel.openat2(inFolder, PathBytes.encode("link"), 0, Kernel.RESOLVE_NO_SYMLINKS);
    seen.add(Errno.describe(link));
    kernel.close(found);
    kernel.close(inFolder);
    return seen;
  }

  private static String text(NativeBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.bytes().get(0, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** A buffer's memory is where the kernel writes to. */
  @Test
  void buffersAreWhereTheyAreSaidToBe() throws Exception {
    Path file = folder.resolve("abc");
    Files.write(file, new byte[] {1, 2, 3});
    for (Kernel kernel : List.of(Kernel.load(), Kernel.loadLean())) {
      NativeBuffer buffer = kernel.allocate(16);
      assertEquals(3, kernel.readFile(PathBytes.encode(file.toString()), buffer));
      byte[] read = new byte[4];
      buffer.bytes().get(0, read);
      assertArrayEquals(new byte[] {1, 2, 3, 0}, read);
    }
  }

  @Test
  void aLibraryThatIsNotThereIsNoCrash() {
    String missing = folder.resolve("libmissing.so").toString();
    assertThrows(LinkageError.class, () -> new JniBinding(missing));
    assertThrows(LinkageError.class, () -> new JnrBinding(missing));
    assertThrows(LinkageError.class, () -> new JniBinding("no-such-library"));
  }
}
