/*
 * lex - an expression cut into words, strings and operators.
 */
#ifndef FILTER_LEX_H
#define FILTER_LEX_H

#include "base/arena.h"
#include "base/bytes.h"

enum token_kind {
	TOKEN_END,
	TOKEN_ERROR,  /* `problem` says what */
	TOKEN_WORD,   /* a field, a number, an address, … : `text` */
	TOKEN_STRING, /* "…" or r"…": `text` without quotes, escapes undone */
	TOKEN_CHAR,   /* '…': one byte in `text` */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_SET_OPEN,
	TOKEN_SET_CLOSE,
	TOKEN_COMMA,
	TOKEN_RANGE, /* .. */
	TOKEN_EQ,
	TOKEN_NE,     /* all_ne, != */
	TOKEN_ALL_EQ, /* === */
	TOKEN_ANY_NE, /* !== */
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_CONTAINS,
	TOKEN_MATCHES,
	TOKEN_IN,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_XOR,
	TOKEN_NOT,
	TOKEN_ANY,
	TOKEN_ALL,
	TOKEN_MASK, /* & */
};

struct token {
	enum token_kind kind;
	size_t at, len;    /* where in the expression, for the caret */
	struct bytes text; /* in the expression or in the arena */
	const char *problem;
};

struct lexer {
	const char *text;
	size_t at;
	struct arena *arena; /* holds decoded strings */
};

/* The next token; TOKEN_END again and again at the end. */
struct token lex_next(struct lexer *l);

#endif
