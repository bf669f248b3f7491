/*
 * who - names for security identifiers.
 *
 * Those that mean the same everywhere have the same name everywhere, whatever the machine's
 * language; the others are looked up by the machine itself (LSA). Who has no name is shown by
 * number.
 */
#ifndef ASSESS_WHO_H
#define ASSESS_WHO_H

#include "assess/rpc_client.h"
#include "wire/lsarpc.h"

enum { WHO_NAME = 256 };

struct who {
	char name[WHO_NAME]; /* "CORP\maria", "Everyone", "S-1-5-21-…-1104" */
	uint16_t use;        /* enum lsarpc_use; LSARPC_UNKNOWN */
};

/* Of `n` SIDs as many names, in the same order. What the machine does not tell stays a number. */
void who_names(struct visit *v, const struct sid *sids, size_t n, struct who *ret_names);

/* Opens the local policy. False: `why` (MESSAGE_TEXT). */
bool who_open_policy(struct visit *v, uint32_t access, struct ndr_handle *ret_policy, char *why);

/* One call on the pipe lsarpc. False: `why`. */
bool who_call(struct visit *v, struct lsarpc_request *q, struct lsarpc_response *ret_s, char *why);

#endif
