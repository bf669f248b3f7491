/*
 * svcctl - the calls of the service controller that read: MS-SCMR 3.1.4. Stubs only, in NDR.
 *
 * Handles are opened with rights to list and to query alone; no call here starts, stops or changes
 * a service.
 */
#ifndef WIRE_SVCCTL_H
#define WIRE_SVCCTL_H

#include "wire/ndr.h"

enum svcctl_opnum {
	SVCCTL_CLOSE = 0,
	SVCCTL_QUERY_STATUS = 6,
	SVCCTL_ENUM = 14, /* EnumServicesStatusW */
	SVCCTL_OPEN_MANAGER = 15,
	SVCCTL_OPEN_SERVICE = 16,
	SVCCTL_QUERY_CONFIG = 17,
};

enum { /* access */
       SVCCTL_CONNECT = 0x1,
       SVCCTL_ENUMERATE = 0x4,
       SVCCTL_SERVICE_CONFIG = 0x1,
       SVCCTL_SERVICE_STATUS = 0x4,
};

enum { /* Win32 error codes */
       SVCCTL_OK = 0,
       SVCCTL_ACCESS_DENIED = 5,
       SVCCTL_MORE_ROOM = 122, /* of QueryServiceConfig */
       SVCCTL_MORE_DATA = 234,
       SVCCTL_NO_SUCH_SERVICE = 1060,
};

enum svcctl_state { SVCCTL_STOPPED = 1, SVCCTL_RUNNING = 4, SVCCTL_PAUSED = 7 };
enum svcctl_start {
	SVCCTL_BOOT = 0,
	SVCCTL_SYSTEM = 1,
	SVCCTL_AUTOMATIC = 2,
	SVCCTL_MANUAL = 3,
	SVCCTL_DISABLED = 4,
};

enum { SVCCTL_WIN32 = 0x30, SVCCTL_ALL_STATES = 3 };

struct svcctl_request {
	uint16_t opnum;
	struct ndr_handle handle;
	struct ndr_string name; /* 16, with its NUL */
	uint32_t access;        /* 15, 16 */
	uint32_t type, states;  /* 14 */
	uint32_t room;          /* 14, 17: bytes */
	uint32_t resume;        /* 14 */
};

struct svcctl_response {
	uint16_t opnum;
	struct ndr_handle handle;
	struct bytes list;               /* 14: for svcctl_entry() */
	uint32_t needed, count, resume;  /* 14; 17: needed */
	uint32_t type, start, state;     /* 17: type, start; 6: type, state */
	bool has_path, has_display;      /* 17 */
	struct ndr_string path, display; /* 17 */
	uint32_t status;
};

bool svcctl_request(struct ndr *n, struct svcctl_request *x);
bool svcctl_response(struct ndr *n, struct svcctl_response *x);

/* One of the entries that EnumServicesStatusW puts into its list. */
struct svcctl_entry {
	struct bytes name; /* UTF-16LE without NUL, inside of the list */
	uint32_t type, state;
};

/* False: there is no such entry, or it leads outside. */
bool svcctl_entry(struct bytes list, size_t i, struct svcctl_entry *ret_e);

/* A list of `n` entries, as Windows lays it out. */
void svcctl_write_list(struct writer *w, const struct svcctl_entry *e, size_t n);

#endif
