// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Requests and answers to hold the agent's own against, laid out by the C compiler from the kernel's headers.
// The header and the numbers are the kernel's; the requests' bodies, which its headers do not have, are
// structures of this file, with their documented offsets asserted.
//
//   golden_requests numbers     NAME VALUE, one a line: what the kernel's headers define
//   golden_requests encode      reads a request a line, writes its bytes in hex:
//     register MODULE_SIZE BASE OS_FAMILY NAME VERSION ADDRESS:SIZE...
//     unregister MODULE_SIZE BASE NAME VERSION
//     check | status | session | version
//     status-answer ENABLED | session-answer ID | version-answer MAJOR MINOR BUILD REVISION FEATURES
//
// Numbers are decimal or 0x hexadecimal; names and versions are hex digits of their bytes after an "=".

#include <linux/vbox_err.h>
#include <linux/vbox_vmmdev_types.h>
#include <linux/vboxguest.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REGIONS = 32, NAME_BYTES = 128, VERSION_BYTES = 16 };

struct region {
  uint64_t address;
  uint32_t size;
  uint32_t alignment;
};

struct register_request {
  struct vbg_ioctl_hdr header;
  uint32_t module_size;
  uint32_t region_count;
  uint64_t base;
  uint32_t os_family;
  uint32_t alignment;
  char name[NAME_BYTES];
  char version[VERSION_BYTES];
  struct region regions[REGIONS];
};

struct unregister_request {
  struct vbg_ioctl_hdr header;
  uint32_t module_size;
  uint32_t alignment;
  uint64_t base;
  char name[NAME_BYTES];
  char version[VERSION_BYTES];
};

struct check_request {
  struct vbg_ioctl_hdr header;
};

struct status_request {
  struct vbg_ioctl_hdr header;
  uint8_t enabled;
  uint8_t padding[3];
};

struct session_request {
  struct vbg_ioctl_hdr header;
  uint64_t session;
};

struct version_request {
  struct vbg_ioctl_hdr header;
  uint16_t major_number;
  uint16_t minor_number;
  uint32_t build;
  uint32_t revision;
  uint32_t features;
};

#define AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
#define SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type)

AT(vbg_ioctl_hdr, size_in, 0);
AT(vbg_ioctl_hdr, version, 4);
AT(vbg_ioctl_hdr, type, 8);
AT(vbg_ioctl_hdr, rc, 12);
AT(vbg_ioctl_hdr, size_out, 16);
AT(vbg_ioctl_hdr, reserved, 20);
SIZE(vbg_ioctl_hdr, 24);
AT(register_request, module_size, 24);
AT(register_request, region_count, 28);
AT(register_request, base, 32);
AT(register_request, os_family, 40);
AT(register_request, name, 48);
AT(register_request, version, 176);
AT(register_request, regions, 192);
SIZE(region, 16);
AT(region, size, 8);
AT(unregister_request, module_size, 24);
AT(unregister_request, base, 32);
AT(unregister_request, name, 40);
AT(unregister_request, version, 168);
SIZE(unregister_request, 184);
SIZE(check_request, 24);
AT(status_request, enabled, 24);
SIZE(status_request, 28);
AT(session_request, session, 24);
SIZE(session_request, 32);
AT(version_request, major_number, 24);
AT(version_request, minor_number, 26);
AT(version_request, build, 28);
AT(version_request, revision, 32);
AT(version_request, features, 36);
SIZE(version_request, 40);

_Noreturn static void fail(const char *what) {
  fprintf(stderr, "golden_requests: %s\n", what);
  exit(1);
}

static const char *word(void) {
  const char *next = strtok(NULL, " \n");
  if (next == NULL) {
    fail("a field is missing");
  }
  return next;
}

static uint64_t number(const char *text, char expected_end) {
  char *end;
  uint64_t value = strtoull(text, &end, 0);
  if (end == text || *end != expected_end) {
    fail(text);
  }
  return value;
}

static void bytes(char *into, size_t capacity) {
  const char *hex = word();
  if (*hex++ != '=' || strlen(hex) / 2 >= capacity) {
    fail(hex);
  }
  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
    char digits[3] = {hex[0], hex[1], '\0'};
    *into++ = (char)strtoul(digits, NULL, 16);
  }
}

static struct vbg_ioctl_hdr header(size_t size, uint32_t type, int32_t rc) {
  return (struct vbg_ioctl_hdr){
      .size_in = (uint32_t)size,
      .version = VBG_IOCTL_HDR_VERSION,
      .type = type,
      .rc = rc,
  };
}

static void print(const void *request, size_t size) {
  const unsigned char *at = request;
  for (size_t i = 0; i < size; i++) {
    printf("%02x", at[i]);
  }
  putchar('\n');
}

#define PRINT(request) print(&(request), sizeof(request))

static void encode_register(void) {
  struct register_request request = {.module_size = (uint32_t)number(word(), '\0')};
  request.base = number(word(), '\0');
  request.os_family = (uint32_t)number(word(), '\0');
  bytes(request.name, sizeof request.name);
  bytes(request.version, sizeof request.version);
  for (const char *region; (region = strtok(NULL, " \n")) != NULL;) {
    const char *colon = strchr(region, ':');
    if (colon == NULL || request.region_count == REGIONS) {
      fail(region);
    }
    request.regions[request.region_count++] = (struct region){
        .address = number(region, ':'),
        .size = (uint32_t)number(colon + 1, '\0'),
    };
  }
  size_t size = offsetof(struct register_request, regions) + request.region_count * sizeof(struct region);
  request.header = header(size, VMMDEVREQ_REGISTER_SHARED_MODULE, VERR_INTERNAL_ERROR);
  print(&request, size);
}

static void encode_unregister(void) {
  struct unregister_request request = {
      .header = header(sizeof request, VMMDEVREQ_UNREGISTER_SHARED_MODULE, VERR_INTERNAL_ERROR),
      .module_size = (uint32_t)number(word(), '\0'),
  };
  request.base = number(word(), '\0');
  bytes(request.name, sizeof request.name);
  bytes(request.version, sizeof request.version);
  PRINT(request);
}

static void encode(const char *kind) {
  int answer = strstr(kind, "-answer") != NULL;
  int32_t rc = answer ? VINF_SUCCESS : VERR_INTERNAL_ERROR;
  if (strcmp(kind, "register") == 0) {
    encode_register();
  } else if (strcmp(kind, "unregister") == 0) {
    encode_unregister();
  } else if (strcmp(kind, "check") == 0) {
    struct check_request request = {.header = header(sizeof request, VMMDEVREQ_CHECK_SHARED_MODULES, rc)};
    PRINT(request);
  } else if (strncmp(kind, "status", strlen("status")) == 0) {
    struct status_request request = {
        .header = header(sizeof request, VMMDEVREQ_GET_PAGE_SHARING_STATUS, rc),
        .enabled = answer ? (uint8_t)number(word(), '\0') : 0,
    };
    PRINT(request);
  } else if (strncmp(kind, "session", strlen("session")) == 0) {
    struct session_request request = {
        .header = header(sizeof request, VMMDEVREQ_GET_SESSION_ID, rc),
        .session = answer ? number(word(), '\0') : 0,
    };
    PRINT(request);
  } else if (strncmp(kind, "version", strlen("version")) == 0) {
    struct version_request request = {.header = header(sizeof request, VMMDEVREQ_GET_HOST_VERSION, rc)};
    if (answer) {
      request.major_number = (uint16_t)number(word(), '\0');
      request.minor_number = (uint16_t)number(word(), '\0');
      request.build = (uint32_t)number(word(), '\0');
      request.revision = (uint32_t)number(word(), '\0');
      request.features = (uint32_t)number(word(), '\0');
    }
    PRINT(request);
  } else {
    fail(kind);
  }
}

#define NUMBER(name) printf("%s %d\n", #name, (int)(name))

static void print_numbers(void) {
  NUMBER(VMMDEVREQ_GET_HOST_VERSION);
  NUMBER(VMMDEVREQ_REGISTER_SHARED_MODULE);
  NUMBER(VMMDEVREQ_UNREGISTER_SHARED_MODULE);
  NUMBER(VMMDEVREQ_CHECK_SHARED_MODULES);
  NUMBER(VMMDEVREQ_GET_PAGE_SHARING_STATUS);
  NUMBER(VMMDEVREQ_GET_SESSION_ID);
  NUMBER(VBG_IOCTL_HDR_VERSION);
  NUMBER(VINF_SUCCESS);
  NUMBER(VERR_INVALID_PARAMETER);
  NUMBER(VERR_NO_MEMORY);
  NUMBER(VERR_PERMISSION_DENIED);
  NUMBER(VERR_VERSION_MISMATCH);
  NUMBER(VERR_NOT_IMPLEMENTED);
  NUMBER(VERR_NOT_SUPPORTED);
  NUMBER(VERR_OUT_OF_RANGE);
  NUMBER(VERR_INTERNAL_ERROR);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "numbers") == 0) {
    print_numbers();
    return 0;
  }
  if (argc != 2 || strcmp(argv[1], "encode") != 0) {
    fail("usage: golden_requests numbers|encode");
  }
  static char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strchr(line, '\n') == NULL) {
      fail("the line is too long");
    }
    const char *kind = strtok(line, " \n");
    if (kind == NULL) {
      fail("the line is empty");
    }
    encode(kind);
  }
  return 0;
}
