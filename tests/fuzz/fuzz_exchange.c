/* What unpacks from any bytes at all is in range, and packs to what unpacks to the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void try_finding(struct bytes in)
{
	struct finding f, back;
	uint8_t *at = NULL;
	size_t len = 0;

	if (exchange_unpack_finding(in, &f) != RC_OK)
		return;
	must(f.class < CLASSES && f.confidence <= 100 && f.n_packets <= FINDING_PACKETS &&
	     f.n_details <= FINDING_DETAILS);
	must(memchr(f.why, 0, sizeof(f.why)) != NULL);
	must(exchange_pack_finding(&f, &at, &len) == RC_OK);
	must(exchange_unpack_finding((struct bytes){at, len}, &back) == RC_OK);
	must(memcmp(&f.source, &back.source, sizeof(f.source)) == 0 && f.count == back.count &&
	     strcmp(f.why, back.why) == 0 && f.n_details == back.n_details);
	free(at);
}

static void try_fact(struct bytes in)
{
	struct arena *arena = NULL;
	struct fact f, back;
	uint8_t *at = NULL;
	size_t len = 0;

	must(arena_new(0, &arena) == RC_OK);
	if (exchange_unpack_fact(in, arena, &f) == RC_OK) {
		must(f.kind > 0 && f.kind < FACT_KINDS && f.confidence >= 1 &&
		     f.confidence <= 100 && f.last_ns >= f.first_ns);
		must(strlen(f.value) <= EXCHANGE_TEXT && strlen(f.host) <= EXCHANGE_TEXT);
		must(exchange_pack_fact(&f, &at, &len) == RC_OK);
		must(exchange_unpack_fact((struct bytes){at, len}, arena, &back) == RC_OK);
		must(fact_cmp(&f, &back) == 0 && strcmp(f.machine, back.machine) == 0);
		free(at);
	}
	arena_free(arena);
}

static void try_coverage(struct bytes in)
{
	struct coverage c, back;
	uint8_t *at = NULL;
	size_t len = 0;

	if (exchange_unpack_coverage(in, &c) != RC_OK)
		return;
	must(c.n_anomalies <= COVERAGE_NAMED && c.n_limits <= COVERAGE_NAMED);
	must(exchange_pack_coverage(&c, &at, &len) == RC_OK);
	must(exchange_unpack_coverage((struct bytes){at, len}, &back) == RC_OK);
	must(memcmp(&c, &back, offsetof(struct coverage, anomalies)) == 0);
	free(at);
}

static void try_presence(struct bytes in)
{
	struct presence p, back;
	uint8_t *at = NULL;
	size_t len = 0;

	if (exchange_unpack_presence(in, &p) != RC_OK)
		return;
	must(p.alive != 0 && p.alive >> PRESENCE_MINUTES == 0 && (p.hostile & ~p.alive) == 0);
	must(exchange_pack_presence(&p, &at, &len) == RC_OK);
	must(exchange_unpack_presence((struct bytes){at, len}, &back) == RC_OK);
	must(presence_cmp(&p, &back) == 0 && p.alive == back.alive && p.hostile == back.hostile);
	free(at);
}

static void try_others(struct bytes in)
{
	struct exchange_source source;
	struct exchange_status status;
	struct sighting s;

	if (exchange_unpack_source(in, &source) == RC_OK) {
		must(source.n_files <= EXCHANGE_FILES);
		must(memchr(source.error, 0, sizeof(source.error)) != NULL);
		free(source.first_seq);
	}
	if (exchange_unpack_sighting(in, &s) == RC_OK)
		must(s.n_macs <= SIGHTING_MACS);
	(void)!exchange_unpack_status(in, &status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};

	try_finding(in);
	try_fact(in);
	try_coverage(in);
	try_presence(in);
	try_others(in);
	return 0;
}
