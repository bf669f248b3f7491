/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "threat/catalogue.h"
#include "triage/triage.h"

#include <stdio.h>
#include <string.h>

enum { NODES = 100 };

static struct knowledge *known;

static int set_up(void **state)
{
	char err[256];

	(void)state;
	return knowledge_new(NULL, &known, err, sizeof(err)) == RC_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	knowledge_free(known);
	return 0;
}

/* A site of a test: all that its input points to. */
struct site {
	struct triage_input in;
	struct triage_patch patches[4];
	struct triage_node nodes[NODES];
	const char *loose[8];
};

/* `found` infected machines of `machines`, all unknown, that do `threat` (NULL: none). */
static void site_make(struct site *s, size_t machines, size_t found, const char *threat)
{
	memset(s, 0, sizeof(*s));
	s->in.now_ns = UINT64_C(1480000000) * 1000000000;
	s->in.machines = machines;
	s->in.by_verdict[VERDICT_INFECTED] = found;
	s->in.by_verdict[VERDICT_NO_EVIDENCE] = machines - found;
	s->in.heard.runs = s->in.heard.sensors = 1;
	s->in.means = (struct sim_means){.people = 4, .minutes_each = 30};
	s->in.runs = 1000;
	s->in.store_option = "";
	s->in.nodes = s->nodes;
	s->in.n_nodes = found < NODES ? found : NODES;
	for (size_t i = 0; i < s->in.n_nodes; i++)
		s->nodes[i] = (struct triage_node){.machine = "mac:001a2b000001",
						   .name = "LAP-7",
						   .user = "",
						   .place = "",
						   .phone = "",
						   .owner = "",
						   .os = "Windows XP",
						   .verdict = VERDICT_INFECTED,
						   .patch = PATCH_UNKNOWN,
						   .why = ""};
	s->loose[0] = threat;
	s->in.loose = s->loose;
	s->in.patches = s->patches;
}

static void site_patch(struct site *s, const char *weakness, size_t effective, size_t pending,
		       size_t missing, size_t unknown)
{
	struct triage_patch *p = &s->patches[s->in.n_patches++];

	p->weakness = knowledge_weakness(known, weakness);
	assert_non_null(p->weakness);
	p->threats = p->weakness->threats;
	p->by_state[PATCH_EFFECTIVE] = effective;
	p->by_state[PATCH_PENDING] = pending;
	p->by_state[PATCH_MISSING] = missing;
	p->by_state[PATCH_UNKNOWN] = unknown;
}

/* Means of infected machine-hours; every range is as wide as its mean. */
static void site_choice(struct site *s, double manual, double generic, double mixed)
{
	const double means[STRATEGIES] = {manual, generic, mixed};
	struct strategy_choice *c = &s->in.choice;
	size_t infected = s->in.by_verdict[VERDICT_INFECTED];

	s->in.has_choice = true;
	c->rule = infected > STRATEGY_RULE ? STRATEGY_GENERIC : STRATEGY_MANUAL;
	c->break_even = -1;
	for (unsigned i = 0; i < STRATEGIES; i++) {
		c->outcomes[i].machine_hours =
			(struct sim_range){means[i], means[i] * 0.5, means[i] * 1.5};
		if (means[i] < means[c->computed])
			c->computed = (enum strategy)i;
	}
}

static struct triage *made_of(const struct site *s)
{
	struct triage *t = NULL;

	assert_int_equal(triage_make(&s->in, &t), RC_OK);
	assert_non_null(t);
	for (size_t i = 0; i < t->n_steps; i++) {
		const struct triage_step *step = &t->steps[i];

		assert_true(step->what[0] != '\0' && step->whom[0] != '\0');
		assert_true(step->what[strlen(step->what) - 1] == '.');
		assert_non_null(step->channel);
		assert_non_null(step->proof);
		assert_non_null(step->command);
		if (i > 0) /* in their order */
			assert_true(step->when >= t->steps[i - 1].when);
	}
	return t;
}

/* --- the decision --- */

static void rule_and_computation_decide_as_documented(void **state)
{
	static const struct {
		const char *words;
		size_t found;
		double total;    /* estimated; 0: not known */
		double costs[3]; /* manual, generic, mixed; 0: not computed */
		int override;    /* a strategy, or -1 */
		enum triage_basis basis;
		enum strategy decided;
	} rows[] = {
		{"nobody infected", 0, 0, {0}, -1, TRIAGE_NOTHING, STRATEGY_MANUAL},
		{"one, nothing computed", 1, 0, {0}, -1, TRIAGE_RULE, STRATEGY_MANUAL},
		{"50 are not more than 50", 50, 0, {0}, -1, TRIAGE_RULE, STRATEGY_MANUAL},
		{"51 are", 51, 0, {0}, -1, TRIAGE_RULE, STRATEGY_GENERIC},
		{"20 found, 51 estimated", 20, 51, {0}, -1, TRIAGE_RULE, STRATEGY_GENERIC},
		{"60 found, fewer estimated: nonsense",
		 60,
		 10,
		 {0},
		 -1,
		 TRIAGE_RULE,
		 STRATEGY_GENERIC},
		{"both say manual", 10, 0, {90, 200, 100}, -1, TRIAGE_RULE, STRATEGY_MANUAL},
		{"both say generic", 80, 0, {900, 200, 300}, -1, TRIAGE_RULE, STRATEGY_GENERIC},
		{"mixed saves a third",
		 10,
		 0,
		 {300, 400, 200},
		 -1,
		 TRIAGE_COMPUTED,
		 STRATEGY_MIXED},
		{"generic for few", 10, 0, {900, 100, 200}, -1, TRIAGE_COMPUTED, STRATEGY_GENERIC},
		{"manual for many", 60, 0, {100, 900, 500}, -1, TRIAGE_COMPUTED, STRATEGY_MANUAL},
		{"5 % are no reason", 10, 0, {100, 200, 95.5}, -1, TRIAGE_RULE, STRATEGY_MANUAL},
		{"6 % are one", 10, 0, {100, 200, 94}, -1, TRIAGE_COMPUTED, STRATEGY_MIXED},
		{"the operator's word",
		 10,
		 0,
		 {90, 200, 100},
		 STRATEGY_GENERIC,
		 TRIAGE_OVERRIDE,
		 STRATEGY_GENERIC},
		{"also where nobody is",
		 0,
		 0,
		 {0},
		 STRATEGY_MIXED,
		 TRIAGE_OVERRIDE,
		 STRATEGY_MIXED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct site s;
		enum strategy got = STRATEGIES;

		print_message("           %s\n", rows[i].words);
		site_make(&s, 1000, rows[i].found, "ms08-067");
		if (rows[i].total > 0)
			s.in.estimate =
				(struct estimate){.is_meaningful = true, .total = rows[i].total};
		if (rows[i].costs[0] > 0)
			site_choice(&s, rows[i].costs[0], rows[i].costs[1], rows[i].costs[2]);
		s.in.is_overridden = rows[i].override >= 0;
		s.in.chosen =
			s.in.is_overridden ? (enum strategy)rows[i].override : STRATEGY_MANUAL;
		assert_int_equal(triage_decide(&s.in, &got), rows[i].basis);
		assert_int_equal(got, rows[i].decided);
	}
}

static void few_runs_tell_no_small_difference(void **state)
{
	struct site s;
	enum strategy got = STRATEGIES;

	(void)state;
	site_make(&s, 1000, 10, "ms08-067");
	site_choice(&s, 100, 300, 80);
	assert_int_equal(triage_decide(&s.in, &got), TRIAGE_COMPUTED);
	s.in.runs = 4; /* then a range of +-50 % says +-13 about the mean */
	assert_int_equal(triage_decide(&s.in, &got), TRIAGE_RULE);
	assert_int_equal(got, STRATEGY_MANUAL);
}

static bool says(const char *const *list, size_t n, const char *part)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(list[i], part) != NULL)
			return true;
	}
	return false;
}

static void the_reasons_say_count_costs_and_race(void **state)
{
	static const char *const parts[] = {
		"51 machines are infected, of which 20 were found",
		"more than 50 means generic",
		"Those found alone would be few enough",
		"mixed 200 (100 to 300), generic 400 (200 to 600), manual 900 (450 to 1,350)",
		"The rule says generic, the computation mixed: that saves 50 %",
		"4 people with 30 minutes for a machine do 8.0 an hour; 2.5 an hour are infected "
		"now: "
		"going from desk to desk gains on it",
		"30 machines are open to it, and of 70 nobody knows",
	};
	struct site s;

	(void)state;
	site_make(&s, 1000, 20, "ms08-067");
	site_patch(&s, "ms08-067", 900, 10, 20, 70);
	s.in.estimate = (struct estimate){.is_meaningful = true, .total = 51};
	site_choice(&s, 900, 400, 200);
	s.in.choice.rule = STRATEGY_GENERIC;
	s.in.choice.clean_an_hour = 8;
	s.in.choice.infect_an_hour = 2.5;
	struct triage *t = made_of(&s);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!says(t->reasons, t->n_reasons, parts[i]))
			fail_msg("no reason says «%s»", parts[i]);
	}
	assert_int_equal(t->infected, 51);
	triage_free(t);
}

static void an_override_says_who_and_why_and_what_was_before(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 3, "ms08-067");
	s.in.earlier = "2026-11-28 22:15 UTC, otto: manual instead of generic";
	struct triage *t = made_of(&s);

	assert_true(
		says(t->reasons, t->n_reasons, "Decided before, and not repeated now: 2026-11"));
	triage_free(t);
	s.in.is_overridden = true;
	s.in.chosen = STRATEGY_GENERIC;
	s.in.override_by = "maria (uid 1000) on lap-9";
	s.in.override_why = "night";
	t = made_of(&s);
	assert_true(says(t->reasons, t->n_reasons, "maria (uid 1000) on lap-9 decided so: night."));
	assert_true(says(t->reasons, t->n_reasons, "3 machines are infected; up to 50"));
	assert_false(says(t->reasons, t->n_reasons, "Decided before"));
	triage_free(t);
}

/* --- the plan --- */

/* The place of the first or last step of an act; -1: there is none. */
static int place_of(const struct triage *t, enum triage_act act, bool is_last)
{
	int at = -1;

	for (size_t i = 0; i < t->n_steps; i++) {
		if (t->steps[i].act == act && (at < 0 || is_last))
			at = (int)i;
	}
	return at;
}

static size_t machines_of(const struct triage *t, enum triage_act act, enum triage_when when)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_steps; i++)
		n += t->steps[i].act == act && t->steps[i].when == when ? t->steps[i].how_many : 0;
	return n;
}

/* For every threat of the catalogue, few and many, whatever was decided: off the network and the
 * way in closed first, the patch before the cleaning, the cleaning before the protection and the
 * proof. And the word itself is nowhere before the patch. */
static void the_order_is_isolate_patch_clean_protect_prove(void **state)
{
	(void)state;
	for (const struct threat *threat = threat_catalogue; threat->id != NULL; threat++) {
		for (unsigned k = 0; k < 6; k++) {
			struct site s;
			size_t n = 0;
			const struct weakness *w = knowledge_weaknesses(known, &n);

			site_make(&s, 200, k % 2 == 0 ? 3 : 80, threat->id);
			for (size_t i = 0; i < n && s.in.n_patches < 4; i++) {
				for (unsigned j = 0; w[i].threats[j] != NULL; j++) {
					if (strcmp(w[i].threats[j], threat->id) == 0)
						site_patch(&s, w[i].id, 20, 5, 100, 75);
				}
			}
			s.in.is_overridden = k >= 2;
			s.in.chosen = (enum strategy)(k / 2);
			struct triage *t = made_of(&s);
			int isolate = place_of(t, TRIAGE_ISOLATE, true);
			int patch = place_of(t, TRIAGE_PATCH, true);
			int clean = place_of(t, TRIAGE_CLEAN, false);
			int protect = place_of(t, TRIAGE_PROTECT, false);
			int prove = place_of(t, TRIAGE_PROVE, false);

			assert_int_equal(isolate, 0);
			assert_int_equal(t->steps[isolate].when, TRIAGE_NOW);
			assert_true(s.in.n_patches == 0 || (patch > isolate && patch < clean));
			assert_true(clean > isolate && protect > place_of(t, TRIAGE_CLEAN, true));
			assert_true(prove > protect);
			for (int i = 0; s.in.n_patches > 0 && i < clean; i++) {
				if (strstr(t->steps[i].what, "clean with") != NULL ||
				    strstr(t->steps[i].what, "removal tool.") != NULL)
					assert_int_equal(t->steps[i].act, TRIAGE_CALL);
			}
			triage_free(t);
		}
	}
}

static void nobody_is_to_clean_what_is_not_patched(void **state)
{
	static const struct {
		size_t effective, pending, missing, unknown, spared; /* of the infected */
		size_t now, later;                                   /* to be cleaned */
	} rows[] = {
		{0, 0, 10, 0, 0, 0, 10}, {0, 0, 0, 10, 0, 0, 10}, {0, 10, 0, 0, 0, 0, 10},
		{4, 1, 3, 2, 0, 4, 6},   {9, 0, 0, 0, 1, 10, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t counts[PATCH_STATES] = {
			[PATCH_EFFECTIVE] = rows[i].effective, [PATCH_PENDING] = rows[i].pending,
			[PATCH_MISSING] = rows[i].missing,     [PATCH_UNKNOWN] = rows[i].unknown,
			[PATCH_NOT_AFFECTED] = rows[i].spared,
		};
		struct site s;
		size_t node = 0, now = 0, later = 0;

		site_make(&s, 100, 10, "ms08-067");
		site_patch(&s, "ms08-067", 50, 0, 50, 0);
		for (unsigned state_of = 0; state_of < PATCH_STATES; state_of++) {
			for (size_t k = 0; k < counts[state_of]; k++)
				s.nodes[node++].patch = (enum patch_state)state_of;
		}
		struct triage *t = made_of(&s);

		for (size_t k = 0; k < t->n_steps; k++) {
			if (t->steps[k].act != TRIAGE_CLEAN)
				continue;
			if (strstr(t->steps[k].what, "only after its patch") != NULL)
				later += t->steps[k].how_many;
			else
				now += t->steps[k].how_many;
		}
		assert_int_equal(now, rows[i].now);
		assert_int_equal(later, rows[i].later);
		triage_free(t);
	}
}

static void the_counts_of_the_steps_are_those_of_the_site(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 500, 80, "ms08-067");
	site_patch(&s, "ms08-067", 100, 30, 300, 70);
	s.in.by_verdict[VERDICT_SUSPECTED] = 7;
	s.in.estimate = (struct estimate){
		.is_meaningful = true, .total = 100, .share_found = 0.8, .minutes_to_95 = 44};
	struct triage *t = made_of(&s);

	assert_int_equal(t->decided, STRATEGY_GENERIC);
	assert_int_equal(machines_of(t, TRIAGE_ISOLATE, TRIAGE_NOW), 80 + 7);
	assert_int_equal(machines_of(t, TRIAGE_RESTART, TRIAGE_NOW), 30);
	assert_int_equal(machines_of(t, TRIAGE_ASSESS, TRIAGE_NOW), 70);
	assert_int_equal(machines_of(t, TRIAGE_LISTEN, TRIAGE_NOW), 20);
	assert_int_equal(machines_of(t, TRIAGE_PATCH, TRIAGE_TODAY), 370);
	assert_int_equal(machines_of(t, TRIAGE_CLEAN, TRIAGE_TODAY), 80);
	assert_non_null(strstr(t->steps[place_of(t, TRIAGE_LISTEN, false)].command, "--for 44m"));
	assert_non_null(strstr(t->steps[place_of(t, TRIAGE_PATCH, false)].what, "KB958644"));
	triage_free(t);
}

static void names_that_must_stay_reachable_are_not_blocked(void **state)
{
	static const struct {
		const char *threat, *weakness, *has, *has_not;
	} rows[] = {
		{"conficker-rendezvous", "ms08-067", "445/tcp, 139/tcp", "53/udp"},
		{"wannacry-killswitch", "ms17-010", "445/tcp", "80/tcp"},
		{"ms03-026", "ms03-026", "135/tcp", "69/udp"},
		{"smb-spray", NULL, "445/tcp, 139/tcp", NULL},
		{"unknown-worm", NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct site s;

		site_make(&s, 100, 10, rows[i].threat);
		if (rows[i].weakness != NULL)
			site_patch(&s, rows[i].weakness, 0, 0, 50, 50);
		struct triage *t = made_of(&s);
		int block = place_of(t, TRIAGE_BLOCK, false);

		assert_int_equal(block >= 0, rows[i].has != NULL);
		if (rows[i].has != NULL)
			assert_non_null(strstr(t->steps[block].what, rows[i].has));
		if (rows[i].has_not != NULL)
			assert_null(strstr(t->steps[block].what, rows[i].has_not));
		triage_free(t);
	}
}

static void what_the_catalogue_alone_knows_is_in_the_plan(void **state)
{
	static const struct {
		const char *threat, *what;
		enum triage_when when;
	} rows[] = {
		{"wannacry-killswitch", "Do not block the name", TRIAGE_NOW},
		{"doublepulsar", "Save its memory", TRIAGE_NOW},
		{"ms08-067", "switch AutoRun off", TRIAGE_TODAY},
		{"slammer", "Restart it: the worm is in memory only", TRIAGE_TODAY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct site s;
		size_t found = 0;

		site_make(&s, 100, 10, rows[i].threat);
		struct triage *t = made_of(&s);

		for (size_t k = 0; k < t->n_steps; k++)
			found += t->steps[k].act == TRIAGE_LORE &&
				 t->steps[k].when == rows[i].when &&
				 strstr(t->steps[k].what, rows[i].what) != NULL;
		if (found != 1)
			fail_msg("%s: «%s» is said %zu times", rows[i].threat, rows[i].what, found);
		triage_free(t);
	}
}

static void a_worm_that_no_tool_cleans_means_to_install_afresh(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 10, "ms17-010");
	site_patch(&s, "ms17-010", 0, 0, 100, 0);
	struct triage *t = made_of(&s);
	int clean = place_of(t, TRIAGE_CLEAN, false);

	assert_true(clean >= 0);
	assert_non_null(strstr(t->steps[clean].what, "install afresh from known media"));
	triage_free(t);
}

static void an_empty_store_says_what_to_do_first(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 0, 0, NULL);
	s.in.heard.runs = 0;
	struct triage *t = made_of(&s);

	assert_int_equal(t->basis, TRIAGE_NOTHING);
	assert_int_equal(t->n_steps, 2);
	assert_int_equal(t->steps[0].act, TRIAGE_INVENTORY);
	assert_int_equal(t->steps[1].act, TRIAGE_LISTEN);
	assert_non_null(strstr(t->steps[1].command, "quell watch -i IFACE --for 30m"));
	assert_int_equal(t->n_vendor, 0);
	assert_true(says(t->reasons, t->n_reasons, "nothing was listened to: find that out first"));
	triage_free(t);
}

static void by_hand_the_infected_are_patched_first(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 12, "ms08-067");
	site_patch(&s, "ms08-067", 50, 0, 30, 20);
	s.patches[0].infected[PATCH_MISSING] = 6;
	s.patches[0].infected[PATCH_UNKNOWN] = 4;
	s.patches[0].infected[PATCH_EFFECTIVE] = 2;
	struct triage *t = made_of(&s);

	assert_int_equal(t->decided, STRATEGY_MANUAL);
	assert_int_equal(machines_of(t, TRIAGE_PATCH, TRIAGE_NOW), 10);
	assert_int_equal(machines_of(t, TRIAGE_PATCH, TRIAGE_TODAY), 40);
	assert_non_null(strstr(t->steps[place_of(t, TRIAGE_PATCH, true)].what,
			       "missing on 24, unknown on 16"));
	assert_non_null(
		strstr(t->steps[place_of(t, TRIAGE_PATCH, false)].command,
		       "quell campaign new stop-ms08-067 --for ms08-067 --strategy manual"));
	triage_free(t);
}

static void old_packets_mean_to_listen_anew(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 12, "ms08-067");
	s.in.heard.last_ns = s.in.now_ns - UINT64_C(5) * 86400 * 1000000000;
	s.in.estimate = (struct estimate){.is_meaningful = true, .total = 12, .share_found = 1};
	struct triage *t = made_of(&s);
	int listen = place_of(t, TRIAGE_LISTEN, false);

	assert_true(listen >= 0);
	assert_non_null(strstr(t->steps[listen].what, "the newest packet here is 5 days old"));
	triage_free(t);
	s.in.heard.last_ns = s.in.now_ns;
	t = made_of(&s);
	assert_int_equal(place_of(t, TRIAGE_LISTEN, false), -1); /* all are found */
	triage_free(t);
}

static void a_hole_is_patched_before_the_worm_comes(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 0, NULL);
	site_patch(&s, "ms08-067", 60, 0, 30, 10);
	struct triage *t = made_of(&s);

	assert_int_equal(t->basis, TRIAGE_NOTHING);
	assert_int_equal(place_of(t, TRIAGE_CLEAN, false), -1);
	assert_int_equal(place_of(t, TRIAGE_ISOLATE, false), -1);
	assert_int_equal(machines_of(t, TRIAGE_PATCH, TRIAGE_TODAY), 40);
	assert_int_equal(machines_of(t, TRIAGE_ASSESS, TRIAGE_NOW), 10);
	triage_free(t);
}

static void controls_are_told_by_what_they_would_have_spared(void **state)
{
	struct site s;
	size_t n = 0;

	(void)state;
	site_make(&s, 100, 10, "ms08-067");
	s.in.has_cuts = true;
	for (unsigned i = 0; i < CONTROLS; i++)
		s.in.cuts[i] = (struct tree_cut){(enum tree_control)i, i == 1 ? 6.6 : 0.2, 9};
	struct triage *t = made_of(&s);

	for (size_t i = 0; i < t->n_steps; i++) {
		if (t->steps[i].act != TRIAGE_HARDEN || t->steps[i].how_many != 7)
			continue;
		n++;
		assert_int_equal(t->steps[i].when, TRIAGE_AFTER);
		assert_non_null(strstr(t->steps[i].what, "7 of the 9"));
	}
	assert_int_equal(n, 1);
	triage_free(t);
}

static void the_vendor_is_told_versions_evidence_and_the_first(void **state)
{
	static const char *const products[] = {"Guard, running (3 of 3 infected)", NULL};
	static const char *const evidence[] = {"asked … (packet 7) (office.pcap, heard by s1)",
					       NULL};
	static const struct tree_root root = {.node = 1,
					      .since_ns = UINT64_C(1479717159) * 1000000000,
					      .confidence = 0.9,
					      .offspring = 2,
					      .why = ""};
	static const struct tree tree = {.roots = &root, .n_roots = 1};
	static const char *const parts[] = {
		"Windows XP (2), Windows 2000 (1)",
		"Guard, running (3 of 3 infected)",
		"packet 7",
		"First heard: DESK-2, 2016-11-21 08:32 UTC, 2 infected",
		"SHA-256",
		"ms08-067; 3 infected found, 3 estimated, of 100 machines",
		"contract number",
	};
	struct site s;

	(void)state;
	site_make(&s, 100, 3, "ms08-067");
	s.nodes[1].name = "DESK-2";
	s.nodes[2].os = "Windows 2000";
	s.in.products = products;
	s.in.evidence = evidence;
	s.in.tree = &tree;
	struct triage *t = made_of(&s);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!says(t->vendor, t->n_vendor, parts[i]))
			fail_msg("the vendor is not told «%s»", parts[i]);
	}
	triage_free(t);
}

static void commands_name_the_store_that_was_given(void **state)
{
	struct site s;

	(void)state;
	site_make(&s, 100, 3, "ms08-067");
	site_patch(&s, "ms08-067", 0, 0, 50, 50);
	s.in.store_option = " --store 'x.db'";
	struct triage *t = made_of(&s);

	for (size_t i = 0; i < t->n_steps; i++) {
		const char *command = t->steps[i].command;

		if (command[0] != '\0' && strncmp(command, "quell threats", 13) != 0)
			assert_non_null(strstr(command, " --store 'x.db'"));
	}
	triage_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_and_computation_decide_as_documented),
		cmocka_unit_test(few_runs_tell_no_small_difference),
		cmocka_unit_test(the_reasons_say_count_costs_and_race),
		cmocka_unit_test(an_override_says_who_and_why_and_what_was_before),
		cmocka_unit_test(the_order_is_isolate_patch_clean_protect_prove),
		cmocka_unit_test(nobody_is_to_clean_what_is_not_patched),
		cmocka_unit_test(the_counts_of_the_steps_are_those_of_the_site),
		cmocka_unit_test(names_that_must_stay_reachable_are_not_blocked),
		cmocka_unit_test(what_the_catalogue_alone_knows_is_in_the_plan),
		cmocka_unit_test(a_worm_that_no_tool_cleans_means_to_install_afresh),
		cmocka_unit_test(an_empty_store_says_what_to_do_first),
		cmocka_unit_test(by_hand_the_infected_are_patched_first),
		cmocka_unit_test(old_packets_mean_to_listen_anew),
		cmocka_unit_test(a_hole_is_patched_before_the_worm_comes),
		cmocka_unit_test(controls_are_told_by_what_they_would_have_spared),
		cmocka_unit_test(the_vendor_is_told_versions_evidence_and_the_first),
		cmocka_unit_test(commands_name_the_store_that_was_given),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
