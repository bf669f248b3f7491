/* resolve_bench - facts as rows of text, for the tests of room host/. Times are hours. */
#ifndef TESTS_RESOLVE_BENCH_H
#define TESTS_RESOLVE_BENCH_H

#include <stdio.h>
#include <stdlib.h>

#include "host/resolve.h"

enum { BENCH_FACTS = 4096 };

struct row {
	unsigned source, kind;
	const char *mac, *addr, *value; /* mac: last two digits of 00:0c:29:00:00:XX, or all */
	double first, last;
	double until; /* 0: none */
	const char *host;
	bool is_ended;
	const char *machine;
};

static inline uint64_t bench_ns(double hours)
{
	return UINT64_C(1780000000000000000) + (uint64_t)(hours * 3600e9);
}

static inline struct fact bench_fact(const struct row *r)
{
	struct fact f = {.kind = (uint8_t)r->kind,
			 .source = (uint8_t)r->source,
			 .confidence = 90,
			 .is_ended = r->is_ended,
			 .host = r->host == NULL ? "" : r->host,
			 .value = r->value == NULL ? "" : r->value,
			 .origin = "test",
			 .machine = r->machine == NULL ? "" : r->machine,
			 .first_ns = bench_ns(r->first),
			 .last_ns = bench_ns(r->last),
			 .until_ns = r->until > 0 ? bench_ns(r->until) : 0,
			 .count = 1 + (uint64_t)(r->last - r->first),
			 .packet = 1};
	unsigned b[6] = {0, 0x1a, 0x2b, 0, 0, 0};

	if (r->mac != NULL) {
		f.has_mac = true;
		if (sscanf(r->mac, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) !=
		    6) {
			b[0] = 0;
			b[5] = (unsigned)strtoul(r->mac, NULL, 16);
		}
		for (int i = 0; i < 6; i++)
			f.mac.b[i] = (uint8_t)b[i];
	}
	if (r->addr != NULL)
		assert_int_equal(addr_parse(r->addr, &f.addr), RC_OK);
	return f;
}

static inline struct machines *bench_resolve(const struct row *rows, size_t n,
					     const struct decision *d, size_t n_d)
{
	static struct fact facts[BENCH_FACTS];
	struct resolve_input in = {facts, n, d, n_d, NULL};
	struct machines *m = NULL;

	assert_true(n <= BENCH_FACTS);
	for (size_t i = 0; i < n; i++)
		facts[i] = bench_fact(&rows[i]);
	assert_int_equal(resolve(&in, &m), RC_OK);
	return m;
}

/* The id of who had it, or "-". */
static inline const char *bench_who(const struct machines *m, const char *addr, double hours)
{
	struct addr a;
	const struct machine *got;

	assert_int_equal(addr_parse(addr, &a), RC_OK);
	got = machines_at(m, &a, hours < 0 ? 0 : bench_ns(hours), NULL);
	return got == NULL ? "-" : got->id;
}

#endif
