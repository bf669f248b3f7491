/*
 * Reads YAML with libyaml's documents rather than with libcyaml: the keys are not known before
 * run time (each detector brings its own), every value remembers its line, and an unknown key is
 * answered with the nearest one, which libcyaml's schemas and messages do not give.
 */
#include "settings/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/text.h"
#include "settings/source.h"
#include "settings/state.h"

enum { TRUSTED_NAME_MAX = 64 };

static unsigned line_of(const yaml_node_t *at)
{
	return (unsigned)at->start_mark.line + 1;
}

enum rc source_fail(struct source *src, const yaml_node_t *at, const char *format, ...)
{
	va_list args;
	int n = 0;

	if (src->has_lines && at != NULL)
		n = snprintf(src->err, src->err_len, "%s:%u: ", src->name, line_of(at));
	else
		n = snprintf(src->err, src->err_len, "%s: ", src->name);
	va_start(args, format);
	if (n >= 0 && (size_t)n < src->err_len)
		(void)vsnprintf(src->err + n, src->err_len - (size_t)n, format, args);
	va_end(args);
	return RC_INVAL;
}

static bool is_null(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;

	return node->type == YAML_SCALAR_NODE &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

const char *source_scalar(const yaml_node_t *node)
{
	const char *text = NULL;
	char shown[4 * NAME_MAX_LEN];

	if (node == NULL || node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	if (node->data.scalar.length >= NAME_MAX_LEN || strlen(text) != node->data.scalar.length)
		return NULL;
	/* Whatever would be escaped (control characters, a backslash) has no place in a setting. */
	(void)text_printable(text, shown, sizeof(shown));
	return strcmp(shown, text) == 0 ? text : NULL;
}

static enum rc set_number(struct source *src, struct setting *to, const yaml_node_t *node)
{
	const struct key *k = &to->key;
	const char *text = source_scalar(node);
	char *end = NULL;
	long v = 0;

	errno = 0;
	if (text != NULL && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')))
		v = strtol(text, &end, 10);
	if (end == NULL || end == text || *end != '\0')
		return source_fail(src, node, "%s is a whole number, %ld to %ld", k->name, k->min,
				   k->max);
	if (errno == ERANGE || v < k->min || v > k->max)
		return source_fail(src, node, "%s: %s is out of range, %ld to %ld", k->name, text,
				   k->min, k->max);
	to->number = v;
	return RC_OK;
}

static enum rc set_choice(struct source *src, struct setting *to, const yaml_node_t *node)
{
	const char *text = source_scalar(node);
	char list[NAME_MAX_LEN] = "";
	size_t len = 0;

	for (long i = 0; to->key.choices[i] != NULL; i++) {
		if (text != NULL && strcmp(text, to->key.choices[i]) == 0) {
			to->number = i;
			return RC_OK;
		}
		if (len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						i > 0 ? ", " : "", to->key.choices[i]);
	}
	return source_fail(src, node, "%s is one of: %s", to->key.name, list);
}

static enum rc add_net(struct source *src, struct setting *to, const yaml_node_t *node,
		       const char *text)
{
	if (to->n == SETTINGS_LIST_MAX)
		return source_fail(src, node, "%s: more than %d", to->key.name, SETTINGS_LIST_MAX);
	if (text == NULL || net_parse(text, &to->nets[to->n]) != RC_OK)
		return source_fail(
			src, node,
			"%s: %s%sa network as 10.0.0.0/8 or fd00::/8 (no bits set after the "
			"prefix), or an address",
			to->key.name, text != NULL ? text : "", text != NULL ? " is not " : "");
	to->n++;
	return RC_OK;
}

/* [a, b] or "a,b" or a. */
static enum rc set_nets(struct source *src, struct setting *to, const yaml_node_t *node)
{
	const char *text = source_scalar(node);
	enum rc rc = RC_OK;

	to->n = 0;
	to->nets = arena_alloc(src->s->arena, SETTINGS_LIST_MAX * sizeof(*to->nets));
	if (to->nets == NULL)
		return RC_NOMEM;
	if (node->type == YAML_SEQUENCE_NODE) {
		const yaml_node_item_t *i = node->data.sequence.items.start;

		for (; rc == RC_OK && i < node->data.sequence.items.top; i++) {
			const yaml_node_t *item = yaml_document_get_node(&src->doc, *i);

			rc = add_net(src, to, item, source_scalar(item));
		}
		return rc;
	}
	if (text == NULL)
		return source_fail(src, node,
				   "%s is a list of networks: [10.0.0.0/8, 192.168.0.0/16]",
				   to->key.name);
	while (rc == RC_OK) {
		char one[NAME_MAX_LEN];
		size_t len = strcspn(text, ",");

		(void)snprintf(one, sizeof(one), "%.*s", (int)len, text);
		rc = add_net(src, to, node, one);
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	return rc;
}

static bool is_threat_id(const char *text)
{
	return text[0] != '\0' && strlen(text) < 32 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static enum rc set_trusted_part(struct source *src, struct trusted *t, const yaml_node_t *key,
				const yaml_node_t *value)
{
	const char *name = source_scalar(key), *text = source_scalar(value);
	char *copy = NULL;

	if (name == NULL || (strcmp(name, "name") != 0 && strcmp(name, "net") != 0 &&
			     strcmp(name, "address") != 0 && strcmp(name, "threat") != 0))
		return source_fail(src, key,
				   "trusted: unknown key '%s'; there are name, net, threat",
				   name != NULL ? name : "?");
	if (text == NULL)
		return source_fail(src, value, "trusted: '%s' needs a plain text", name);
	if (strcmp(name, "net") == 0 || strcmp(name, "address") == 0) {
		if (net_parse(text, &t->net) != RC_OK)
			return source_fail(
				src, value,
				"trusted: %s is not an address or a network as 10.0.0.0/8", text);
		return RC_OK;
	}
	copy = arena_strdup(src->s->arena, text);
	if (copy == NULL)
		return RC_NOMEM;
	if (strcmp(name, "threat") == 0) {
		if (!is_threat_id(text))
			return source_fail(src, value, "trusted: '%s' is no id of a threat", text);
		t->threat = copy;
	} else {
		if (text[0] == '\0' || strlen(text) > TRUSTED_NAME_MAX)
			return source_fail(src, value, "trusted: a name has 1 to %d bytes",
					   TRUSTED_NAME_MAX);
		t->name = copy;
	}
	return RC_OK;
}

static enum rc add_trusted(struct source *src, struct setting *to, const yaml_node_t *node)
{
	struct trusted t = {NULL, {{{0}}, UINT32_MAX}, NULL};

	if (to->n == SETTINGS_LIST_MAX)
		return source_fail(src, node, "trusted: more than %d", SETTINGS_LIST_MAX);
	if (node->type != YAML_MAPPING_NODE)
		return source_fail(src, node, "trusted: an entry is {name: …, net: …}");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		enum rc rc = set_trusted_part(src, &t, yaml_document_get_node(&src->doc, p->key),
					      yaml_document_get_node(&src->doc, p->value));

		if (rc != RC_OK)
			return rc;
	}
	if (t.name == NULL || t.net.bits == UINT32_MAX)
		return source_fail(src, node, "trusted: an entry needs a name and a net");
	to->trusted[to->n++] = t;
	return RC_OK;
}

static enum rc set_trusted(struct source *src, struct setting *to, const yaml_node_t *node)
{
	enum rc rc = RC_OK;

	if (node->type != YAML_SEQUENCE_NODE)
		return source_fail(src, node, "trusted is a list of {name: …, net: …}");
	to->n = 0;
	to->trusted = arena_alloc(src->s->arena, SETTINGS_LIST_MAX * sizeof(*to->trusted));
	if (to->trusted == NULL)
		return RC_NOMEM;
	for (const yaml_node_item_t *i = node->data.sequence.items.start;
	     rc == RC_OK && i < node->data.sequence.items.top; i++)
		rc = add_trusted(src, to, yaml_document_get_node(&src->doc, *i));
	return rc;
}

static enum rc set_path(struct source *src, struct setting *to, const yaml_node_t *node)
{
	const char *text = source_scalar(node);

	if (text == NULL || (text[0] != '/' && text[0] != '\0'))
		return source_fail(src, node, "%s is the path of a file, from / on", to->key.name);
	to->text = arena_strdup(src->s->arena, text);
	return to->text != NULL ? RC_OK : RC_NOMEM;
}

static enum rc set_text(struct source *src, struct setting *to, const yaml_node_t *node)
{
	const char *text = source_scalar(node);

	if (text == NULL || strlen(text) > (size_t)to->key.max)
		return source_fail(src, node, "%s is a text of at most %ld bytes", to->key.name,
				   to->key.max);
	to->text = arena_strdup(src->s->arena, text);
	return to->text != NULL ? RC_OK : RC_NOMEM;
}

static enum rc set_value(struct source *src, struct setting *to, const yaml_node_t *node)
{
	enum rc rc = RC_INVAL;

	if (is_null(node))
		return RC_OK; /* a key whose value is commented out */
	if (to->origin != NULL && to->pass == src->s->pass)
		return source_fail(src, node, "%s was set before, in line %u", to->key.name,
				   to->line);
	switch (to->key.type) {
	case KEY_NUMBER:
		rc = set_number(src, to, node);
		break;
	case KEY_CHOICE:
		rc = set_choice(src, to, node);
		break;
	case KEY_NETS:
		rc = set_nets(src, to, node);
		break;
	case KEY_TRUSTED:
		rc = set_trusted(src, to, node);
		break;
	case KEY_SWITCHES:
		rc = source_set_switches(src, to, node);
		break;
	case KEY_PATH:
		rc = set_path(src, to, node);
		break;
	case KEY_TEXT:
		rc = set_text(src, to, node);
		break;
	}
	if (rc != RC_OK)
		return rc;
	to->origin = arena_strdup(src->s->arena, src->name);
	to->line = src->has_lines ? line_of(node) : 0;
	to->pass = src->s->pass;
	return to->origin != NULL ? RC_OK : RC_NOMEM;
}

static bool is_section(const struct settings *s, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < s->n; i++) {
		const char *key = s->all[i].key.name;

		if (strncmp(key, name, len) == 0 && key[len] == '.')
			return true;
	}
	return false;
}

static const char *nearest(const struct settings *s, const char *name)
{
	const char *best = s->all[0].key.name;
	unsigned least = text_distance(name, best);

	for (size_t i = 1; i < s->n; i++) {
		unsigned d = text_distance(name, s->all[i].key.name);

		if (d < least) {
			least = d;
			best = s->all[i].key.name;
		}
	}
	return best;
}

static enum rc fail_unknown(struct source *src, const yaml_node_t *at, const char *name)
{
	return source_fail(src, at, "unknown key '%s'; did you mean '%s'?", name,
			   nearest(src->s, name));
}

/* Keys have at most three parts, so this calls itself at most twice. */
static enum rc read_section(struct source *src, const yaml_node_t *node, const char *prefix)
{
	enum rc rc = RC_OK;

	if (is_null(node))
		return RC_OK;
	if (node->type != YAML_MAPPING_NODE)
		return source_fail(src, node, "%s%skeys and values are expected here", prefix,
				   prefix[0] != '\0' ? ": " : "");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     rc == RC_OK && p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_document_get_node(&src->doc, p->key);
		const yaml_node_t *value = yaml_document_get_node(&src->doc, p->value);
		char name[3 * NAME_MAX_LEN];
		struct setting *to = NULL;

		if (source_scalar(key) == NULL)
			return source_fail(src, key, "a key is a short word");
		(void)snprintf(name, sizeof(name), "%s%s%s", prefix, prefix[0] != '\0' ? "." : "",
			       source_scalar(key));
		to = settings_find(src->s, name);
		if (to != NULL)
			rc = set_value(src, to, value);
		else if (is_section(src->s, name))
			rc = read_section(src, value, name);
		else
			rc = fail_unknown(src, key, name);
	}
	return rc;
}

static enum rc yaml_error(struct source *src, const yaml_parser_t *parser)
{
	unsigned line = (unsigned)parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		return RC_NOMEM;
	if (src->has_lines)
		(void)snprintf(src->err, src->err_len, "%s:%u: %s", src->name, line,
			       parser->problem != NULL ? parser->problem : "no YAML");
	else
		(void)snprintf(src->err, src->err_len, "%s: %s", src->name,
			       parser->problem != NULL ? parser->problem : "no YAML");
	return RC_INVAL;
}

/* Hands the one document of `text` to `use`: with its root, or NULL if there is nothing in it. */
static enum rc with_document(struct source *src, struct bytes text,
			     enum rc (*use)(struct source *src, const yaml_node_t *root, void *ctx),
			     void *ctx)
{
	yaml_parser_t parser;
	yaml_document_t more;
	enum rc rc = RC_OK;

	if (!yaml_parser_initialize(&parser))
		return RC_NOMEM;
	yaml_parser_set_input_string(&parser, text.at != NULL ? text.at : (const uint8_t *)"",
				     text.len);
	if (!yaml_parser_load(&parser, &src->doc)) {
		rc = yaml_error(src, &parser);
		yaml_parser_delete(&parser);
		return rc;
	}
	rc = use(src, yaml_document_get_root_node(&src->doc), ctx);
	if (rc == RC_OK && yaml_document_get_root_node(&src->doc) != NULL) {
		if (!yaml_parser_load(&parser, &more)) {
			rc = yaml_error(src, &parser);
		} else {
			const yaml_node_t *root = yaml_document_get_root_node(&more);

			if (root != NULL)
				rc = source_fail(src, root, "only one YAML document is read");
			yaml_document_delete(&more);
		}
	}
	yaml_document_delete(&src->doc);
	yaml_parser_delete(&parser);
	return rc;
}

static enum rc use_file(struct source *src, const yaml_node_t *root, void *ctx)
{
	(void)ctx;
	return root != NULL ? read_section(src, root, "") : RC_OK;
}

static enum rc use_value(struct source *src, const yaml_node_t *root, void *ctx)
{
	struct setting *to = ctx;

	if (root == NULL || is_null(root)) {
		(void)snprintf(src->err, src->err_len, "%s: %s needs a value", src->name,
			       to->key.name);
		return RC_INVAL;
	}
	return set_value(src, to, root);
}

enum rc settings_read_text(struct settings *s, const char *name, struct bytes text, char *err,
			   size_t err_len)
{
	struct source src = {
		.s = s, .name = name, .has_lines = true, .err = err, .err_len = err_len};
	enum rc rc = RC_OK;

	s->pass++;
	rc = with_document(&src, text, use_file, NULL);
	settings_update(s);
	return rc;
}

enum rc settings_set(struct settings *s, const char *assignment, char *err, size_t err_len)
{
	struct source src = {.s = s, .name = "--set", .err = err, .err_len = err_len};
	const char *equals = strchr(assignment, '=');
	char name[3 * NAME_MAX_LEN];
	struct setting *to = NULL;
	enum rc rc = RC_OK;

	if (equals == NULL || (size_t)(equals - assignment) >= sizeof(name)) {
		(void)snprintf(err, err_len, "--set needs KEY=VALUE: limits.flows=100000");
		return RC_INVAL;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - assignment), assignment);
	to = settings_find(s, name);
	if (to == NULL)
		return fail_unknown(&src, NULL, name);
	s->pass++;
	rc = with_document(&src, (struct bytes){(const uint8_t *)equals + 1, strlen(equals + 1)},
			   use_value, to);
	settings_update(s);
	return rc;
}

enum rc settings_read(struct settings *s, const char *path, char *err, size_t err_len)
{
	uint8_t *text = NULL;
	enum rc rc = RC_IO;
	size_t len = 0;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		goto out;
	rc = RC_NOMEM;
	text = malloc(SETTINGS_FILE_MAX + 1);
	if (text == NULL)
		goto out;
	rc = RC_IO;
	len = fread(text, 1, SETTINGS_FILE_MAX + 1, f);
	if (ferror(f))
		goto out;
	if (len > SETTINGS_FILE_MAX) {
		(void)snprintf(err, err_len, "%s: larger than %d bytes", path, SETTINGS_FILE_MAX);
		rc = RC_INVAL;
		goto out;
	}
	rc = settings_read_text(s, path, (struct bytes){text, len}, err, err_len);
out:;
	int why = errno; /* RC_IO promises it */

	free(text);
	if (f != NULL)
		fclose(f);
	errno = why;
	return rc;
}
