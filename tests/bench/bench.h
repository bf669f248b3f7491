/* bench - what the programs that time the store share: clocks, a way out, machines that are known.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/keep.h"
#include "base/monotime.h"

static const uint64_t start_ns = UINT64_C(1750000000) * NS_PER_S;

static inline double clock_s(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double now_s(void)
{
	return clock_s(CLOCK_MONOTONIC);
}

static inline double cpu_s(void)
{
	return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static inline void die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static inline struct addr addr_of(size_t i)
{
	return addr_v4(0x0a000000 + (uint32_t)i);
}

/* Each with a card and an address, for a day. */
static inline void know(struct store *s, size_t machines)
{
	struct fact *f = calloc(machines + 1, sizeof(*f));
	struct keep_result r = {0};

	if (f == NULL)
		die("machines", "out of memory");
	for (size_t i = 0; i < machines; i++)
		f[i] = (struct fact){
			.kind = FACT_LINK,
			.source = FROM_DHCP,
			.confidence = 90,
			.has_mac = true,
			.mac = {{0, 0x1a, 0x2b, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
			.addr = addr_of(i),
			.host = "",
			.value = "",
			.origin = "office.pcap",
			.machine = "",
			.first_ns = start_ns,
			.last_ns = start_ns + 86400 * NS_PER_S,
			.count = 1};
	if (keep_facts(s, f, machines, false, &r) != RC_OK)
		die("machines", store_error(s));
	free(f);
}

#endif
