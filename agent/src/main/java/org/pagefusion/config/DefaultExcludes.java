// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.List;

/**
 * What is left out unless the configuration says otherwise.
 *
 * <p>A fused page is one physical page in several VMs. Whoever shares it can evict its cache lines,
 * wait, and tell by the time of a read whether another VM touched them meanwhile: Flush+Reload (Y.
 * Yarom, K. Falkner: FLUSH+RELOAD: a High Resolution, Low Noise, L3 Cache Side-Channel Attack,
 * USENIX Security 2014), which recovered RSA keys across VMs from the square and multiply routines
 * of GnuPG, and AES keys from the tables of OpenSSL (G. Irazoqui, M. S. Inci, T. Eisenbarth, B.
 * Sunar: Wait a Minute! A fast, Cross-VM Attack on AES, RAID 2014). A write to a fused page takes
 * longer as well, which tells that another VM has the same contents (K. Suzaki, K. Iijima, T. Yagi,
 * C. Artho: Memory Deduplication as a Threat to the Guest OS, EuroSec 2011). Hence:
 *
 * <ul>
 *   <li>code and tables whose use may depend on a key: crypto libraries, the same as extensions of
 *       languages and as kernel modules, and the programs that hold keys;
 *   <li>contents that are secret or that someone may want to guess: key stores and key files.
 * </ul>
 *
 * <p>Names end in a star where a version, an architecture or a build's hash follows. They match at
 * any depth, since a container's tree may stand anywhere. Kernel modules are named {@code
 * /sys/module/NAME}. Too much is left out rather than too little: {@code *.pem} also matches public
 * certificates, which are small. Not covered, because no name tells: programs with a crypto library
 * linked into them, such as those in Go or Rust, browsers, and Node.js as its makers build it.
 * Where guests that fuse with each other must not trust each other, such programs belong in {@code
 * exclude}.
 */
public final class DefaultExcludes {
  private static final String[] CRYPTO_LIBRARIES = {
    "libcrypto*",
    "libssl*",
    "libtls.so*",
    "libtls-*",
    "libs2n*",
    "libaws-lc*",
    "libboringssl*",
    "libgnutls*",
    "libgcrypt*",
    "libnettle*",
    "libhogweed*",
    "libgmp.so*",
    "libgmp-*",
    "libsodium*",
    "libmbed*",
    "libtfpsacrypto*",
    "libpolarssl*",
    "libwolfssl*",
    "libcyassl*",
    "libbearssl*",
    "libmatrixssl*",
    "libaxtls*",
    "libfreebl*",
    "libsoftokn3*",
    "libnss3*",
    "libnssutil3*",
    "libnssdbm3*",
    "libnsspem*",
    "libsmime3*",
    "libcrypt.so*",
    "libcrypt-*",
    "libxcrypt*",
    "libk5crypto*",
    "libkrb5.so*",
    "libkrb5-*",
    "krb5/plugins/preauth/**",
    "libhcrypto*",
    "libhx509*",
    "libbotan*",
    "libtomcrypt*",
    "libtommath*",
    "libmcrypt*",
    "libmhash*",
    "libbeecrypt*",
    "libscrypt*",
    "libargon2*",
    "libbcrypt*",
    "liboqs*",
    "libsecp256k1*",
    "libblst*",
    "libell.so*",
    "libmonocypher*",
    "libhydrogen*",
    "libdecaf*",
    "libotr.so*",
    "libolm.so*",
    "libsignal-protocol*",
    "libgpgme*",
    "libkcapi*",
    "libcryptsetup*",
    "libecryptfs*",
    "libstrongswan*",
    "libcharon*",
    "libwireguard*",
    "libssh*",
    "libtpms*",
    "libtss2*",
    "libtspi*",
    "libswtpm*",
    "libp11*",
    "p11-kit-*.so*",
    "*pkcs11*.so*",
    "pkcs11/*.so*",
    "libopensc*",
    "libsofthsm*",
    "libykpiv*",
    "libykcs11*",
    "libfido2*",
    "libjose*",
    "libxmlsec1*",
    "libSystem.Security.Cryptography*",
    "ossl-modules/**",
    "engines-*/**",
    "openssl/engines*/**",
  };

  private static final String[] LANGUAGE_EXTENSIONS = {
    "libsunec*",
    "_ssl.*so*",
    "_hashlib.*so*",
    "_crypt.*so*",
    "cryptography/hazmat/**",
    "{Crypto,Cryptodome}/**.so*",
    "M2Crypto/**.so*",
    "nacl/_sodium*",
    "bcrypt/_bcrypt*",
    "_bcrypt.*so*",
    "_argon2*/**",
    "gmpy2*.so*",
    "{perl,perl5}/**/auto/Crypt/**",
    "{perl,perl5}/**/auto/Net/SSLeay/**",
    "{ruby,gems}/**/openssl.so",
    "{ruby,gems}/**/{bcrypt_ext,ed25519_ref10,x25519_ref10,x25519_precomputed}.so",
    "php*/**/{openssl,sodium,mcrypt}.so",
    "erlang/**/{crypto,crypto_callback}.so",
    "{lua,luajit}*/**/{ssl,_openssl}.so",
    "node_modules/{bcrypt,argon2,sodium-native,secp256k1,ssh2,cpu-features}/**.node",
    "node_modules/@node-rs/{bcrypt,argon2}*/**.node",
    "postgresql/**/{pgcrypto,sslinfo}.so",
  };

  private static final String[] PROGRAMS_WITH_KEYS = {
    "{bin,sbin}/ssh*",
    "{lib,lib64,libexec}/{openssh,ssh}/**",
    "{bin,sbin}/dropbear*",
    "{bin,sbin}/dbclient",
    "{bin,sbin}/gpg*",
    "{bin,sbin}/{dirmngr,pinentry*,keyboxd,scdaemon}",
    "{lib,lib64,libexec}/{gnupg,gnupg2}/**",
    "libexec/{gpg*,keyboxd,scdaemon}",
    "{bin,sbin}/openssl*",
    "{bin,sbin}/{cryptsetup*,integritysetup,veritysetup,veracrypt,clevis*,tang*,jose}",
    "systemd/systemd-{crypt*,integritysetup,veritysetup}",
    "bin/systemd-{creds,cryptenroll,cryptsetup}",
    "{bin,sbin}/{encfs,gocryptfs,fscrypt,*ecryptfs*}",
    "{bin,sbin}/stunnel*",
    "{bin,sbin}/{wg,wg-quick,wireguard*,boringtun*}",
    "{bin,sbin}/openvpn*",
    "{bin,sbin}/{ipsec,swanctl,charon*,strongswan*,racoon,iked,isakmpd,pluto}",
    "{lib,lib64,libexec}/{ipsec,strongswan}/**",
    "{bin,sbin}/{tincd,n2n,supernode,zerotier*,tailscale*,nebula*,tor}",
    "{bin,sbin}/{wpa_supplicant,hostapd}",
    "{bin,sbin,libexec}/{iwd,eapol_test}",
    "{bin,sbin}/{vault,bao,consul,step,step-ca,spire-*,teleport,tsh,sops}",
    "{bin,sbin}/{age,age-keygen,rage,rage-keygen,minisign,signify*}",
    "{bin,sbin}/{keepassxc*,kpcli,gnome-keyring*,kwalletd*,secret-tool}",
    "{bin,sbin}/{krb5kdc,kadmind,kadmin*,kinit,ktutil}",
    "{bin,sbin}/{swtpm*,tpm2*,tcsd,pcscd,opensc-*,pkcs11-*,pkcs15-*,softhsm2-*,yubi*,ykman}",
    "{bin,sbin}/{certutil,pk12util,modutil,certtool,p11tool,tpmtool,psktool}",
  };

  private static final String[] KEYS = {
    "*.key",
    "*.pem",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.jceks",
    "*.keystore",
    "*.bcfks",
    "*.kdb",
    "*.kdbx",
    "*.ppk",
    "*.asc",
    "*.keytab",
    "*.kwallet",
    "{key3,key4,cert8,cert9}.db",
    "{id_rsa,id_dsa,id_ecdsa,id_ed25519}*",
    "ssh_host_*key*",
    ".ssh/**",
    ".gnupg/**",
    ".pki/**",
    ".aws/**",
    ".kube/**",
    ".docker/config.json",
    ".password-store/**",
    "keyrings/*.keyring",
    ".netrc",
    ".pgpass",
    ".vault-token",
    "etc/shadow*",
    "etc/gshadow*",
    "etc/ssh/**",
    "etc/ssl/private/**",
    "etc/pki/**/private/**",
    "etc/letsencrypt/{accounts,archive,keys,live}/**",
    "etc/wireguard/**",
    "etc/openvpn/**",
    "etc/ipsec.secrets",
    "etc/ipsec.d/**",
    "etc/swanctl/**",
    "etc/krb5kdc/**",
    "etc/NetworkManager/system-connections/**",
    "etc/kubernetes/pki/**",
    "etc/credstore*/**",
    "var/lib/**/private/**",
    "var/lib/systemd/{credential.secret,random-seed}",
    "run/{credentials,keys,secrets}/**",
  };

  private static final String[] KERNEL_MODULES = {
    "/sys/module/{aes,aegis,aria_,anubis,blowfish_,camellia_,cast5_,cast6_,cast_,des_,des3_}*",
    "/sys/module/{fcrypt,khazad,seed,serpent_*,sm4*,tea,twofish_*,arc4,libarc4,libaes,libdes}",
    "/sys/module/{chacha*,libchacha*,poly1305*,libpoly1305*,nhpoly1305*,adiantum,polyval_*,hctr2}",
    "/sys/module/{ghash*,libghash*,gf128mul,cmac,hmac,vmac,xcbc,michael_mic,blake2*,libblake2*}",
    "/sys/module/{md4,md5,libmd5,rmd160,sha[0-9_]*,libsha*,sm3*,streebog_*,wp512,kdf_*}",
    "/sys/module/{cbc,ccm,cfb,ctr,cts,ecb,essiv,gcm,keywrap,lrw,ofb,pcbc,xctr,xts}",
    "/sys/module/{authenc,authencesn,seqiv,echainiv,krb5,krb5enc}",
    "/sys/module/{curve25519*,libcurve25519*,ecc,ecdh_*,ecdsa_*,ecrdsa_*,dh_*,rsa_*,sm2_*}",
    "/sys/module/{crypto*,cryptd,pcrypt,mcryptd,simd,glue_helper,af_alg,algif_*,akcipher}",
    "/sys/module/{drbg,jitterentropy*,ansi_cprng}",
    "/sys/module/{trusted,encrypted,encrypted_keys,asymmetric_*,pkcs7_*,pkcs8_*,tpm_key_parser}",
    "/sys/module/{dm_crypt,ecryptfs,fscrypto,tls,chtls,wireguard,macsec,rxrpc,rpcsec_gss_krb5}",
    "/sys/module/{nvme_auth,icp,zfs}",
    "/sys/module/{ccp,intel_qat,qat_*,padlock_*,virtio_crypto,geode_aes,amlogic_gxl_crypto}",
    "modules/**/crypto/**",
    "modules/**/{dm-crypt,wireguard,tls,ecryptfs,rpcsec_gss_krb5,rxrpc,macsec,icp,zfs}.ko*",
    "modules/**/{trusted,encrypted,encrypted-keys}.ko*",
  };

  /** The built-in list for {@code exclude}, as globs of {@link PathPatterns}. */
  public static final List<String> GLOBS =
      joined(CRYPTO_LIBRARIES, LANGUAGE_EXTENSIONS, PROGRAMS_WITH_KEYS, KEYS, KERNEL_MODULES);

  private DefaultExcludes() {}

  private static List<String> joined(String[]... groups) {
    int count = 0;
    for (String[] group : groups) {
      count += group.length;
    }
    String[] joined = new String[count];
    int used = 0;
    for (String[] group : groups) {
      System.arraycopy(group, 0, joined, used, group.length);
      used += group.length;
    }
    return List.of(joined);
  }
}
