/*
 * Makes a store for timing `quell triage`: N machines, each assessed with M observations, one in a
 * hundred infected within six hours by the one before it, and heard minute by minute. usage:
 * bench-triage URL [MACHINES [OBSERVATIONS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { ATTEMPTS = 20, SPREAD_S = 6 * 3600 };

static void *taken(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size);

	if (p == NULL)
		die("machines", "out of memory");
	return p;
}

static void add(struct posture *p, const char *key, const char *value, unsigned by)
{
	const struct observation o = {key, value, OBSERVED_VALUE, (uint8_t)by,
				      start_ns + 3600 * NS_PER_S};

	if (posture_add(p, &o) != RC_OK)
		die("posture", "cannot be made");
}

/* What MS08-067 is judged by, and much else that a whole assessment sees. */
static void assess(struct store *s, size_t i, unsigned observations)
{
	char key[POSTURE_KEY], value[POSTURE_VALUE];
	struct posture *p = NULL;
	uint64_t rows = 0;

	if (posture_new(&p) != RC_OK)
		die("posture", "out of memory");
	p->addr = addr_of(i);
	add(p, "os.version", "5.1.2600", BY_REGISTRY);
	add(p, "os.service-pack", "3", BY_REGISTRY);
	add(p, "reboot-pending", i % 50 == 0 ? "Component Based Servicing" : "no", BY_REGISTRY);
	add(p, "file:system32/netapi32.dll", i % 4 == 0 ? "5.1.2600.5512" : "5.1.2600.5694",
	    BY_FILE);
	for (unsigned k = 4; k < observations; k++) {
		static const char *const prefixes[] = {
			"file:system32/library",
			"registry:HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Value",
			"account:user", "service:service"};

		(void)snprintf(key, sizeof(key), "%s%03u", prefixes[k % 4], k);
		(void)snprintf(value, sizeof(value), "%zu running", (i + k) % 4000);
		add(p, key, value, BY_REGISTRY);
	}
	if (store_put_posture(s, "first", p, "", &rows) != RC_OK)
		die("posture", store_error(s));
	posture_free(p);
}

static void assess_all(struct store *s, size_t machines, unsigned observations)
{
	const struct store_assessment a = {.id = "first",
					   .how = "asked",
					   .who = "bench",
					   .targets = "10.0.0.0/8",
					   .first_ns = start_ns,
					   .last_ns = start_ns,
					   .asked = machines};

	if (store_begin(s) != RC_OK || store_put_assessment(s, &a) != RC_OK)
		die("assessment", store_error(s));
	for (size_t i = 0; i < machines; i++)
		assess(s, i, observations);
	if (store_commit(s) != RC_OK)
		die("assessment", store_error(s));
}

/* --- the outbreak --- */

static uint64_t infected_at(size_t i, size_t infected)
{
	/* Twice as many in each tenth of the time. */
	double share = 1, all = (double)infected;

	while (share < 1024 && (double)i >= share / 1024 * all)
		share *= 2;
	double tenth = 0;

	for (double k = share; k > 1; k /= 2)
		tenth++;
	return start_ns + (uint64_t)(tenth / 11 * SPREAD_S) * NS_PER_S + i % 1000 * NS_PER_MS * 100;
}

static struct finding *attack(size_t from, size_t to, uint64_t at_ns)
{
	struct finding *f = taken(1, sizeof(*f));

	*f = (struct finding){.class = CLASS_EXPLOIT,
			      .source = addr_of(from * 100),
			      .target = addr_of(to),
			      .has_target = true,
			      .first_ns = at_ns,
			      .last_ns = at_ns + 60 * NS_PER_S,
			      .count = 3,
			      .packets = {from + 1},
			      .n_packets = 1,
			      .confidence = 95};
	(void)snprintf(f->threat, sizeof(f->threat), "ms08-067");
	(void)snprintf(f->why, sizeof(f->why), "asked for a hostile path (packet %zu)", from + 1);
	return f;
}

static int by_key(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return finding_cmp(*x, *y);
}

static void hear(struct store *s, size_t infected)
{
	const struct finding **list = taken(infected * ATTEMPTS, sizeof(*list));
	struct host *hosts = taken(infected, sizeof(*hosts));
	struct presence *minutes = taken(infected * 6, sizeof(*minutes));
	const char *names[] = {"office.pcap"}, *why[] = {"asked for a hostile path (packet 1)"};
	struct outbreak o = {.hosts = hosts, .findings = list};
	struct store_run run = {.id = "run", .sensor = "sensor", .outbreak = &o};

	for (size_t i = 0; i < infected; i++) {
		uint64_t at_ns = infected_at(i, infected);
		struct addr *addr = taken(1, sizeof(*addr));

		for (size_t k = 0; k < ATTEMPTS; k++)
			list[o.n_findings++] = attack(
				i,
				k == 0 && i * 2 + 1 < infected ? (i * 2 + 1) * 100
				: k == 1 && i * 2 + 2 < infected
					? (i * 2 + 2) * 100
					: (i * 7919 + k * 104729) % (infected * 100) / 100 * 100 +
						  1,
				at_ns + k * 30 * NS_PER_S);
		*addr = addr_of(i * 100);
		hosts[o.n_hosts++] =
			(struct host){.addrs = addr,
				      .n_addrs = 1,
				      .seen = {.addr = *addr,
					       .has_spoken = true,
					       .first_ns = at_ns,
					       .last_ns = start_ns + SPREAD_S * NS_PER_S},
				      .verdict = VERDICT_INFECTED,
				      .confidence = 0.95,
				      .why = why,
				      .n_why = 1};
		for (unsigned h = 0; h < 6; h++) {
			uint32_t hour = (uint32_t)(start_ns / NS_PER_S / 3600) + h;

			minutes[i * 6 + h] = (struct presence){
				.addr = *addr,
				.hour = hour,
				.alive = (UINT64_C(1) << 60) - 1,
				.hostile = ((uint64_t)hour + 1) * 3600 * NS_PER_S > at_ns
						   ? UINT64_C(0x0924924924924924)
						   : 0};
		}
	}
	qsort(list, o.n_findings, sizeof(*list), by_key);
	o.by_verdict[VERDICT_INFECTED] = infected;
	o.source = (struct source_info){.kind = "file",
					.names = names,
					.n_names = 1,
					.packets = 1000000,
					.first_ns = start_ns,
					.last_ns = start_ns + SPREAD_S * NS_PER_S,
					.listened_ns = SPREAD_S * NS_PER_S};
	run.presence = minutes;
	run.n_presence = infected * 6;
	if (store_put_run(s, &run, NULL) != RC_OK)
		die("run", store_error(s));
	for (size_t i = 0; i < o.n_findings; i++)
		free((void *)(uintptr_t)list[i]);
	for (size_t i = 0; i < infected; i++)
		free(hosts[i].addrs);
	free(list);
	free(hosts);
	free(minutes);
}

int main(int argc, char **argv)
{
	size_t machines = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
	unsigned observations = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 200;
	struct store *s = NULL;
	char err[1024] = "";

	if (argc < 2)
		die("usage", "bench-triage URL [MACHINES [OBSERVATIONS]]");
	if (store_open(argv[1], STORE_WRITE, &s, err, sizeof(err)) != RC_OK)
		die("open", err);
	know(s, machines);
	assess_all(s, machines, observations);
	hear(s, machines / 100);
	store_close(s);
	return 0;
}
