/*
 * remote_registry - values and keys of a machine's registry, read over winreg.
 *
 * A key is opened once for values that stand beside each other, so ask for them in order. Only
 * HKLM and HKU, only with the right to read.
 */
#ifndef ASSESS_REMOTE_REGISTRY_H
#define ASSESS_REMOTE_REGISTRY_H

#include "assess/rpc_client.h"
#include "wire/winreg.h"

enum { REGISTRY_PATH = 512, REGISTRY_DATA = 64 * 1024, REGISTRY_TEXT = POSTURE_VALUE };

struct remote_registry;

/* On a pipe that rpc_client_open() has opened. NULL: no memory. */
struct remote_registry *remote_registry_new(struct rpc_client *rpc);
void remote_registry_free(struct remote_registry *g); /* NULL is fine; closes the open key */

struct registry_value {
	uint32_t type;
	struct bytes data; /* of `g`, until the next call */
	uint32_t number;   /* of a REG_DWORD; else 0 */
	char text[REGISTRY_TEXT];
};

/* "HKLM\...\Name". OBSERVED_UNREADABLE: `why` (MESSAGE_TEXT). */
enum observed remote_registry_value(struct remote_registry *g, const char *path,
				    struct registry_value *ret_v, char *why);

/* "HKLM\...\Key\": is it there? */
enum observed remote_registry_key(struct remote_registry *g, const char *path, char *why);

/* The name of a subkey of "HKLM\...\Key\". OBSERVED_ABSENT: there are no more, or no such key. */
enum observed remote_registry_subkey(struct remote_registry *g, const char *path, uint32_t index,
				     char *name, size_t cap, char *why);

/* What a value says, as model/posture.h wants it. Returns `to`. */
const char *registry_text(uint32_t type, struct bytes data, char *to, size_t cap);

/* Where the last name of a path begins, and so the length of its key with the "\". */
size_t registry_key_len(const char *path);

#endif
