/* What to have on the desk when the vendor's support answers: all that they will ask. */
#include <string.h>

#include "base/text.h"
#include "triage/inside.h"

enum { OS_MOST = 64, OS_SAID = 3 };

struct os_count {
	const char *os;
	size_t n;
};

/* Windows versions of the infected, most frequent first. */
static void add_systems(struct making *m)
{
	struct os_count list[OS_MOST];
	size_t n = 0, unknown = 0;

	for (size_t i = 0; i < m->in->n_nodes; i++) {
		const struct triage_node *node = &m->in->nodes[i];
		size_t k = 0;

		if (node->verdict != VERDICT_INFECTED)
			continue;
		if (node->os == NULL || node->os[0] == '\0') {
			unknown++;
			continue;
		}
		while (k < n && strcmp(list[k].os, node->os) != 0)
			k++;
		if (k == OS_MOST)
			continue;
		if (k == n)
			list[n++] = (struct os_count){node->os, 0};
		list[k].n++;
	}
	const char *text = "";

	for (unsigned said = 0; said < OS_SAID && n > 0; said++) {
		size_t best = 0;

		for (size_t k = 1; k < n; k++)
			best = list[k].n > list[best].n ? k : best;
		if (list[best].n == 0)
			break;
		text = made(m, "%s%s%s (%zu)", text, said > 0 ? ", " : "", list[best].os,
			    list[best].n);
		list[best].n = 0;
	}
	if (unknown > 0)
		text = made(m, "%s%sunknown (%zu)", text, n > 0 ? ", " : "", unknown);
	vendor_add(m, "Windows versions of the infected machines: %s.", text);
}

static void add_products(struct making *m)
{
	const char *const *p = m->in->products;

	if (p == NULL || *p == NULL) {
		vendor_add(m, "Your product, its engine's and signatures' versions on an infected "
			      "machine: not known here; read them there, or ask it with quell "
			      "assess.");
		return;
	}
	for (; *p != NULL; p++)
		vendor_add(m, "Protection on the infected machines: %s.", *p);
}

/* Where it may have begun. */
static void add_origin(struct making *m)
{
	const struct tree *t = m->in->tree;
	const struct triage_node *first = NULL;
	char at[TEXT_TIME];

	if (t != NULL && t->n_roots > 0 && t->roots[0].node < m->in->n_nodes)
		first = &m->in->nodes[t->roots[0].node];
	if (first == NULL || t->roots[0].since_ns == 0)
		return;
	(void)text_time(t->roots[0].since_ns, at);
	vendor_add(m, "First heard: %s, %.10s %.5s UTC, %zu infected after it.",
		   first->name[0] != '\0' ? first->name : first->machine, at, at + 11,
		   t->roots[0].offspring);
}

void make_vendor(struct making *m)
{
	const struct triage_input *in = m->in;
	const char *names = "";

	for (const char *const *id = in->loose; id != NULL && *id != NULL; id++)
		names = made(m, "%s%s%s", names, names[0] != '\0' ? ", " : "", *id);
	vendor_add(m,
		   "The sample: the file that the worm left, from one machine in quarantine, in an "
		   "archive with the password that the vendor names. Never run it.");
	vendor_add(
		m,
		"Its SHA-256, size, name and folder; how it is started (service, task, AutoRun).");
	vendor_add(m, "What it does here: %s; %zu infected found, %zu estimated, of %zu machines.",
		   names[0] != '\0' ? names : "spreads by a way that has no name yet",
		   infected_found(in), infected_total(in), in->machines);
	add_origin(m);
	add_systems(m);
	add_products(m);
	for (const char *const *e = in->evidence; e != NULL && *e != NULL; e++)
		vendor_add(m, "Evidence: %s", *e);
	vendor_add(m, "The capture that these packets are in, cut to the attack.");
	vendor_add(m, "Your contract number, and the telephone number of somebody who answers "
		      "tonight.");
}
