/*
 * services - a machine's services as they were listed, and which of them are anti-malware.
 */
#ifndef ASSESS_SERVICES_H
#define ASSESS_SERVICES_H

#include "assess/visit.h"

enum { SERVICES_MAX = 1024, SERVICE_NAME = 128 };

struct service {
	char name[SERVICE_NAME]; /* in lower case: Windows does not tell them apart */
	uint32_t state;          /* enum svcctl_state */
};

struct services {
	struct service list[SERVICES_MAX];
	size_t n;
	bool is_cut; /* there are more */
};

/* Adds the services of one answer (wire/svcctl.h), at most `count`. */
void services_take(struct services *s, struct bytes list, uint32_t count);

/* NULL: it is not in the list. */
const struct service *services_find(const struct services *s, const char *name);

/* Products that scan for malware, each once: the first of its services that runs, or the first that
 * is there. NULL: past the last. */
const char *protection_product(size_t i);
const struct service *protection_service(const struct services *s, size_t i);

/* The key in the registry where it tells about its signatures; NULL: none is known. */
const char *protection_signatures(size_t i);

/* Tells anti-malware:…, with the signatures' date and the engine where the registry has them. */
void protection_tell(struct visit *v, const struct services *s, struct answer *ret_answer);

#endif
