// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bench;

import java.io.IOException;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.ProcessScan;
import org.pagefusion.guest.ProcessScanner;

/**
 * Scans the mappings of all processes whenever it is told to, for packaging/bench/scan.
 *
 * <p>The processor time is taken from outside, between request and answer, for only there it
 * includes the JVM's own threads without anything being loaded for the measurement. Every byte on
 * stdin is a request: the first loads the native bridge, each further one scans as often as its
 * value says; the end of stdin ends the program. Every answer is a line.
 */
public final class ScanBench {
  private ScanBench() {}

  /** Runs until stdin ends; the argument is the name of a {@link ProcessScanner.Method}. */
  public static void main(String[] arguments) throws IOException {
    ProcessScanner.Method method = ProcessScanner.Method.valueOf(arguments[0]);
    System.out.println("started");
    if (System.in.read() < 0) {
      return;
    }
    Kernel kernel = Kernel.load();
    try (GuestTree tree = GuestTree.open(kernel, "/", new Anomalies())) {
      System.out.println("loaded");
      int scans;
      while ((scans = System.in.read()) >= 0) {
        scan(tree, kernel, method, scans);
      }
    }
  }

  /**
   * Scans as CandidateScanner does; the answer: entries of /proc, mappings, files, anomalies, way.
   */
  private static void scan(GuestTree tree, Kernel kernel, ProcessScanner.Method method, int scans)
      throws IOException {
    Anomalies anomalies = new Anomalies();
    ProcessScan scan = null;
    for (int i = 0; i < scans; i++) {
      anomalies = new Anomalies();
      MountTable mounts = new MountTable(tree, anomalies);
      scan = new ProcessScanner(tree, kernel, mounts, anomalies, method).scan();
    }
    if (scan == null) {
      throw new IllegalArgumentException("no scans asked for");
    }
    // Piece by piece: what links a "+" of strings at its first use would be part of a cold scan's
    // time.
    System.out.print(scan.processes() + scan.vanished() + scan.denied());
    System.out.print(' ');
    System.out.print(scan.mappings());
    System.out.print(' ');
    System.out.print(scan.files().size());
    System.out.print(' ');
    System.out.print(anomalies.count());
    System.out.println(scan.byQuery() ? " query" : " text");
  }
}
