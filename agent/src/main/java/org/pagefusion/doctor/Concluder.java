// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.List;
import java.util.Optional;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Mode;
import org.pagefusion.doctor.Conclusion.Answer;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ResultCode;

/** Tells what follows from what the host said. */
final class Concluder {
  private static final String GOES_ON = " Observing ('pagefusion report') goes on.";

  private static final List<String> HOST_POINTS =
      List.of(
          "Linux: no SMAP. With SMAP, comparing the pages of a second guest crashes the host's kernel."
              + " On the host, `grep -c smap /proc/cpuinfo` must print 0; to turn it off, boot the"
              + " host with clearcpuid=smap",
          "no macOS: VirtualBox has no page fusion there",
          "no Hyper-V (NEM) below VirtualBox: guest memory is not VirtualBox's own there",
          "64-bit");

  private final Configuration configuration;

  Concluder(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Concludes.
   *
   * @param answers of the host
   * @param isVirtualBox whether this looks like a guest of VirtualBox
   */
  Conclusion conclude(HostAnswers answers, boolean isVirtualBox) {
    return switch (answers.reached()) {
      case NOT_ASKED ->
          unknown(
              "No host was asked: this tree is not the running guest.",
              "run 'pagefusion doctor' in the guest itself");
      case NO_DEVICE ->
          isVirtualBox
              ? no(
                  "This guest has no device to ask its host by." + GOES_ON,
                  "load the vboxguest driver (modprobe vboxguest), and run this again")
              : no(
                  "This is not a guest of VirtualBox, or can't be told for one: there is no host to"
                      + " fuse its pages."
                      + GOES_ON,
                  "run it in a guest of VirtualBox 7.0 or 7.1");
      case DENIED ->
          unknown(
              "The host was not asked: this user may not open the guest device.",
              "run as root: sudo pagefusion doctor");
      case BROKEN ->
          answers.isBuiltWithout()
              ? without(answers)
              : unknown(
                  "The host can't be asked: see which check failed above." + GOES_ON,
                  "mend what failed, and run this again");
      default -> ofHost(answers);
    };
  }

  private Conclusion ofHost(HostAnswers answers) {
    if (answers.isBuiltWithout()) {
      return without(answers);
    }
    if (answers.probe().isPresent() && !ResultCode.isSuccess(answers.probe().getAsInt())) {
      return no(
          "The host says that page fusion is on, but takes no registration: "
              + ResultCode.describe(answers.probe().getAsInt())
              + "."
              + GOES_ON,
          "do what the check 'probe' says");
    }
    return switch (answers.fusion()) {
      case ON -> on();
      case OFF ->
          no(
              "Page fusion is switched off for this VM, as it is by default." + GOES_ON,
              "on the host, with the VM powered off: VBoxManage modifyvm NAME --page-fusion on");
      default ->
          unknown(
              "The host does not say whether page fusion is on: see the check above." + GOES_ON,
              "do what the check 'page fusion' says");
    };
  }

  private static Conclusion without(HostAnswers answers) {
    String host = answers.version().map(HostVersion::text).orElse("of unknown version");
    return no(
        "This host can't fuse: its VirtualBox "
            + host
            + " is built without page fusion, as all of 7.2 are."
            + GOES_ON,
        HostInterview.USE_OLDER);
  }

  private Conclusion on() {
    String text = "The host can fuse pages of this VM. A guest can't see whether it survives that.";
    if (configuration.effectiveMode() == Mode.FUSE) {
      return new Conclusion(
          Answer.YES,
          text
              + " Whoever answers for the host has said so (host-safe = yes), for each of these points:",
          Optional.empty(),
          HOST_POINTS);
    }
    String asked =
        configuration.mode() == Mode.FUSE
            ? " mode = fuse is set, but observes until whoever answers for the host has made sure of"
                + " each of these points, and says so (host-safe = yes):"
            : " Before mode = fuse, whoever answers for the host must make sure of each of these"
                + " points:";
    String settings = configuration.mode() == Mode.FUSE ? "" : "mode = fuse and ";
    return new Conclusion(
        Answer.YES,
        text + asked,
        Optional.of(
            "if all of that is so: "
                + settings
                + "host-safe = yes in /etc/pagefusion/pagefusion.conf"),
        HOST_POINTS);
  }

  private static Conclusion no(String text, String remedy) {
    return new Conclusion(Answer.NO, text, Optional.of(remedy), List.of());
  }

  private static Conclusion unknown(String text, String remedy) {
    return new Conclusion(Answer.UNKNOWN, text, Optional.of(remedy), List.of());
  }
}
