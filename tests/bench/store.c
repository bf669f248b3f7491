/*
 * Times the store: N machines with ten addresses each, one after the other, into a new store, and
 * what is asked of it then. Prints lines "NAME SECONDS". usage: store URL [MACHINES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "store/campaigns.h"

enum { BINDINGS = 10, PER_MACHINE = BINDINGS + 3, TEXT = 32 };

static const uint64_t DAY_NS = 86400 * NS_PER_S;

static struct fact about(size_t i, enum fact_kind kind, const char *value)
{
	return (struct fact){
		.kind = (uint8_t)kind,
		.source = FROM_LIST_DHCP,
		.confidence = 90,
		.has_mac = true,
		.mac = {{0x00, 0x1a, 0x2b, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}},
		.host = "",
		.value = value,
		.origin = "dhcpd.leases",
		.machine = "",
		.count = 1};
}

/* In the order of a log: week by week. In each week an address is one machine's, in another week
 * another's. */
static size_t make(struct fact *f, char (*text)[TEXT], size_t machines)
{
	size_t n = 0;

	for (unsigned b = 0; b < BINDINGS; b++) {
		for (size_t i = 0; i < machines; i++) {
			struct fact *one = &f[n++];

			*one = about(i, FACT_LINK, "");
			one->first_ns = start_ns + b * 7 * DAY_NS + i % 86400 * NS_PER_S;
			one->last_ns = one->first_ns + 5 * DAY_NS;
			one->addr = addr_v4(0x0a000000 + (uint32_t)((i + b * 31337) % machines));
		}
	}
	for (size_t i = 0; i < machines; i++) {
		char *name = text[2 * i], *user = text[2 * i + 1];

		snprintf(name, TEXT, "pc-%06zu", i);
		snprintf(user, TEXT, "CORP\\user%05zu", i / 2);
		f[n] = about(i, FACT_NAME, name);
		f[n + 1] = about(i, FACT_USER, user);
		f[n + 2] = about(i, FACT_OS, i % 50 == 0 ? "Windows XP" : "Windows 10");
		for (unsigned k = 0; k < 3; k++) {
			f[n].first_ns = start_ns;
			f[n++].last_ns = start_ns + 70 * DAY_NS;
		}
	}
	return n;
}

static bool count_row(void *ctx, const struct store_row *r)
{
	(void)r;
	++*(size_t *)ctx;
	return true;
}

static void ask_list(struct store *s, const char *filter)
{
	struct query q = {0};
	char err[256] = "";
	size_t n = 0;
	double t = now_s();

	if (query_parse(filter, UINT64_C(1760000000) * NS_PER_S, &q, err, sizeof(err)) != RC_OK)
		die(filter, err);
	if (store_list(s, &q, count_row, &n, NULL) != RC_OK)
		die(filter, store_error(s));
	printf("list %s (%zu) %.4f\n", filter, n, now_s() - t);
}

static void ask_who(struct store *s, const char *what, uint64_t at_ns)
{
	struct store_facts *f = NULL;
	struct store_ids ids = {0};
	double t = now_s();

	if (store_find(s, what, at_ns, 10, &ids) != RC_OK || ids.n == 0)
		die(what, "nobody");
	const char *id = ids.list[0];

	if (store_facts_of(s, &id, 1, &f) != RC_OK)
		die(what, store_error(s));
	printf("who %s (%zu facts) %.4f\n", what, f->n_facts, now_s() - t);
	store_facts_free(f);
	store_ids_done(&ids);
}

static bool count_member(void *ctx, const struct member *m)
{
	(void)m;
	++*(size_t *)ctx;
	return true;
}

struct ids {
	struct member *list;
	size_t n, room;
};

static bool take_id(void *ctx, const struct store_row *r)
{
	struct ids *ids = ctx;
	struct member *m = &ids->list[ids->n];

	if (ids->n == ids->room)
		return false;
	ids->n++;
	*m = (struct member){.wave = 1, .stage = STAGE_EXPOSED, .why = "the patch is missing"};
	memcpy(m->machine, r->id, strnlen(r->id, MACHINE_ID - 1));
	return true;
}

/* A campaign of all machines, and an hour of presence of each. */
static void cure(struct store *s, size_t machines)
{
	struct ids ids = {.list = malloc(machines * sizeof(*ids.list)), .room = machines};
	struct presence *heard = calloc(machines, sizeof(*heard));
	const struct campaign c = {
		.id = "all", .weakness = "", .patch = "", .strategy = "", .state = "open"};
	const struct outbreak o = {.source = {.kind = "file"}};
	struct store_run run = {
		.id = "bench", .sensor = "here", .outbreak = &o, .n_presence = machines};
	struct query q = {.n_terms = 0};
	size_t n = 0;
	double t;

	if (ids.list == NULL || heard == NULL)
		die("cure", "no memory");
	if (store_list(s, &q, take_id, &ids, NULL) != RC_OK || store_put_campaign(s, &c) != RC_OK)
		die("campaign", store_error(s));
	for (unsigned again = 0; again < 2; again++) {
		t = now_s();
		if (store_put_members(s, "all", ids.list, ids.n, NULL) != RC_OK)
			die("members", store_error(s));
		printf("members written%s (%zu) %.3f\n", again ? " again" : "", ids.n, now_s() - t);
	}
	t = now_s();
	if (store_members(s, "all", count_member, &n) != RC_OK)
		die("members", store_error(s));
	printf("members read (%zu) %.3f\n", n, now_s() - t);
	for (size_t i = 0; i < machines; i++)
		heard[i] = (struct presence){addr_v4(0x0a000000 + (uint32_t)i), 1750000000 / 3600,
					     1 + i, 0};
	run.presence = heard;
	t = now_s();
	if (store_put_run(s, &run, NULL) != RC_OK)
		die("presence", store_error(s));
	printf("presence written (%zu hours) %.3f\n", machines, now_s() - t);
	free(ids.list);
	free(heard);
}

int main(int argc, char **argv)
{
	size_t machines = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000, n;
	struct fact *f = malloc(machines * PER_MACHINE * sizeof(*f));
	char(*text)[TEXT] = malloc(machines * 2 * sizeof(*text));
	struct keep_result r = {0};
	struct store *s = NULL;
	char err[1024] = "";
	double t, cpu;

	if (argc < 2 || f == NULL || text == NULL)
		die("usage", "store URL [MACHINES]");
	n = make(f, text, machines);
	if (store_open(argv[1], STORE_WRITE, &s, err, sizeof(err)) != RC_OK)
		die("open", err);
	t = now_s();
	cpu = cpu_s();
	if (keep_facts(s, f, n, false, &r) != RC_OK)
		die("keep", store_error(s));
	printf("import (%zu facts, %zu machines; %.1f s of CPU) %.3f\n", n, (size_t)r.machines_new,
	       cpu_s() - cpu, now_s() - t);
	memset(&r, 0, sizeof(r));
	t = now_s();
	if (keep_facts(s, f, n, false, &r) != RC_OK)
		die("keep", store_error(s));
	printf("import again (%zu rows) %.3f\n", (size_t)r.rows_changed, now_s() - t);
	memset(&r, 0, sizeof(r));
	t = now_s();
	f[0].last_ns += DAY_NS / 2;
	if (keep_facts(s, f, 1, false, &r) != RC_OK)
		die("keep", store_error(s));
	printf("one fact more (%zu rows) %.3f\n", (size_t)r.rows_changed, now_s() - t);
	cure(s, machines);
	store_close(s);
	t = now_s();
	if (store_open(argv[1], STORE_READ, &s, err, sizeof(err)) != RC_OK)
		die("open", err);
	printf("open %.4f\n", now_s() - t);
	ask_who(s, "10.0.4.57", UINT64_C(1752000000) * NS_PER_S);
	ask_who(s, "pc-000777", 0);
	ask_who(s, "user00042", 0);
	ask_list(s, "os:xp");
	ask_list(s, "net:10.0.7.0/24");
	ask_list(s, "user:user0123");
	ask_list(s, "pc-0042");
	ask_list(s, "verdict:infected");
	ask_list(s, "-os:windows");
	store_close(s);
	free(text);
	free(f);
	return 0;
}
