/* store_postures - small assessments and postures to put into a store; after store_facts.h. */
#ifndef TESTS_STORE_POSTURES_H
#define TESTS_STORE_POSTURES_H

#include "store_facts.h"

static inline void put_assessment(struct store *s, const char *id, uint64_t first_ns, uint64_t done)
{
	const struct store_assessment a = {.id = id,
					   .how = "asked",
					   .who = "maria (uid 1000) on lap-9",
					   .targets = "10.1.0.0/16",
					   .first_ns = first_ns,
					   .last_ns = first_ns + done * NS_PER_S,
					   .asked = 254,
					   .done = done};

	if (store_put_assessment(s, &a) != RC_OK)
		fail_msg("%s", store_error(s));
}

/* A posture with so many files seen; at least one is unreadable. `ip` may be NULL. */
static inline struct posture *posture_of(const char *ip, const char *name, uint64_t at_ns,
					 unsigned n_values)
{
	struct posture *p = NULL;
	char key[64], value[32];

	assert_int_equal(posture_new(&p), RC_OK);
	assert_int_equal(posture_name(p, name), RC_OK);
	if (ip != NULL)
		p->addr = addr_of(ip);
	for (unsigned i = 0; i <= n_values; i++) {
		const struct observation o = {.key = key,
					      .value = i < n_values ? value : "access denied",
					      .state = i < n_values ? OBSERVED_VALUE
								    : OBSERVED_UNREADABLE,
					      .by = BY_FILE,
					      .at_ns = at_ns - i};

		(void)snprintf(key, sizeof(key), "file:system32/part%03u.dll", i);
		(void)snprintf(value, sizeof(value), "5.1.2600.%u", 5500 + i);
		assert_int_equal(posture_add(p, &o), RC_OK);
	}
	p->at_ns = at_ns;
	return p;
}

/* How many rows that changed; frees it. */
static inline uint64_t put_posture(struct store *s, const char *assessment, struct posture *p,
				   const char *how)
{
	uint64_t rows = 0;

	if (store_put_posture(s, assessment, p, how, &rows) != RC_OK)
		fail_msg("%s", store_error(s));
	posture_free(p);
	return rows;
}

#endif
