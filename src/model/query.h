/*
 * query - the filter of `quell hosts`: words and field:value terms, all of which must hold.
 *
 *   verdict:infected os:xp vendor:dell seen:<1h net:10.1.0.0/16 user:NAME -tag:kiosk lap-7
 *
 * A word without a field is looked for in id, names, users and addresses. `-` in front negates.
 * Values are compared without regard to case and match anywhere in a text; field:"two words";
 * field: alone means that it is empty. Times: seen:<1h (within the last hour), first:>2d,
 * seen:>2026-11-01T00:00:00Z. List: man/quell-hosts.1. Fields are one table here, which the
 * help, the man page's test and the error messages read.
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

enum query_op { QUERY_HAS, QUERY_EMPTY, QUERY_BEFORE, QUERY_AFTER, QUERY_AT_LEAST, QUERY_AT_MOST };

struct query_term {
	enum query_field field;
	enum query_op op;
	bool is_not;
	char text[128]; /* QUERY_HAS of texts; "*" and "?" as they are */
	struct net net;
	enum verdict verdict;
	uint64_t at_ns;  /* times, absolute */
	unsigned number; /* importance; in: MACHINE_ON_WIRE, … */
};

enum { QUERY_TERMS = 32 };

struct query {
	struct query_term terms[QUERY_TERMS];
	unsigned n_terms;
	char sort[16]; /* a field's name; "": worst verdict first, then latest seen */
	bool is_descending;
	uint64_t limit, offset; /* limit 0: all */
};

/* Adds the terms of one command line word or of a whole filter. RC_INVAL: `err` names the term,
 * what is wrong and, for an unknown field, the nearest one. */
MUST_CHECK enum rc query_parse(const char *text, uint64_t now_ns, struct query *q, char *err,
			       size_t err_len);
MUST_CHECK enum rc query_sort(const char *field, struct query *q, char *err, size_t err_len);

const char *query_field_name(enum query_field f); /* "verdict"; "" for QUERY_WORD */
const char *query_field_help(enum query_field f);

#endif
