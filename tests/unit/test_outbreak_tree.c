/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "outbreak/outbreak.h"
#include "outbreak/tree.h"

enum { NODES = 16, DEEDS_MOST = 24, NONE = -1 };

static const uint64_t start_ns = UINT64_C(1234500000) * NS_PER_S;

struct told { /* one finding: seconds after the start; to 0: nobody */
	const char *threat;
	enum finding_class class;
	unsigned from, to;
	double first_s, last_s;
	unsigned count, confidence;
	const char *answer;
};

struct world {
	struct finding f[DEEDS_MOST];
	struct tree_deed deeds[DEEDS_MOST];
	size_t n;
};

static void tell(struct world *w, const struct told *t)
{
	struct finding *f = &w->f[w->n];

	*f = (struct finding){.class = t->class,
			      .source = addr_v4(0x0a000000u + t->from),
			      .target = addr_v4(0x0a000000u + t->to),
			      .has_target = t->to != 0,
			      .first_ns = start_ns + (uint64_t)(t->first_s * 1e9),
			      .last_ns = start_ns + (uint64_t)(t->last_s * 1e9),
			      .count = t->count,
			      .packets = {w->n + 1},
			      .n_packets = 1,
			      .confidence = t->confidence};
	snprintf(f->threat, sizeof(f->threat), "%s", t->threat);
	if (t->answer != NULL)
		finding_detail_text(f, t->class == CLASS_TRANSFER ? "direction" : "answer",
				    t->answer);
	w->deeds[w->n] =
		(struct tree_deed){t->from, t->to != 0 && t->to < NODES ? t->to : TREE_NOBODY, f};
	w->n++;
}

/* An exploit, once. */
static struct told hit(unsigned from, unsigned to, double at_s)
{
	return (struct told){"ms08-067", CLASS_EXPLOIT, from, to, at_s, at_s, 1, 95, NULL};
}

static struct tree *grow(const struct world *w)
{
	struct tree_input in = {w->deeds, w->n, NODES};
	struct tree *t = NULL;

	assert_int_equal(tree_build(&in, &t), RC_OK);
	return t;
}

static const struct tree_edge *edge_to(const struct tree *t, unsigned to)
{
	for (size_t i = 0; i < t->n_edges; i++) {
		if (t->edges[i].to == to)
			return &t->edges[i];
	}
	return NULL;
}

static const struct tree_root *root_at(const struct tree *t, unsigned node)
{
	for (size_t i = 0; i < t->n_roots; i++) {
		if (t->roots[i].node == node)
			return &t->roots[i];
	}
	return NULL;
}

struct story {
	const char *name;
	struct told told[8];
	int from[6]; /* of nodes 1 to 5: who infected it; NONE: a root; 0: not in the tree */
};

#define EXPLOIT(from, to, at)                                                                      \
	{                                                                                          \
		"ms08-067", CLASS_EXPLOIT, from, to, at, at, 1, 95, NULL                           \
	}

static const struct story stories[] = {
	{"nobody did anything", {{0}}, {0, 0, 0, 0, 0, 0}},
	{"an attempt alone infects nobody", {EXPLOIT(1, 2, 10)}, {0, NONE, 0, 0, 0, 0}},
	{"who acts after an attempt was infected by it",
	 {EXPLOIT(1, 2, 10), EXPLOIT(2, 3, 25)},
	 {0, NONE, 1, 0, 0, 0}},
	{"an attempt after its own deed is no infection",
	 {EXPLOIT(2, 3, 5), EXPLOIT(1, 2, 10), EXPLOIT(2, 4, 25)},
	 {0, NONE, NONE, 0, 0, 0}},
	{"of two who attack each other the first one was first",
	 {EXPLOIT(1, 2, 10), EXPLOIT(2, 1, 40), EXPLOIT(1, 2, 70)},
	 {0, NONE, 1, 0, 0, 0}},
	{"two at the same moment infect neither",
	 {EXPLOIT(1, 2, 10), EXPLOIT(2, 1, 10)},
	 {0, NONE, NONE, 0, 0, 0}},
	{"infected again is infected once",
	 {EXPLOIT(1, 2, 10), EXPLOIT(2, 3, 30), EXPLOIT(1, 2, 90000), EXPLOIT(2, 4, 90020)},
	 {0, NONE, 1, 0, 0, 0}},
	{"a scan shows it as well",
	 {EXPLOIT(1, 2, 10), {"arp-scan", CLASS_SCAN, 2, 0, 14, 60, 200, 70, NULL}},
	 {0, NONE, 1, 0, 0, 0}},
	{"a scan that ended long before had another reason",
	 {{"port-scan", CLASS_SCAN, 2, 0, 1, 30, 50, 70, NULL},
	  EXPLOIT(1, 2, 20000),
	  EXPLOIT(2, 3, 20012)},
	 {0, NONE, 1, 0, 0, 0}},
	{"who only scans is no root",
	 {{"port-scan", CLASS_SCAN, 5, 0, 1, 30, 50, 70, NULL}},
	 {0, 0, 0, 0, 0, 0}},
	{"a vulnerability scanner infects nobody",
	 {{"ms08-067", CLASS_CHECK, 5, 2, 1, 1, 1, 95, NULL},
	  {"ms08-067", CLASS_CHECK, 5, 3, 2, 2, 1, 95, NULL},
	  EXPLOIT(2, 3, 6)},
	 {0, 0, NONE, 0, 0, 0}},
	{"who fetched a body from the attacker is infected though it is silent",
	 {EXPLOIT(1, 2, 10), {"worm-transfer", CLASS_TRANSFER, 1, 2, 13, 13, 1, 90, NULL}},
	 {0, NONE, 1, 0, 0, 0}},
	{"the one from whom the body came did it, not the one who tried later",
	 {EXPLOIT(1, 3, 10),
	  {"worm-transfer", CLASS_TRANSFER, 1, 3, 12, 12, 1, 90, NULL},
	  EXPLOIT(2, 3, 20),
	  EXPLOIT(3, 4, 40)},
	 {0, NONE, NONE, 1, 0, 0}},
	{"an implant that answers shows it",
	 {EXPLOIT(1, 2, 10), {"ms08-067", CLASS_IMPLANT, 2, 0, 500, 500, 1, 70, NULL}},
	 {0, NONE, 1, 0, 0, 0}},
	{"one who was refused did not do it",
	 {{"ms08-067", CLASS_EXPLOIT, 1, 3, 10, 10, 1, 95, "0x7b patched"},
	  EXPLOIT(2, 3, 15),
	  EXPLOIT(3, 4, 40)},
	 {0, NONE, NONE, 2, 0, 0}},
	{"a chain is a chain",
	 {EXPLOIT(1, 2, 10),
	  EXPLOIT(2, 3, 30),
	  EXPLOIT(3, 4, 50),
	  EXPLOIT(4, 5, 70),
	  {"arp-scan", CLASS_SCAN, 5, 0, 90, 91, 60, 70, NULL}},
	 {0, NONE, 1, 2, 3, 4}},
};

static void each_story_has_its_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		const struct story *s = &stories[i];
		struct world w = {.n = 0};
		struct tree *t;

		for (size_t k = 0; k < 8 && s->told[k].threat != NULL; k++)
			tell(&w, &s->told[k]);
		t = grow(&w);
		for (unsigned node = 1; node < 6; node++) {
			const struct tree_edge *e = edge_to(t, node);
			int from = e != NULL ? (int)e->from : root_at(t, node) != NULL ? NONE : 0;

			if (from != s->from[node])
				fail_msg("%s: node %u: %d instead of %d", s->name, node, from,
					 s->from[node]);
		}
		tree_free(t);
	}
}

static void an_edge_tells_when_and_by_what(void **state)
{
	struct told told[] = {hit(1, 2, 10), hit(2, 3, 25)};
	struct world w = {.n = 0};
	const struct tree_edge *e;
	struct tree *t;

	(void)state;
	tell(&w, &told[0]);
	tell(&w, &told[1]);
	t = grow(&w);
	e = edge_to(t, 2);
	assert_non_null(e);
	assert_true(e->at_ns == start_ns + 10 * NS_PER_S);
	assert_true(e->acted_ns == start_ns + 25 * NS_PER_S);
	assert_string_equal(e->threat, "ms08-067");
	assert_int_equal(e->class, CLASS_EXPLOIT);
	assert_int_equal(e->sign, TREE_ACTED);
	assert_int_equal(e->packet, 1);
	assert_true(e->confidence > 0.6 && e->confidence < 1);
	assert_string_equal(e->why, "10.0.0.1 attacked it (ms08-067, packet 1); 15 s later it "
				    "attacked others (ms08-067, packet 2); nobody else was heard "
				    "to attack it before");
	assert_int_equal(t->n_roots, 1);
	assert_int_equal(t->roots[0].offspring, 1);
	assert_true(t->roots[0].since_ns == start_ns + 10 * NS_PER_S);
	tree_free(t);
}

static void the_sign_is_the_strongest_that_was_seen(void **state)
{
	static const struct {
		struct told after;
		enum tree_sign sign;
	} rows[] = {
		{{"worm-transfer", CLASS_TRANSFER, 1, 2, 12, 12, 1, 90, NULL}, TREE_PULLED},
		{{"worm-transfer", CLASS_TRANSFER, 1, 2, 12, 12, 1, 90, "pushed"}, TREE_PUSHED},
		{{"ms08-067", CLASS_IMPLANT, 2, 0, 19, 19, 1, 70, NULL}, TREE_IMPLANT},
		{{"port-scan", CLASS_SCAN, 2, 0, 19, 30, 9, 70, NULL}, TREE_ACTED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct told first = hit(1, 2, 10), own = hit(2, 3, 25);
		struct world w = {.n = 0};
		const struct tree_edge *e;
		struct tree *t;

		tell(&w, &first);
		tell(&w, &own);
		tell(&w, &rows[i].after);
		t = grow(&w);
		e = edge_to(t, 2);
		assert_non_null(e);
		assert_int_equal(e->sign, rows[i].sign);
		assert_true(e->at_ns == start_ns + 10 * NS_PER_S);
		tree_free(t);
	}
}

/* What a body that was fetched adds to the confidence, and what a rival takes away. */
static double sure_with(const struct told *more)
{
	struct told first = hit(1, 2, 10), own = hit(2, 3, 25);
	struct world w = {.n = 0};
	double sure;
	struct tree *t;

	tell(&w, &first);
	tell(&w, &own);
	if (more != NULL)
		tell(&w, more);
	t = grow(&w);
	sure = edge_to(t, 2)->confidence;
	tree_free(t);
	return sure;
}

static void confidence_goes_with_the_evidence(void **state)
{
	struct told body = {"worm-transfer", CLASS_TRANSFER, 1, 2, 12, 12, 1, 90, NULL};
	struct told rival = hit(4, 2, 14);
	double plain = sure_with(NULL);

	(void)state;
	assert_true(sure_with(&body) > plain);
	assert_true(sure_with(&rival) < plain);
}

static void who_else_may_have_done_it_is_listed(void **state)
{
	struct told told[] = {hit(1, 3, 10), hit(2, 3, 14), hit(3, 4, 30)};
	struct world w = {.n = 0};
	const struct tree_edge *e;
	struct tree *t;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		tell(&w, &told[i]);
	t = grow(&w);
	e = edge_to(t, 3);
	assert_non_null(e);
	assert_int_equal(e->n_others, 1);
	assert_true(e->from + e->others[0].from == 3);
	assert_true(e->confidence >= e->others[0].confidence);
	assert_true(e->confidence + e->others[0].confidence < 1);
	assert_non_null(strstr(e->why, "1 other had attacked it by then, too"));
	assert_int_equal(t->n_roots, 2);
	tree_free(t);
}

/* Eight clear cases of four seconds teach that the ninth was not infected two hours ago. */
static void the_usual_delay_is_learned(void **state)
{
	struct told late = hit(14, 12, 7200), early = hit(13, 12, 10), own = hit(12, 15, 7204);
	struct world w = {.n = 0};
	const struct tree_edge *e;
	struct tree *t;

	(void)state;
	for (unsigned i = 1; i <= 9; i++) {
		struct told h = hit(i, i + 1, i * 4);

		tell(&w, &h);
	}
	tell(&w, &early);
	tell(&w, &late);
	tell(&w, &own);
	t = grow(&w);
	e = edge_to(t, 12);
	assert_non_null(e);
	assert_int_equal(e->from, 14);
	assert_true(e->confidence > 0.8);
	tree_free(t);
}

static void the_first_with_offspring_is_likely_patient_zero(void **state)
{
	struct told told[] = {hit(1, 2, 10), hit(2, 3, 20), hit(3, 0, 30), hit(7, 8, 4000)};
	struct world w = {.n = 0};
	double sum = 0;
	struct tree *t;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		tell(&w, &told[i]);
	t = grow(&w);
	assert_int_equal(t->n_roots, 2);
	assert_int_equal(t->roots[0].node, 1);
	assert_int_equal(t->roots[0].offspring, 2);
	assert_true(t->roots[0].confidence > t->roots[1].confidence);
	for (size_t i = 0; i < t->n_roots; i++)
		sum += t->roots[i].confidence;
	assert_true(sum <= 1);
	assert_non_null(strstr(t->roots[0].why, "nobody was heard to attack it before"));
	tree_free(t);
}

static void a_finding_stands_for_attempts_between_its_times(void **state)
{
	/* The second of two hundred attempts of a quarter of an hour may have done it. */
	struct told many = {"ms08-067", CLASS_EXPLOIT, 1, 2, 10, 910, 200, 95, NULL};
	struct told own = hit(2, 3, 600);
	struct world w = {.n = 0};
	const struct tree_edge *e;
	struct tree *t;

	(void)state;
	tell(&w, &many);
	tell(&w, &own);
	t = grow(&w);
	e = edge_to(t, 2);
	assert_non_null(e);
	assert_true(e->at_ns >= start_ns + 10 * NS_PER_S && e->at_ns < e->acted_ns);
	assert_true((e->packet == 1) == (e->at_ns == start_ns + 10 * NS_PER_S));
	tree_free(t);
}

static void strange_nodes_and_times_are_passed_over(void **state)
{
	struct told told[] = {hit(1, 2, 10), hit(2, 3, 20)};
	struct world w = {.n = 0};
	struct tree *t;

	(void)state;
	tell(&w, &told[0]);
	tell(&w, &told[1]);
	w.deeds[0].source = NODES;
	w.deeds[1].target = NODES + 5;
	t = grow(&w);
	assert_int_equal(t->n_edges, 0);
	assert_int_equal(t->n_roots, 1);
	tree_free(t);
	w.f[1].first_ns = 0;
	t = grow(&w);
	assert_int_equal(t->n_roots, 0);
	tree_free(t);
}

static struct outbreak *outbreak_of(struct world *w, const struct policy *policy)
{
	static const struct coverage coverage = {.packets = 1};
	const struct finding *list[DEEDS_MOST];
	struct outbreak_input in = {.source = {.kind = "file"},
				    .coverage = &coverage,
				    .findings = list,
				    .n_findings = w->n,
				    .policy = policy,
				    .max_hosts = 100};
	struct outbreak *o = NULL;

	for (size_t i = 0; i < w->n; i++)
		list[i] = &w->f[i];
	assert_int_equal(outbreak_build(&in, &o), RC_OK);
	return o;
}

static void the_nodes_of_a_report_are_its_hosts(void **state)
{
	struct told told[] = {hit(1, 2, 10), hit(2, 3, 25)};
	struct policy policy = {.n_trusted = 0};
	struct world w = {.n = 0};
	struct addr from = addr_v4(0x0a000001), to = addr_v4(0x0a000002);
	struct outbreak *o;
	struct tree *t = NULL;

	(void)state;
	tell(&w, &told[0]);
	tell(&w, &told[1]);
	o = outbreak_of(&w, &policy);
	assert_int_equal(tree_of_outbreak(o, &t), RC_OK);
	assert_int_equal(t->n_edges, 1);
	assert_true(addr_eq(&o->hosts[t->edges[0].from].seen.addr, &from));
	assert_true(addr_eq(&o->hosts[t->edges[0].to].seen.addr, &to));
	tree_free(t);
	outbreak_free(o);
}

static void what_the_operator_ordered_infects_nobody(void **state)
{
	const struct trusted scanner = {.name = "audit",
					.net = {.addr = addr_v4(0x0a000001), .bits = 128}};
	struct told told[] = {hit(1, 2, 10), hit(2, 3, 25)};
	struct policy policy = {.trusted = &scanner, .n_trusted = 1};
	struct world w = {.n = 0};
	struct outbreak *o;
	struct tree *t = NULL;

	(void)state;
	tell(&w, &told[0]);
	tell(&w, &told[1]);
	o = outbreak_of(&w, &policy);
	assert_int_equal(tree_of_outbreak(o, &t), RC_OK);
	assert_int_equal(t->n_edges, 0);
	assert_int_equal(t->n_roots, 1);
	assert_int_equal(o->hosts[t->roots[0].node].seen.addr.b[15], 2);
	tree_free(t);
	outbreak_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_story_has_its_tree),
		cmocka_unit_test(an_edge_tells_when_and_by_what),
		cmocka_unit_test(the_sign_is_the_strongest_that_was_seen),
		cmocka_unit_test(confidence_goes_with_the_evidence),
		cmocka_unit_test(who_else_may_have_done_it_is_listed),
		cmocka_unit_test(the_usual_delay_is_learned),
		cmocka_unit_test(the_first_with_offspring_is_likely_patient_zero),
		cmocka_unit_test(a_finding_stands_for_attempts_between_its_times),
		cmocka_unit_test(strange_nodes_and_times_are_passed_over),
		cmocka_unit_test(the_nodes_of_a_report_are_its_hosts),
		cmocka_unit_test(what_the_operator_ordered_infects_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
