#include <jansson.h>
#include <string.h>

#include "cli/threats.h"
#include "threat/words.h"

static json_t *texts(const char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *version(const struct version *v)
{
	char text[VERSION_TEXT];

	return json_string(version_format(v, text));
}

static json_t *condition(const char *key, const char *equals, const char *says, const char *source)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "key", key, "equals", equals, "says", says,
			 "source", source);
}

static json_t *fixed(const struct fixed *f)
{
	static const char *const branches[] = {"any", "gdr", "ldr"};
	static const char *const by[] = {"file", "build", "update", "release"};
	char windows[WORDS_TEXT];

	return json_pack("{s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:s}", "os", version(&f->os),
			 "windows", version_windows(&f->os, windows), "service_pack",
			 f->service_pack < 0 ? json_null() : json_integer(f->service_pack),
			 "branch", branches[f->branch], "by", by[f->by], "version",
			 f->by == FIXED_BY_FILE ? version(&f->version) : json_null(), "ubr",
			 f->by == FIXED_BY_BUILD ? json_integer(f->ubr) : json_null(), "kbs",
			 texts(f->kbs), "source", f->source);
}

static json_t *weakness(const struct weakness *w)
{
	json_t *rows = json_array(), *remedies = json_array(), *defeats = json_array();
	json_t *answers = json_array();

	for (size_t i = 0; i < w->n_fixed; i++)
		json_array_append_new(rows, fixed(&w->fixed[i]));
	for (size_t i = 0; i < w->n_remedies; i++) {
		const struct remedy *r = &w->remedies[i];

		json_array_append_new(remedies, condition(r->key, r->equals, r->says, r->source));
	}
	for (size_t i = 0; i < w->n_defeats; i++) {
		const struct defeat *d = &w->defeats[i];

		json_array_append_new(defeats, condition(d->key, d->equals, d->says, d->source));
	}
	for (size_t i = 0; i < w->n_answers; i++) {
		const struct answer_check *a = &w->answers[i];
		json_t *one = condition(a->key, a->equals, a->says, a->source);

		json_object_set_new(one, "means", json_string(a->means));
		json_array_append_new(answers, one);
	}
	return json_pack(
		"{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:{s:o, s:o}, s:o, s:o, s:o, s:o, "
		"s:o, s:s}",
		"id", w->id, "title", w->title, "cve", w->cve, "bulletin", w->bulletin, "file",
		w->file, "service", w->service, "product_type", w->product_type, "affected", "from",
		version(&w->affected_from), "until", version(&w->affected_until), "fixed", rows,
		"remedies", remedies, "defeats", defeats, "answers", answers, "gaps",
		texts(w->gaps), "source", w->source);
}

static json_t *weaknesses_of(const struct threat *t, const struct knowledge *k)
{
	json_t *array = json_array();
	size_t n = 0;
	const struct weakness *w = knowledge_weaknesses(k, &n);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; w[i].threats[j] != NULL; j++) {
			if (strcmp(w[i].threats[j], t->id) == 0)
				json_array_append_new(array, weakness(&w[i]));
		}
	}
	return array;
}

static json_t *threat(const struct threat *t, const struct knowledge *k)
{
	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:o, s:s?, s:o}", "id", t->id, "name",
			 t->name, "summary", t->summary, "weakness", t->weakness, "patch", t->patch,
			 "ports", t->ports, "what_next", texts(t->what_next), "source", t->source,
			 "weaknesses", weaknesses_of(t, k));
}

/* Takes the document. */
static bool print(json_t *root)
{
	bool is_done =
		root != NULL && json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0;

	putchar('\n');
	json_decref(root);
	return is_done;
}

bool threats_json(const struct threat *only, const struct knowledge *k)
{
	json_t *root = NULL;

	if (only != NULL)
		return print(threat(only, k));
	root = json_array();
	for (const struct threat *t = threat_catalogue; t->id != NULL; t++)
		json_array_append_new(root, threat(t, k));
	return print(root);
}

/* --- baselines --- */

static json_t *bound(const struct version *v)
{
	return v->part[0] == 0 ? json_null() : version(v);
}

static bool has_number(const struct check *c)
{
	return c->want != WANT_EQUALS && c->want != WANT_NOT && c->want != WANT_WORD &&
	       c->want != WANT_NO_WORD;
}

static json_t *check(const struct check *c)
{
	static const char *const wants[] = {
		[WANT_AT_LEAST] = "at-least",
		[WANT_AT_MOST] = "at-most",
		[WANT_EQUALS] = "equals",
		[WANT_NOT] = "not",
		[WANT_WORD] = "word",
		[WANT_NO_WORD] = "no-word",
		[WANT_COUNT_AT_MOST] = "count-at-most",
		[WANT_AGE_AT_MOST] = "age-at-most",
		[WANT_COUNT_AT_LEAST] = "count-at-least",
	};
	char wanted[WORDS_TEXT];

	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:s, s:s?, s:b, s:o, s:o, s:b, "
			 "s:s, s:s, s:o, s:s}",
			 "id", c->id, "group", c->group, "title", c->title, "key", c->key,
			 "policy_key", c->policy_key, "want", wants[c->want], "number",
			 has_number(c) ? json_integer(c->number) : json_null(), "texts",
			 texts(c->texts), "wanted", check_wanted(c, wanted), "absent", c->absent,
			 "absent_passes", c->absent_passes, "from", bound(&c->from), "until",
			 bound(&c->until), "serious", c->is_serious, "reason", c->reason, "correct",
			 c->correct, "doors", texts(c->doors), "source", c->source);
}

static json_t *baseline(const struct baseline *b)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < b->n_checks; i++)
		json_array_append_new(checks, check(&b->checks[i]));
	return json_pack("{s:s, s:s, s:s, s:o}", "id", b->id, "title", b->title, "summary",
			 b->summary, "checks", checks);
}

bool threats_json_baseline(const struct baseline *b)
{
	return print(baseline(b));
}

bool threats_json_baselines(const struct baseline *const *list, size_t n)
{
	json_t *root = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(root, baseline(list[i]));
	return print(root);
}
