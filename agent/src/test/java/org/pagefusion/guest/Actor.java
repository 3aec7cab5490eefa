// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A process that does what a test tells it: makes files of any name, maps them, changes its root.
 */
public final class Actor implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  Actor(Process process) {
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Its process id. */
  public int pid() {
    return (int) process.pid();
  }

  /** The word for a file name, which may hold any character that {@link FileName} can. */
  public static String word(String name) {
    return HexFormat.of().formatHex(FileName.encode(name));
  }

  /** Tells it to do something and waits until it is done: its answer. */
  public String tell(String command, Object... words) throws IOException {
    begin(command, words);
    return finish();
  }

  /** Tells it to begin with something that takes a while. */
  public void begin(String command, Object... words) throws IOException {
    commands.write(command);
    for (Object word : words) {
      commands.write(" " + word);
    }
    commands.write("\n");
    commands.flush();
  }

  /** Waits for its answer. */
  public String finish() throws IOException {
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ok")) {
      throw new AssertionError("actor: " + answer);
    }
    return answer.substring(2).strip();
  }

  /** Runs a program in its place: in its namespaces, below its root. */
  public void run(String... command) throws IOException {
    Object[] words = new Object[command.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = word(command[i]);
    }
    tell("run", words);
  }

  /** Makes a file of random bytes, readable by all, last written an hour ago. */
  public void create(String path, long sizeBytes) throws IOException {
    tell("create", word(path), sizeBytes, path.hashCode());
  }

  /** Maps a whole file, private and to be read. */
  public void map(String path) throws IOException {
    tell("map", word(path));
  }

  /** Brings some pages of a file into the page cache, and no others. */
  public void read(String path, long firstPage, long pages) throws IOException {
    tell("read", word(path), firstPage, pages);
  }

  /** Takes all pages of a file out of the page cache. */
  public void drop(String path) throws IOException {
    tell("drop", word(path));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
