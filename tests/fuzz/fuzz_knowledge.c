/*
 * Any text, read as a file of the catalogue and as a baseline, is either refused with a message
 * that names the file and fits on a line, or all that is promised of a weakness or a baseline
 * holds.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "threat/builtin.h"
#include "threat/catalogue.h"
#include "threat/read.h"
#include "threat/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ERR = 4096, ARENA = 32 << 20, LDR = 20000 };

static void check_text(const char *text)
{
	char shown[4096];

	assert(text != NULL && text[0] != '\0');
	(void)text_printable(text, shown, sizeof(shown));
	assert(strcmp(text, shown) == 0);
}

static void check_id(const char *id)
{
	check_text(id);
	assert(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id));
	assert(id[0] != '-' && id[strlen(id) - 1] != '-' && strstr(id, "--") == NULL);
}

static void check_key(const char *key)
{
	check_text(key);
	assert(strpbrk(key, ".:-") != NULL);
	assert(strchr(key, '*') == NULL || strchr(key, '*')[1] == '\0');
}

static void check_version(const struct version *v)
{
	char text[VERSION_TEXT], words[WORDS_TEXT];
	struct version again = {{0}};

	assert(version_parse(version_format(v, text), &again) && version_cmp(v, &again) == 0);
	check_text(version_windows(v, words));
}

static void check_fixed(const struct weakness *w, const struct fixed *f)
{
	static const struct version none = {{0}};

	check_version(&f->os);
	check_version(&f->version);
	check_text(f->source);
	assert(version_cmp(&f->os, &w->affected_until) < 0);
	assert(f->service_pack >= -1 && f->service_pack <= 9);
	assert((f->by == FIXED_BY_FILE) == (version_cmp(&f->version, &none) != 0) ||
	       f->by == FIXED_BY_FILE);
	assert(f->by != FIXED_BY_FILE || w->file != NULL);
	assert(f->by == FIXED_BY_BUILD || f->ubr == 0);
	assert(f->by != FIXED_BY_UPDATE || f->kbs[0] != NULL);
	assert(f->branch != BRANCH_GDR || f->version.part[3] < LDR);
	assert(f->branch != BRANCH_LDR || f->version.part[3] >= LDR);
	for (size_t i = 0; f->kbs[i] != NULL; i++)
		assert(strncmp(f->kbs[i], "KB", 2) == 0 && strlen(f->kbs[i]) >= 8);
}

static void check_condition(const char *key, const char *equals, const char *says,
			    const char *source)
{
	check_key(key);
	assert(strchr(key, '*') == NULL);
	check_text(equals);
	check_text(says);
	check_text(source);
}

static void check_weakness(const struct weakness *w)
{
	check_id(w->id);
	check_text(w->title);
	check_text(w->source);
	assert(w->threats[0] != NULL && (w->n_fixed > 0 || w->gaps[0] != NULL));
	for (size_t i = 0; w->threats[i] != NULL; i++)
		assert(threat_find(w->threats[i]) != NULL);
	assert(version_cmp(&w->affected_from, &w->affected_until) < 0);
	if (w->file != NULL)
		assert(w->file[0] != '/' && strstr(w->file, "..") == NULL);
	for (size_t i = 0; i < w->n_fixed; i++)
		check_fixed(w, &w->fixed[i]);
	for (size_t i = 0; i < w->n_remedies; i++)
		check_condition(w->remedies[i].key, w->remedies[i].equals, w->remedies[i].says,
				w->remedies[i].source);
	for (size_t i = 0; i < w->n_defeats; i++)
		check_condition(w->defeats[i].key, w->defeats[i].equals, w->defeats[i].says,
				w->defeats[i].source);
	for (size_t i = 0; i < w->n_answers; i++) {
		check_condition(w->answers[i].key, w->answers[i].equals, w->answers[i].says,
				w->answers[i].source);
		check_text(w->answers[i].means);
	}
	for (size_t i = 0; w->gaps[i] != NULL; i++)
		check_text(w->gaps[i]);
}

static void check_check(const struct baseline *b, size_t at)
{
	const struct check *c = &b->checks[at];
	bool is_list = c->want == WANT_EQUALS || c->want == WANT_NOT || c->want == WANT_WORD ||
		       c->want == WANT_NO_WORD;
	bool has_star = strchr(c->key, '*') != NULL;
	char words[WORDS_TEXT];

	check_id(c->id);
	check_text(c->group);
	check_text(c->title);
	check_key(c->key);
	check_text(c->reason);
	check_text(c->correct);
	check_text(c->source);
	assert(c->doors[0] != NULL);
	assert(!is_list || (c->number == 0 && c->texts[0] != NULL));
	assert(c->number >= 0);
	assert(has_star || (c->want != WANT_COUNT_AT_MOST && c->want != WANT_COUNT_AT_LEAST));
	assert(c->absent == NULL || (!c->absent_passes && !has_star));
	assert(c->until.part[0] == 0 || version_cmp(&c->from, &c->until) < 0);
	for (size_t i = 0; i < at; i++)
		assert(strcmp(b->checks[i].id, c->id) != 0);
	assert(check_wanted(c, words)[0] != '\0');
	(void)check_applies(c, words);
}

static void check_baseline(const struct baseline *b)
{
	check_id(b->id);
	check_text(b->title);
	check_text(b->summary);
	assert(b->n_checks > 0 && b->n_checks <= BASELINE_CHECKS_MAX);
	for (size_t i = 0; i < b->n_checks; i++)
		check_check(b, i);
}

/* Whatever is extended is the smallest of the built-in ones. */
static enum rc extended(void *ctx, const struct yaml_source *src, const char *name,
			struct baseline *ret_b)
{
	struct yaml_source parent = *src;
	const struct baseline_finder finder = {NULL, NULL};

	(void)ctx;
	(void)name;
	for (const struct builtin *b = builtin_files; b->name != NULL; b++) {
		if (strcmp(b->name, "outbreak-minimum.yaml") != 0)
			continue;
		parent.name = b->name;
		parent.text = (struct bytes){b->text, b->len};
		return baseline_read(&parent, &finder, ret_b);
	}
	abort();
}

static void check_refusal(enum rc rc, const char *err)
{
	assert(rc == RC_INVAL);
	assert(strncmp(err, "f.yaml:", 7) == 0);
	check_text(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct baseline_finder finder = {extended, NULL};
	char err[ERR] = "";
	struct arena *arena = NULL;
	struct weakness w = {.id = NULL};
	struct baseline b = {.id = NULL};
	enum rc rc = RC_OK;

	if (arena_new(ARENA, &arena) != RC_OK)
		abort();

	const struct yaml_source src = {"f.yaml", {data, size}, arena, err, sizeof(err)};

	rc = weakness_read(&src, &w);
	if (rc == RC_OK)
		check_weakness(&w);
	else
		check_refusal(rc, err);
	err[0] = '\0';
	rc = baseline_read(&src, &finder, &b);
	if (rc == RC_OK)
		check_baseline(&b);
	else
		check_refusal(rc, err);
	arena_free(arena);
	return 0;
}
