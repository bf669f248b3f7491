/* The bytes are a list of deeds in a small world. Whatever they say: the same deeds in another
 * order make the same tree; it is a forest in which time runs forward and everybody who infects is
 * in it; what is sure of one machine sums to 1 at most, and so do the roots; each control spares no
 * more than there are. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/monotime.h"
#include "outbreak/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEEDS = 64, NODES = 12 };

static void must(bool is_true)
{
	if (!is_true)
		abort();
}

static struct finding read_finding(struct reader *r, struct tree_deed *d)
{
	static const char *const threats[] = {"ms08-067", "smb-spray", "arp-scan", "worm-transfer"};
	static const char *const answers[] = {"0x7b patched", "pushed", "0x0 accepted", ""};
	uint8_t what = rd_u8(r), who = rd_u8(r), more = rd_u8(r);
	struct finding f = {.class = (enum finding_class)(what % CLASSES),
			    .confidence = 1 + rd_u8(r) % 100u,
			    .has_target = (more & 3) != 0,
			    .count = 1 + (more >> 4) * (uint64_t)(more >> 4) * 100};

	memcpy(f.threat, threats[(what >> 3) & 3], strlen(threats[(what >> 3) & 3]));
	d->source = who & 15;
	d->target = f.has_target ? who >> 4 : TREE_NOBODY;
	f.source = addr_v4(0x0a000000 + d->source);
	if (f.has_target)
		f.target = addr_v4(0x0a000000 + d->target);
	f.first_ns = rd_be16(r) * NS_PER_S;
	f.last_ns = f.first_ns + (uint64_t)rd_u8(r) * rd_u8(r) * NS_PER_S / 4;
	f.packets[0] = rd_u8(r);
	f.n_packets = f.packets[0] != 0;
	if ((what >> 5) != 0)
		finding_detail_text(&f, f.class == CLASS_TRANSFER ? "direction" : "answer",
				    answers[(what >> 5) & 3]);
	return f;
}

static struct tree *grow(const struct tree_deed *deeds, size_t n)
{
	struct tree_input in = {deeds, n, NODES};
	struct tree *t = NULL;

	must(tree_build(&in, &t) == RC_OK);
	return t;
}

static void check_edge(const struct tree *t, size_t i, bool *is_infected)
{
	const struct tree_edge *e = &t->edges[i];
	double sum = e->confidence;
	bool has_root = false;

	must(e->from < NODES && e->to < NODES && e->from != e->to && !is_infected[e->to]);
	is_infected[e->to] = true;
	must(e->at_ns != 0 && (e->acted_ns == 0 || e->at_ns < e->acted_ns));
	must(e->confidence > 0 && e->sign < TREE_SIGNS && e->class < CLASSES);
	must(i == 0 || t->edges[i - 1].at_ns <= e->at_ns);
	must(e->why[0] != '\0');
	for (size_t k = 0; k < e->n_others; k++) {
		must(e->others[k].from < NODES && e->others[k].from != e->from);
		must(e->others[k].confidence <= e->confidence);
		sum += e->others[k].confidence;
	}
	must(sum <= 1.000001);
	/* Who infected had acted before, so it was infected before: no way leads back. */
	for (size_t k = 0; k < t->n_roots; k++)
		has_root |= t->roots[k].node == e->from && t->roots[k].since_ns <= e->at_ns;
	for (size_t k = 0; k < i; k++)
		has_root |= t->edges[k].to == e->from && t->edges[k].acted_ns <= e->at_ns;
	must(has_root);
}

static void check(const struct tree *t)
{
	bool is_infected[NODES] = {false};
	size_t offspring = 0;
	double sum = 0;

	for (size_t i = 0; i < t->n_edges; i++)
		check_edge(t, i, is_infected);
	for (size_t i = 0; i < t->n_roots; i++) {
		must(t->roots[i].node < NODES && !is_infected[t->roots[i].node]);
		must(i == 0 || t->roots[i - 1].confidence >= t->roots[i].confidence);
		is_infected[t->roots[i].node] = true;
		offspring += t->roots[i].offspring;
		sum += t->roots[i].confidence;
	}
	must(sum <= 1.000001);
	must(offspring == t->n_edges);
}

static void check_same(const struct tree *a, const struct tree *b)
{
	must(a->n_edges == b->n_edges && a->n_roots == b->n_roots);
	for (size_t i = 0; i < a->n_edges; i++) {
		const struct tree_edge *x = &a->edges[i], *y = &b->edges[i];

		must(x->from == y->from && x->to == y->to && x->at_ns == y->at_ns);
		must(memcmp(&x->confidence, &y->confidence, sizeof(x->confidence)) == 0);
		must(x->n_others == y->n_others && x->sign == y->sign && x->packet == y->packet);
		must(strcmp(x->why, y->why) == 0);
		for (size_t k = 0; k < x->n_others; k++)
			must(x->others[k].from == y->others[k].from);
	}
	for (size_t i = 0; i < a->n_roots; i++) {
		must(a->roots[i].node == b->roots[i].node);
		must(strcmp(a->roots[i].why, b->roots[i].why) == 0);
	}
}

static void check_replay(const struct tree *t)
{
	struct tree_cut cuts[CONTROLS];
	struct addr addrs[NODES];
	struct tree_replay in = {t, addrs, NODES, 10};

	for (uint32_t i = 0; i < NODES; i++)
		addrs[i] = addr_v4(0x0a000000 + i * 100);
	must(tree_replay(&in, cuts) == RC_OK);
	for (unsigned i = 0; i < CONTROLS; i++)
		must(cuts[i].spared >= 0 && cuts[i].spared <= (double)cuts[i].of + 1e-6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = {.rest = {data, size}};
	struct finding findings[DEEDS];
	struct tree_deed deeds[DEEDS], other[DEEDS];
	struct tree *t, *again;
	size_t n = 0;

	while (n < DEEDS && r.rest.len > 0) {
		findings[n] = read_finding(&r, &deeds[n]);
		deeds[n].finding = &findings[n];
		n++;
	}
	t = grow(deeds, n);
	check(t);
	check_replay(t);
	for (size_t i = 0; i < n; i++)
		other[i] = deeds[n - 1 - i];
	again = grow(other, n);
	check_same(t, again);
	tree_free(again);
	for (size_t i = 0; i < n; i++)
		other[i] = deeds[(i + n / 3) % n];
	again = grow(other, n);
	check_same(t, again);
	tree_free(again);
	tree_free(t);
	return 0;
}
