/*
 * diff_human - what changed, for people: fewer or more that miss a patch, per weakness and check
 * how many moved, and the machines, those that became worse first.
 *
 * The totals come first, so machines wait: the DIFF_KEPT that matter most, as sentences.
 */
#include <stdlib.h>
#include <string.h>

#include "picture/diff.h"
#include "picture/site.h"
#include "picture/words.h"
#include "report/facts.h"

enum { DIFF_KEPT = 50, DIFF_LINES = 6, DIFF_BYTES = 32 * 1024, CUT = 512 };

struct kept { /* in its arena */
	uint64_t weight;
	const char *id, *head;
	enum direction directions[DIFF_LINES];
	const char *lines[DIFF_LINES];
	size_t n, n_all;
	struct arena *arena;
};

struct out {
	struct kept *list[DIFF_KEPT]; /* the weightiest first, then by id */
	size_t n;
	uint64_t n_all;
};

static void out_free(void *state)
{
	struct out *o = state;

	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n; i++)
		arena_free(o->list[i]->arena);
	free(o);
}

static enum rc begin(struct picture_diff *d)
{
	d->state = calloc(1, sizeof(struct out));
	return d->state == NULL ? RC_NOMEM : RC_OK;
}

/* What became worse counts most, and what is new to us more than what is mended. */
static uint64_t weigh(const struct picture_options *opt, const struct picture_change *c,
		      const struct changes *changes)
{
	static const uint64_t weights[DIRECTIONS] = {[DIRECTION_WORSE] = 1000000,
						     [DIRECTION_LOST] = 1000,
						     [DIRECTION_LEARNED] = 100,
						     [DIRECTION_BETTER] = 10,
						     [DIRECTION_OTHER] = 1};
	uint64_t sum = 0;

	for (size_t i = 0; i < changes->n; i++)
		sum += weights[changes->list[i].direction];
	if (changes->fate == FATE_NEW || changes->fate == FATE_ASSESSED)
		sum += state_of(opt, c->after, NULL) == PATCH_MISSING ? 500000 : 50;
	return sum;
}

static const char *keep(struct arena *a, const char *text)
{
	char cut[CUT];

	(void)snprintf(cut, sizeof(cut), "%.*s", CUT - 1, text);
	return arena_strdup(a, cut);
}

static void say_fate(struct sentence *s, const struct picture_options *opt,
		     const struct picture_change *c, enum fate f)
{
	const char *state = c->after == NULL ? "" : patch_state_name(state_of(opt, c->after, NULL));

	switch (f) {
	case FATE_NEW:
		say(s, ": new here; its patches: %s",
		    c->after != NULL && c->after->judged == NULL ? "never assessed" : state);
		break;
	case FATE_GONE:
		say(s, ": not here any more");
		break;
	case FATE_ASSESSED:
		say(s, ": assessed for the first time; its patches: %s", state);
		break;
	case FATE_UNASSESSED:
		say(s, ": was assessed, and is not now");
		break;
	default:
		break;
	}
}

static enum rc kept_new(const struct picture_options *opt, const struct picture_change *c,
			const struct changes *changes, struct kept **ret_k)
{
	struct sentence head = {.len = 0};
	struct arena *a = NULL;
	struct kept *k = NULL;
	bool is_bad = false;

	if (arena_new(DIFF_BYTES, &a) != RC_OK)
		return RC_NOMEM;
	k = arena_alloc(a, sizeof(*k));
	if (k == NULL) {
		arena_free(a);
		return RC_NOMEM;
	}
	k->arena = a;
	k->weight = weigh(opt, c, changes);
	k->id = keep(a, told(diff_machine(c)->id));
	words_machine(diff_machine(c), &head);
	say_fate(&head, opt, c, changes->fate);
	k->head = keep(a, head.at);
	k->n_all = changes->n;
	for (; k->n < DIFF_LINES && k->n < changes->n; k->n++) {
		const struct change *one = &changes->list[k->n];
		struct sentence s = {.len = 0};

		say(&s, "%s %s: was %s, is %s%s%s", one->about, one->id, one->from, one->to,
		    one->why[0] != '\0' ? "; " : "", one->why);
		k->directions[k->n] = one->direction;
		k->lines[k->n] = keep(a, s.at);
		is_bad = is_bad || k->lines[k->n] == NULL;
	}
	if (is_bad || k->id == NULL || k->head == NULL) {
		arena_free(a);
		return RC_NOMEM;
	}
	*ret_k = k;
	return RC_OK;
}

static enum rc add(struct picture_diff *d, const struct picture_change *c,
		   const struct changes *changes)
{
	struct out *o = d->state;
	const char *id = told(diff_machine(c)->id);
	uint64_t weight = weigh(&d->opt, c, changes);
	size_t at = o->n;
	struct kept *k = NULL;
	enum rc rc;

	o->n_all++;
	while (at > 0 &&
	       (weight > o->list[at - 1]->weight ||
		(weight == o->list[at - 1]->weight && strcmp(id, o->list[at - 1]->id) < 0)))
		at--;
	if (at == DIFF_KEPT)
		return RC_OK;
	rc = kept_new(&d->opt, c, changes, &k);
	if (rc != RC_OK)
		return rc;
	if (o->n == DIFF_KEPT)
		arena_free(o->list[--o->n]->arena);
	memmove(&o->list[at + 1], &o->list[at], (o->n - at) * sizeof(o->list[0]));
	o->list[at] = k;
	o->n++;
	return RC_OK;
}

/* --- the page --- */

static void answer(const struct lines *l, const struct picture_diff *d)
{
	static const char *const words[FATES] = {[FATE_NEW] = "new",
						 [FATE_GONE] = "not here any more",
						 [FATE_ASSESSED] = "assessed for the first time",
						 [FATE_UNASSESSED] = "not assessed any more",
						 [FATE_SAME] = "as before"};
	uint64_t before = d->before[PATCH_MISSING], now = d->after[PATCH_MISSING];
	char a[COUNT_TEXT], b[COUNT_TEXT], all[MACHINES_TEXT];
	struct sentence s = {.len = 0}, more = {.len = 0};

	if (d->machines == 0) {
		lines_text(l, TONE_PLAIN, "No machine is in either assessment.");
		return;
	}
	say(&s, "Machines that miss a patch: %s before, %s now.", count_format(before, a),
	    count_format(now, b));
	if (d->after[PATCH_UNKNOWN] + d->before[PATCH_UNKNOWN] > 0)
		say(&s, " Not known: %s before, %s now.", count_format(d->before[PATCH_UNKNOWN], a),
		    count_format(d->after[PATCH_UNKNOWN], b));
	lines_text(l,
		   now > before                                                         ? TONE_ALARM
		   : d->worse > 0 || d->after[PATCH_UNKNOWN] > d->before[PATCH_UNKNOWN] ? TONE_WARN
											: TONE_HEAD,
		   s.at);
	say(&more, "Better on %s, worse on %s.", machines_say(d->better, all),
	    count_format(d->worse, a));
	for (unsigned f = FATE_NEW; f < FATES; f++) {
		if (d->fates[f] > 0)
			say(&more, " %s %s.", count_format(d->fates[f], a), words[f]);
	}
	lines_text(l, TONE_PLAIN, more.at);
}

static void signs(const struct lines *l, const struct picture_diff *d)
{
	struct sentence s = {.len = 0};
	char n[MACHINES_TEXT];

	if (d->signs_new > 0) {
		say(&s, "New signs of tampering on %s: look at them first.",
		    machines_say(d->signs_new, n));
		lines_text(l, TONE_ALARM, s.at);
	}
	if (d->signs_gone > 0) {
		s.len = 0;
		say(&s, "Signs of tampering are gone from %s.", machines_say(d->signs_gone, n));
		lines_text(l, TONE_PLAIN, s.at);
	}
}

static void put_row(const struct lines *l, const uint64_t *moved, const char *what, bool is_head)
{
	static const char *const heads[] = {"WORSE", "BETTER", "LOST", "LEARNED"};
	struct sentence s = {.len = 0};
	char n[COUNT_TEXT];

	for (unsigned d = DIRECTION_WORSE; d <= DIRECTION_LEARNED; d++)
		say(&s, "%7s  ", is_head ? heads[d] : count_format(moved[d], n));
	say(&s, "%s", what);
	lines_row(l,
		  is_head                      ? TONE_HEAD
		  : moved[DIRECTION_WORSE] > 0 ? TONE_WARN
					       : TONE_PLAIN,
		  s.at);
}

static bool is_moved(const uint64_t *moved)
{
	return moved[0] + moved[1] + moved[2] + moved[3] > 0;
}

static void moves(const struct lines *l, const struct picture_diff *d)
{
	uint64_t moved[DIRECTIONS];
	bool has_head = false;

	for (size_t i = 0; i < d->n_weaknesses + d->n_checks; i++) {
		bool is_patch = i < d->n_weaknesses;
		size_t at = is_patch ? i : i - d->n_weaknesses;

		for (unsigned k = 0; k < DIRECTIONS; k++)
			moved[k] = is_patch
					   ? diff_patch_moved(&d->weaknesses[at], (enum direction)k)
					   : diff_check_moved(&d->checks[at], (enum direction)k);
		if (!is_moved(moved))
			continue;
		if (!has_head) {
			lines_head(l, "WHAT MOVED: ON HOW MANY MACHINES");
			put_row(l, moved, "WEAKNESS OR CHECK", true);
			has_head = true;
		}
		put_row(l, moved,
			is_patch ? d->weaknesses[at].weakness->id
				 : told(d->checks[at].check->title),
			false);
	}
}

static void machines(const struct lines *l, const struct out *o)
{
	struct sentence s = {.len = 0};
	char n[COUNT_TEXT];

	if (o->n == 0)
		return;
	lines_head(l, "MACHINES");
	for (size_t i = 0; i < o->n; i++) {
		const struct kept *k = o->list[i];

		lines_step(l, (unsigned)i + 1, k->head);
		for (size_t at = 0; at < k->n; at++)
			lines_mark(l,
				   k->directions[at] == DIRECTION_WORSE ? TONE_ALARM : TONE_PLAIN,
				   direction_name(k->directions[at]), k->lines[at]);
		if (k->n_all > k->n) {
			s.len = 0;
			say(&s, "and %zu more", k->n_all - k->n);
			lines_item(l, "", s.at);
		}
	}
	if (o->n_all > o->n) {
		s.len = 0;
		say(&s, "and %s more machines: -o csv lists every change",
		    count_format(o->n_all - o->n, n));
		lines_text(l, TONE_PLAIN, s.at);
	}
}

static enum rc end(struct picture_diff *d)
{
	struct lines l = lines_on(d->opt.to, &d->opt.style);

	answer(&l, d);
	signs(&l, d);
	moves(&l, d);
	machines(&l, d->state);
	return stream_done(d->opt.to);
}

const struct diff_writer diff_human = {begin, add, end, out_free};
