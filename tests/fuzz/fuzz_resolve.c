/* The bytes are a list of facts about a small world. Whatever they say: the other way round and
 * told twice they make the same machines, each fact is in one machine, no two spans of one machine
 * and one address overlap, and every answer by address is a row that holds that time. */
#include <stdlib.h>

#include "base/bytes.h"
#include "host/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FACTS = 64, FACT_BYTES = 12 };

static void must(bool is_true)
{
	if (!is_true)
		abort();
}

static struct fact read_fact(struct reader *r)
{
	static const char *const texts[] = {"",          "pc-1",    "PC-1",   "lap.corp", "iphone",
					    "CORP\\eve", "duid:01", "router", "max@X",    "a"};
	uint8_t who = rd_u8(r), where = rd_u8(r), what = rd_u8(r), host = rd_u8(r);
	struct fact f = {.kind = (uint8_t)(1 + rd_u8(r) % (FACT_KINDS - 1)),
			 .source = (uint8_t)(1 + rd_u8(r) % 96),
			 .confidence = (uint8_t)(1 + rd_u8(r) % 100),
			 .host = host % 4 == 0 ? texts[(host >> 2) % 5] : "",
			 .value = texts[what % 10],
			 .origin = "fuzz",
			 .machine = what >= 128 ? "mac:000000000001" : "",
			 .count = 1};

	if (who % 8 > 0) {
		f.has_mac = true;
		f.mac.b[0] = (uint8_t)((who & 0xc0) >> 5); /* some local, some of groups */
		f.mac.b[5] = who % 8;
	}
	if (where % 8 > 0)
		f.addr = addr_v4(0x0a000000 + where % 8);
	f.is_ended = (where & 0x80) != 0;
	f.first_ns = (uint64_t)rd_be16(r) * UINT64_C(600000000000);
	f.last_ns = f.first_ns + (uint64_t)rd_u8(r) * UINT64_C(1200000000000);
	f.until_ns = (uint64_t)rd_u8(r) % 4 == 1 ? f.last_ns + UINT64_C(7200000000000) : 0;
	return f;
}

static void check_one(const struct machines *all, const struct machine *m)
{
	double sum = 0;

	must(machines_by_id(all, m->id) == m);
	must(m->n_facts > 0 && m->confidence >= 0 && m->confidence <= 1);
	for (size_t i = 0; i < m->n_facts; i++)
		must(strcmp(m->facts[i]->machine, m->id) == 0);
	for (size_t i = 0; i < m->n_users; i++) {
		sum += m->users[i].probability;
		must(i == 0 || m->users[i].probability <= m->users[i - 1].probability);
	}
	must(sum <= 1.0001);
	for (size_t i = 0; i < m->n_addrs; i++) {
		const struct machine_addr *a = &m->addrs[i], *row = NULL;

		must(a->from_ns <= a->first_ns && a->first_ns <= a->last_ns &&
		     a->last_ns < a->until_ns);
		must(i == 0 || m->addrs[i - 1].last_ns >= a->last_ns);
		must(a->first_ns == 0 || machines_at(all, &a->addr, a->first_ns, &row) != NULL);
		must(row == NULL || (row->from_ns <= a->first_ns && row->until_ns > a->first_ns));
		for (size_t k = 0; k < i; k++)
			must(!addr_eq(&a->addr, &m->addrs[k].addr) ||
			     a->until_ns <= m->addrs[k].from_ns ||
			     m->addrs[k].until_ns <= a->from_ns);
	}
}

static void must_be_same(const struct machines *a, const struct machines *b)
{
	must(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct machine *x = &a->list[i], *y = &b->list[i];

		must(strcmp(x->id, y->id) == 0 && x->n_facts == y->n_facts &&
		     x->n_addrs == y->n_addrs && x->n_users == y->n_users && x->flags == y->flags);
		must(strcmp(x->name, y->name) == 0 && strcmp(x->os, y->os) == 0);
		for (size_t k = 0; k < x->n_facts; k++)
			must(fact_cmp(x->facts[k], y->facts[k]) == 0);
		for (size_t k = 0; k < x->n_addrs; k++)
			must(x->addrs[k].from_ns == y->addrs[k].from_ns &&
			     x->addrs[k].until_ns == y->addrs[k].until_ns);
		for (size_t k = 0; k < x->n_users; k++)
			must(strcmp(x->users[k].user, y->users[k].user) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fact once[FACTS], twice[2 * FACTS];
	struct reader r = {.rest = {data, size}};
	struct machines *a = NULL, *b = NULL;
	size_t n = 0;
	uint8_t way = rd_u8(&r);
	const struct decision d[] = {
		{(way & 1) != 0, "mac:000000000001", "mac:000000000002", 1, "x"},
		{(way & 2) != 0, "name:pc-1", "mac:000000000003", 2, "y"}};
	struct resolve_input in = {once, 0, d, (way >> 2) % 3, NULL};

	for (; n < FACTS && r.rest.len >= FACT_BYTES; n++)
		once[n] = read_fact(&r);
	for (size_t i = 0; i < n; i++)
		twice[i] = twice[2 * n - 1 - i] = once[n - 1 - i];
	in.n_facts = n;
	must(resolve(&in, &a) == RC_OK);
	in.facts = twice;
	in.n_facts = 2 * n;
	must(resolve(&in, &b) == RC_OK);
	must_be_same(a, b);
	for (size_t i = 0; i < a->n; i++)
		check_one(a, &a->list[i]);
	machines_free(a);
	machines_free(b);
	return 0;
}
