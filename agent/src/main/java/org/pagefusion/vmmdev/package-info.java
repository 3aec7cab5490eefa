// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The host's language: requests as bytes, result codes, and the devices that carry them.
 *
 * <p>Two kinds of failure never meet in one number. A {@link org.pagefusion.vmmdev.DeviceException}
 * says that a request did not reach the host or its answer did not come back, and carries an errno.
 * A result code ("rc") is the host's own verdict on a request that reached it.
 */
package org.pagefusion.vmmdev;
