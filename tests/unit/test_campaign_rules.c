/* The table of campaign/rules.c as a model: all (stage, marks) that can be reached, and every event
 * in each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/rules.h"

enum { STATES = STAGES * MEMBER_MARKS, VARIANTS = 8, NOW = 1000, CLEANED_AT = 500 };

/* How a step is taken: bit 0 forced, bit 1 with a reason, bit 2 before the machine was cleaned. */
static struct campaign_step step_of(unsigned event, unsigned variant)
{
	return (struct campaign_step){
		.event = (enum campaign_event)event,
		.at_ns = (variant & 4) != 0 ? CLEANED_AT - 1 : NOW,
		.code = 1603,
		.is_forced = (variant & 1) != 0,
		.reason = (variant & 2) != 0 ? "the vendor said so" : NULL,
		.from = "a test",
	};
}

static struct member member_of(unsigned state)
{
	struct member m = {.stage = (enum stage)(state / MEMBER_MARKS),
			   .marks = state % MEMBER_MARKS,
			   .why = ""};

	if ((m.marks & MEMBER_CLEANED) != 0)
		m.cleaned_ns = CLEANED_AT;
	return m;
}

static unsigned state_of(const struct member *m)
{
	assert_in_range(m->stage, 0, STAGES - 1);
	assert_in_range(m->marks, 0, MEMBER_MARKS - 1);
	return (unsigned)m->stage * MEMBER_MARKS + m->marks;
}

static enum step_outcome take(struct member *m, unsigned event, unsigned variant)
{
	struct campaign_step s = step_of(event, variant);
	char why[CAMPAIGN_WHY] = "", err[256] = "";
	struct member before = *m;
	enum step_outcome o = campaign_step(m, &s, why, err, sizeof(err));

	switch (o) {
	case STEP_REFUSED:
		assert_true(err[0] != '\0');
		/* fallthrough */
	case STEP_OLD:
		assert_int_equal(state_of(m), state_of(&before));
		break;
	case STEP_SAME:
		assert_int_equal(state_of(m), state_of(&before));
		assert_string_equal(why, "");
		break;
	default:
		assert_ptr_equal(m->why, why); /* whatever is done is said */
		assert_true(why[0] != '\0' && strchr(why, '{') == NULL);
	}
	assert_int_equal(o == STEP_CONTRADICTED, (m->marks & MEMBER_CONTRADICTED) != 0 &&
							 o != STEP_DONE && o != STEP_SAME &&
							 o != STEP_OLD && o != STEP_REFUSED);
	m->why = "";
	return o;
}

struct model {
	bool is_reached[STATES];
	unsigned queue[STATES];
	unsigned n;
};

/* Breadth first from a machine of which nothing is known; with force and reasons, or without. */
static struct model *walk(unsigned variants)
{
	struct model *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->is_reached[0] = true;
	w->queue[w->n++] = 0;
	for (unsigned at = 0; at < w->n; at++) {
		for (unsigned e = 0; e < CAMPAIGN_EVENTS; e++) {
			for (unsigned v = 0; v < VARIANTS; v++) {
				struct member m = member_of(w->queue[at]);

				if ((v & ~variants) != 0)
					continue;
				(void)take(&m, e, v);
				unsigned to = state_of(&m);

				if (!w->is_reached[to]) {
					w->is_reached[to] = true;
					w->queue[w->n++] = to;
				}
			}
		}
	}
	return w;
}

static bool has(unsigned state, unsigned marks)
{
	return (state % MEMBER_MARKS & marks) == marks;
}

static enum stage stage_of(unsigned state)
{
	return (enum stage)(state / MEMBER_MARKS);
}

static void nothing_leaves_the_table(void **state)
{
	char err[256];

	(void)state;
	/* All states, also those that no path leads to: a store can say anything. */
	for (unsigned s = 0; s < STATES; s++) {
		for (unsigned e = 0; e < CAMPAIGN_EVENTS; e++) {
			for (unsigned v = 0; v < VARIANTS; v += VARIANTS - 1) {
				struct member m = member_of(s);

				(void)take(&m, e, v);
				(void)state_of(&m);
			}
		}
	}
	struct member m = member_of(0);
	struct campaign_step nonsense = {.event = CAMPAIGN_EVENTS, .from = ""};
	char why[CAMPAIGN_WHY];

	assert_int_equal(campaign_step(&m, &nonsense, why, err, sizeof(err)), STEP_REFUSED);
}

static void no_path_cleans_an_infected_machine_that_is_not_patched(void **state)
{
	struct model *all = walk(7), *unforced = walk(4);

	(void)state;
	assert_true(all->n > unforced->n && unforced->n > 100);
	for (unsigned i = 0; i < all->n; i++) {
		unsigned s = all->queue[i];

		if (stage_of(s) < STAGE_PATCHED && has(s, MEMBER_CLEANED | MEMBER_INFECTED))
			assert_true(has(s, MEMBER_QUARANTINED) || has(s, MEMBER_FORCED));
	}
	for (unsigned i = 0; i < unforced->n; i++) {
		unsigned s = unforced->queue[i];

		assert_false(has(s, MEMBER_FORCED));
		assert_false(has(s, MEMBER_PROTECTED_FIRST));
		if (stage_of(s) < STAGE_PATCHED && has(s, MEMBER_CLEANED | MEMBER_INFECTED))
			assert_true(has(s, MEMBER_QUARANTINED));
	}
	free(all);
	free(unforced);
}

static void force_alone_is_not_enough_without_a_reason(void **state)
{
	struct model *forced = walk(5);

	(void)state;
	for (unsigned i = 0; i < forced->n; i++)
		assert_false(has(forced->queue[i], MEMBER_FORCED));
	free(forced);
}

static void protection_before_the_patch_needs_a_reason(void **state)
{
	struct model *all = walk(7);

	(void)state;
	for (unsigned i = 0; i < all->n; i++) {
		for (unsigned e = EVENT_PROTECT_DONE; e <= EVENT_UPDATE_DONE; e++) {
			unsigned s = all->queue[i];
			struct member m = member_of(s);

			if (stage_of(s) >= STAGE_PATCHED || has(s, MEMBER_PROTECTED) ||
			    e == EVENT_PROTECT_FAILED)
				continue;
			assert_int_equal(take(&m, e, 0), STEP_REFUSED);
			assert_int_equal(take(&m, e, 1), STEP_REFUSED);
			assert_int_equal(take(&m, e, 2), STEP_DONE);
			assert_true((m.marks & MEMBER_PROTECTED_FIRST) != 0);
		}
	}
	free(all);
}

static void nothing_is_quiet_but_by_the_proof(void **state)
{
	struct model *all = walk(7);

	(void)state;
	for (unsigned i = 0; i < all->n; i++) {
		unsigned s = all->queue[i];

		for (unsigned e = 0; e < CAMPAIGN_EVENTS; e++) {
			for (unsigned v = 0; v < VARIANTS; v++) {
				struct member m = member_of(s);

				(void)take(&m, e, v);
				if (m.stage != STAGE_QUIET || stage_of(s) == STAGE_QUIET)
					continue;
				assert_int_equal(e, EVENT_PROVED_QUIET);
				/* Patched before, and cleaned if it was infected. */
				assert_true(stage_of(s) >= STAGE_PATCHED);
				assert_true(has(s, MEMBER_CLEANED) || !has(s, MEMBER_INFECTED));
			}
		}
		if (stage_of(s) == STAGE_QUIET)
			assert_false(has(s, MEMBER_INFECTED));
	}
	free(all);
}

static void each_stage_has_what_the_stages_below_it_stand_for(void **state)
{
	struct model *all = walk(7);

	(void)state;
	for (unsigned i = 0; i < all->n; i++) {
		unsigned s = all->queue[i];
		enum stage st = stage_of(s);

		if (st >= STAGE_CLEANED && st != STAGE_QUIET)
			assert_true(has(s, MEMBER_CLEANED));
		if (st == STAGE_PROTECTED || st == STAGE_UPDATED)
			assert_true(has(s, MEMBER_PROTECTED));
		if (st == STAGE_UPDATED)
			assert_true(has(s, MEMBER_UPDATED));
		if (st == STAGE_EXPOSED)
			assert_false(has(s, MEMBER_NOT_AFFECTED));
	}
	free(all);
}

static void reinfection_goes_back_to_where_the_patch_is_and_says_why(void **state)
{
	struct model *all = walk(7);

	(void)state;
	for (unsigned i = 0; i < all->n; i++) {
		unsigned s = all->queue[i];
		struct member m = member_of(s);
		struct campaign_step heard = step_of(EVENT_HEARD_HOSTILE, 0);
		char why[CAMPAIGN_WHY] = "", err[256] = "";

		if (!has(s, MEMBER_CLEANED))
			continue;
		assert_int_equal(campaign_step(&m, &heard, why, err, sizeof(err)), STEP_DONE);
		assert_int_equal(m.stage,
				 stage_of(s) >= STAGE_PATCHED ? STAGE_PATCHED : stage_of(s));
		assert_int_equal(m.marks & (MEMBER_INFECTED | MEMBER_REINFECTED),
				 MEMBER_INFECTED | MEMBER_REINFECTED);
		assert_int_equal(m.marks & (MEMBER_CLEANED | MEMBER_PROTECTED | MEMBER_UPDATED), 0);
		assert_int_equal(m.cleaned_ns, 0);
		assert_non_null(strstr(why, "infected again"));
		/* The same result read once more does not clean it. */
		heard = step_of(EVENT_CLEAN_DONE, 4);
		assert_true(campaign_step(&m, &heard, why, err, sizeof(err)) == STEP_OLD ||
			    m.stage < STAGE_PATCHED);
	}
	free(all);
}

static void every_state_can_still_reach_quiet(void **state)
{
	static const enum campaign_event path[] = {EVENT_PATCH_DONE, EVENT_RESTARTED,
						   EVENT_CLEAN_DONE, EVENT_PROVED_QUIET};
	struct model *all = walk(7);

	(void)state;
	for (unsigned i = 0; i < all->n; i++) {
		struct member m = member_of(all->queue[i]);

		for (unsigned e = 0; e < sizeof(path) / sizeof(path[0]); e++)
			(void)take(&m, path[e], 0);
		assert_int_equal(m.stage, STAGE_QUIET);
	}
	free(all);
}

/* --- stories --- */

struct told {
	enum campaign_event event;
	uint64_t at_ns;
	enum step_outcome outcome;
	enum stage stage;
	unsigned marks;
};

static void play(const struct told *list, size_t n)
{
	static char why[CAMPAIGN_WHY];
	struct member m = {.why = ""};

	for (size_t i = 0; i < n; i++) {
		struct campaign_step s = {
			.event = list[i].event, .at_ns = list[i].at_ns, .from = "a test"};
		char err[256] = "";

		assert_int_equal(campaign_step(&m, &s, why, err, sizeof(err)), list[i].outcome);
		assert_int_equal(m.stage, list[i].stage);
		assert_int_equal(m.marks, list[i].marks);
	}
}
#define PLAY(list) play(list, sizeof(list) / sizeof((list)[0]))

static void an_infected_machine_goes_up_step_by_step(void **state)
{
	static const struct told story[] = {
		{EVENT_HEARD_HOSTILE, 5, STEP_DONE, STAGE_UNKNOWN, MEMBER_INFECTED},
		{EVENT_SEEN_MISSING, 10, STEP_DONE, STAGE_EXPOSED, MEMBER_INFECTED},
		{EVENT_CLEAN_DONE, 11, STEP_REFUSED, STAGE_EXPOSED, MEMBER_INFECTED},
		{EVENT_PATCH_REBOOT, 20, STEP_DONE, STAGE_REBOOT_PENDING,
		 MEMBER_INFECTED | MEMBER_CLAIMED},
		{EVENT_PROVED_QUIET, 21, STEP_REFUSED, STAGE_REBOOT_PENDING,
		 MEMBER_INFECTED | MEMBER_CLAIMED},
		{EVENT_RESTARTED, 30, STEP_DONE, STAGE_PATCHED, MEMBER_INFECTED | MEMBER_CLAIMED},
		{EVENT_SEEN_EFFECTIVE, 31, STEP_DONE, STAGE_PATCHED, MEMBER_INFECTED},
		{EVENT_PROVED_QUIET, 32, STEP_REFUSED, STAGE_PATCHED, MEMBER_INFECTED},
		{EVENT_CLEAN_DONE, 40, STEP_DONE, STAGE_CLEANED, MEMBER_INFECTED | MEMBER_CLEANED},
		{EVENT_PROTECT_DONE, 50, STEP_DONE, STAGE_PROTECTED,
		 MEMBER_INFECTED | MEMBER_CLEANED | MEMBER_PROTECTED},
		{EVENT_UPDATE_DONE, 60, STEP_DONE, STAGE_UPDATED,
		 MEMBER_INFECTED | MEMBER_CLEANED | MEMBER_PROTECTED | MEMBER_UPDATED},
		{EVENT_HEARD_HOSTILE, 39, STEP_OLD, STAGE_UPDATED,
		 MEMBER_INFECTED | MEMBER_CLEANED | MEMBER_PROTECTED | MEMBER_UPDATED},
		{EVENT_PROVED_QUIET, 70, STEP_DONE, STAGE_QUIET,
		 MEMBER_CLEANED | MEMBER_PROTECTED | MEMBER_UPDATED},
		{EVENT_HEARD_HOSTILE, 80, STEP_DONE, STAGE_PATCHED,
		 MEMBER_INFECTED | MEMBER_REINFECTED},
		{EVENT_CLEAN_DONE, 40, STEP_OLD, STAGE_PATCHED,
		 MEMBER_INFECTED | MEMBER_REINFECTED},
	};

	(void)state;
	PLAY(story);
}

static void what_was_seen_counts_more_than_what_was_claimed(void **state)
{
	static const struct told story[] = {
		{EVENT_PATCH_DONE, 10, STEP_DONE, STAGE_PATCHED, MEMBER_CLAIMED},
		{EVENT_SEEN_MISSING, 9, STEP_OLD, STAGE_PATCHED, MEMBER_CLAIMED},
		{EVENT_SEEN_MISSING, 20, STEP_CONTRADICTED, STAGE_EXPOSED, MEMBER_CONTRADICTED},
		{EVENT_PATCH_DONE, 10, STEP_OLD, STAGE_EXPOSED, MEMBER_CONTRADICTED},
		{EVENT_PATCH_FAILED, 30, STEP_DONE, STAGE_EXPOSED,
		 MEMBER_CONTRADICTED | MEMBER_FAILED},
		{EVENT_SEEN_EFFECTIVE, 40, STEP_DONE, STAGE_PATCHED, 0},
		{EVENT_PATCH_FAILED, 41, STEP_SAME, STAGE_PATCHED, 0},
		{EVENT_SEEN_PENDING, 42, STEP_SAME, STAGE_PATCHED, 0},
	};

	(void)state;
	PLAY(story);
}

static void who_is_cut_off_may_be_cleaned_first_until_let_back(void **state)
{
	static const struct told story[] = {
		{EVENT_HEARD_HOSTILE, 5, STEP_DONE, STAGE_UNKNOWN, MEMBER_INFECTED},
		{EVENT_QUARANTINED, 6, STEP_DONE, STAGE_UNKNOWN,
		 MEMBER_INFECTED | MEMBER_QUARANTINED},
		{EVENT_CLEAN_DONE, 7, STEP_DONE, STAGE_UNKNOWN,
		 MEMBER_INFECTED | MEMBER_QUARANTINED | MEMBER_CLEANED},
		{EVENT_RELEASED, 8, STEP_DONE, STAGE_UNKNOWN, MEMBER_INFECTED},
		{EVENT_QUARANTINED, 9, STEP_DONE, STAGE_UNKNOWN,
		 MEMBER_INFECTED | MEMBER_QUARANTINED},
		{EVENT_CLEAN_DONE, 10, STEP_DONE, STAGE_UNKNOWN,
		 MEMBER_INFECTED | MEMBER_QUARANTINED | MEMBER_CLEANED},
		{EVENT_SEEN_EFFECTIVE, 11, STEP_DONE, STAGE_CLEANED,
		 MEMBER_INFECTED | MEMBER_QUARANTINED | MEMBER_CLEANED},
		{EVENT_RELEASED, 12, STEP_DONE, STAGE_CLEANED, MEMBER_INFECTED | MEMBER_CLEANED},
	};

	(void)state;
	PLAY(story);
}

static void silence_counts_from_when_it_was_clean_and_patched(void **state)
{
	static char why[CAMPAIGN_WHY];
	struct member m = {.marks = MEMBER_QUARANTINED | MEMBER_INFECTED, .why = ""};
	struct campaign_step s = {.event = EVENT_CLEAN_DONE, .at_ns = 100, .from = "a test"};
	char err[256];

	(void)state;
	assert_int_equal(campaign_step(&m, &s, why, err, sizeof(err)), STEP_DONE);
	assert_int_equal(m.cleaned_ns, 100);
	s = (struct campaign_step){.event = EVENT_SEEN_EFFECTIVE, .at_ns = 200, .from = "a test"};
	assert_int_equal(campaign_step(&m, &s, why, err, sizeof(err)), STEP_DONE);
	assert_int_equal(m.cleaned_ns, 200);
}

static void two_sources_that_disagree_are_marked(void **state)
{
	static char why[CAMPAIGN_WHY];
	struct member m = {.why = ""};
	struct campaign_step s = {.event = EVENT_SEEN_MISSING,
				  .at_ns = 1,
				  .conflict = "WSUS says installed, the file is older",
				  .from = "assessment 7"};
	char err[256];

	(void)state;
	assert_int_equal(campaign_step(&m, &s, why, err, sizeof(err)), STEP_CONTRADICTED);
	assert_int_equal(m.stage, STAGE_EXPOSED);
	assert_string_equal(m.why, "sources disagree: WSUS says installed, the file is older");
	assert_int_equal(campaign_step(&m, &s, why, err, sizeof(err)), STEP_SAME);
}

static void codes_are_shown_as_they_are_looked_up(void **state)
{
	static const struct {
		int64_t code;
		const char *text;
	} cases[] = {
		{0, "0"},
		{3010, "3010"},
		{1603, "1603"},
		{-1, "0xffffffff"},
		{-2147024891, "0x80070005"},
		{INT64_C(0x80070005), "0x80070005"},
		{INT64_MIN, "-9223372036854775808"},
	};
	char text[CAMPAIGN_CODE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(campaign_code(cases[i].code, text), cases[i].text);
}

static void every_state_has_a_next_step(void **state)
{
	const struct campaign c = {.patch = "KB958644"};
	char text[160];

	(void)state;
	for (unsigned s = 0; s < STATES; s++) {
		struct member m = member_of(s);

		assert_true(campaign_next(&m, &c, text, sizeof(text))[0] != '\0');
	}
	struct member exposed = {.stage = STAGE_EXPOSED, .why = ""};
	struct member denied = {
		.stage = STAGE_EXPOSED, .marks = MEMBER_FAILED, .code = -2147024891, .why = ""};

	assert_string_equal(campaign_next(&exposed, &c, text, sizeof(text)), "install KB958644");
	assert_non_null(strstr(campaign_next(&denied, &c, text, sizeof(text)), "0x80070005"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_leaves_the_table),
		cmocka_unit_test(no_path_cleans_an_infected_machine_that_is_not_patched),
		cmocka_unit_test(force_alone_is_not_enough_without_a_reason),
		cmocka_unit_test(protection_before_the_patch_needs_a_reason),
		cmocka_unit_test(nothing_is_quiet_but_by_the_proof),
		cmocka_unit_test(each_stage_has_what_the_stages_below_it_stand_for),
		cmocka_unit_test(reinfection_goes_back_to_where_the_patch_is_and_says_why),
		cmocka_unit_test(every_state_can_still_reach_quiet),
		cmocka_unit_test(an_infected_machine_goes_up_step_by_step),
		cmocka_unit_test(what_was_seen_counts_more_than_what_was_claimed),
		cmocka_unit_test(who_is_cut_off_may_be_cleaned_first_until_let_back),
		cmocka_unit_test(silence_counts_from_when_it_was_clean_and_patched),
		cmocka_unit_test(two_sources_that_disagree_are_marked),
		cmocka_unit_test(codes_are_shown_as_they_are_looked_up),
		cmocka_unit_test(every_state_has_a_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
