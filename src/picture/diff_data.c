/* diff_data - a comparison for other programs: JSON (quell.assessment-diff/1) and CSV. */
#include <stdlib.h>

#include "picture/diff.h"
#include "picture/json.h"
#include "picture/site.h"
#include "report/cells.h"

/* --- json --- */

static enum rc json_begin(struct picture_diff *d)
{
	struct pen *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	d->state = p;
	p->to = d->opt.to;
	json_head(p, &d->opt, "quell.assessment-diff/1");
	pen_line(p);
	pen_key(p, "machines");
	pen_open(p, '[');
	return RC_OK;
}

static void put_side(struct pen *p, const char *key, const struct picture_options *opt,
		     const struct picture_machine *m)
{
	pen_key(p, key);
	if (m == NULL) {
		pen_null(p);
		return;
	}
	pen_open(p, '{');
	pen_key(p, "at");
	pen_time(p, m->at_ns);
	json_member(p, "assessed", assessed_name(assessed_of(opt, m)));
	json_member(p, "state", patch_state_name(state_of(opt, m, NULL)));
	pen_close(p, '}');
}

static enum rc json_add(struct picture_diff *d, const struct picture_change *c,
			const struct changes *changes)
{
	const struct picture_machine *m = diff_machine(c);
	struct pen *p = d->state;

	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", m->id);
	json_member(p, "name", m->name);
	pen_key(p, "address");
	if (addr_is_zero(&m->addr))
		pen_null(p);
	else
		pen_addr(p, &m->addr);
	json_member(p, "what", fate_name(changes->fate));
	put_side(p, "before", &d->opt, c->before);
	put_side(p, "after", &d->opt, c->after);
	pen_key(p, "changes");
	pen_open(p, '[');
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *one = &changes->list[i];

		pen_open(p, '{');
		json_member(p, "about", one->about);
		json_member(p, "id", one->id);
		json_member(p, "from", one->from);
		json_member(p, "to", one->to);
		json_member(p, "direction", direction_name(one->direction));
		json_member(p, "why", one->why);
		pen_close(p, '}');
	}
	pen_close(p, ']');
	pen_close(p, '}');
	return p->bad ? RC_IO : RC_OK;
}

static void put_move(struct pen *p, const char *from, const char *to, uint64_t n)
{
	if (n == 0)
		return;
	pen_open(p, '{');
	json_member(p, "from", from);
	json_member(p, "to", to);
	json_count(p, "machines", n);
	pen_close(p, '}');
}

static void put_weakness(struct pen *p, const struct diff_weakness *w)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", w->weakness->id);
	json_member(p, "title", w->weakness->title);
	pen_key(p, "moved");
	pen_open(p, '[');
	for (unsigned a = 0; a < PATCH_STATES; a++)
		for (unsigned b = 0; b < PATCH_STATES; b++)
			if (a != b)
				put_move(p, patch_state_name((enum patch_state)a),
					 patch_state_name((enum patch_state)b), w->moved[a][b]);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void put_check(struct pen *p, const struct diff_check *c)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", c->check->id);
	json_member(p, "title", c->check->title);
	pen_key(p, "moved");
	pen_open(p, '[');
	for (unsigned a = 0; a < MARKS; a++)
		for (unsigned b = 0; b < MARKS; b++)
			if (a != b)
				put_move(p, mark_name((enum mark)a), mark_name((enum mark)b),
					 c->moved[a][b]);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void put_states(struct pen *p, const char *key, const uint64_t *n)
{
	pen_key(p, key);
	pen_open(p, '{');
	for (unsigned s = 0; s < PATCH_STATES; s++)
		json_count(p, patch_state_name((enum patch_state)s), n[s]);
	pen_close(p, '}');
}

static enum rc json_finish(struct picture_diff *d)
{
	struct pen *p = d->state;

	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "weaknesses");
	pen_open(p, '[');
	for (size_t i = 0; i < d->n_weaknesses; i++)
		put_weakness(p, &d->weaknesses[i]);
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "policy");
	pen_open(p, '[');
	for (size_t i = 0; i < d->n_checks; i++)
		put_check(p, &d->checks[i]);
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "summary");
	pen_open(p, '{');
	json_count(p, "machines", d->machines);
	for (unsigned f = 0; f < FATES; f++)
		json_count(p, fate_name((enum fate)f), d->fates[f]);
	json_count(p, "better", d->better);
	json_count(p, "worse", d->worse);
	json_count(p, "signs_new", d->signs_new);
	json_count(p, "signs_gone", d->signs_gone);
	put_states(p, "before", d->before);
	put_states(p, "after", d->after);
	pen_close(p, '}');
	pen_close(p, '}');
	return json_end(p);
}

const struct diff_writer diff_json = {json_begin, json_add, json_finish, free};

/* --- csv --- */

static enum rc csv_begin(struct picture_diff *d)
{
	static const char columns[] = "id,name,address,what,about,item,from,to,direction,why\r\n";
	struct cells *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	d->state = c;
	c->to = d->opt.to;
	fputs(columns, c->to);
	return RC_OK;
}

static void put_who(struct cells *c, const struct picture_machine *m, enum fate f)
{
	char text[ADDR_TEXT];

	cell_text(c, told(m->id));
	cell_text(c, told(m->name));
	cell_text(c, addr_is_zero(&m->addr) ? "" : addr_format(&m->addr, text));
	cell_text(c, fate_name(f));
}

static const char *state_or_none(const struct picture_options *opt, const struct picture_machine *m)
{
	return m == NULL ? "" : patch_state_name(state_of(opt, m, NULL));
}

/* A line for each change; one for a machine that came or went. */
static enum rc csv_add(struct picture_diff *d, const struct picture_change *c,
		       const struct changes *changes)
{
	struct cells *out = d->state;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < changes->n && rc == RC_OK; i++) {
		const struct change *one = &changes->list[i];

		put_who(out, diff_machine(c), changes->fate);
		cell_text(out, one->about);
		cell_text(out, one->id);
		cell_text(out, one->from);
		cell_text(out, one->to);
		cell_text(out, direction_name(one->direction));
		cell_text(out, one->why);
		rc = cells_end(out);
	}
	if (changes->n > 0)
		return rc;
	put_who(out, diff_machine(c), changes->fate);
	cell_text(out, "machine");
	cell_text(out, "");
	cell_text(out, state_or_none(&d->opt, c->before));
	cell_text(out, state_or_none(&d->opt, c->after));
	cell_text(out, "");
	cell_text(out, "");
	return cells_end(out);
}

static enum rc csv_end(struct picture_diff *d)
{
	return stream_done(d->opt.to);
}

const struct diff_writer diff_csv = {csv_begin, csv_add, csv_end, free};
