/* page - what the pages of one machine share, whatever they are written on. */
#include <stdio.h>

#include "picture/parts.h"
#include "picture/site.h"

const char *mark_sign(enum mark m)
{
	static const char *const signs[MARKS] = {
		[MARK_FAIL] = "FAIL", [MARK_WARN] = "warn",          [MARK_UNKNOWN] = "?",
		[MARK_PASS] = "pass", [MARK_NOT_APPLICABLE] = "n/a",
	};

	return signs[m];
}

const char *state_sign(enum patch_state s)
{
	static const char *const signs[PATCH_STATES] = {
		[PATCH_EFFECTIVE] = "ok", [PATCH_PENDING] = "restart",  [PATCH_MISSING] = "MISSING",
		[PATCH_UNKNOWN] = "?",    [PATCH_NOT_AFFECTED] = "n/a",
	};

	return signs[s];
}

const char *source_words(unsigned by)
{
	switch (by) {
	case BY_FILE:
		return "its files, over SMB";
	case BY_REGISTRY:
		return "its registry";
	case BY_SAMR:
		return "its accounts (SAMR)";
	case BY_LSA:
		return "its security policy (LSA)";
	case BY_SERVICES:
		return "its services";
	case BY_SHARES:
		return "its shares";
	case BY_SMB:
		return "what it says to anybody (SMB)";
	case BY_SCRIPT:
		return "the collection script, run there";
	case BY_HIVE:
		return "a saved copy of its registry";
	case BY_LIST:
		return "another tool's list";
	default:
		return "an unknown source";
	}
}

static struct source *source_for(struct source *list, unsigned *n, unsigned by)
{
	unsigned i = 0;

	while (i < *n && list[i].by != by)
		i++;
	if (i == *n && *n < SOURCES)
		list[(*n)++] = (struct source){.by = by};
	return &list[i < SOURCES ? i : SOURCES - 1];
}

unsigned sources_of(const struct posture *p, struct source *list)
{
	unsigned n = 0;

	for (size_t i = 0; p != NULL && i < p->n; i++) {
		const struct observation *o = &p->list[i];
		struct source *s = source_for(list, &n, o->by);

		s->n++;
		s->n_unreadable += o->state == OBSERVED_UNREADABLE;
		if (o->at_ns == 0)
			continue;
		s->first_ns = s->first_ns == 0 || o->at_ns < s->first_ns ? o->at_ns : s->first_ns;
		s->last_ns = o->at_ns > s->last_ns ? o->at_ns : s->last_ns;
	}
	for (unsigned i = 1; i < n; i++) /* a dozen at most */
		for (unsigned at = i; at > 0 && list[at].by < list[at - 1].by; at--) {
			struct source other = list[at];

			list[at] = list[at - 1];
			list[at - 1] = other;
		}
	return n;
}

static void count_states(const struct picture_options *opt, const struct judged *j, unsigned *n)
{
	for (size_t i = 0; i < j->n_patches; i++)
		if (weakness_is_shown(opt, j->patches[i].weakness))
			n[j->patches[i].state]++;
}

const char *state_say(const struct picture_options *opt, const struct picture_machine *m,
		      char *text)
{
	unsigned n[PATCH_STATES] = {0};
	int len = 0;

	if (m->judged == NULL) {
		(void)snprintf(text, STEP_TEXT, "Never assessed: nothing is known of its patches.");
		return text;
	}
	count_states(opt, m->judged, n);
	switch (state_of(opt, m, NULL)) {
	case PATCH_MISSING:
		len = snprintf(text, STEP_TEXT, "Not patched: %u patch%s missing", n[PATCH_MISSING],
			       n[PATCH_MISSING] == 1 ? " is" : "es are");
		break;
	case PATCH_PENDING:
		len = snprintf(text, STEP_TEXT, "Not yet patched");
		break;
	case PATCH_UNKNOWN:
		len = snprintf(text, STEP_TEXT, "Unknown whether it is patched");
		break;
	default:
		len = snprintf(text, STEP_TEXT, "Patched, as far as was looked");
		break;
	}
	if (n[PATCH_PENDING] > 0)
		len += snprintf(text + len, (size_t)(STEP_TEXT - len), ", %u wait%s for a restart",
				n[PATCH_PENDING], n[PATCH_PENDING] == 1 ? "s" : "");
	if (n[PATCH_UNKNOWN] > 0)
		len += snprintf(text + len, (size_t)(STEP_TEXT - len), ", of %u it is not known",
				n[PATCH_UNKNOWN]);
	len += snprintf(text + len, (size_t)(STEP_TEXT - len), ". %u closed, %u not affected.",
			n[PATCH_EFFECTIVE], n[PATCH_NOT_AFFECTED]);
	(void)len; /* far below STEP_TEXT */
	return text;
}

enum rc picture_page(const struct picture_options *opt, const struct picture_machine *m)
{
	switch (opt->format) {
	case PICTURE_HUMAN:
		return page_human(opt, m);
	case PICTURE_JSON:
		return page_json(opt, m);
	case PICTURE_HTML:
		return page_html(opt, m);
	case PICTURE_CSV:
		break;
	}
	return RC_INVAL;
}
