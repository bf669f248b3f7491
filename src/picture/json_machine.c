#include "picture/json.h"

#include "picture/site.h"

void json_member(struct pen *p, const char *key, const char *text)
{
	pen_key(p, key);
	pen_text(p, told(text));
}

void json_count(struct pen *p, const char *key, uint64_t n)
{
	pen_key(p, key);
	pen_number(p, n);
}

void json_list(struct pen *p, const char *key, const char *const *list)
{
	pen_key(p, key);
	pen_open(p, '[');
	for (; list != NULL && *list != NULL; list++)
		pen_text(p, *list);
	pen_close(p, ']');
}

void json_machine_head(struct pen *p, const struct picture_options *opt,
		       const struct picture_machine *m)
{
	char step[STEP_TEXT];

	json_member(p, "id", m->id);
	json_member(p, "name", m->name);
	pen_key(p, "address");
	if (addr_is_zero(&m->addr))
		pen_null(p);
	else
		pen_addr(p, &m->addr);
	json_member(p, "os", os_of(m));
	json_member(p, "user", m->user);
	json_member(p, "place", m->place);
	json_member(p, "owner", m->owner);
	json_member(p, "verdict", verdict_name(m->verdict));
	json_member(p, "assessed", assessed_name(assessed_of(opt, m)));
	json_member(p, "how", m->how);
	pen_key(p, "at");
	pen_time(p, m->at_ns);
	json_member(p, "state", patch_state_name(state_of(opt, m, NULL)));
	json_member(p, "evidence", evidence_name(evidence_of(m)));
	json_member(p, "protection", protection_name(protection_of(m)));
	pen_key(p, "harm");
	pen_real(p, harm_of(m));
	json_member(p, "next_step", next_step(opt, m, step));
}

static void put_patches(struct pen *p, const struct picture_options *opt, const struct judged *j,
			bool in_full)
{
	for (size_t i = 0; i < j->n_patches; i++) {
		const struct judged_patch *patch = &j->patches[i];

		if (!weakness_is_shown(opt, patch->weakness))
			continue;
		pen_open(p, '{');
		json_member(p, "weakness", patch->weakness->id);
		if (in_full) {
			json_member(p, "title", patch->weakness->title);
			pen_key(p, "loose");
			pen_bool(p, weakness_is_loose(opt, patch->weakness));
		}
		json_member(p, "state", patch_state_name(patch->state));
		json_member(p, "why", patch->why);
		json_member(p, "conflict", patch->conflict);
		json_member(p, "remedy", patch->remedy);
		json_member(p, "install", patch->kbs);
		pen_close(p, '}');
	}
}

static void put_checks(struct pen *p, const struct judged *j, bool in_full)
{
	for (size_t i = 0; i < j->n_checks; i++) {
		const struct judged_check *c = &j->checks[i];

		pen_open(p, '{');
		json_member(p, "check", c->check->id);
		if (in_full) {
			json_member(p, "group", c->check->group);
			json_member(p, "title", c->check->title);
			pen_key(p, "serious");
			pen_bool(p, c->check->is_serious);
		}
		json_member(p, "mark", mark_name(c->mark));
		json_member(p, "value", c->value);
		json_member(p, "wanted", c->wanted);
		json_member(p, "why", c->why);
		if (in_full) {
			json_member(p, "correct", c->check->correct);
			json_list(p, "doors", c->check->doors);
		}
		pen_close(p, '}');
	}
}

void json_machine_judged(struct pen *p, const struct picture_options *opt,
			 const struct picture_machine *m, bool in_full)
{
	const struct judged *j = m->judged;

	pen_key(p, "patches");
	pen_open(p, '[');
	if (j != NULL)
		put_patches(p, opt, j, in_full);
	pen_close(p, ']');
	pen_key(p, "checks");
	pen_open(p, '[');
	if (j != NULL && opt->only == NULL)
		put_checks(p, j, in_full);
	pen_close(p, ']');
	pen_key(p, "signs");
	pen_open(p, '[');
	for (size_t i = 0; j != NULL && i < j->n_signs; i++) {
		pen_open(p, '{');
		json_member(p, "sign", j->signs[i].id);
		pen_key(p, "strong");
		pen_bool(p, j->signs[i].is_strong);
		json_member(p, "why", j->signs[i].why);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_baseline(struct pen *p, const struct picture_options *opt)
{
	pen_key(p, "baseline");
	if (opt->baseline == NULL || opt->only != NULL) {
		pen_null(p);
		return;
	}
	pen_open(p, '{');
	json_member(p, "id", opt->baseline->id);
	json_member(p, "title", opt->baseline->title);
	pen_close(p, '}');
}

void json_head(struct pen *p, const struct picture_options *opt, const char *schema)
{
	pen_open(p, '{');
	pen_line(p);
	json_member(p, "schema", schema);
	pen_line(p);
	pen_key(p, "at");
	pen_time(p, opt->at_ns);
	pen_line(p);
	pen_key(p, "only");
	pen_text(p, opt->only);
	pen_line(p);
	put_baseline(p, opt);
	pen_line(p);
	json_list(p, "loose", opt->loose);
}

enum rc json_end(struct pen *p)
{
	FILE *to = p->to;
	enum rc rc = pen_done(p);

	fputc('\n', to);
	return rc == RC_OK ? stream_done(to) : rc;
}
