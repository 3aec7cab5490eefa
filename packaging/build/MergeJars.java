// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.ModuleVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.JSRInlinerAdapter;

/**
 * Makes one module of the agent and its libraries, for jlink to put into the runtime: most of the
 * libraries are no modules, and a runtime that holds all classes opens no jar and keeps no directory
 * of one in memory (1.3 MB of private-dirty memory less), and its archive of classes holds wherever
 * the package is put.
 *
 * <p>{@code MergeJars OUTPUT VERSION JAR...}; entries have the time SOURCE_DATE_EPOCH.
 */
class MergeJars {
  /** The newest release whose variants of classes (multi-release jars) are taken. */
  private static final int RELEASE = 17;

  /** The archive of classes takes no class of an older format: it has no frames to verify by. */
  private static final int OLDEST_ARCHIVED = Opcodes.V1_6;

  private static final Pattern VARIANT = Pattern.compile("META-INF/versions/([0-9]+)/(.+)");
  private static final Pattern OTHER_PLATFORM =
      Pattern.compile("jnr/constants/platform/(?!linux/)[a-z]+/.*");

  private final Map<String, byte[]> entries = new TreeMap<>();

  public static void main(String[] arguments) throws IOException {
    MergeJars merged = new MergeJars();
    String[] jars = Arrays.copyOfRange(arguments, 2, arguments.length);
    for (String jar : jars) {
      merged.add(Path.of(jar));
    }
    URL[] places = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      places[i] = Path.of(jars[i]).toUri().toURL();
    }
    try (URLClassLoader classes =
        new URLClassLoader(places, ClassLoader.getPlatformClassLoader())) {
      merged.entries.replaceAll((name, bytes) -> archivable(name, bytes, classes));
    }
    merged.entries.put("module-info.class", module(arguments[1]));
    merged.write(Path.of(arguments[0]));
  }

  private void add(Path jar) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    Map<String, Integer> releases = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        int release = 0;
        Matcher variant = VARIANT.matcher(name);
        if (variant.matches()) {
          release = Integer.parseInt(variant.group(1));
          name = variant.group(2);
        }
        if (isWanted(name) && release <= RELEASE && release >= releases.getOrDefault(name, 0)) {
          try (InputStream in = zip.getInputStream(entry)) {
            found.put(name, in.readAllBytes());
          }
          releases.put(name, release);
        }
      }
    }
    found.forEach((name, bytes) -> entries.merge(name, bytes, (a, b) -> both(name, a, b)));
  }

  private static boolean isWanted(String name) {
    boolean isService = name.startsWith("META-INF/services/");
    return !name.endsWith("/")
        && !name.equals("module-info.class")
        && (isService || !name.startsWith("META-INF/"))
        && !OTHER_PLATFORM.matcher(name).matches();
  }

  private static byte[] both(String name, byte[] first, byte[] second) {
    if (Arrays.equals(first, second)) {
      return first;
    }
    if (!name.startsWith("META-INF/services/")) {
      throw new IllegalStateException(name + " is in two jars, and not the same");
    }
    byte[] both = Arrays.copyOf(first, first.length + 1 + second.length);
    both[first.length] = '\n';
    System.arraycopy(second, 0, both, first.length + 1, second.length);
    return both;
  }

  private static byte[] archivable(String name, byte[] bytes, ClassLoader classes) {
    if (!name.endsWith(".class") || ((bytes[6] & 0xff) << 8 | bytes[7] & 0xff) >= OLDEST_ARCHIVED) {
      return bytes;
    }
    ClassWriter writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected ClassLoader getClassLoader() {
            return classes;
          }
        };
    ClassVisitor upgrade =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version, int access, String type, String generic, String parent, String[] parts) {
            super.visit(Opcodes.V1_8, access, type, generic, parent, parts);
          }

          @Override
          public MethodVisitor visitMethod(
              int access, String method, String type, String generic, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, method, type, generic, thrown);
            return new JSRInlinerAdapter(next, access, method, type, generic, thrown);
          }
        };
    new ClassReader(bytes).accept(upgrade, ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  /** Open, as picocli and jnr reflect on members. */
  private static byte[] module(String version) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, Opcodes.ACC_MODULE, "module-info", null, null, null);
    ModuleVisitor module = writer.visitModule("org.pagefusion", Opcodes.ACC_OPEN, version);
    module.visitRequire("java.base", Opcodes.ACC_MANDATED, null);
    module.visitRequire("java.logging", 0, null); // jffi
    module.visitRequire("java.management", 0, null); // tinylog
    module.visitRequire("jdk.unsupported", 0, null); // jffi
    // What exports something is there even when started by a class path, which the archive of
    // classes has a ready-made graph of modules for.
    module.visitExport("org/pagefusion/cli", 0);
    module.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  private void write(Path output) throws IOException {
    Instant time = Instant.ofEpochSecond(Long.parseLong(System.getenv("SOURCE_DATE_EPOCH")));
    try (OutputStream out = Files.newOutputStream(output);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }
}
