// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A list of globs compiled into one matcher for paths.
 *
 * <p>The language: {@code *} stands for any characters but {@code /}, {@code **} for any
 * characters, {@code ?} for one character but {@code /}, {@code [a-z_]} for one of these, {@code
 * [!a-z]} for one that is neither of these nor {@code /}, <code>{a,b}</code> for either (nested
 * too), and a backslash takes the next character as it is. <code>a/**&#47;b</code> matches {@code
 * a/b} too. A pattern matches the whole path. One that begins with {@code /} does so from the root;
 * any other may begin after any slash, as if <code>**&#47;</code> stood before it. One that ends
 * with {@code /} matches everything below that folder. Case counts.
 *
 * <p>Most patterns begin with a few fixed characters, so those are kept in a trie: at the start of
 * the path and of each of its segments a walk of a few steps finds the patterns that can match
 * there at all, and only these are tried. Immutable, and safe for use by several threads.
 */
public final class PathPatterns {
  /** A bound on memory, about two MiB; the built-in list takes a fiftieth of it. */
  private static final int MOST_TOKENS = 1 << 19;

  /** Longer walks would cost memory and tell hardly more patterns apart. */
  private static final int LONGEST_WALK_CHARS = 16;

  /** Patterns that can begin only where the path does. */
  private static final int ROOT_OF_PATH = 0;

  /** Patterns that can begin where any segment does. */
  private static final int ROOT_OF_SEGMENT = 1;

  /** Patterns that can match only the last segment. */
  private static final int ROOT_OF_LAST_SEGMENT = 2;

  /** The same, but known by how they end instead of by how they begin. */
  private static final int ROOT_OF_END = 3;

  private static final int NONE = -1;

  /** What match returns, by index of the pattern; made once so that matching allocates nothing. */
  private final List<Optional<String>> patterns;

  private final Glob[] globs;

  /** By glob: the index of the pattern it is an alternative of; never descends. */
  private final int[] patternOfGlob;

  /** By glob: the next one of the same node, of the same or a later pattern. */
  private final int[] nextGlob;

  private final Trie trie;

  private PathPatterns(List<Optional<String>> patterns, List<Glob> globs, int[] patternOfGlob) {
    this.patterns = patterns;
    this.globs = globs.toArray(new Glob[0]);
    this.patternOfGlob = patternOfGlob;
    this.nextGlob = new int[this.globs.length];
    this.trie = new Trie(ROOT_OF_END + 1);
    // Backwards, because each is put before those that its node has already.
    for (int glob = this.globs.length - 1; glob >= 0; glob--) {
      int node = nodeFor(this.globs[glob]);
      nextGlob[glob] = trie.firstGlob[node];
      trie.firstGlob[node] = glob;
    }
  }

  /**
   * Compiles globs.
   *
   * @throws GlobSyntaxException when one is malformed or all are too large together
   */
  public static PathPatterns compile(List<String> globs) {
    List<Optional<String>> patterns = new ArrayList<>(globs.size());
    List<Glob> alternatives = new ArrayList<>(globs.size());
    int[] firstAlternative = new int[globs.size() + 1];
    long tokensLeft = MOST_TOKENS;
    for (int index = 0; index < globs.size(); index++) {
      String glob = globs.get(index);
      patterns.add(Optional.of(glob));
      for (Glob alternative : GlobCompiler.compile(glob, tokensLeft)) {
        alternatives.add(alternative);
        tokensLeft -= alternative.size() + 1;
      }
      firstAlternative[index + 1] = alternatives.size();
    }
    int[] patternOfGlob = new int[alternatives.size()];
    for (int index = 0; index < globs.size(); index++) {
      for (int glob = firstAlternative[index]; glob < firstAlternative[index + 1]; glob++) {
        patternOfGlob[glob] = index;
      }
    }
    return new PathPatterns(patterns, alternatives, patternOfGlob);
  }

  /** The first pattern, as it was written, that matches the path; empty when none does. */
  public Optional<String> match(String path) {
    int best = search(ROOT_OF_PATH, path, 0, patterns.size());
    int segment = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', segment)) {
      best = search(ROOT_OF_SEGMENT, path, segment, best);
      segment = slash + 1;
    }
    best = search(ROOT_OF_SEGMENT, path, segment, best);
    best = search(ROOT_OF_LAST_SEGMENT, path, segment, best);
    best = searchFromEnd(path, segment, best);
    return best == patterns.size() ? Optional.empty() : patterns.get(best);
  }

  /** The index of the first pattern that matches from start, or best if that is not after it. */
  private int search(int root, String path, int start, int best) {
    int first = best;
    int node = root;
    for (int at = start; node != NONE; at++) {
      if (trie.firstGlob[node] != NONE) {
        first = firstMatch(node, path, start, first);
      }
      node = at < path.length() ? trie.child(node, path.charAt(at)) : NONE;
    }
    return first;
  }

  private int searchFromEnd(String path, int start, int best) {
    int first = best;
    int node = ROOT_OF_END;
    for (int at = path.length() - 1; node != NONE; at--) {
      if (trie.firstGlob[node] != NONE) {
        first = firstMatch(node, path, start, first);
      }
      node = at >= start ? trie.child(node, path.charAt(at)) : NONE;
    }
    return first;
  }

  private int firstMatch(int node, String path, int start, int best) {
    for (int glob = trie.firstGlob[node]; glob != NONE; glob = nextGlob[glob]) {
      int pattern = patternOfGlob[glob];
      if (pattern >= best) {
        break;
      }
      if (globs[glob].matches(path, start)) {
        return pattern;
      }
    }
    return best;
  }

  private int nodeFor(Glob glob) {
    int prefixLength = glob.literalPrefixLength();
    if (!glob.startsAtSegments()) {
      return nodeFor(glob, ROOT_OF_PATH, 0, prefixLength, 1);
    }
    if (!glob.isOneSegment()) {
      return nodeFor(glob, ROOT_OF_SEGMENT, 0, prefixLength, 1);
    }
    if (prefixLength == 0) {
      return nodeFor(glob, ROOT_OF_END, glob.size() - 1, glob.literalSuffixLength(), -1);
    }
    return nodeFor(glob, ROOT_OF_LAST_SEGMENT, 0, prefixLength, 1);
  }

  private int nodeFor(Glob glob, int root, int firstToken, int length, int step) {
    int node = root;
    int walked = Math.min(length, LONGEST_WALK_CHARS);
    for (int index = 0; index < walked && !trie.isFull(); index++) {
      node = trie.childOrNew(node, glob.literal(firstToken + step * index));
    }
    return node;
  }

  /** Nodes by number; their edges are in one hash table, which takes 6 bytes a slot. */
  private static final class Trie {
    /** Node numbers and characters share the 32 bits of a key. */
    private static final int MOST_NODES = 1 << 16;

    private int nodes;

    /** By node: the glob to try first when a walk comes by, or NONE. */
    private int[] firstGlob = new int[64];

    /** By slot: the parent in the upper half, the character in the lower. */
    private int[] edges = new int[128];

    /** By slot: the child, or 0 (a root, never a child) where the slot is free. */
    private char[] children = new char[128];

    Trie(int roots) {
      for (int root = 0; root < roots; root++) {
        newNode();
      }
    }

    boolean isFull() {
      return nodes == MOST_NODES;
    }

    int child(int node, char character) {
      int child = children[slot(edges, children, node << 16 | character)];
      return child == 0 ? NONE : child;
    }

    int childOrNew(int node, char character) {
      int edge = node << 16 | character;
      int slot = slot(edges, children, edge);
      if (children[slot] == 0) {
        if (3 * nodes > edges.length) {
          grow();
          slot = slot(edges, children, edge);
        }
        edges[slot] = edge;
        children[slot] = (char) newNode();
      }
      return children[slot];
    }

    private int newNode() {
      if (nodes == firstGlob.length) {
        firstGlob = Arrays.copyOf(firstGlob, 2 * nodes);
      }
      firstGlob[nodes] = NONE;
      return nodes++;
    }

    private void grow() {
      int[] largerEdges = new int[2 * edges.length];
      char[] largerChildren = new char[2 * edges.length];
      for (int slot = 0; slot < edges.length; slot++) {
        if (children[slot] != 0) {
          int target = slot(largerEdges, largerChildren, edges[slot]);
          largerEdges[target] = edges[slot];
          largerChildren[target] = children[slot];
        }
      }
      edges = largerEdges;
      children = largerChildren;
    }

    /** The slot of the edge, or the free one where it would go. */
    private static int slot(int[] edges, char[] children, int edge) {
      int mask = edges.length - 1;
      // Fibonacci hashing: the upper bits of the product depend on all bits of the edge.
      int slot = (edge * 0x9E3779B9 >>> 12) & mask;
      while (children[slot] != 0 && edges[slot] != edge) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }
  }
}
