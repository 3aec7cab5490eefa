// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MountTableProperties {
  @Property
  void readsWhatTheKernelWrites(
      @ForAll("mounts") List<MountTable.Mount> mounts, @ForAll("optionalFields") String optional) {
    StringBuilder text = new StringBuilder();
    for (MountTable.Mount mount : mounts) {
      text.append(line(mount, optional));
    }
    Anomalies anomalies = new Anomalies();
    assertEquals(mounts, MountTable.parse(TextLines.bytes(text.toString()), "/m", anomalies));
    assertEquals(List.of(), anomalies.list());
  }

  @Property
  void makesAMountOrAnAnomalyOfEveryLine(
      @ForAll("mounts") List<MountTable.Mount> mounts,
      @ForAll @IntRange(max = 1000) int place,
      @ForAll @Size(max = 40) byte[] other) {
    StringBuilder text = new StringBuilder();
    for (MountTable.Mount mount : mounts) {
      text.append(line(mount, ""));
    }
    byte[] bytes = TextLines.bytes(text.toString());
    for (int i = 0; i < other.length && bytes.length > 0; i++) {
      bytes[(place + 13 * i) % bytes.length] = other[i];
    }
    Anomalies anomalies = new Anomalies();
    int found = MountTable.parse(bytes, "/m", anomalies).size();
    assertEquals(TextLines.of(bytes).size(), found + anomalies.count());
    Anomalies ofAny = new Anomalies();
    assertEquals(
        TextLines.of(other).size(), MountTable.parse(other, "/m", ofAny).size() + ofAny.count());
  }

  @Property
  void undoesTheKernelsEscapes(@ForAll @Size(max = 30) byte[] name) {
    assertEquals(
        FileName.decode(name, 0, name.length), MountTable.unescape(escaped(name, " \t\n\\#")));
  }

  /** Against walking from the root, mount by mount, as the kernel looks a path up. */
  @Property
  void seesWhatALookUpSees(@ForAll("tables") List<MountTable.Mount> mounts) {
    List<MountTable.Mount> expected = new ArrayList<>();
    for (MountTable.Mount mount : mounts) {
      MountTable.Mount at = mounts.get(0);
      for (MountTable.Mount next = at; next != null; next = next(mounts, at, mount.mountPoint())) {
        at = next;
      }
      if (at.id() == mount.id()) {
        expected.add(mount);
      }
    }
    assertEquals(expected, MountTable.visible(mounts));
    assertTrue(!expected.isEmpty());
  }

  /**
   * Of the mounts upon one, that on the way to a path which is met first; null when there is none.
   */
  private static MountTable.Mount next(
      List<MountTable.Mount> mounts, MountTable.Mount at, String path) {
    MountTable.Mount first = null;
    for (MountTable.Mount mount : mounts) {
      String point = mount.mountPoint();
      boolean onTheWay = point.equals("/") || (path + "/").startsWith(point + "/");
      if (mount.parentId() == at.id()
          && onTheWay
          && (first == null || point.length() < first.mountPoint().length())) {
        first = mount;
      }
    }
    return first;
  }

  /** Each mount is on an earlier one, at a place of its own below that one's mount point. */
  @Provide
  Arbitrary<List<MountTable.Mount>> tables() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 1000), Arbitraries.of("", "/a", "/a/b", "/ab", "/b"))
        .as((parent, below) -> new MountTable.Mount(0, parent, 0, below, FileSystem.of("x")))
        .list()
        .ofMaxSize(12)
        .map(MountTableProperties::table);
  }

  private static List<MountTable.Mount> table(List<MountTable.Mount> drafts) {
    List<MountTable.Mount> mounts = new ArrayList<>();
    mounts.add(new MountTable.Mount(1, 0, 0, "/", FileSystem.of("x")));
    for (MountTable.Mount draft : drafts) {
      MountTable.Mount parent = mounts.get(draft.parentId() % mounts.size());
      String base = parent.mountPoint().equals("/") ? "" : parent.mountPoint();
      String point = base + draft.mountPoint();
      MountTable.Mount mount =
          new MountTable.Mount(
              mounts.size() + 1, parent.id(), 0, point.isEmpty() ? "/" : point, draft.type());
      boolean taken =
          mounts.stream()
              .anyMatch(
                  m ->
                      m.parentId() == mount.parentId()
                          && m.mountPoint().equals(mount.mountPoint()));
      if (!taken) {
        mounts.add(mount);
      }
    }
    return mounts;
  }

  @Provide
  Arbitrary<List<MountTable.Mount>> mounts() {
    Arbitrary<String> names =
        Arbitraries.bytes()
            .filter(b -> b != 0)
            .array(byte[].class)
            .ofMaxSize(20)
            .map(bytes -> "/" + FileName.decode(bytes, 0, bytes.length));
    return Combinators.combine(
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            Arbitraries.longs(),
            names,
            Arbitraries.of("ext4", "fuse.sshfs", "x y", "#", "-"))
        .as(
            (id, parentId, device, point, type) ->
                new MountTable.Mount(id, parentId, device, point, FileSystem.of(type)))
        .list()
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<String> optionalFields() {
    return Arbitraries.of("shared:7 ", "master:2 ", "propagate_from:1 ", "unbindable ", "new:1 ")
        .list()
        .ofMaxSize(8)
        .map(fields -> String.join("", fields));
  }

  private static String line(MountTable.Mount mount, String optional) {
    return mount.id()
        + " "
        + mount.parentId()
        + " "
        + (mount.device() >>> 32)
        + ":"
        + (mount.device() & 0xFFFFFFFFL)
        + " /some/root "
        + escaped(FileName.encode(mount.mountPoint()), " \t\n\\")
        + " rw,relatime "
        + optional
        + "- "
        + escaped(FileName.encode(mount.type().type()), " \t\n\\#")
        + " - rw,errors=continue\n";
  }

  /** The bytes as characters, some of them in octal. */
  private static String escaped(byte[] name, String special) {
    StringBuilder text = new StringBuilder();
    for (byte b : name) {
      char c = (char) (b & 0xFF);
      if (special.indexOf(c) >= 0) {
        text.append(String.format("\\%03o", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
