#include "threat/knowledge.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "threat/builtin.h"
#include "threat/read.h"

enum {
	KNOWLEDGE_BYTES = 32 << 20, /* all of the built-in files take 2 % of it */
	EXTENDS_MAX = 4,            /* baselines upon baselines */
};

struct knowledge {
	struct arena *arena;
	struct weakness *weaknesses;
	size_t n_weaknesses;
	struct baseline baseline;
};

static const char *const baselines[] = {"outbreak-minimum", "office", "strict", NULL};

const char *const *knowledge_baselines(void)
{
	return baselines;
}

/* --- baselines --- */

struct builder {
	unsigned depth;
};

static const struct builtin *builtin_find(const char *name)
{
	char file[64];

	(void)snprintf(file, sizeof(file), "%s.yaml", name);
	for (const struct builtin *b = builtin_files; b->name != NULL; b++) {
		if (strcmp(b->folder, "baselines") == 0 && strcmp(b->name, file) == 0)
			return b;
	}
	return NULL;
}

static const char *nearest_baseline(const char *name)
{
	const char *best = "";
	unsigned least = UINT_MAX;

	for (unsigned i = 0; baselines[i] != NULL; i++) {
		unsigned d = text_distance(name, baselines[i]);

		if (d < least) {
			least = d;
			best = baselines[i];
		}
	}
	return best;
}

/* A built-in one that `src` extends. */
static enum rc extended(void *ctx, const struct yaml_source *src, const char *name,
			struct baseline *ret_b)
{
	struct builder *b = ctx;
	const struct builtin *file = builtin_find(name);
	const struct baseline_finder finder = {extended, b};
	struct yaml_source parent = *src;
	enum rc rc = RC_OK;

	if (file == NULL)
		return yaml_fail(src, "extends: there is no baseline '%.64s'; did you mean '%s'?",
				 name, nearest_baseline(name));
	if (b->depth == EXTENDS_MAX)
		return yaml_fail(src, "extends: more than %d baselines upon each other",
				 EXTENDS_MAX);
	parent.name = file->name;
	parent.text = (struct bytes){file->text, file->len};
	b->depth++;
	rc = baseline_read(&parent, &finder, ret_b);
	b->depth--;
	return rc;
}

static enum rc read_baseline(struct knowledge *k, struct yaml_source *src)
{
	struct builder b = {.depth = 0};
	const struct baseline_finder finder = {extended, &b};

	return baseline_read(src, &finder, &k->baseline);
}

/* One byte more than is allowed tells that there is too much; yaml_read() says so. */
static enum rc read_file(struct knowledge *k, const char *path, struct yaml_source *src)
{
	FILE *f = fopen(path, "rbe");
	uint8_t *text = arena_alloc(k->arena, YAML_FILE_MAX + 1);
	size_t len = 0;
	bool is_bad = true;
	int why = errno;

	if (f == NULL)
		return yaml_fail(src, "%s", strerror(why));
	if (text != NULL) {
		len = fread(text, 1, YAML_FILE_MAX + 1, f);
		is_bad = ferror(f) != 0;
		why = errno;
	}
	(void)fclose(f);
	if (text == NULL)
		return RC_NOMEM;
	if (is_bad)
		return yaml_fail(src, "%s", strerror(why));
	src->text = (struct bytes){text, len};
	return read_baseline(k, src);
}

static bool is_path(const char *name)
{
	size_t len = strlen(name);

	return strchr(name, '/') != NULL || (len > 5 && strcmp(name + len - 5, ".yaml") == 0);
}

static enum rc choose_baseline(struct knowledge *k, const char *name, struct yaml_source *src)
{
	const struct builtin *file = NULL;

	if (is_path(name)) {
		src->name = name;
		return read_file(k, name, src);
	}
	file = builtin_find(name);
	if (file == NULL) {
		src->name = "--baseline";
		return yaml_fail(
			src,
			"there is no baseline '%.64s'; did you mean '%s'? A file's name has "
			"a / in it, or ends in .yaml",
			name, nearest_baseline(name));
	}
	src->name = file->name;
	src->text = (struct bytes){file->text, file->len};
	return read_baseline(k, src);
}

/* --- weaknesses --- */

static enum rc read_weaknesses(struct knowledge *k, struct yaml_source *src)
{
	size_t n = 0;
	enum rc rc = RC_OK;

	for (const struct builtin *b = builtin_files; b->name != NULL; b++)
		n++;
	k->weaknesses = arena_alloc(k->arena, n * sizeof(*k->weaknesses));
	if (k->weaknesses == NULL)
		return RC_NOMEM;
	for (const struct builtin *b = builtin_files; rc == RC_OK && b->name != NULL; b++) {
		if (strcmp(b->folder, "catalogue") != 0)
			continue;
		src->name = b->name;
		src->text = (struct bytes){b->text, b->len};
		rc = weakness_read(src, &k->weaknesses[k->n_weaknesses]);
		if (rc == RC_OK)
			k->n_weaknesses++;
	}
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const struct weakness *x = a, *y = b;

	return strcmp(x->id, y->id);
}

enum rc knowledge_new(const char *baseline, struct knowledge **ret_k, char *err, size_t err_len)
{
	struct knowledge *k = calloc(1, sizeof(*k));
	struct yaml_source src = {.err = err, .err_len = err_len};
	enum rc rc = k == NULL ? RC_NOMEM : arena_new(KNOWLEDGE_BYTES, &k->arena);

	if (rc == RC_OK) {
		src.arena = k->arena;
		rc = read_weaknesses(k, &src);
	}
	if (rc == RC_OK) {
		qsort(k->weaknesses, k->n_weaknesses, sizeof(*k->weaknesses), by_id);
		rc = choose_baseline(k, baseline != NULL ? baseline : baselines[0], &src);
	}
	if (rc != RC_OK) {
		knowledge_free(k);
		return rc;
	}
	*ret_k = k;
	return RC_OK;
}

void knowledge_free(struct knowledge *k)
{
	if (k == NULL)
		return;
	arena_free(k->arena);
	free(k);
}

const struct weakness *knowledge_weaknesses(const struct knowledge *k, size_t *ret_n)
{
	*ret_n = k->n_weaknesses;
	return k->weaknesses;
}

const struct weakness *knowledge_weakness(const struct knowledge *k, const char *id)
{
	for (size_t i = 0; i < k->n_weaknesses; i++) {
		if (strcmp(k->weaknesses[i].id, id) == 0)
			return &k->weaknesses[i];
	}
	return NULL;
}

const struct baseline *knowledge_baseline(const struct knowledge *k)
{
	return &k->baseline;
}
