// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * The host's verdicts ("rc") on requests of this package. The names are VirtualBox's
 * (linux/vbox_err.h; those of the host's memory manager, from -3816 on, are not in that header).
 *
 * <p>Never an errno: -2 here is an invalid parameter, there a missing file.
 */
public enum ResultCode {
  /** Also for a module that was registered at the same base already. */
  OK(0, "VINF_SUCCESS", "done", ""),
  INVALID_PARAMETER(
      -2,
      "VERR_INVALID_PARAMETER",
      "the host finds the request invalid",
      "report it as a bug of Pagefusion"),
  NO_MEMORY(-8, "VERR_NO_MEMORY", "the host is out of memory", "free memory on the host"),
  PERMISSION_DENIED(
      -10,
      "VERR_PERMISSION_DENIED",
      "the host does not allow this request",
      "look into the VM's log on the host"),
  VERSION_MISMATCH(
      -11,
      "VERR_VERSION_MISMATCH",
      "the host speaks another version of requests",
      "use VirtualBox 7.0 or 7.1 on the host"),
  NOT_IMPLEMENTED(
      -12,
      "VERR_NOT_IMPLEMENTED",
      "this VirtualBox was built without page fusion",
      "use VirtualBox 7.0 or 7.1 on the host"),
  NOT_SUPPORTED(
      -37,
      "VERR_NOT_SUPPORTED",
      "page fusion is off for this VM",
      "on the host, with the VM powered off: VBoxManage modifyvm NAME --page-fusion on"),
  OUT_OF_RANGE(
      -54,
      "VERR_OUT_OF_RANGE",
      "the host finds the module's size out of range",
      "report it as a bug of Pagefusion"),
  INTERNAL_ERROR(
      -225,
      "VERR_INTERNAL_ERROR",
      "the host failed, or did not answer the request",
      "look into the VM's log on the host"),
  MEMORY_MANAGER_NOT_SANE(
      -3816,
      "VERR_GMM_IS_NOT_SANE",
      "the host's memory manager found itself damaged",
      "power off all VMs of the host and look into their logs"),
  NAME_TOO_LONG(
      -3822,
      "VERR_GMM_MODULE_NAME_TOO_LONG",
      "the module's name or version is too long",
      "report it as a bug of Pagefusion"),
  VERSION_TOO_LONG(
      -3823,
      "VERR_GMM_MODULE_VERSION_TOO_LONG",
      "the module's version is too long",
      "report it as a bug of Pagefusion"),
  TOO_MANY_REGIONS(
      -3824,
      "VERR_GMM_TOO_MANY_REGIONS",
      "the module has too many regions",
      "report it as a bug of Pagefusion"),
  /** The host's count of 2048 goes up with every new registration and never down. */
  TOO_MANY_MODULES_OF_VM(
      -3825,
      "VERR_GMM_TOO_MANY_PER_VM_MODULES",
      "this VM has used up its registrations",
      "reset the VM (a reboot from within is one) to begin anew; lower max-modules"),
  TOO_MANY_MODULES_OF_HOST(
      -3826,
      "VERR_GMM_TOO_MANY_GLOBAL_MODULES",
      "the host has no room for more modules",
      "lower max-modules in the guests of this host"),
  ADDRESS_CLASH(
      -3828,
      "VERR_GMM_SHARED_MODULE_ADDRESS_CLASH",
      "another module is registered at this base",
      "unregister what is there, or choose another base"),
  NOT_FOUND(
      -3829,
      "VERR_GMM_SHARED_MODULE_NOT_FOUND",
      "no module is registered at this base",
      "nothing to do: it is gone"),
  BAD_MODULE_SIZE(
      -3830,
      "VERR_GMM_BAD_SHARED_MODULE_SIZE",
      "the module's size is not from 1 byte to 1 GiB",
      "report it as a bug of Pagefusion"),
  BAD_REGION_SIZE(
      -3831,
      "VERR_GMM_SHARED_MODULE_BAD_REGIONS_SIZE",
      "a region is empty, or the regions exceed 1 GiB",
      "report it as a bug of Pagefusion");

  private final int code;
  private final String hostName;
  private final String meaning;
  private final String remedy;

  ResultCode(int code, String hostName, String meaning, String remedy) {
    this.code = code;
    this.hostName = hostName;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The number in an answer. */
  public int code() {
    return code;
  }

  /** VirtualBox's name of it, for example {@code "VERR_NOT_SUPPORTED"}. */
  public String hostName() {
    return hostName;
  }

  /** What it says, for people. */
  public String meaning() {
    return meaning;
  }

  /** What a person can do about it; empty where there is nothing to do. */
  public String remedy() {
    return remedy;
  }

  /** Whether a request was granted: VirtualBox's successes are 0 and the positive numbers. */
  public static boolean isSuccess(int rc) {
    return rc >= 0;
  }

  /** The code with a number, or null for an unknown one. */
  public static ResultCode of(int rc) {
    for (ResultCode code : values()) {
      if (code.code == rc) {
        return code;
      }
    }
    return null;
  }

  /**
   * Describes a result code for people.
   *
   * @return for example {@code "page fusion is off for this VM (VERR_NOT_SUPPORTED, -37): on the
   *     host, …"}; unknown ones by their number
   */
  public static String describe(int rc) {
    ResultCode code = of(rc);
    if (code == null) {
      return isSuccess(rc)
          ? "done (host result " + rc + ")"
          : "the host refused for a reason unknown to Pagefusion (host result "
              + rc
              + "): look into the VM's log on the host";
    }
    String text = code.meaning + " (" + code.hostName + ", " + rc + ")";
    return code.remedy.isEmpty() ? text : text + ": " + code.remedy;
  }
}
