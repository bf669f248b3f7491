/*
 * Any text is either refused with a message that names it, or terms which, printed, are parsed to
 * the same terms again at any other time. Two texts with a blank between are the terms of both.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "model/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 8192 };

static const uint64_t now_ns = UINT64_C(1234567890) * NS_PER_S;

static void check_same(const struct query *a, const struct query *b)
{
	assert(a->n_terms == b->n_terms);
	for (unsigned i = 0; i < a->n_terms; i++) {
		const struct query_term *x = &a->terms[i], *y = &b->terms[i];

		assert(x->field == y->field && x->op == y->op && x->is_not == y->is_not);
		assert(strcmp(x->text, y->text) == 0);
		assert(x->net.bits == y->net.bits && addr_eq(&x->net.addr, &y->net.addr));
		assert(x->verdict == y->verdict && x->at_ns == y->at_ns && x->number == y->number);
	}
}

static void check_terms(const struct query *q)
{
	assert(q->n_terms <= QUERY_TERMS);
	for (unsigned i = 0; i < q->n_terms; i++) {
		const struct query_term *t = &q->terms[i];

		assert(t->field < QUERY_FIELDS && t->verdict < VERDICTS);
		assert(memchr(t->text, '\0', sizeof(t->text)) != NULL);
		assert(t->field != QUERY_WORD || t->text[0] != '\0');
		assert((t->op == QUERY_BEFORE || t->op == QUERY_AFTER) ==
		       (t->field == QUERY_SEEN || t->field == QUERY_FIRST));
	}
}

static void check_refusal(const char *err, size_t len)
{
	assert(err[0] != '\0' && strlen(err) < len && strstr(err, ": ") != NULL);
}

/* Cut at each of a few blanks, the halves say together what the whole says. */
static void check_halves(const char *text, const struct query *whole)
{
	char half[TEXT_MAX + 1], err[256];

	for (size_t at = strcspn(text, " "); text[at] != '\0' && at < 64;
	     at += 1 + strcspn(text + at + 1, " ")) {
		struct query q = {.n_terms = 0};

		memcpy(half, text, at);
		half[at] = '\0';
		if (memchr(half, '"', at) != NULL)
			return; /* the blank may be inside of quotes */
		assert(query_parse(half, now_ns, &q, err, sizeof(err)) == RC_OK);
		assert(query_parse(text + at, now_ns, &q, err, sizeof(err)) == RC_OK);
		check_same(whole, &q);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1], printed[QUERY_TEXT], again[QUERY_TEXT], err[256] = "";
	struct query q = {.n_terms = 0}, back = {.n_terms = 0}, sort = {.n_terms = 0};

	if (size > TEXT_MAX)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (query_parse(text, now_ns, &q, err, sizeof(err)) != RC_OK) {
		check_refusal(err, sizeof(err));
		assert(q.n_terms == 0);
	} else {
		check_terms(&q);
		query_print(&q, printed);
		assert(query_parse(printed, 7, &back, err, sizeof(err)) == RC_OK);
		check_same(&q, &back);
		assert(strcmp(query_print(&back, again), printed) == 0);
		check_halves(text, &q);
	}
	if (query_sort(text, &sort, err, sizeof(err)) != RC_OK)
		check_refusal(err, sizeof(err));
	else
		assert(sort.sort[0] != '\0');
	return 0;
}
