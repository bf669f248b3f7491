#include "kit/template.h"

#include <stdio.h>
#include <string.h>

enum { TAG_MAX = 200 };

static const struct {
	const char *name;
	enum scope scope;
} groups[GROUPS] = {
	[GROUP_MACHINE] = {"machine", SCOPE_MACHINE},
	[GROUP_SHEET] = {"sheet", SCOPE_SHEET},
	[GROUP_FILE] = {"file", SCOPE_FILE},
	[GROUP_PATCH] = {"patch", SCOPE_FILE},
	[GROUP_CLEANER] = {"cleaner", SCOPE_FILE},
	[GROUP_PROTECTION] = {"protection", SCOPE_FILE},
	[GROUP_UPDATE] = {"update", SCOPE_FILE},
	[GROUP_FIXED] = {"fixed", SCOPE_FIXED},
};

const char *group_name(enum group g)
{
	return groups[g].name;
}

struct parsing {
	struct arena *arena;
	const char *name;
	enum language language;
	struct bytes text;
	size_t at, line;
	struct spot spot;
	unsigned scopes; /* bits of enum scope that are known here */
	struct node *nodes;
	size_t n, cap;
	size_t open[TEMPLATE_DEPTH]; /* EACH, IF and ELSE that wait for their END */
	size_t n_open;
	bool has_sheets;
	char *err;
	size_t err_len;
};

static enum rc fail(const struct parsing *p, const char *why, const char *what)
{
	(void)snprintf(p->err, p->err_len, "%s:%zu: %s%s%.80s%s", p->name, p->line, why,
		       what[0] != '\0' ? ": '" : "", what, what[0] != '\0' ? "'" : "");
	return RC_INVAL;
}

/* --- nodes --- */

static enum rc add(struct parsing *p, const struct node *node)
{
	if (p->n == TEMPLATE_NODES)
		return fail(p, "more tags than a template may have", "");
	if (p->n == p->cap) {
		size_t cap = p->cap > 0 ? 2 * p->cap : 64;
		struct node *more = arena_alloc(p->arena, cap * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		if (p->n > 0)
			memcpy(more, p->nodes, p->n * sizeof(*more));
		p->nodes = more;
		p->cap = cap;
	}
	p->nodes[p->n++] = *node;
	return RC_OK;
}

/* As it is written: with the line ends of the language. */
static enum rc add_text(struct parsing *p, struct bytes text)
{
	bool has_crlf = language_has_crlf(p->language);
	struct node node = {.kind = NODE_TEXT};
	const char *wrong = spot_text(&p->spot, text);
	uint8_t *to = NULL;
	size_t n = 0;

	if (text.len == 0)
		return RC_OK;
	if (wrong != NULL)
		return fail(p, wrong, "");
	to = arena_alloc(p->arena, 2 * text.len);
	if (to == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c == '\n') {
			p->line++;
			if (has_crlf)
				to[n++] = '\r';
		}
		if (c == 0 || (c >= 0x80 && language_is_ascii(p->language)))
			return fail(p, "this language's files are ASCII only", "");
		if (c != '\r')
			to[n++] = c;
	}
	node.text = (struct bytes){to, n};
	return add(p, &node);
}

static enum rc add_value(struct parsing *p, const char *word, size_t len, bool is_plain)
{
	struct node node = {.kind = NODE_VALUE, .is_plain = is_plain};
	const char *wrong = NULL;
	enum rc rc = field_parse(word, len, &node.field);

	if (rc != RC_OK)
		return fail(p, "there is no such value", word);
	if ((p->scopes & 1U << field_scope(node.field)) == 0)
		return fail(p, "this value is known only inside of its section", word);
	if (node.field == FIELD_QR) { /* an image, not a text */
		if ((p->language != LANG_HTML && p->language != LANG_XML) ||
		    p->spot.state != SPOT_CODE)
			return fail(p, "a code may stand only in the text of HTML", word);
		return add(p, &node);
	}
	wrong = spot_value(&p->spot, is_plain);
	if (wrong != NULL)
		return fail(p, wrong, word);
	spot_passed(&p->spot);
	return add(p, &node);
}

/* --- sections --- */

static enum rc open_section(struct parsing *p, const struct node *node)
{
	enum rc rc = p->n_open < TEMPLATE_DEPTH ? add(p, node)
						: fail(p, "sections are nested too deep", "");

	if (rc == RC_OK)
		p->open[p->n_open++] = p->n - 1;
	return rc;
}

static enum rc add_each(struct parsing *p, const char *word)
{
	struct node node = {.kind = NODE_EACH, .group = GROUPS};

	for (unsigned i = 0; i < GROUPS; i++) {
		if (strcmp(groups[i].name, word) == 0)
			node.group = (enum group)i;
	}
	if (node.group == GROUPS)
		return fail(p, "there is nothing to repeat for", word);
	if ((p->scopes & 1U << groups[node.group].scope) != 0)
		return fail(p, "one of these is repeated already here", word);
	if (node.group == GROUP_SHEET && (p->scopes & 1U << SCOPE_MACHINE) != 0)
		return fail(p, "a machine has no sheets", word);
	p->has_sheets = p->has_sheets || node.group == GROUP_SHEET;
	p->scopes |= 1U << groups[node.group].scope;
	return open_section(p, &node);
}

static enum rc add_if(struct parsing *p, const char *word)
{
	struct node node = {.kind = NODE_IF};

	if (strncmp(word, "not ", 4) == 0) {
		node.is_not = true;
		word += 4;
	}
	if (field_parse(word, strlen(word), &node.field) != RC_OK)
		return fail(p, "there is no such value", word);
	if ((p->scopes & 1U << field_scope(node.field)) == 0)
		return fail(p, "this value is known only inside of its section", word);
	return open_section(p, &node);
}

static enum rc add_else(struct parsing *p)
{
	struct node node = {.kind = NODE_ELSE};
	enum rc rc = RC_OK;

	if (p->n_open == 0 || p->nodes[p->open[p->n_open - 1]].kind != NODE_IF)
		return fail(p, "'else' without 'if'", "");
	rc = add(p, &node);
	if (rc != RC_OK)
		return rc;
	p->nodes[p->open[p->n_open - 1]].jump = p->n - 1;
	p->open[p->n_open - 1] = p->n - 1;
	return RC_OK;
}

static enum rc add_end(struct parsing *p)
{
	struct node node = {.kind = NODE_END};
	struct node *begun = NULL;
	enum rc rc = RC_OK;

	if (p->n_open == 0)
		return fail(p, "'end' ends nothing", "");
	rc = add(p, &node);
	if (rc != RC_OK)
		return rc;
	begun = &p->nodes[p->open[--p->n_open]];
	begun->jump = p->n - 1;
	if (begun->kind == NODE_EACH)
		p->scopes &= ~(1U << groups[begun->group].scope);
	return RC_OK;
}

/* --- tags --- */

static bool is_section(const char *tag)
{
	return strncmp(tag, "each ", 5) == 0 || strncmp(tag, "if ", 3) == 0 ||
	       strcmp(tag, "else") == 0 || strcmp(tag, "end") == 0;
}

static enum rc add_section(struct parsing *p, const char *tag)
{
	const char *wrong = spot_border(&p->spot);

	if (wrong != NULL)
		return fail(p, wrong, tag);
	if (strncmp(tag, "each ", 5) == 0)
		return add_each(p, tag + 5);
	if (strncmp(tag, "if ", 3) == 0)
		return add_if(p, tag + 3);
	return strcmp(tag, "else") == 0 ? add_else(p) : add_end(p);
}

static enum rc add_tag(struct parsing *p, const char *tag)
{
	const char *bar = strchr(tag, '|');

	if (tag[0] == '#')
		return RC_OK;
	if (is_section(tag))
		return add_section(p, tag);
	if (bar == NULL)
		return add_value(p, tag, strlen(tag), false);
	if (strcmp(bar, "|plain") != 0)
		return fail(p, "there is no such filter; there is only '|plain'", tag);
	return add_value(p, tag, (size_t)(bar - tag), true);
}

/* How much of the end of `text` is blanks behind the start of a line; SIZE_MAX: other things. */
static size_t blanks_before(struct bytes text, bool is_first)
{
	size_t n = 0;

	while (n < text.len &&
	       (text.at[text.len - 1 - n] == ' ' || text.at[text.len - 1 - n] == '\t'))
		n++;
	if (n == text.len)
		return is_first ? n : SIZE_MAX;
	return text.at[text.len - 1 - n] == '\n' ? n : SIZE_MAX;
}

/* How much follows up to the end of the line, with it; 0: other things. */
static size_t blanks_after(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && (text.at[n] == ' ' || text.at[n] == '\t' || text.at[n] == '\r'))
		n++;
	return n < text.len && text.at[n] == '\n' ? n + 1 : 0;
}

/* The text before a tag, the tag, and its line if it stands alone there. `mark` is where it begins,
 * `end` behind it. */
static enum rc piece(struct parsing *p, size_t mark, size_t end, const char *tag)
{
	struct bytes lead = bytes_slice(p->text, p->at, mark - p->at);
	bool is_first = p->at == 0 || p->text.at[p->at - 1] == '\n';
	bool goes = tag[0] == '#' || is_section(tag);
	size_t blanks = goes ? blanks_before(lead, is_first) : SIZE_MAX;
	size_t rest = blanks != SIZE_MAX ? blanks_after(bytes_slice(p->text, end, p->text.len)) : 0;
	enum rc rc = RC_OK;

	if (rest > 0)
		lead.len -= blanks;
	rc = add_text(p, lead);
	if (rc == RC_OK)
		rc = add_tag(p, tag);
	if (rest > 0)
		p->line++;
	p->at = end + rest;
	return rc;
}

static enum rc next(struct parsing *p)
{
	struct bytes rest = bytes_slice(p->text, p->at, p->text.len);
	const uint8_t *mark = rest.len > 0 ? memmem(rest.at, rest.len, "<%", 2) : NULL;
	const uint8_t *end = NULL;
	char tag[TAG_MAX];
	size_t len = 0;

	if (mark == NULL) {
		p->at = p->text.len;
		return add_text(p, rest);
	}
	end = memmem(mark, (size_t)(rest.at + rest.len - mark), "%>", 2);
	if (end == NULL || (size_t)(end - mark) - 2 >= sizeof(tag))
		return fail(p, "a tag '<%' without its '%>'", "");
	len = (size_t)(end - mark) - 2;
	memcpy(tag, mark + 2, len);
	tag[len] = '\0';
	if (memchr(tag, '\n', len) != NULL || memchr(tag, '\0', len) != NULL)
		return fail(p, "a tag must stand on one line", "");
	return piece(p, (size_t)(mark - p->text.at), (size_t)(end + 2 - p->text.at), tag);
}

enum rc template_parse(struct arena *a, const char *name, enum language l, bool is_sheet,
		       struct bytes text, struct template *ret_t, char *err, size_t err_len)
{
	struct parsing p = {.arena = a,
			    .name = name,
			    .language = l,
			    .text = text,
			    .line = 1,
			    .scopes = 1U << SCOPE_KIT,
			    .err = err,
			    .err_len = err_len};
	enum rc rc = RC_OK;

	if (is_sheet)
		p.scopes |= 1U << SCOPE_SHEET;
	if (text.len > TEMPLATE_BYTES)
		return fail(&p, "longer than a template may be", "");
	spot_init(&p.spot, l);
	while (rc == RC_OK && p.at < text.len)
		rc = next(&p);
	if (rc == RC_OK && p.n_open > 0)
		rc = fail(&p, "a section is not ended", "");
	if (rc == RC_OK && p.spot.state != SPOT_CODE && l != LANG_CSV)
		rc = fail(&p, "a quote, tag or comment is not closed", "");
	if (rc != RC_OK)
		return rc;
	*ret_t = (struct template){name, l, p.nodes, p.n, p.has_sheets};
	return RC_OK;
}
