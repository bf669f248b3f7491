/*
 * query - the filter of `quell hosts`: words and field:value terms, all of which must hold.
 *
 *   verdict:infected os:xp vendor:dell seen:<1h net:10.1.0.0/16 user:NAME -tag:kiosk lap-7
 *
 * A word without a field is looked for in id, names, users and addresses; one that is an address, a
 * network or a whole MAC is a term of that field. `-` in front negates. Values are compared without
 * regard to case and match anywhere in a text, but tags and roles as a whole; field:"two words"
 * (\" and \\ inside); field: alone means that it is empty. Times: seen:<1h (within the last hour),
 * first:>2d, seen:>2026-11-01T00:00:00Z. List: man/quell-hosts.1. Fields are one table here, which
 * the help, the man page's test and the error messages read.
 */
#ifndef MODEL_QUERY_H
#define MODEL_QUERY_H

#include "base/addr.h"
#include "model/outbreak.h"

enum query_field { /* QUERY_WORD: no field */
		   QUERY_WORD,
		   QUERY_ID,
		   QUERY_NAME,
		   QUERY_USER,
		   QUERY_DOMAIN,
		   QUERY_OS,
		   QUERY_VENDOR,
		   QUERY_MAC,
		   QUERY_NET,
		   QUERY_VERDICT,
		   QUERY_THREAT,
		   QUERY_TAG,
		   QUERY_OWNER,
		   QUERY_PLACE,
		   QUERY_PHONE,
		   QUERY_NOTE,
		   QUERY_IMPORTANCE,
		   QUERY_ROLE,
		   QUERY_SEEN,
		   QUERY_FIRST,
		   QUERY_IN, /* in:wire, in:list, in:asked */
		   QUERY_FIELDS
};

enum query_op {
	QUERY_HAS,
	QUERY_EMPTY,
	QUERY_BEFORE, /* times: earlier than at_ns */
	QUERY_AFTER,  /* times: at_ns or later */
	QUERY_AT_LEAST,
	QUERY_AT_MOST,
	QUERY_IS, /* ids alone: this very one, id:=mac:001a2b3c4d5e */
};

struct query_term {
	enum query_field field;
	enum query_op op;
	bool is_not;
	char text[128]; /* QUERY_HAS of texts; "*" and "?" as they are; MACs: "00:1a:2b", lower
			 * case, also a part of one */
	struct net net;
	enum verdict verdict;
	uint64_t at_ns;  /* times, absolute, in whole microseconds */
	unsigned number; /* importance; in: MACHINE_ON_WIRE, … */
};

enum { QUERY_TERMS = 32 };

struct query {
	struct query_term terms[QUERY_TERMS];
	unsigned n_terms;
	char sort[16];          /* a field's name; "": worst verdict first, then latest seen */
	bool is_descending;     /* as it is to come out: "verdict" is worst first, "-verdict" not */
	uint64_t limit, offset; /* limit 0: all */
};

/* Adds the terms of one command line word or of a whole filter. RC_INVAL: `err` names the term,
 * what is wrong and, for an unknown field, the nearest one. */
MUST_CHECK enum rc query_parse(const char *text, uint64_t now_ns, struct query *q, char *err,
			       size_t err_len);
/* "name", "-name" the other way round. */
MUST_CHECK enum rc query_sort(const char *field, struct query *q, char *err, size_t err_len);

/* The terms as text that is parsed to the same ones again, whenever. `text` holds QUERY_TEXT. */
enum { QUERY_TEXT = QUERY_TERMS * 288 };
const char *query_print(const struct query *q, char *text);

/* Is `word`, which begins with a '-', a negated term of a known field, and no option? */
bool query_is_negated_term(const char *word);

bool query_can_sort(enum query_field f);
const char *query_field_name(enum query_field f); /* "verdict"; "" for QUERY_WORD */
const char *query_field_help(enum query_field f);

#endif
