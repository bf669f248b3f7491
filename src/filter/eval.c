#include "filter/ast.h"

struct walk { /* over all values of a field in one frame */
	const struct event *const *events;
	size_t n, i;
	const struct field *first, *row;
	char scratch[VALUE_SCRATCH];
};

static void walk_start(struct walk *w, const struct field *f, const struct event *const *events,
		       size_t n)
{
	w->events = events;
	w->n = n;
	w->i = 0;
	w->first = w->row = f;
}

/* False: there are no more. The value holds until the next call. */
static bool walk_next(struct walk *w, struct value *ret_value)
{
	while (w->i < w->n) {
		const struct field *row = w->row;
		const struct event *ev = w->events[w->i];

		w->row = field_next(row);
		if (w->row == NULL) {
			w->row = w->first;
			w->i++;
		}
		if (field_get(row, ev, w->scratch, ret_value))
			return true;
	}
	return false;
}

static bool compare(const struct test *t, const struct value *a, const struct value *b)
{
	int c = value_cmp(t->field->type, a, b);

	switch (t->compare) {
	case COMPARE_EQ:
		return c == 0;
	case COMPARE_NE:
		return c != 0;
	case COMPARE_LT:
		return c < 0;
	case COMPARE_LE:
		return c <= 0;
	case COMPARE_GT:
		return c > 0;
	case COMPARE_GE:
		return c >= 0;
	}
	return false;
}

static bool contains(struct bytes hay, struct bytes needle)
{
	if (needle.len == 0)
		return true;
	return hay.len > 0 && memmem(hay.at, hay.len, needle.at, needle.len) != NULL;
}

/* A match that takes too many steps is none: the bytes come from strangers. */
static bool matches(const struct regex *re, struct bytes b)
{
	PCRE2_SPTR8 at = b.len > 0 ? b.at : (PCRE2_SPTR8) "";

	return pcre2_match(re->code, at, b.len, 0, 0, re->data, re->context) >= 0;
}

static bool is_in(const struct test *t, const struct value *v)
{
	for (size_t i = 0; i < t->n_set; i++) {
		if (value_cmp(t->field->type, v, &t->set[i].first) >= 0 &&
		    value_cmp(t->field->type, v, &t->set[i].last) <= 0)
			return true;
	}
	return false;
}

static bool holds(const struct test *t, const struct value *v)
{
	switch (t->kind) {
	case TEST_EXISTS:
		return !t->has_mask || v->num != 0;
	case TEST_COMPARE:
		return compare(t, v, &t->set[0].first);
	case TEST_CONTAINS:
		return contains(value_bytes(t->field->type, v), t->set[0].first.str);
	case TEST_MATCHES:
		return matches(t->regex, v->str);
	case TEST_IN:
		return is_in(t, v);
	}
	return false;
}

/* Any: one pair of values for which it holds. All: it holds for every pair, and there is one. */
static bool test_fields(const struct test *t, const struct event *const *events, size_t n)
{
	struct walk left, right;
	struct value a, b;
	bool has_pair = false;

	walk_start(&left, t->field, events, n);
	while (walk_next(&left, &a)) {
		if (t->has_mask)
			a.num &= t->mask;
		walk_start(&right, t->other, events, n);
		while (walk_next(&right, &b)) {
			has_pair = true;
			if (compare(t, &a, &b) != t->is_all)
				return !t->is_all;
		}
	}
	return has_pair && t->is_all;
}

static bool test(const struct test *t, const struct event *const *events, size_t n)
{
	struct walk w;
	struct value v;
	bool has_value = false;

	if (t->other != NULL)
		return test_fields(t, events, n);
	walk_start(&w, t->field, events, n);
	while (walk_next(&w, &v)) {
		has_value = true;
		if (t->has_mask)
			v.num &= t->mask;
		if (holds(t, &v) != t->is_all)
			return !t->is_all;
	}
	return has_value && t->is_all;
}

/* As deep as the expression is nested or long, which parse.c bounds. */
static bool eval(const struct node *node, const struct event *const *events, size_t n)
{
	switch (node->kind) {
	case NODE_TEST:
		return test(&node->test, events, n);
	case NODE_NOT:
		return !eval(node->a, events, n);
	case NODE_AND:
		return eval(node->a, events, n) && eval(node->b, events, n);
	case NODE_XOR:
		return eval(node->a, events, n) != eval(node->b, events, n);
	case NODE_OR:
		return eval(node->a, events, n) || eval(node->b, events, n);
	}
	return false;
}

bool filter_match(const struct filter *f, const struct event *const *events, size_t n)
{
	return eval(f->root, events, n);
}
