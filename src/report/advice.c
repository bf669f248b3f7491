#include "report/advice.h"

#include <stdlib.h>
#include <string.h>

#include "threat/catalogue.h"

enum {
	DESK_TO_DESK = 50, /* with more infected machines, going to each of them is lost */
	THREATS_MOST = 32, /* the catalogue has fewer */
};

static const char generic[] =
	"Do not go from desk to desk, there are too many. Deploy the one patch everywhere first, "
	"by "
	"whatever means you deploy software; then the removal tool, the same way; then the "
	"protection. Only what remains is done by hand.";

static const char unnamed[] = "Take the machine off the network (switch port or quarantine), and "
			      "find out what runs on it.";

static void add(struct advice *a, const char *step)
{
	for (unsigned i = 0; i < a->n_steps; i++)
		if (strcmp(a->steps[i], step) == 0)
			return;
	if (a->n_steps < ADVICE_STEPS)
		a->steps[a->n_steps++] = step;
}

static int by_address(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

/* How an infected machine scans or sweeps says nothing about how to cure it. */
static bool is_telling(const struct finding *f, enum verdict v)
{
	if (f->class == CLASS_CHECK)
		return false;
	return v != VERDICT_INFECTED || f->class != CLASS_SCAN;
}

/*
 * The steps of several threats are woven together, the first of each, then the second of each:
 * all lists go from taking machines off the network over patching and cleaning to the proof, so
 * what must be early stays early.
 */
static void weave(struct advice *a, const struct threat *const *threats, unsigned n)
{
	for (unsigned step = 0; step < THREAT_STEPS; step++) {
		for (unsigned i = 0; i < n; i++) {
			unsigned len = 0;

			while (threats[i]->what_next[len] != NULL)
				len++;
			if (step < len)
				add(a, threats[i]->what_next[step]);
		}
	}
}

/* Threats by which the machines of `list` act, each once, in the order of the findings. */
static unsigned threats_of(const struct outbreak *o, enum verdict v, const struct addr *list,
			   size_t n_list, const struct threat **ret_threats)
{
	unsigned n = 0;

	for (size_t i = 0; i < o->n_findings && n < THREATS_MOST; i++) {
		const struct finding *f = o->findings[i];
		const struct threat *t;

		if (!is_telling(f, v) || (n > 0 && strcmp(ret_threats[n - 1]->id, f->threat) == 0))
			continue; /* findings are sorted by threat */
		if (bsearch(&f->source, list, n_list, sizeof(*list), by_address) == NULL)
			continue;
		t = threat_find(f->threat);
		if (t != NULL)
			ret_threats[n++] = t;
	}
	return n;
}

enum rc advice_for(const struct outbreak *o, enum verdict v, struct advice *ret_advice)
{
	const struct threat *threats[THREATS_MOST];
	struct advice a = {.n_steps = 0};
	struct addr *list = calloc(o->n_hosts + 1, sizeof(*list));
	size_t n_list = 0;

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < o->n_hosts; i++)
		if (o->hosts[i].verdict == v)
			list[n_list++] = o->hosts[i].seen.addr;
	qsort(list, n_list, sizeof(*list), by_address);
	if (v == VERDICT_INFECTED && n_list > DESK_TO_DESK)
		add(&a, generic);
	weave(&a, threats, threats_of(o, v, list, n_list, threats));
	if (n_list > 0 && a.n_steps == 0)
		add(&a, unnamed);
	free(list);
	*ret_advice = a;
	return RC_OK;
}

const char *advice_first(const struct host *h)
{
	switch (h->verdict) {
	case VERDICT_INFECTED:
	case VERDICT_SUSPECTED:
		for (size_t i = 0; i < h->n_threats; i++) {
			const struct threat *t = threat_find(h->threats[i].id);

			/* Scans need no weakness; with a better reason at hand they can wait. */
			if (t != NULL && t->what_next[0] != NULL &&
			    (t->weakness != NULL || i + 1 == h->n_threats))
				return t->what_next[0];
		}
		return unnamed;
	case VERDICT_SCANNER:
		return "Ask who works on it; if it is yours, name it under `trusted` in the "
		       "settings.";
	case VERDICT_TARGETED:
		return "Check that it is patched and protected.";
	case VERDICT_NO_EVIDENCE:
	case VERDICTS:
		break;
	}
	return NULL;
}
