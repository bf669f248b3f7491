/*
 * hive - a registry hive in memory (the regf format): a value or a key by its path.
 *
 * For copies that Windows keeps or an administrator saved (`reg save`, RegBack, repair). Nothing in
 * it is believed: cells, lists, lengths and depth are bounded, and cycles end. Source: the format
 * as described by M. Suhanov, "Windows registry file format specification".
 */
#ifndef DISK_HIVE_H
#define DISK_HIVE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/rc.h"

struct hive {
	struct bytes all; /* borrowed */
	uint32_t root;    /* cell */
	uint64_t at_ns;   /* when it was last written */
	char name[64];    /* as it says: "SOFTWARE"; or "" */
};

enum hive_type {
	HIVE_NONE = 0,
	HIVE_SZ = 1,
	HIVE_EXPAND_SZ = 2,
	HIVE_BINARY = 3,
	HIVE_DWORD = 4,
	HIVE_DWORD_BE = 5,
	HIVE_LINK = 6,
	HIVE_MULTI_SZ = 7,
	HIVE_QWORD = 11
};

struct hive_value {
	uint32_t type;    /* enum hive_type, or another */
	const char *text; /* as an observation wants it: decimal, text, "; " between texts, or
			     hexadecimal; in the arena */
};

enum { HIVE_FILE_MAX = 256 << 20, HIVE_VALUE_MAX = 64 << 10 /* longer data is cut */ };

/* RC_FORMAT: not a hive, or larger than HIVE_FILE_MAX. */
MUST_CHECK enum rc hive_open(struct bytes all, struct hive *ret_h);
/* `path` below the root, "Microsoft\Windows NT\CurrentVersion"; "" is the root. RC_END: no such
 * key. RC_FORMAT: damaged there. */
MUST_CHECK enum rc hive_key(const struct hive *h, const char *path, uint32_t *ret_key);
/* `name` "" is the default value. RC_END: no such value. RC_FORMAT: damaged there. RC_NOMEM. */
MUST_CHECK enum rc hive_value(const struct hive *h, uint32_t key, const char *name,
			      struct arena *arena, struct hive_value *ret_v);
/* Calls `one` with each subkey's name, UTF-8, at most `max`; false stops. RC_FORMAT: some
 * could not be read; the others were told. */
MUST_CHECK enum rc hive_subkeys(const struct hive *h, uint32_t key, size_t max,
				bool (*one)(void *ctx, const char *name), void *ctx);

#endif
