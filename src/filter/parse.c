#include "filter/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/literal.h"

struct parser {
	struct lexer lexer;
	struct token now;
	struct filter *filter;
	unsigned depth;
	enum rc rc; /* of the first error; nothing is parsed after one */
	char *err;
	size_t err_len;
};

enum { SHOWN = 90, SHOWN_BEFORE = 50 };

/* Message, a line of the expression, and a caret under what is wrong. */
__attribute__((format(printf, 3, 4))) static void fail(struct parser *p, const struct token *at,
						       const char *format, ...)
{
	const char *text = p->lexer.text;
	size_t from = at->at > SHOWN_BEFORE ? at->at - SHOWN_BEFORE : 0, col = 0, len = 1;
	char message[256], line[SHOWN + 1], under[SHOWN + 1];
	va_list args;

	if (p->rc != RC_OK)
		return;
	p->rc = RC_INVAL;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	(void)snprintf(line, sizeof(line), "%s", text + from);
	for (size_t i = 0; line[i] != '\0'; i++) {
		bool is_inside = (line[i] & 0xc0) == 0x80; /* of a UTF-8 character */

		if ((line[i] >= 0 && line[i] < ' ') || line[i] == 0x7f)
			line[i] = ' ';
		if (from + i < at->at)
			col += !is_inside;
		else if (from + i > at->at && from + i < at->at + at->len)
			len += !is_inside;
	}
	memset(under, '~', sizeof(under));
	under[0] = '^';
	under[len < SHOWN - col ? len : SHOWN - col] = '\0';
	(void)snprintf(p->err, p->err_len, "%s\n    %s\n    %*s%s", message, line, (int)col, "",
		       under);
}

static void fail_memory(struct parser *p)
{
	if (p->rc != RC_OK)
		return;
	p->rc = RC_NOMEM;
	(void)snprintf(p->err, p->err_len, "out of memory");
}

static void next(struct parser *p)
{
	p->now = lex_next(&p->lexer);
	if (p->now.kind == TOKEN_ERROR)
		fail(p, &p->now, "%s", p->now.problem);
}

static struct node *node_new(struct parser *p, enum node_kind kind)
{
	struct node *n = arena_alloc(p->filter->arena, sizeof(*n));

	if (n == NULL)
		fail_memory(p);
	else
		n->kind = kind;
	return n;
}

/* The field that a word names, or NULL. Its events are wanted from now on. */
static const struct field *parse_field(struct parser *p)
{
	const struct field *f = NULL;
	char name[128];

	if (p->now.kind != TOKEN_WORD)
		return NULL;
	f = field_find((const char *)p->now.text.at, p->now.text.len);
	for (const struct field *row = f; row != NULL; row = field_next(row))
		p->filter->wants |= EV_BIT(row->kind);
	if (f != NULL)
		return f;
	(void)snprintf(name, sizeof(name), "%.*s", (int)p->now.text.len,
		       (const char *)p->now.text.at);
	if (name[0] >= '0' && name[0] <= '9')
		fail(p, &p->now, "a field must stand here, before the value");
	else
		fail(p, &p->now, "there is no field '%s'; did you mean '%s'?", name,
		     field_nearest(name));
	return NULL;
}

static void parse_value(struct parser *p, const struct field *f, struct value *ret_value)
{
	char why[160];

	if (p->rc != RC_OK)
		return;
	if (literal_value(f, &p->now, ret_value, why, sizeof(why)) != RC_OK)
		fail(p, &p->now, "%s", why);
	next(p);
}

static void set_add(struct parser *p, struct test *t, const struct range *r)
{
	size_t n = t->n_set;
	struct range *more = NULL;

	/* A set grows by doubling; what is left behind stays in the arena, less than the set. */
	if ((n & (n - 1)) == 0) {
		more = arena_alloc(p->filter->arena, (n == 0 ? 1 : 2 * n) * sizeof(*more));
		if (more == NULL) {
			fail_memory(p);
			return;
		}
		if (n > 0)
			memcpy(more, t->set, n * sizeof(*more));
		t->set = more;
	}
	t->set[t->n_set++] = *r;
}

/* The right side of a comparison: a field of the same type, or a value. */
static void parse_right(struct parser *p, struct test *t)
{
	struct range r = {0};

	next(p);
	if (p->now.kind == TOKEN_WORD)
		t->other = field_find((const char *)p->now.text.at, p->now.text.len);
	if (t->other == NULL) {
		parse_value(p, t->field, &r.first);
		r.last = r.first;
		set_add(p, t, &r);
		return;
	}
	if (t->other->type != t->field->type || t->field->type == TYPE_PROTOCOL)
		fail(p, &p->now, "%s (%s) cannot be compared with %s (%s)", t->field->info.name,
		     t->field->info.type, t->other->info.name, t->other->info.type);
	(void)parse_field(p); /* for what it wants */
	next(p);
}

static void parse_set(struct parser *p, struct test *t)
{
	next(p);
	if (p->now.kind != TOKEN_SET_OPEN)
		fail(p, &p->now, "'in' needs a set: {80, 443, 8000..8100}");
	do {
		struct range r = {0};

		next(p);
		parse_value(p, t->field, &r.first);
		r.last = r.first;
		if (p->now.kind == TOKEN_RANGE) {
			next(p);
			parse_value(p, t->field, &r.last);
		}
		set_add(p, t, &r);
	} while (p->rc == RC_OK && p->now.kind == TOKEN_COMMA);
	if (p->now.kind != TOKEN_SET_CLOSE)
		fail(p, &p->now, "expected , or } in this set");
	next(p);
}

static void parse_contains(struct parser *p, struct test *t, const struct token *field)
{
	struct range r = {0};
	char why[160];

	if (t->field->type != TYPE_STRING && t->field->type != TYPE_ETHER)
		fail(p, field, "%s (%s) has no parts that 'contains' could find",
		     t->field->info.name, t->field->info.type);
	next(p);
	if (p->rc != RC_OK)
		return;

	enum rc rc = literal_bytes(p->filter->arena, &p->now, &r.first.str, why, sizeof(why));

	if (rc == RC_NOMEM)
		fail_memory(p);
	else if (rc != RC_OK)
		fail(p, &p->now, "%s", why);
	set_add(p, t, &r);
	next(p);
}

static void parse_matches(struct parser *p, struct test *t, const struct token *field)
{
	struct regex *re = NULL;
	PCRE2_UCHAR8 message[120];
	PCRE2_SIZE at = 0;
	int number = 0;

	if (t->field->type != TYPE_STRING)
		fail(p, field, "%s (%s) is no string that 'matches' could look at",
		     t->field->info.name, t->field->info.type);
	next(p);
	if (p->now.kind != TOKEN_STRING)
		fail(p, &p->now, "'matches' needs a regular expression in double quotes");
	if (p->rc != RC_OK)
		return;
	re = arena_alloc(p->filter->arena, sizeof(*re));
	if (re == NULL) {
		fail_memory(p);
		return;
	}
	re->next = p->filter->regexes;
	p->filter->regexes = re;
	t->regex = re;
	re->code = pcre2_compile(p->now.text.at != NULL ? p->now.text.at : (PCRE2_SPTR8) "",
				 p->now.text.len, PCRE2_CASELESS | PCRE2_NEVER_UTF, &number, &at,
				 NULL);
	if (re->code == NULL) {
		(void)pcre2_get_error_message(number, message, sizeof(message));
		fail(p, &p->now, "regular expression, character %zu: %s", at + 1,
		     (const char *)message);
		return;
	}
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (re->data == NULL || re->context == NULL) {
		fail_memory(p);
		return;
	}
	(void)pcre2_set_match_limit(re->context, FILTER_REGEX_STEPS);
	(void)pcre2_set_heap_limit(re->context, FILTER_REGEX_KIB);
	next(p);
}

static bool is_comparison(enum token_kind k, enum compare *ret_compare)
{
	static const struct {
		enum token_kind token;
		enum compare compare;
	} map[] = {
		{TOKEN_EQ, COMPARE_EQ},     {TOKEN_ALL_EQ, COMPARE_EQ}, {TOKEN_NE, COMPARE_NE},
		{TOKEN_ANY_NE, COMPARE_NE}, {TOKEN_LT, COMPARE_LT},     {TOKEN_LE, COMPARE_LE},
		{TOKEN_GT, COMPARE_GT},     {TOKEN_GE, COMPARE_GE},
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (map[i].token == k) {
			*ret_compare = map[i].compare;
			return true;
		}
	}
	return false;
}

static void parse_mask(struct parser *p, struct test *t)
{
	next(p);
	if (t->field->type != TYPE_UINT)
		fail(p, &p->now, "& needs a number before it; %s is a %s", t->field->info.name,
		     t->field->info.type);
	if (p->rc == RC_OK && literal_number(&p->now, &t->mask) != RC_OK)
		fail(p, &p->now, "& needs a number");
	t->has_mask = true;
	next(p);
}

/* FIELD, FIELD OP VALUE, FIELD [not] in {…}, with any or all before it. */
static struct node *parse_test(struct parser *p)
{
	struct node *n = node_new(p, NODE_TEST);
	const struct token quantifier = p->now;
	bool is_chosen = quantifier.kind == TOKEN_ANY || quantifier.kind == TOKEN_ALL;

	if (is_chosen)
		next(p);

	const struct token field = p->now;
	const struct field *f = parse_field(p);

	if (f == NULL)
		fail(p, &field,
		     field.kind == TOKEN_END ? "a field is missing here, at the end"
					     : "a field must stand here");
	if (n == NULL || f == NULL)
		return NULL;
	n->test.field = f;
	next(p);
	if (p->now.kind == TOKEN_MASK)
		parse_mask(p, &n->test);
	n->test.is_all = p->now.kind == TOKEN_NE || p->now.kind == TOKEN_ALL_EQ;
	if (is_chosen)
		n->test.is_all = quantifier.kind == TOKEN_ALL;

	struct node *outer = n;

	if (p->now.kind == TOKEN_NOT && field.kind == TOKEN_WORD) {
		next(p);
		outer = node_new(p, NODE_NOT);
		if (outer != NULL)
			outer->a = n;
		if (p->now.kind != TOKEN_IN)
			fail(p, &p->now, "only 'in' can follow 'not' here");
	}
	if (is_comparison(p->now.kind, &n->test.compare)) {
		n->test.kind = TEST_COMPARE;
		parse_right(p, &n->test);
	} else if (p->now.kind == TOKEN_CONTAINS) {
		n->test.kind = TEST_CONTAINS;
		parse_contains(p, &n->test, &field);
	} else if (p->now.kind == TOKEN_MATCHES) {
		n->test.kind = TEST_MATCHES;
		parse_matches(p, &n->test, &field);
	} else if (p->now.kind == TOKEN_IN) {
		n->test.kind = TEST_IN;
		parse_set(p, &n->test);
	} else if (is_chosen) {
		fail(p, &p->now, "'any' and 'all' need a comparison");
	}
	return outer;
}

static struct node *parse_or(struct parser *p);

static struct node *parse_unary(struct parser *p)
{
	struct node *n = NULL;

	if (p->rc != RC_OK)
		return NULL;
	if (p->now.kind != TOKEN_NOT && p->now.kind != TOKEN_OPEN)
		return parse_test(p);
	if (p->depth == FILTER_DEPTH_MAX) {
		fail(p, &p->now, "more than %d parentheses and nots inside each other",
		     FILTER_DEPTH_MAX);
		return NULL;
	}
	p->depth++;
	if (p->now.kind == TOKEN_NOT) {
		n = node_new(p, NODE_NOT);
		next(p);
		const struct node *a = parse_unary(p);

		if (n != NULL)
			n->a = a;
	} else {
		next(p);
		n = parse_or(p);
		if (p->now.kind != TOKEN_CLOSE)
			fail(p, &p->now, "expected ) or an operator");
		next(p);
	}
	p->depth--;
	return n;
}

/* Left-associative chains; `not` binds most, then and, xor, or. */
static struct node *parse_chain(struct parser *p, enum token_kind op, enum node_kind kind)
{
	struct node *a = NULL;

	if (op == TOKEN_AND)
		a = parse_unary(p);
	else
		a = op == TOKEN_XOR ? parse_chain(p, TOKEN_AND, NODE_AND)
				    : parse_chain(p, TOKEN_XOR, NODE_XOR);
	while (p->rc == RC_OK && p->now.kind == op) {
		struct node *n = node_new(p, kind);

		next(p);
		const struct node *b = op == TOKEN_AND   ? parse_unary(p)
				       : op == TOKEN_XOR ? parse_chain(p, TOKEN_AND, NODE_AND)
							 : parse_chain(p, TOKEN_XOR, NODE_XOR);

		if (n != NULL) {
			n->a = a;
			n->b = b;
		}
		a = n;
	}
	return a;
}

static struct node *parse_or(struct parser *p)
{
	return parse_chain(p, TOKEN_OR, NODE_OR);
}

enum rc parse_filter(const char *text, struct filter *f, char *err, size_t err_len)
{
	struct parser p = {
		.lexer = {text, 0, f->arena},
		.filter = f,
		.rc = RC_OK,
		.err = err,
		.err_len = err_len,
	};

	if (strlen(text) > FILTER_TEXT_MAX) {
		(void)snprintf(err, err_len, "the expression is longer than %d bytes",
			       FILTER_TEXT_MAX);
		return RC_INVAL;
	}
	next(&p);
	f->root = parse_or(&p);
	if (p.now.kind != TOKEN_END)
		fail(&p, &p.now, "expected an operator (and, or, ==, …) here");
	return p.rc;
}
