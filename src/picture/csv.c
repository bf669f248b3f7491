/*
 * csv of the picture - a line for each machine, with a column for each weakness: to be sorted and
 * filtered in a spreadsheet, whatever its limit of lines.
 */
#include <stdlib.h>
#include <string.h>

#include "picture/site.h"
#include "report/cells.h"

enum { LIST_TEXT = 1024 }; /* ids of failed checks, updates to install */

static enum rc begin(struct picture *p)
{
	static const char *const before[] = {"id",    "name",  "address", "os",       "user",
					     "place", "owner", "verdict", "assessed", "how",
					     "at",    "state", "harm"};
	static const char *const after[] = {"install", "failed",     "warned",   "unknown_checks",
					    "signs",   "protection", "evidence", "next_step"};
	struct cells *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	p->state = c;
	c->to = p->opt.to;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		cell_text(c, before[i]);
	for (size_t i = 0; i < p->tally->n_weaknesses; i++)
		cell_text(c, p->tally->weaknesses[i].weakness->id);
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		cell_text(c, after[i]);
	return cells_end(c);
}

/* "a;b" in a cell; what is too much is left out from a whole one on, and a mark says so. */
struct joined {
	char text[LIST_TEXT];
	size_t len;
	bool is_full;
};

static void join(struct joined *to, const char *text)
{
	static const char more[] = ";...";
	size_t len = strlen(text);

	if (len == 0 || to->is_full)
		return;
	to->is_full = to->len + 1 + len + sizeof(more) > sizeof(to->text);
	to->len +=
		(size_t)snprintf(to->text + to->len, sizeof(to->text) - to->len, "%s%s",
				 to->len > 0 && !to->is_full ? ";" : "", to->is_full ? more : text);
}

static void put_patches(struct cells *c, const struct picture *p, const struct judged *j)
{
	struct joined kbs = {.len = 0};

	for (size_t i = 0; i < p->tally->n_weaknesses; i++) {
		const struct judged_patch *patch =
			j == NULL ? NULL : patch_of(j, p->tally->weaknesses[i].weakness, i);

		cell_text(c, patch_state_name(patch == NULL ? PATCH_UNKNOWN : patch->state));
		if (patch != NULL && patch->state == PATCH_MISSING)
			join(&kbs, told(patch->kbs));
	}
	cell_text(c, kbs.text);
}

static void put_checks(struct cells *c, const struct picture *p, const struct judged *j)
{
	static const enum mark marks[] = {MARK_FAIL, MARK_WARN, MARK_UNKNOWN};

	for (size_t m = 0; m < sizeof(marks) / sizeof(marks[0]); m++) {
		struct joined ids = {.len = 0};

		for (size_t i = 0; i < p->tally->n_checks; i++) {
			const struct judged_check *check =
				j == NULL ? NULL : check_of(j, p->tally->checks[i].check, i);

			if ((check == NULL ? MARK_UNKNOWN : check->mark) == marks[m])
				join(&ids, p->tally->checks[i].check->id);
		}
		cell_text(c, ids.text);
	}
}

static enum rc add(struct picture *p, const struct picture_machine *m)
{
	struct cells *c = p->state;
	const struct judged *j = m->judged;
	char text[ADDR_TEXT], harm[32], step[STEP_TEXT];
	struct joined signs = {.len = 0};

	cell_text(c, told(m->id));
	cell_text(c, told(m->name));
	cell_text(c, addr_is_zero(&m->addr) ? "" : addr_format(&m->addr, text));
	cell_text(c, os_of(m));
	cell_text(c, told(m->user));
	cell_text(c, told(m->place));
	cell_text(c, told(m->owner));
	cell_text(c, verdict_name(m->verdict));
	cell_text(c, assessed_name(assessed_of(&p->opt, m)));
	cell_text(c, told(m->how));
	cell_time(c, m->at_ns);
	cell_text(c, patch_state_name(state_of(&p->opt, m, NULL)));
	cell_text(c, harm_format(harm_of(m), harm, sizeof(harm)));
	put_patches(c, p, j);
	put_checks(c, p, j);
	for (size_t i = 0; j != NULL && i < j->n_signs; i++)
		join(&signs, told(j->signs[i].id));
	cell_text(c, signs.text);
	cell_text(c, protection_name(protection_of(m)));
	cell_text(c, evidence_name(evidence_of(m)));
	cell_text(c, next_step(&p->opt, m, step));
	return cells_end(c);
}

static enum rc end(struct picture *p)
{
	return stream_done(p->opt.to);
}

const struct picture_writer picture_csv = {begin, add, end, free};
