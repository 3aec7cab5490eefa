// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * Reads the file-backed mappings of all processes and gathers them by file.
 *
 * <p>Where the kernel has the PROCMAP_QUERY ioctl (Linux 6.11) it is asked for file-backed mappings
 * only, and for the name of a file only when it is met first; else /proc/[pid]/maps is parsed. Both
 * give the same files. On file systems that repeat inode numbers (btrfs' subvolumes, overlays) a
 * file is told by its name as well.
 */
public final class ProcessScanner {
  /** How mappings are read. */
  public enum Method {
    /** The ioctl where the kernel has it, else text. */
    AUTO,
    /** Text only. */
    TEXT
  }

  private static final int MAPS_CHUNK_BYTES = 1 << 16;
  private static final int QUERY_RECORDS = 512;

  /** What the kernel puts behind the path of a deleted file; a file may also be called so. */
  static final String DELETED = " (deleted)";

  private final GuestTree tree;
  private final Kernel kernel;
  private final MountTable mounts;
  private final Anomalies anomalies;
  private final Method method;
  private final NativeBuffer chunk;
  private final NativeBuffer records;
  private final NativeBuffer nameBuffer;
  private final NativeBuffer oneRecord;
  private final MapsParser parser;

  private final Map<FileKey, FileTally> files = new HashMap<>();
  private final Map<Long, Boolean> repeatingDevices = new HashMap<>();
  private final List<FileTally> order = new ArrayList<>();
  private final FileKey probe = new FileKey();
  private FileTally last;
  private int pid;
  private int processes;
  private int vanished;
  private int denied;
  private long mappings;

  /** Creates a scanner for one scan. */
  public ProcessScanner(
      GuestTree tree, Kernel kernel, MountTable mounts, Anomalies anomalies, Method method) {
    this.tree = tree;
    this.kernel = kernel;
    this.mounts = mounts;
    this.anomalies = anomalies;
    this.method = method;
    this.chunk = kernel.allocate(MAPS_CHUNK_BYTES);
    this.records = kernel.allocate(QUERY_RECORDS * Kernel.MAPPING_RECORD_BYTES);
    this.nameBuffer = kernel.allocate(Kernel.PATH_MAX);
    this.oneRecord = kernel.allocate(Kernel.MAPPING_RECORD_BYTES);
    this.parser = new MapsParser(new TextVisitor());
  }

  /**
   * Scans all processes of the tree.
   *
   * @throws KernelException when the tree's /proc can't be listed
   */
  public ProcessScan scan() throws KernelException {
    return scan(pids());
  }

  /** Scans some processes. */
  public ProcessScan scan(int... pids) {
    boolean byQuery = method == Method.AUTO && tree.isLive();
    if (byQuery) {
      byQuery = scanByQuery(pids);
    }
    if (!byQuery) {
      scanByText(pids);
    }
    List<MappedFile> found = new ArrayList<>(order.size());
    for (FileTally file : order) {
      found.add(file.toMappedFile());
    }
    return new ProcessScan(processes, vanished, denied, mappings, List.copyOf(found), byQuery);
  }

  /** The ids of the processes of the tree, ascending. */
  private int[] pids() throws KernelException {
    List<String> names = tree.list("/proc");
    int[] pids = new int[names.size()];
    int count = 0;
    for (String name : names) {
      if (isNumber(name)) {
        pids[count++] = Integer.parseInt(name);
      }
    }
    int[] sorted = Arrays.copyOf(pids, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private static boolean isNumber(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return name.length() > 0 && name.length() < 10;
  }

  private void reset() {
    files.clear();
    order.clear();
    last = null;
    processes = 0;
    vanished = 0;
    denied = 0;
    mappings = 0;
  }

  private int openMaps(int process) {
    pid = process;
    int fd = tree.openFile("/proc/" + process + "/maps", Kernel.O_RDONLY);
    if (fd < 0) {
      countUnread(fd);
    }
    return fd;
  }

  private void countUnread(long error) {
    switch ((int) -error) {
      case Errno.ENOENT, Errno.ESRCH -> vanished++;
      case Errno.EACCES, Errno.EPERM -> denied++;
      default -> {
        vanished++;
        anomalies.add(mapsOf(pid), Errno.describe(error));
      }
    }
  }

  private String mapsOf(int process) {
    return tree.locate("/proc/" + process + "/maps");
  }

  // ---- text

  private void scanByText(int[] pids) {
    reset();
    for (int process : pids) {
      if (tree.isLive() && readTextAtOnce(process)) {
        continue;
      }
      int fd = openMaps(process);
      if (fd >= 0) {
        readText(fd);
        kernel.close(fd);
      }
    }
  }

  /** Reads it in one crossing to the kernel; false when it does not fit the buffer, or failed. */
  private boolean readTextAtOnce(int process) {
    long length = kernel.readFile(FileName.encode("/proc/" + process + "/maps"), chunk);
    if (length < 0 || length == chunk.size()) {
      return false;
    }
    pid = process;
    parser.begin();
    parser.feed(chunk.bytes(), (int) length);
    parser.finish();
    processes++;
    return true;
  }

  private void readText(int fd) {
    parser.begin();
    long mappingsBefore = mappings;
    while (true) {
      // The kernel answers page by page; a full buffer saves crossings from parser to kernel.
      int filled = 0;
      long count = 0;
      while (chunk.size() - filled >= MAPS_CHUNK_BYTES / 4) {
        count = kernel.read(fd, chunk, filled);
        if (count <= 0) {
          break;
        }
        filled += (int) count;
      }
      parser.feed(chunk.bytes(), filled);
      if (count < 0) {
        // Gone while it was read: what was seen of it counts, and so does its end.
        parser.finish();
        countUnread(count);
        if (mappings > mappingsBefore) {
          processes++;
        }
        return;
      }
      if (count == 0) {
        parser.finish();
        processes++;
        return;
      }
    }
  }

  private final class TextVisitor implements MapsParser.Visitor {
    @Override
    public void mapping(MapsParser line) {
      long inode = line.inode();
      if (inode == 0) {
        return;
      }
      mappings++;
      long device = line.device();
      FileTally file = last;
      if (file == null
          || file.key.inode != inode
          || file.key.device != device
          || !file.sameName(line)) {
        file = find(device, inode, line);
        last = file;
      }
      file.add(pid, line.start(), line.end(), line.offset(), line.permissions());
    }

    private FileTally find(long device, long inode, MapsParser line) {
      boolean byName = repeatsInodes(device);
      String name = byName ? line.name() : null;
      probe.set(device, inode, name);
      FileTally file = files.get(probe);
      if (file == null) {
        file =
            new FileTally(
                new FileKey(probe),
                byName ? name : line.name(),
                true,
                pid,
                line.start(),
                line.end());
        file.nameBytes = byName ? line.nameBytes() : null;
        files.put(file.key, file);
        order.add(file);
      }
      return file;
    }

    @Override
    public void anomaly(long lineNumber, String what) {
      anomalies.add(mapsOf(pid) + ":" + lineNumber, what);
    }
  }

  private boolean repeatsInodes(long device) {
    // Only file systems without a block device of their own show such numbers.
    return device >>> 32 == 0
        && repeatingDevices.computeIfAbsent(
            device, d -> mounts.typeOf(d, pid).map(FileSystem::repeatsInodes).orElse(false));
  }

  // ---- PROCMAP_QUERY

  /** False when the kernel does not have the ioctl, or refuses it. */
  private boolean scanByQuery(int[] pids) {
    reset();
    for (int process : pids) {
      int fd = openMaps(process);
      if (fd < 0) {
        continue;
      }
      boolean usable = query(fd);
      kernel.close(fd);
      if (!usable) {
        return false;
      }
    }
    return true;
  }

  private boolean query(int fd) {
    ByteBuffer b = records.bytes();
    long from = 0;
    while (true) {
      long count = kernel.queryFileMappings(fd, from, records);
      if (count == -Errno.ESRCH) {
        // A kernel thread has no memory; a process that ended meanwhile has none any more.
        processes++;
        return true;
      }
      if (count < 0) {
        return false;
      }
      for (int i = 0; i < count; i++) {
        int at = i * Kernel.MAPPING_RECORD_BYTES;
        addRecord(fd, b, at);
        from = b.getLong(at + 8);
      }
      if (count < QUERY_RECORDS) {
        processes++;
        return true;
      }
    }
  }

  private void addRecord(int fd, ByteBuffer b, int at) {
    long start = b.getLong(at);
    long end = b.getLong(at + 8);
    long inode = b.getLong(at + 24);
    long device = b.getLong(at + 32);
    if (inode == 0) {
      return;
    }
    FileTally file = last;
    if (repeatsInodes(device)) {
      String name = queryName(fd, start, inode, device);
      file = name == null ? null : findQueried(device, inode, name, name, start, end);
    } else if (file == null || file.key.inode != inode || file.key.device != device) {
      probe.set(device, inode, null);
      file = files.get(probe);
      if (file == null) {
        String name = queryName(fd, start, inode, device);
        file = name == null ? null : findQueried(device, inode, null, name, start, end);
      }
    }
    if (file != null) {
      last = file;
      mappings++;
      file.add(pid, start, end, b.getLong(at + 16), (int) b.getLong(at + 40));
    }
  }

  private FileTally findQueried(
      long device, long inode, String nameInKey, String name, long start, long end) {
    probe.set(device, inode, nameInKey);
    FileTally file = files.get(probe);
    if (file == null) {
      file = new FileTally(new FileKey(probe), name, false, pid, start, end);
      files.put(file.key, file);
      order.add(file);
    }
    return file;
  }

  /** The name of a file at an address; null when its mapping is gone again. */
  private String queryName(int fd, long start, long inode, long device) {
    long length = kernel.queryMappingName(fd, start, oneRecord, nameBuffer);
    if (length == -Errno.ENAMETOOLONG) {
      return nameInText(start, inode, device);
    }
    ByteBuffer record = oneRecord.bytes();
    if (length < 0 || record.getLong(24) != inode || record.getLong(32) != device) {
      return null;
    }
    byte[] bytes = new byte[(int) length];
    nameBuffer.bytes().get(0, bytes);
    return FileName.decode(bytes, 0, bytes.length);
  }

  /**
   * The name as text has it: the ioctl tells none of over 4095 bytes, which a file may well have.
   */
  private String nameInText(long start, long inode, long device) {
    try {
      for (Mapping mapping : Mapping.ofProcess(tree, kernel, pid, anomalies)) {
        if (mapping.start() == start && mapping.inode() == inode && mapping.device() == device) {
          return mapping.name();
        }
      }
    } catch (KernelException e) {
      // The process is gone, and its mapping with it.
    }
    return null;
  }

  // ---- files

  /** Device, inode and, where those may repeat, name; mutable so that a look-up needs no object. */
  private static final class FileKey {
    private long device;
    private long inode;
    private String name;

    FileKey() {}

    FileKey(FileKey other) {
      set(other.device, other.inode, other.name);
    }

    void set(long newDevice, long newInode, String newName) {
      device = newDevice;
      inode = newInode;
      name = newName;
    }

    @Override
    public boolean equals(Object object) {
      return object instanceof FileKey other
          && inode == other.inode
          && device == other.device
          && Objects.equals(name, other.name);
    }

    @Override
    public int hashCode() {
      long mixed = (inode * 31 + device) * 0x9E3779B97F4A7C15L;
      return (int) (mixed >>> 32) ^ (name == null ? 0 : name.hashCode());
    }
  }

  private static final class FileTally {
    private final FileKey key;
    private final String name;
    private final boolean escaped;
    private final int firstPid;
    private final long firstStart;
    private final long firstEnd;
    private byte[] nameBytes;
    private int lastPid = -1;
    private int processes;
    private boolean sharedWritable;
    private long mappedEnd;

    FileTally(FileKey key, String name, boolean escaped, int pid, long start, long end) {
      this.key = key;
      this.name = name;
      this.escaped = escaped;
      this.firstPid = pid;
      this.firstStart = start;
      this.firstEnd = end;
    }

    boolean sameName(MapsParser line) {
      return nameBytes == null || line.nameEquals(nameBytes);
    }

    void add(int pid, long start, long end, long offset, int permissions) {
      if (pid != lastPid) {
        lastPid = pid;
        processes++;
      }
      int writable = MapsParser.SHARED | MapsParser.WRITE;
      if ((permissions & writable) == writable) {
        sharedWritable = true;
      }
      long mapped = offset + end - start;
      if (mapped > mappedEnd) {
        mappedEnd = mapped;
      }
    }

    MappedFile toMappedFile() {
      boolean deleted = name.endsWith(DELETED);
      String path = deleted ? name.substring(0, name.length() - DELETED.length()) : name;
      return new MappedFile(
          key.device,
          key.inode,
          path,
          escaped && path.indexOf('\\') >= 0,
          deleted,
          processes,
          sharedWritable,
          mappedEnd,
          firstPid,
          firstStart,
          firstEnd);
    }
  }
}
