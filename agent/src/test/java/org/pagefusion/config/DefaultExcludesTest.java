// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultExcludesTest {
  private final PathPatterns patterns = PathPatterns.compile(DefaultExcludes.GLOBS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
        "/usr/lib64/libcrypto.so.3.0.7",
        "/usr/lib/x86_64-linux-gnu/libssl.so.3",
        "/usr/lib/x86_64-linux-gnu/libssl3.so",
        "/usr/lib/x86_64-linux-gnu/libgnutls.so.30.34.3",
        "/usr/lib/x86_64-linux-gnu/libgcrypt.so.20.4.1",
        "/usr/lib/x86_64-linux-gnu/libnettle.so.8.6",
        "/usr/lib/x86_64-linux-gnu/libhogweed.so.6.6",
        "/usr/lib/x86_64-linux-gnu/libgmp.so.10.4.1",
        "/usr/lib/x86_64-linux-gnu/libsodium.so.23.3.0",
        "/usr/lib/x86_64-linux-gnu/libmbedcrypto.so.2.28.3",
        "/usr/lib/x86_64-linux-gnu/libwolfssl.so.35.5.3",
        "/usr/lib/x86_64-linux-gnu/libfreeblpriv3.so",
        "/usr/lib/firefox-esr/libsoftokn3.so",
        "/usr/lib/x86_64-linux-gnu/libnss3.so",
        "/usr/lib/x86_64-linux-gnu/libnssutil3.so",
        "/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0",
        "/lib64/libcrypt-2.28.so",
        "/usr/lib/x86_64-linux-gnu/libk5crypto.so.3.1",
        "/usr/lib/x86_64-linux-gnu/libbotan-2.so.19.19.3",
        "/usr/lib/x86_64-linux-gnu/libcryptopp.so.8.7.0",
        "/usr/lib/x86_64-linux-gnu/libtomcrypt.so.1.0.1",
        "/usr/lib/x86_64-linux-gnu/libgpgme.so.11.23.0",
        "/usr/lib/x86_64-linux-gnu/libtpms.so.0.9.2",
        "/usr/lib/x86_64-linux-gnu/libtss2-esys.so.0.0.0",
        "/usr/lib/x86_64-linux-gnu/libssh2.so.1.0.1",
        "/usr/lib/x86_64-linux-gnu/libssh-gcrypt.so.4.9.6",
        "/usr/lib/x86_64-linux-gnu/libp11-kit.so.0.3.0",
        "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-trust.so",
        "/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so",
        "/usr/lib/x86_64-linux-gnu/engines-3/padlock.so",
        "/usr/lib/x86_64-linux-gnu/libkcapi.so.1.4.0",
        "/usr/lib/x86_64-linux-gnu/libcryptsetup.so.12.9.0",
        "/usr/lib/jvm/java-17-openjdk-amd64/lib/libj2pkcs11.so",
        "/usr/lib/jvm/java-11-openjdk-amd64/lib/libsunec.so",
        "/usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so",
        "/usr/lib/python3.11/lib-dynload/_hashlib.cpython-311-x86_64-linux-gnu.so",
        "/opt/app/cryptography/hazmat/bindings/_rust.abi3.so",
        "/opt/app/psycopg2_binary.libs/libcrypto-ea5b7f3c.so.3",
        "/opt/app/Crypto/Cipher/_raw_aes.abi3.so",
        "/usr/lib/x86_64-linux-gnu/perl5/5.36/auto/Net/SSLeay/SSLeay.so",
        "/usr/lib/x86_64-linux-gnu/ruby/3.1.0/openssl.so",
        "/usr/lib/php/20220829/sodium.so",
        "/usr/lib/erlang/lib/crypto-5.1.2/priv/lib/crypto.so",
        "/srv/app/node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node",
        "/usr/lib/postgresql/15/lib/pgcrypto.so",
        "/usr/bin/ssh",
        "/usr/sbin/sshd",
        "/usr/bin/ssh-agent",
        "/usr/bin/ssh-add",
        "/usr/bin/ssh-keygen",
        "/usr/lib/openssh/sshd-session",
        "/usr/libexec/openssh/ssh-keysign",
        "/usr/bin/gpg",
        "/usr/bin/gpg-agent",
        "/usr/lib/gnupg/scdaemon",
        "/usr/bin/openssl",
        "/usr/sbin/cryptsetup",
        "/usr/lib/systemd/systemd-cryptsetup",
        "/usr/bin/stunnel4",
        "/usr/bin/wg",
        "/usr/lib/ipsec/charon",
        "/usr/sbin/charon-systemd",
        "/usr/sbin/openvpn",
        "/opt/vault/bin/vault",
        "/etc/ssl/private/ssl-cert-snakeoil.key",
        "/etc/ssh/ssh_host_ed25519_key",
        "/etc/pki/tls/private/localhost",
        "/root/.ssh/known_hosts",
        "/home/me/.gnupg/private-keys-v1.d/A",
        "/srv/app/server.key",
        "/srv/app/server.pem",
        "/srv/app/server.p12",
        "/srv/app/server.pfx",
        "/srv/app/server.jks",
        "/srv/app/server.keystore",
        "/home/me/passwords.kdbx",
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/krb5.keytab",
        "/var/lib/samba/private/secrets.tdb",
        "/var/lib/docker/overlay2/0a/merged/etc/shadow",
        "/var/lib/docker/overlay2/0a/merged/usr/bin/ssh",
        "/sys/module/aesni_intel",
        "/sys/module/aes_generic",
        "/sys/module/ghash_clmulni_intel",
        "/sys/module/gf128mul",
        "/sys/module/sha256_ssse3",
        "/sys/module/sha512_generic",
        "/sys/module/md5",
        "/sys/module/des_generic",
        "/sys/module/serpent_avx2",
        "/sys/module/twofish_common",
        "/sys/module/blowfish_x86_64",
        "/sys/module/camellia_generic",
        "/sys/module/cast5_generic",
        "/sys/module/cast_common",
        "/sys/module/chacha_x86_64",
        "/sys/module/libchacha20poly1305",
        "/sys/module/poly1305_x86_64",
        "/sys/module/curve25519_x86_64",
        "/sys/module/ecdh_generic",
        "/sys/module/ecdsa_generic",
        "/sys/module/rsa_generic",
        "/sys/module/dh_generic",
        "/sys/module/crypto_simd",
        "/sys/module/cryptd",
        "/sys/module/xts",
        "/sys/module/cbc",
        "/sys/module/ctr",
        "/sys/module/gcm",
        "/sys/module/ccm",
        "/sys/module/cmac",
        "/sys/module/hmac",
        "/sys/module/drbg",
        "/sys/module/jitterentropy_rng",
        "/sys/module/trusted",
        "/sys/module/encrypted_keys",
        "/sys/module/dm_crypt",
        "/sys/module/wireguard",
        "/sys/module/tls",
        "/sys/module/libaes",
        "/sys/module/libsha256",
        "/usr/lib/modules/6.1.0-18-amd64/kernel/arch/x86/crypto/aesni-intel.ko",
        "/lib/modules/6.1.0-18-amd64/kernel/crypto/xts.ko.zst",
        "/lib/modules/6.1.0-18-amd64/kernel/drivers/md/dm-crypt.ko",
      })
  void leavesOutWhatMayDependOnSecrets(String path) {
    assertTrue(patterns.match(path).isPresent(), path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/lib64/libc-2.28.so",
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
        "/usr/lib/x86_64-linux-gnu/libm.so.6",
        "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30",
        "/usr/lib/x86_64-linux-gnu/libnss_files.so.2",
        "/usr/lib/x86_64-linux-gnu/libnss_systemd.so.2",
        "/usr/lib/x86_64-linux-gnu/libcurl-gnutls.so.4.8.0",
        "/usr/lib/x86_64-linux-gnu/libzstd.so.1.5.4",
        "/usr/lib/x86_64-linux-gnu/libcap.so.2.66",
        "/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.2",
        "/usr/lib/x86_64-linux-gnu/libkeyutils.so.1.10",
        "/usr/lib/x86_64-linux-gnu/libpam.so.0.85.1",
        "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so",
        "/usr/lib/systemd/systemd",
        "/usr/lib/systemd/systemd-journald",
        "/usr/lib/systemd/systemd-logind",
        "/usr/lib/systemd/systemd-udevd",
        "/usr/bin/bash",
        "/usr/bin/python3.11",
        "/usr/bin/perl",
        "/usr/bin/dbus-daemon",
        "/usr/bin/stat",
        "/usr/bin/agetty",
        "/usr/sbin/agetty",
        "/usr/sbin/nginx",
        "/usr/sbin/cron",
        "/usr/sbin/rsyslogd",
        "/usr/bin/wget",
        "/usr/bin/gzip",
        "/usr/bin/top",
        "/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so",
        "/usr/lib/jvm/java-17-openjdk-amd64/lib/modules",
        "/usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts",
        "/etc/ssl/certs/java/cacerts",
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/passwd",
        "/usr/lib/locale/locale-archive",
        "/usr/lib/python3.11/lib-dynload/_json.cpython-311-x86_64-linux-gnu.so",
        "/usr/lib/python3/dist-packages/apt_pkg.cpython-311-x86_64-linux-gnu.so",
        "/usr/share/perl/5.36.0/strict.pm",
        "/sys/module/ext4",
        "/sys/module/virtio_net",
        "/sys/module/vboxguest",
        "/sys/module/crc32c_intel",
        "/sys/module/crct10dif_pclmul",
        "/sys/module/designware_i2s",
        "/sys/module/shark2",
        "/sys/module/dm_mod",
        "/sys/module/tpm",
        "/sys/module/cec",
        "/usr/lib/modules/6.1.0-18-amd64/kernel/fs/ext4/ext4.ko",
        "/usr/lib/modules/6.1.0-18-amd64/modules.dep",
      })
  void keepsTheRest(String path) {
    assertEquals(Optional.empty(), patterns.match(path));
  }

  @Test
  void hasNoPatternTwice() {
    assertEquals(DefaultExcludes.GLOBS.size(), new HashSet<>(DefaultExcludes.GLOBS).size());
  }

  /** The list shows as one value and is read from one; an entry must not fall apart. */
  @Test
  void canBeWrittenAsOneValue() {
    assertEquals(
        DefaultExcludes.GLOBS, GlobCompiler.split(String.join(", ", DefaultExcludes.GLOBS)));
  }
}
