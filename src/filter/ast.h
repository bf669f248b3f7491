/*
 * ast - a compiled expression: a tree of tests, all of it in one arena.
 */
#ifndef FILTER_AST_H
#define FILTER_AST_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "filter/value.h"

enum {
	FILTER_TEXT_MAX = 4096,     /* bytes of an expression */
	FILTER_DEPTH_MAX = 64,      /* parentheses and nots inside each other */
	FILTER_REGEX_STEPS = 20000, /* of PCRE2, per value: about a millisecond */
	FILTER_REGEX_KIB = 1024,    /* of PCRE2's memory, per value */
};

enum compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

enum test_kind { TEST_EXISTS, TEST_COMPARE, TEST_CONTAINS, TEST_MATCHES, TEST_IN };

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	struct regex *next;
};

struct range { /* first == last: one value */
	struct value first, last;
};

struct test {
	enum test_kind kind;
	enum compare compare;
	bool is_all; /* must hold for all values, instead of for one */
	bool has_mask;
	uint64_t mask;
	const struct field *field;
	const struct field *other; /* compared with this field; NULL: with `set` */
	struct range *set;         /* one entry, but for TEST_IN */
	size_t n_set;
	struct regex *regex;
};

enum node_kind { NODE_TEST, NODE_NOT, NODE_AND, NODE_XOR, NODE_OR };

struct node {
	enum node_kind kind;
	const struct node *a, *b; /* NODE_NOT has no b */
	struct test test;
};

struct filter {
	struct arena *arena;
	const struct node *root;
	struct regex *regexes;
	unsigned wants;
};

#endif
