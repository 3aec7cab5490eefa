// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Source;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.doctor.HostAnswers.Reached;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.GuestDevices;
import org.pagefusion.vmmdev.VmmDev;

/** Looks at a guest, asks its host, and concludes. Changes nothing but by a probe. */
public final class Doctor {
  private final GuestTree tree;
  private final Kernel kernel;
  private final Configuration configuration;
  private final Clock clock;
  private final Opener opener;
  private final SmallFiles files;

  /** Opens a device by its name, as {@link GuestDevices#open} does. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Opens it. What is thrown for a name that can't be a device's is the caller's to catch.
     *
     * @throws DeviceException when it can't be opened
     */
    GuestDevice open(String device) throws DeviceException;
  }

  /**
   * What to look at.
   *
   * @param device of this machine, by a name that {@link GuestDevices#open} takes; empty when none
   *     is to be asked
   * @param probe whether a page is to be registered and unregistered
   * @param registrations the agent's record of registrations, which is only read
   * @param service what the service told last, where it told anything
   */
  public record Examination(
      Optional<String> device,
      boolean probe,
      RegistrationStore registrations,
      Optional<ServiceStatus> service) {}

  /** Creates a doctor for a tree; a device it asks is always this machine's. */
  public Doctor(
      GuestTree tree, Kernel kernel, Configuration configuration, Clock clock, Opener opener) {
    this.tree = tree;
    this.kernel = kernel;
    this.configuration = configuration;
    this.clock = clock;
    this.opener = opener;
    this.files = new SmallFiles(tree);
  }

  /**
   * Makes all checks.
   *
   * @param anomalies takes what could not be read or understood on the way
   */
  public Diagnosis diagnose(
      Examination examination, Anomalies anomalies, CandidateScanner.Progress progress) {
    // What is no path is a simulated host's name, or none that can be opened.
    boolean simulated = examination.device().filter(name -> !name.startsWith("/")).isPresent();
    List<Check> checks = new ArrayList<>();
    HostAnswers answers = askHost(examination, simulated, checks);
    Check machine =
        new VirtualisationCheck(files).check(simulated, answers.reached() == Reached.HOST);
    checks.add(machine);
    BudgetCheck budget = BudgetCheck.of(examination.registrations(), answers.sessionId());
    checks.add(budget.check());
    checks.add(ConfigurationCheck.of(configuration));
    ServiceCheck service = new ServiceCheck(files, examination.service());
    checks.add(service.check());
    lookAtKernel(service.running(), anomalies, checks);
    ScanCheck scan = scan(anomalies, progress);
    checks.add(scan.check(kernel.effectiveUid() == 0 && tree.manifest().isEmpty()));
    checks.sort(Comparator.comparing(Check::subject));
    boolean isVirtualBox = machine.result() != Result.FAIL;
    return new Diagnosis(
        examination.device(),
        configuration,
        checks,
        scan.figures(),
        budget.budget(),
        new Concluder(configuration).conclude(answers, isVirtualBox));
  }

  private HostAnswers askHost(Examination examination, boolean simulated, List<Check> checks) {
    DeviceNode node = new DeviceNode(files, kernel);
    if (examination.device().isEmpty()) {
      String why = "not asked: not the running guest";
      checks.add(Check.skipped(Subject.DEVICE_NODE, why));
      checks.add(node.checkDriver(false, Optional.empty()));
      return unasked(Reached.NOT_ASKED, Check.skipped(Subject.PERMISSION, why), why, checks);
    }
    String device = examination.device().get();
    if (simulated) {
      checks.add(Check.skipped(Subject.DEVICE_NODE, "the host is simulated"));
      checks.add(Check.skipped(Subject.DRIVER, "the host is simulated"));
      return ask(device, true, examination.probe(), checks);
    }
    Check found = node.check(device);
    checks.add(found);
    boolean there = found.result() != Result.FAIL;
    HostAnswers answers;
    if (there) {
      answers = ask(device, false, examination.probe(), checks);
    } else {
      String why = "not asked: see the device node";
      answers = unasked(Reached.NO_DEVICE, Check.skipped(Subject.PERMISSION, why), why, checks);
    }
    checks.add(node.checkDriver(there, answers.driver()));
    return answers;
  }

  private HostAnswers ask(String name, boolean simulated, boolean probe, List<Check> checks) {
    try (GuestDevice device = opener.open(name)) {
      checks.add(
          Check.ok(
              Subject.PERMISSION,
              simulated ? "connected to " + name : "may be opened by this user"));
      HostInterview interview =
          new HostInterview(
              new VmmDev(device),
              simulated,
              probe ? Optional.of(new Probe(kernel.pageSize())) : Optional.empty());
      HostAnswers answers = interview.ask();
      checks.addAll(interview.checks());
      return answers;
    } catch (DeviceException e) {
      boolean denied = e.errno() == Errno.EACCES || e.errno() == Errno.EPERM;
      return unasked(
          denied ? Reached.DENIED : Reached.BROKEN,
          Check.fail(Subject.PERMISSION, name + ": " + Errno.describe(e.errno()), e.problem()),
          "not asked: the device can't be opened",
          checks);
    }
  }

  private static HostAnswers unasked(
      Reached reached, Check permission, String why, List<Check> checks) {
    checks.add(permission);
    for (Subject subject : HostInterview.SUBJECTS) {
      checks.add(Check.skipped(subject, why));
    }
    return HostAnswers.none(reached);
  }

  private void lookAtKernel(
      Optional<ServiceStatus> service, Anomalies anomalies, List<Check> checks) {
    KernelImage image = KernelImage.read(tree, kernel, anomalies);
    CapabilityCheck capabilities = new CapabilityCheck(files);
    checks.add(capabilities.check(service));
    KernelChecks kernelChecks = new KernelChecks(files, kernel, image);
    checks.add(kernelChecks.features());
    checks.add(
        kernelChecks.addresses(
            configuration.sources().contains(Source.KERNEL), capabilities.effective("self")));
    checks.add(new KaslrCheck(files, image).check());
  }

  private ScanCheck scan(Anomalies anomalies, CandidateScanner.Progress progress) {
    return new ScanCheck(
        new CandidateScanner(tree, kernel, configuration, clock, ProcessScanner.Method.AUTO)
            .scan(anomalies, progress),
        kernel.pageSize());
  }
}
