#include "kit/recipe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/builtin.h"
#include "kit/place.h"
#include "threat/yaml.h"

enum { TEXT_MAX = 200 };

/* --- as libcyaml reads it --- */

struct raw_file {
	char *from, *to, *language, *each;
};

struct raw_texts {
	char **list;
	unsigned n;
};

struct raw_recipe {
	char *channel, *summary, *needs, *copies, *most;
	struct raw_texts order, sheet_by, wants;
	struct raw_file *files;
	unsigned n_files;
};

#define TEXT(key, flags, of, member)                                                               \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), of, member, 1, TEXT_MAX)
#define LIST(key, member, count)                                                                   \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,                  \
				   struct raw_recipe, member, count, &text_entry, 0,               \
				   RECIPE_FIELDS)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX)};

static const cyaml_schema_field_t file_fields[] = {
	TEXT("from", CYAML_FLAG_DEFAULT, struct raw_file, from),
	TEXT("to", CYAML_FLAG_DEFAULT, struct raw_file, to),
	TEXT("language", CYAML_FLAG_DEFAULT, struct raw_file, language),
	TEXT("each", CYAML_FLAG_OPTIONAL, struct raw_file, each), CYAML_FIELD_END};

static const cyaml_schema_value_t file_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_file, file_fields)};

static const cyaml_schema_field_t recipe_fields[] = {
	TEXT("channel", CYAML_FLAG_DEFAULT, struct raw_recipe, channel),
	TEXT("summary", CYAML_FLAG_DEFAULT, struct raw_recipe, summary),
	TEXT("needs", CYAML_FLAG_DEFAULT, struct raw_recipe, needs),
	TEXT("copies", CYAML_FLAG_OPTIONAL, struct raw_recipe, copies),
	LIST("order", order.list, order.n),
	LIST("sheet-by", sheet_by.list, sheet_by.n),
	TEXT("sheet-most", CYAML_FLAG_OPTIONAL, struct raw_recipe, most),
	LIST("machine-needs", wants.list, wants.n),
	CYAML_FIELD_SEQUENCE_COUNT("files", CYAML_FLAG_POINTER, struct raw_recipe, files, n_files,
				   &file_entry, 1, RECIPE_FILES),
	CYAML_FIELD_END};

static const cyaml_schema_value_t recipe_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_recipe, recipe_fields)};

/* --- its sense --- */

bool recipe_is_path(const char *path)
{
	char name[RECIPE_PATH];
	const char *rest = path;

	if (strlen(path) >= RECIPE_PATH)
		return false;
	for (;;) {
		size_t len = strcspn(rest, "/");

		memcpy(name, rest, len);
		name[len] = '\0';
		if (!escape_is_plain(name))
			return false;
		if (rest[len] == '\0')
			return true;
		rest += len + 1;
	}
}

/* With its one mark, which becomes something plain. */
static bool is_target(const struct recipe *c, const char *to, bool is_sheet)
{
	const char *mark = strchr(to, '{');
	char plain[RECIPE_PATH];
	size_t skip = 0;
	bool by_tail =
		c->sheet_by.n == 1 && c->sheet_by.list[0] == FIELD_TAIL && c->sheet_most == 0;

	if ((mark != NULL) != is_sheet || strlen(to) >= sizeof(plain))
		return false;
	if (mark == NULL)
		return recipe_is_path(to);
	if (strncmp(mark, "{sheet}", 7) == 0)
		skip = 7;
	else if (by_tail && strncmp(mark, "{tail}", 6) == 0)
		skip = 6;
	else
		return false;
	(void)snprintf(plain, sizeof(plain), "%.*s0%s", (int)(mark - to), to, mark + skip);
	return recipe_is_path(plain);
}

/* What every kit has, and quell writes by itself. */
static bool is_reserved(const char *to)
{
	static const char *const names[] = {"kit.txt", "manifest.sha256", "refused.csv"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(to, names[i]) == 0)
			return true;
	}
	return strncasecmp(to, "files/", 6) == 0 || strncasecmp(to, "results/", 8) == 0;
}

static enum rc read_fields(const struct yaml_source *y, const char *key,
			   const struct raw_texts *raw, struct recipe_fields *ret)
{
	for (unsigned i = 0; i < raw->n; i++) {
		enum field f = FIELD_ID;

		if (i == RECIPE_FIELDS ||
		    field_parse(raw->list[i], strlen(raw->list[i]), &f) != RC_OK ||
		    field_scope(f) != SCOPE_MACHINE || f == FIELD_QR)
			return yaml_fail(y, "%s: a machine has no '%.64s'", key, raw->list[i]);
		ret->list[ret->n++] = f;
	}
	return RC_OK;
}

struct reading {
	struct arena *arena;
	const struct recipe_source *src;
	const struct yaml_source *yaml;
	char *err;
	size_t err_len;
};

static enum rc read_file(const struct reading *r, const struct recipe *c,
			 const struct raw_file *raw, struct recipe_file *ret)
{
	enum language l = LANG_TEXT;
	struct bytes text = {NULL, 0};
	enum rc rc = RC_OK;

	ret->to = raw->to;
	ret->is_sheet = raw->each != NULL;
	if (raw->each != NULL && (strcmp(raw->each, "sheet") != 0 || c->sheet_by.n == 0))
		return yaml_fail(r->yaml, "%.64s: each: only 'sheet', with a 'sheet-by'", raw->to);
	if (!is_target(c, raw->to, ret->is_sheet) || is_reserved(raw->to))
		return yaml_fail(r->yaml,
				 "'%.64s' is no place for a file of a kit: plain names below its "
				 "folder, with {sheet} if there is one for each",
				 raw->to);
	if (language_parse(raw->language, &l) != RC_OK)
		return yaml_fail(r->yaml, "'%.32s' is no language; there are %s", raw->language,
				 language_names());
	rc = r->src->find(r->src->ctx, raw->from, &text, r->err, r->err_len);
	if (rc != RC_OK)
		return rc;
	rc = template_parse(r->arena, raw->from, l, ret->is_sheet, text, &ret->template, r->err,
			    r->err_len);
	if (rc == RC_OK && ret->template.has_sheets && c->sheet_by.n == 0)
		return yaml_fail(r->yaml, "%.64s: repeated for sheets, without a 'sheet-by'",
				 raw->from);
	return rc;
}

static enum rc check_files(const struct reading *r, const struct recipe *c)
{
	bool has_readme = false;

	for (size_t i = 0; i < c->n_files; i++) {
		has_readme = has_readme || strcmp(c->files[i].to, "README.txt") == 0;
		for (size_t j = 0; j < i; j++) {
			if (strcasecmp(c->files[i].to, c->files[j].to) == 0)
				return yaml_fail(r->yaml, "'%.64s' is written twice",
						 c->files[i].to);
		}
	}
	if (!has_readme)
		return yaml_fail(r->yaml, "no README.txt: whoever gets a kit must read what it is, "
					  "how to undo it and what it leaves behind");
	return RC_OK;
}

static enum rc read_numbers(const struct yaml_source *y, const struct raw_recipe *raw,
			    struct recipe *c)
{
	if (raw->most != NULL) {
		char *end = NULL;
		unsigned long n = strtoul(raw->most, &end, 10);

		if (end == raw->most || *end != '\0' || n == 0 || n > 100000)
			return yaml_fail(y, "sheet-most: a number from 1 to 100000");
		c->sheet_most = (size_t)n;
	}
	c->has_copies = raw->copies != NULL && strcmp(raw->copies, "yes") == 0;
	if (raw->copies != NULL && !c->has_copies && strcmp(raw->copies, "no") != 0)
		return yaml_fail(y, "copies: yes or no");
	return RC_OK;
}

enum rc recipe_parse(struct arena *a, const struct recipe_source *src, struct recipe *ret_c,
		     char *err, size_t err_len)
{
	char name[RECIPE_PATH];
	const struct yaml_source yaml = {name, src->yaml, a, err, err_len};
	const struct reading r = {a, src, &yaml, err, err_len};
	struct recipe c = {.name = src->name};
	struct raw_recipe *raw = NULL;
	void *top = NULL;
	enum rc rc = RC_OK;

	(void)snprintf(name, sizeof(name), "%s/channel.yaml", src->name);
	rc = yaml_read(&yaml, &recipe_schema, &top);
	if (rc != RC_OK)
		return rc;
	raw = top;
	if (strcmp(raw->channel, src->name) != 0 || !escape_is_plain(src->name))
		return yaml_fail(&yaml,
				 "channel: is called as its folder is, by letters, digits, '.', "
				 "'_' and '-'");
	c.summary = raw->summary;
	c.needs = raw->needs;
	c.files = arena_alloc(a, raw->n_files * sizeof(*c.files));
	if (c.files == NULL)
		return RC_NOMEM;
	rc = read_fields(&yaml, "order", &raw->order, &c.order);
	if (rc == RC_OK)
		rc = read_fields(&yaml, "sheet-by", &raw->sheet_by, &c.sheet_by);
	if (rc == RC_OK)
		rc = read_fields(&yaml, "machine-needs", &raw->wants, &c.wants);
	if (rc == RC_OK)
		rc = read_numbers(&yaml, raw, &c);
	for (; rc == RC_OK && c.n_files < raw->n_files; c.n_files++)
		rc = read_file(&r, &c, &raw->files[c.n_files], &c.files[c.n_files]);
	if (rc == RC_OK)
		rc = check_files(&r, &c);
	if (rc == RC_OK)
		*ret_c = c;
	return rc;
}

/* --- where texts are --- */

struct folder {
	struct arena *arena;
	const char *path; /* NULL: built in */
	const char *name;
};

static bool find_builtin(const char *folder, const char *name, struct bytes *ret_text)
{
	for (const struct kit_builtin *b = kit_builtin_files; b->name != NULL; b++) {
		if (strcmp(b->folder, folder) == 0 && strcmp(b->name, name) == 0) {
			*ret_text = (struct bytes){b->text, b->len};
			return true;
		}
	}
	return false;
}

static enum rc load(const struct folder *f, const char *name, struct bytes *ret_text, char *err,
		    size_t err_len)
{
	char path[PLACE_PATH];
	int n = snprintf(path, sizeof(path), "%s/%s", f->path, name);

	if (n < 0 || n >= (int)sizeof(path)) {
		(void)snprintf(err, err_len, "%.80s…: the path is too long", f->path);
		return RC_INVAL;
	}
	return place_load(f->arena, path, TEMPLATE_BYTES, ret_text, err, err_len);
}

static enum rc find(void *ctx, const char *from, struct bytes *ret_text, char *err, size_t err_len)
{
	const struct folder *f = ctx;
	const char *name = strncmp(from, "common/", 7) == 0 ? from + 7 : from;

	if (!escape_is_plain(name)) {
		(void)snprintf(err, err_len,
			       "'%.64s' is no template: a file beside channel.yaml, or common/NAME",
			       from);
		return RC_INVAL;
	}
	if (name == from && f->path != NULL)
		return load(f, name, ret_text, err, err_len);
	if (find_builtin(name != from ? "common" : f->name, name, ret_text))
		return RC_OK;
	(void)snprintf(err, err_len, "there is no template '%.64s'", from);
	return RC_INVAL;
}

static enum rc unknown(const char *name, char *err, size_t err_len)
{
	size_t n = 0, at = 0;
	const struct kit_channel *known = kit_channels(&n);
	int used = snprintf(err, err_len,
			    "there is no channel '%.64s', and no folder of that name with a "
			    "channel.yaml; there are:",
			    name);

	for (size_t i = 0; i < n && used > 0; i++) {
		at += (size_t)used;
		if (at >= err_len)
			break;
		used = snprintf(err + at, err_len - at, " %s", known[i].name);
	}
	return RC_INVAL;
}

enum rc recipe_read(struct arena *a, const char *name, struct recipe *ret_c, char *err,
		    size_t err_len)
{
	char trimmed[PLACE_PATH];
	struct folder f = {a, NULL, name};
	struct recipe_source src = {name, {NULL, 0}, find, &f};
	size_t len = strlen(name);

	if (find_builtin(name, "channel.yaml", &src.yaml))
		return recipe_parse(a, &src, ret_c, err, err_len);
	if (len == 0 || len >= sizeof(trimmed))
		return unknown(name, err, err_len);
	memcpy(trimmed, name, len + 1);
	while (len > 1 && trimmed[len - 1] == '/')
		trimmed[--len] = '\0';
	f.path = arena_strdup(a, trimmed);
	if (f.path == NULL)
		return RC_NOMEM;
	f.name = strrchr(f.path, '/') != NULL ? strrchr(f.path, '/') + 1 : f.path;
	src.name = f.name;
	switch (load(&f, "channel.yaml", &src.yaml, err, err_len)) {
	case RC_OK:
		return recipe_parse(a, &src, ret_c, err, err_len);
	case RC_NOMEM:
		return RC_NOMEM;
	default:
		return errno == ENOENT || errno == ENOTDIR ? unknown(name, err, err_len) : RC_INVAL;
	}
}
