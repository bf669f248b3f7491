#include "campaign/waves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V4_PREFIX = 96, SEEN_ENOUGH = 10 };

static const char *const orders[WAVE_ORDERS] = {
	[WAVES_INFECTED_FIRST] = "infected",
	[WAVES_BY_NETWORK] = "network",
	[WAVES_BY_IMPORTANCE] = "importance",
};

enum rc wave_order_parse(const char *name, enum wave_order *ret_o)
{
	for (unsigned i = 0; i < WAVE_ORDERS; i++) {
		if (strcmp(name, orders[i]) == 0) {
			*ret_o = (enum wave_order)i;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

const char *wave_order_name(enum wave_order o)
{
	return (unsigned)o < WAVE_ORDERS ? orders[o] : "infected";
}

/* --- the plan --- */

struct place { /* a candidate on its way to a wave */
	struct wave_candidate *c;
	struct addr net; /* its network; IPv6: a /64 */
	size_t turn;     /* of the pilot: how many of its kind come before it */
	bool is_pilot;
};

static struct addr net_of(const struct addr *a, unsigned prefix)
{
	unsigned bits = addr_is_v4(a) ? V4_PREFIX + (prefix < 32 ? prefix : 32) : 64;
	struct addr net = *a;

	for (unsigned i = 0; i < sizeof(net.b); i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * i : 0;

		if (kept < 8)
			net.b[i] &= (uint8_t)(0xff00U >> kept);
	}
	return net;
}

static int by_machine(const struct place *x, const struct place *y)
{
	return strcmp(x->c->machine, y->c->machine);
}

static int by_flag(bool first, bool second)
{
	return (int)second - (int)first;
}

static int by_importance_then_machine(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->c->importance != y->c->importance)
		return x->c->importance < y->c->importance ? -1 : 1;
	return by_machine(x, y);
}

static int by_infected(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = by_flag(x->c->is_infected, y->c->is_infected);

	return c != 0 ? c : by_importance_then_machine(a, b);
}

static int by_net(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = addr_cmp(&x->net, &y->net);

	return c != 0 ? c : by_machine(x, y);
}

/* Kinds of machines, of each of which the pilot has some: infected or not, server or not, and where
 * they are. The least important of a kind first. */
static int by_kind(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = by_flag(x->c->is_infected, y->c->is_infected);

	if (c == 0)
		c = by_flag(x->c->is_server, y->c->is_server);
	if (c == 0)
		c = addr_cmp(&x->net, &y->net);
	return c != 0 ? c : by_importance_then_machine(a, b);
}

static bool same_kind(const struct place *x, const struct place *y)
{
	return x->c->is_infected == y->c->is_infected && x->c->is_server == y->c->is_server &&
	       addr_eq(&x->net, &y->net);
}

static int by_turn(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	return by_kind(a, b);
}

/* Takes one of each kind, then a second one, until there are enough; the most important never. */
static void choose_pilot(const struct wave_plan *p, struct place *list, size_t n)
{
	unsigned most = 0, least = UINT32_MAX;
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		most = list[i].c->importance > most ? list[i].c->importance : most;
		least = list[i].c->importance < least ? list[i].c->importance : least;
	}
	qsort(list, n, sizeof(*list), by_kind);
	for (size_t i = 0; i < n; i++)
		list[i].turn =
			i > 0 && same_kind(&list[i - 1], &list[i]) ? list[i - 1].turn + 1 : 0;
	qsort(list, n, sizeof(*list), by_turn);
	for (size_t i = 0; i < n && taken < p->pilot; i++) {
		/* If all are equally important, none is the most. */
		if (list[i].c->importance == most && most != least)
			continue;
		list[i].is_pilot = true;
		taken++;
	}
}

static int pilot_first(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = by_flag(x->is_pilot, y->is_pilot);

	return c != 0 ? c : by_turn(a, b);
}

/* How many from `at` on stay together: a network that fits into a ring is not cut. */
static size_t together(const struct wave_plan *p, const struct place *list, size_t at, size_t n)
{
	size_t len = 1;

	while (p->order == WAVES_BY_NETWORK && at + len < n &&
	       addr_eq(&list[at].net, &list[at + len].net))
		len++;
	return p->ring > 0 && len > p->ring ? 1 : len;
}

static uint32_t number_rings(const struct wave_plan *p, uint32_t wave, struct place *list, size_t n)
{
	size_t in_ring = 0, len = 0;

	for (size_t i = 0; i < n; i += len) {
		len = together(p, list, i, n);

		bool is_full = p->ring > 0 ? in_ring + len > p->ring
					   : p->order == WAVES_BY_NETWORK && in_ring > 0;

		if (is_full) {
			wave++;
			in_ring = 0;
		}
		for (size_t j = i; j < i + len; j++)
			list[j].c->wave = wave;
		in_ring += len;
	}
	return wave;
}

enum rc waves_plan(const struct wave_plan *p, uint32_t first, struct wave_candidate *list, size_t n,
		   uint32_t *ret_last)
{
	static int (*const compare[WAVE_ORDERS])(const void *, const void *) = {
		[WAVES_INFECTED_FIRST] = by_infected,
		[WAVES_BY_NETWORK] = by_net,
		[WAVES_BY_IMPORTANCE] = by_importance_then_machine,
	};
	struct place *places = NULL;
	size_t pilot = 0;
	uint32_t last = first;

	if (n == 0) {
		*ret_last = first > 0 ? first - 1 : 0;
		return RC_OK;
	}
	places = calloc(n, sizeof(*places));
	if (places == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){.c = &list[i], .net = net_of(&list[i].addr, p->prefix)};
	if (p->pilot > 0)
		choose_pilot(p, places, n);
	qsort(places, n, sizeof(*places), pilot_first);
	while (pilot < n && places[pilot].is_pilot)
		places[pilot++].c->wave = first;
	if (pilot < n) {
		qsort(places + pilot, n - pilot, sizeof(*places), compare[p->order]);
		last = number_rings(p, pilot > 0 ? first + 1 : first, places + pilot, n - pilot);
	}
	free(places);
	*ret_last = last;
	return RC_OK;
}

/* --- the gate --- */

static void top_code(const struct wave_count *count, char *text, size_t len)
{
	char code[CAMPAIGN_CODE];

	text[0] = '\0';
	if (count->n_codes > 0)
		(void)snprintf(text, len, ", %zu of them with %s", count->codes[0].n,
			       campaign_code(count->codes[0].code, code));
}

enum gate wave_gate(const struct wave *w, const struct wave_count *count, double stop_failed,
		    char *why, size_t why_len)
{
	size_t patched = 0;
	double n = (double)count->n, failed = (double)count->failed;
	char code[64];

	for (unsigned s = STAGE_PATCHED; s < STAGES; s++)
		patched += count->by_stage[s];
	top_code(count, code, sizeof(code));
	if (count->n == 0) {
		(void)snprintf(why, why_len, "nobody is in this wave");
		return GATE_OPEN;
	}
	/* Of those that have reported, too: one must not wait for a wave of a thousand to fail. */
	if (stop_failed > 0 && count->failed > 0 &&
	    (failed / n >= stop_failed ||
	     (count->reported >= SEEN_ENOUGH && failed / (double)count->reported >= stop_failed))) {
		(void)snprintf(why, why_len, "%zu of %zu failed%s: stop and look", count->failed,
			       count->n, code);
		return GATE_STOP;
	}
	if (failed / n > w->gate_failed) {
		(void)snprintf(why, why_len, "%zu of %zu failed%s; at most %.0f %% may",
			       count->failed, count->n, code, 100 * w->gate_failed);
		return GATE_SHUT;
	}
	if ((double)patched / n < w->gate_patched) {
		(void)snprintf(why, why_len, "%zu of %zu are patched; the gate opens at %.0f %%",
			       patched, count->n, 100 * w->gate_patched);
		return GATE_SHUT;
	}
	(void)snprintf(why, why_len, "%zu of %zu are patched, %zu failed", patched, count->n,
		       count->failed);
	return GATE_OPEN;
}
