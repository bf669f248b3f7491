#include "threat/yaml.h"

#include <limits.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { MESSAGE = 512, PLACE = 160 };

enum rc yaml_fail(const struct yaml_source *src, const char *format, ...)
{
	char raw[MESSAGE], shown[2 * MESSAGE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	(void)text_printable(raw, shown, sizeof(shown));
	(void)snprintf(src->err, src->err_len, "%s: %s", src->name, shown);
	return RC_INVAL;
}

/* --- libcyaml's memory, taken from an arena --- */

struct block {
	alignas(max_align_t) size_t cap;
	alignas(max_align_t) unsigned char at[];
};

static struct block *block_of(void *ptr)
{
	return (struct block *)(void *)((unsigned char *)ptr - offsetof(struct block, at));
}

/* A list grows by one with each of its entries, so what is left behind must double, not add up. */
static void *take(void *ctx, void *ptr, size_t size)
{
	size_t old = ptr != NULL ? block_of(ptr)->cap : 0;
	size_t cap = size < 2 * old ? 2 * old : size;
	struct block *b = NULL;

	if (size == 0) /* free: the arena does it */
		return NULL;
	if (size <= old)
		return ptr;
	if (cap > SIZE_MAX - sizeof(*b))
		return NULL;
	b = arena_alloc(ctx, sizeof(*b) + cap);
	if (b == NULL)
		return NULL;
	b->cap = cap;
	if (old > 0)
		memcpy(b->at, ptr, old);
	return b->at;
}

/* --- libcyaml's complaint --- */

struct complaint {
	char what[MESSAGE];
	char place[PLACE]; /* "fixed, entry 2, version" */
	unsigned long line;
};

static void add_place(struct complaint *c, const char *field)
{
	char inner[PLACE];

	memcpy(inner, c->place, sizeof(inner));
	if (snprintf(c->place, sizeof(c->place), "%s%s%s", field, inner[0] != '\0' ? ", " : "",
		     inner) >= (int)sizeof(c->place))
		c->place[sizeof(c->place) - 1] = '\0'; /* cut: the line still tells */
}

/* "  in mapping field 'version' (line: 3, column: 9)", the innermost first. */
static void place_of(struct complaint *c, const char *text)
{
	const char *line = strstr(text, "(line: "), *name = strchr(text, '\''), *end = NULL;
	char field[64];

	if (line != NULL && c->line == 0)
		c->line = strtoul(line + strlen("(line: "), NULL, 10);
	if (name != NULL)
		end = strchr(++name, '\'');
	if (end == NULL)
		return;
	(void)snprintf(field, sizeof(field), "%s%.*s",
		       strncmp(text, "  in sequence", 13) == 0 ? "entry " : "", (int)(end - name),
		       name);
	add_place(c, field);
}

__attribute__((format(printf, 3, 0))) static void logged(cyaml_log_t level, void *ctx,
							 const char *format, va_list args)
{
	struct complaint *c = ctx;
	char text[MESSAGE];

	(void)level;
	(void)vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(text, "  in ", 5) == 0)
		place_of(c, text);
	else if (strncmp(text, "Load: ", 6) == 0 && strncmp(text, "Load: Backtrace", 15) != 0)
		(void)snprintf(c->what, sizeof(c->what), "%s", text + 6);
}

/* The key of the schema that is nearest to a wrong one. */
static void nearest(const cyaml_schema_value_t *v, const char *wrong, const char **best,
		    unsigned *least, int depth)
{
	if (depth == 0)
		return;
	if (v->type == CYAML_SEQUENCE)
		nearest(v->sequence.entry, wrong, best, least, depth - 1);
	if (v->type != CYAML_MAPPING)
		return;
	for (const cyaml_schema_field_t *f = v->mapping.fields; f->key != NULL; f++) {
		unsigned d = text_distance(wrong, f->key);

		if (d < *least) {
			*least = d;
			*best = f->key;
		}
		nearest(&f->value, wrong, best, least, depth - 1);
	}
}

/* libcyaml tells the line of what stood before a key: the key itself is there or below. */
static unsigned long line_of_key(struct bytes text, const char *key, unsigned long from)
{
	size_t len = strlen(key), at = 0;

	for (unsigned long line = 1; at < text.len; line++) {
		struct bytes rest = bytes_slice(text, at, text.len);
		const uint8_t *nl = memchr(rest.at, '\n', rest.len);
		struct bytes whole =
			bytes_slice(rest, 0, nl != NULL ? (size_t)(nl - rest.at) : rest.len);

		if (line >= from && whole.len > len &&
		    memmem(whole.at, whole.len, key, len) != NULL)
			return line;
		at += whole.len + 1;
	}
	return from;
}

static enum rc tell(const struct yaml_source *src, const cyaml_schema_value_t *schema,
		    struct complaint *c, cyaml_err_t err)
{
	static const char unexpected[] = "Unexpected key: ";
	const char *wrong = c->what + sizeof(unexpected) - 1, *best = "";
	char name[PLACE + 32];
	unsigned least = UINT_MAX;
	struct yaml_source at = *src;

	if (err == CYAML_ERR_ALIAS)
		(void)snprintf(c->what, sizeof(c->what), "aliases (*name) are not read here");
	if (strncmp(c->what, unexpected, sizeof(unexpected) - 1) != 0)
		wrong = NULL;
	else
		c->line = line_of_key(src->text, wrong, c->line);
	at.name = name;
	(void)snprintf(name, sizeof(name), "%s:%lu", src->name, c->line);
	if (c->line == 0)
		at.name = src->name;
	if (wrong != NULL) {
		nearest(schema, wrong, &best, &least, 6);
		return yaml_fail(&at, "there is no key '%.64s'; did you mean '%s'?", wrong, best);
	}
	return yaml_fail(&at, "%s%s%s", c->place, c->place[0] != '\0' ? ": " : "",
			 c->what[0] != '\0' ? c->what : cyaml_strerror(err));
}

/* --- what libcyaml does not look at --- */

/* libcyaml reads the first document and says nothing of the others. */
static bool has_second_document(struct bytes text)
{
	bool begun = false;

	for (size_t at = 0; at < text.len;) {
		struct bytes rest = bytes_slice(text, at, text.len);
		const uint8_t *nl = memchr(rest.at, '\n', rest.len);
		size_t len = nl != NULL ? (size_t)(nl - rest.at) : rest.len;
		bool is_mark = len >= 3 && memcmp(rest.at, "---", 3) == 0;

		if (is_mark && begun)
			return true;
		begun = begun || is_mark || (len > 0 && rest.at[0] != '#' && rest.at[0] != '%');
		at += len + 1;
	}
	return false;
}

enum rc yaml_read(const struct yaml_source *src, const cyaml_schema_value_t *schema, void **ret_top)
{
	struct complaint c = {.line = 0};
	const cyaml_config_t config = {
		.log_fn = logged,
		.log_ctx = &c,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = take,
		.mem_ctx = src->arena,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_data_t *top = NULL;
	cyaml_err_t err = CYAML_OK;

	if (src->text.len > YAML_FILE_MAX)
		return yaml_fail(src, "longer than %d KiB", YAML_FILE_MAX / 1024);
	if (src->text.len > 0 && memchr(src->text.at, '\0', src->text.len) != NULL)
		return yaml_fail(src, "not a text: there is a zero byte in it");
	if (src->text.len == 0)
		return yaml_fail(src, "empty");
	if (has_second_document(src->text))
		return yaml_fail(src, "more than one document (---) in a file");
	err = cyaml_load_data(src->text.at, src->text.len, &config, schema, &top, NULL);
	if (err == CYAML_ERR_OOM)
		return RC_NOMEM;
	if (err != CYAML_OK)
		return tell(src, schema, &c, err);
	if (top == NULL)
		return yaml_fail(src, "empty");
	*ret_top = top;
	return RC_OK;
}
