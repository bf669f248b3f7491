/*
 * `quell hosts`: a query as SQL. Every piece of the text is a literal of this file; what the
 * operator typed is only ever bound.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/inside.h"

/* Of each text field: where its words are, and by what to sort. */
static const struct {
	unsigned kind;            /* of handles; 0: none */
	bool is_whole;            /* compared as a whole */
	const char *sort, *empty; /* what is empty comes last */
} fields[QUERY_FIELDS] = {
	[QUERY_ID] = {HANDLE_MACHINE, false, "id", NULL},
	[QUERY_NAME] = {HANDLE_NAME, false, "lower(name)", "name = ''"},
	[QUERY_USER] = {HANDLE_USER, false, "lower(username)", "username = ''"},
	[QUERY_DOMAIN] = {HANDLE_DOMAIN, false, "lower(domain)", "domain = ''"},
	[QUERY_OS] = {HANDLE_OS, false, "lower(os)", "os = ''"},
	[QUERY_VENDOR] = {HANDLE_VENDOR, false, "lower(vendor)", "vendor = ''"},
	[QUERY_MAC] = {HANDLE_MAC, false, "mac", "mac IS NULL"},
	[QUERY_NET] = {0, false, "addr", "addr IS NULL"},
	[QUERY_VERDICT] = {0, false, "verdict", NULL},
	[QUERY_TAG] = {HANDLE_TAG, true, "tags", "tags = ''"},
	[QUERY_OWNER] = {HANDLE_OWNER, false, "lower(owner)", "owner = ''"},
	[QUERY_PLACE] = {HANDLE_PLACE, false, "lower(place)", "place = ''"},
	[QUERY_PHONE] = {HANDLE_PHONE, false, "lower(phone)", "phone = ''"},
	[QUERY_NOTE] = {HANDLE_NOTE, false, "lower(note)", "note = ''"},
	[QUERY_IMPORTANCE] = {0, false, "importance", NULL},
	[QUERY_ROLE] = {HANDLE_ROLE, true, NULL, NULL},
	[QUERY_THREAT] = {0, false, "threats", "threats = ''"},
	[QUERY_SEEN] = {0, false, "last_ns", NULL},
	[QUERY_FIRST] = {0, false, "first_ns", NULL},
};

enum { TEXT_ROOM = 16384 };

struct listing {
	struct store *s;
	struct arena *arena;
	char text[TEXT_ROOM];
	size_t len;
	struct sql_value v[SQL_PARAMS];
	unsigned n;
	enum rc rc;
};

__attribute__((format(printf, 2, 3))) static void put(struct listing *l, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(l->text) - l->len)
		l->rc = RC_INVAL; /* cannot be: there is room for QUERY_TERMS of the longest */
	else
		l->len += (size_t)n;
}

/* Binds a value; returns the number of its parameter. */
static unsigned bind(struct listing *l, struct sql_value v)
{
	if (l->n == SQL_PARAMS || !value_keep(l->arena, &v, &l->v[l->n])) {
		l->rc = RC_NOMEM;
		return 1;
	}
	return ++l->n;
}

/* The text anywhere in another: %text%, what LIKE would read otherwise escaped by '!'. */
static unsigned bind_pattern(struct listing *l, const char *text, bool is_mac)
{
	char folded[HANDLE_TEXT], pattern[2 * HANDLE_TEXT + 3];
	size_t n = 0;

	(void)text_fold(text, folded, sizeof(folded));
	pattern[n++] = '%';
	for (const char *p = folded; *p != '\0'; p++) {
		if (is_mac && strchr(":-.", *p) != NULL)
			continue;
		if (strchr("!%_", *p) != NULL)
			pattern[n++] = '!';
		pattern[n++] = *p;
	}
	pattern[n++] = '%';
	pattern[n] = '\0';
	return bind(l, sql_text(pattern));
}

static void put_handle(struct listing *l, const struct query_term *t)
{
	unsigned kind = bind(l, sql_int(fields[t->field].kind));
	char folded[HANDLE_TEXT];

	put(l, "num IN (SELECT machine FROM handle WHERE kind = $%u", kind);
	if (t->op == QUERY_HAS && fields[t->field].is_whole)
		put(l, " AND value = $%u",
		    bind(l, sql_text(text_fold(t->text, folded, sizeof(folded)))));
	else if (t->op == QUERY_HAS)
		put(l, " AND value LIKE $%u ESCAPE '!'",
		    bind_pattern(l, t->text, t->field == QUERY_MAC));
	put(l, ")");
}

static void put_word(struct listing *l, const struct query_term *t)
{
	unsigned pattern = bind_pattern(l, t->text, false);

	put(l, "num IN (SELECT machine FROM handle WHERE kind IN (%d, %d, %d, %d)", HANDLE_MACHINE,
	    HANDLE_NAME, HANDLE_USER, HANDLE_SHOWN);
	put(l, " AND value LIKE $%u ESCAPE '!')", pattern);
}

/* The network's first and last address; of IPv4 and IPv6 apart, since they are written apart. */
static void put_range(struct listing *l, struct addr low, unsigned bits)
{
	char text[2 * sizeof(low.b) + 1];
	struct addr high = low;

	for (unsigned i = bits; i < 128; i++)
		high.b[i / 8] |= (uint8_t)(0x80u >> i % 8);

	unsigned from = bind(l, sql_text(handle_of_addr(&low, text)));
	unsigned to = bind(l, sql_text(handle_of_addr(&high, text)));

	put(l, "num IN (SELECT machine FROM handle WHERE kind = %d AND value BETWEEN $%u AND $%u",
	    HANDLE_NOW, from, to);
	put(l, " AND length(value) = %d)", strlen(text) == 8 ? 8 : 32);
}

static void put_net(struct listing *l, const struct query_term *t)
{
	struct addr v4 = addr_v4(0);

	if (t->op == QUERY_EMPTY) {
		put(l, "n_addrs > 0");
	} else if (t->net.bits < 96 && net_contains(&t->net, &v4)) {
		put(l, "(");
		put_range(l, v4, 96);
		put(l, " OR ");
		put_range(l, t->net.addr, t->net.bits);
		put(l, ")");
	} else {
		put_range(l, t->net.addr, t->net.bits);
	}
}

static void put_number(struct listing *l, const char *column, const char *op, struct sql_value v)
{
	put(l, "%s %s $%u", column, op, bind(l, v));
}

static const char *op_of(enum query_op op)
{
	switch (op) {
	case QUERY_BEFORE:
		return "<";
	case QUERY_AFTER:
	case QUERY_AT_LEAST:
		return ">=";
	case QUERY_AT_MOST:
		return "<=";
	case QUERY_HAS:
	case QUERY_EMPTY:
	case QUERY_IS:
		break;
	}
	return "=";
}

/* What must hold; QUERY_EMPTY is put as the contrary of having any. */
static void put_term(struct listing *l, const struct query_term *t)
{
	bool is_empty = t->op == QUERY_EMPTY;

	put(l, t->is_not != is_empty ? " AND NOT (" : " AND (");
	if (t->op == QUERY_IS)
		put_number(l, "id", "=", sql_text(t->text));
	else if (fields[t->field].kind != 0)
		put_handle(l, t);
	else if (t->field == QUERY_WORD)
		put_word(l, t);
	else if (t->field == QUERY_NET)
		put_net(l, t);
	else if (t->field == QUERY_THREAT && is_empty)
		put(l, "threats <> ''");
	else if (t->field == QUERY_THREAT)
		put(l,
		    "num IN (SELECT source_machine FROM finding WHERE source_machine IS NOT NULL"
		    " AND threat LIKE $%u ESCAPE '!')",
		    bind_pattern(l, t->text, false));
	else if (t->field == QUERY_VERDICT)
		put_number(l, "verdict", is_empty ? "<>" : "=",
			   sql_int(is_empty ? VERDICT_NO_EVIDENCE : t->verdict));
	else if (t->field == QUERY_IMPORTANCE)
		put_number(l, "importance", is_empty ? "<>" : op_of(t->op),
			   sql_int(is_empty ? 0 : t->number));
	else if (t->field == QUERY_SEEN || t->field == QUERY_FIRST)
		put_number(l, t->field == QUERY_SEEN ? "last_ns" : "first_ns",
			   is_empty ? ">" : op_of(t->op), sql_u64(is_empty ? 0 : t->at_ns));
	else
		put(l, "(flags & $%u) <> 0", bind(l, sql_int(is_empty ? ~0u : t->number)));
	put(l, ")");
}

static bool sort_field(const struct query *q, enum query_field *ret_field)
{
	for (unsigned f = 0; f < QUERY_FIELDS; f++) {
		if (q->sort[0] != '\0' && fields[f].sort != NULL &&
		    strcmp(q->sort, query_field_name((enum query_field)f)) == 0) {
			*ret_field = (enum query_field)f;
			return true;
		}
	}
	return false;
}

static void put_order(struct listing *l, const struct query *q)
{
	const char *way = q->is_descending ? " DESC" : "";
	enum query_field f = QUERY_WORD;

	if (!sort_field(q, &f)) {
		put(l, " ORDER BY verdict DESC, last_ns DESC, id");
		return;
	}
	put(l, " ORDER BY ");
	if (fields[f].empty != NULL)
		put(l, "(CASE WHEN %s THEN 1 ELSE 0 END), ", fields[f].empty);
	if (f == QUERY_NET)
		put(l, "length(addr)%s, addr%s", way, way);
	else
		put(l, "%s%s", fields[f].sort, way);
	put(l, f == QUERY_VERDICT ? ", last_ns DESC, id" : ", id");
}

static void put_where(struct listing *l, const struct query *q)
{
	put(l, " FROM machine WHERE 1 = 1");
	for (unsigned i = 0; i < q->n_terms; i++)
		put_term(l, &q->terms[i]);
}

static void take_row(const struct store *s, struct sql_stmt *st, struct store_row *r)
{
	int64_t verdict = db_int(s, st, 23);

	*r = (struct store_row){
		.id = db_text(s, st, 0),
		.name = db_text(s, st, 1),
		.fqdn = db_text(s, st, 2),
		.domain = db_text(s, st, 3),
		.user = db_text(s, st, 4),
		.os = db_text(s, st, 5),
		.vendor = db_text(s, st, 6),
		.place = db_text(s, st, 7),
		.owner = db_text(s, st, 8),
		.phone = db_text(s, st, 9),
		.note = db_text(s, st, 10),
		.tags = db_text(s, st, 11),
		.user_probability = db_real(s, st, 12),
		.confidence = db_real(s, st, 13),
		.addr = db_addr(s, st, 14),
		.n_addrs = (unsigned)db_int(s, st, 16),
		.n_macs = (unsigned)db_int(s, st, 17),
		.importance = (unsigned)db_int(s, st, 18),
		.flags = (unsigned)db_int(s, st, 19),
		.first_ns = db_u64(s, st, 20),
		.last_ns = db_u64(s, st, 21),
		.verdict_confidence = db_real(s, st, 22),
		.verdict = verdict >= 0 && verdict < VERDICTS ? (enum verdict)verdict
							      : VERDICT_NO_EVIDENCE,
		.why = db_text(s, st, 24),
		.threats = db_text(s, st, 25),
	};
	r->has_mac = db_mac(s, st, 15, &r->mac);
}

/* Runs what was put together: a text of its own, so it is not remembered. */
static enum rc run(struct listing *l, enum rc (*row)(void *ctx, struct sql_stmt *st), void *ctx)
{
	const struct sql_backend *b = l->s->sql->backend;
	struct sql_stmt *st = NULL;
	bool has = true;
	enum rc rc = l->rc;

	if (rc != RC_OK)
		return store_says(l->s, rc, "the filter is too long");
	rc = b->prepare(l->s->sql, l->text, &st);
	if (rc == RC_OK)
		rc = b->query(st, l->v, l->n);
	while (rc == RC_OK && (rc = b->fetch(st, &has)) == RC_OK && has) {
		rc = row(ctx, st);
		if (rc != RC_OK)
			break;
	}
	if (rc == RC_IO)
		(void)store_failed(l->s, rc);
	if (st != NULL)
		b->finish(st);
	return rc;
}

struct handing { /* rows to the caller */
	struct store *s;
	bool (*row)(void *ctx, const struct store_row *r);
	void *ctx;
	uint64_t n;
};

static enum rc hand_row(void *ctx, struct sql_stmt *st)
{
	struct handing *h = ctx;
	struct store_row r;

	take_row(h->s, st, &r);
	h->n++;
	return h->row(h->ctx, &r) ? RC_OK : RC_END;
}

static enum rc take_count(void *ctx, struct sql_stmt *st)
{
	struct handing *h = ctx;

	h->n = db_u64(h->s, st, 0);
	return RC_OK;
}

static enum rc list(struct listing *l, const struct query *q, struct handing *h,
		    uint64_t *ret_total)
{
	uint64_t limit = q->limit == 0 ? INT64_MAX : q->limit;
	enum rc rc;

	bool is_cut = q->limit != 0 || q->offset != 0; /* or the rows themselves tell how many */

	if (ret_total != NULL && is_cut) {
		put(l, "SELECT count(*)");
		put_where(l, q);
		rc = run(l, take_count, h);
		if (rc != RC_OK)
			return rc;
		*ret_total = h->n;
		l->len = 0;
		l->n = 0;
		h->n = 0;
	}
	put(l,
	    "SELECT id, name, fqdn, domain, username, os, vendor, place, owner, phone, note, tags,"
	    " user_probability, confidence, addr, mac, n_addrs, n_macs, importance, flags,"
	    " first_ns, last_ns, verdict_confidence, verdict, why, threats");
	put_where(l, q);
	put_order(l, q);
	put(l, " LIMIT $%u", bind(l, sql_u64(limit)));
	put(l, " OFFSET $%u", bind(l, sql_u64(q->offset)));
	rc = run(l, hand_row, h);
	if (ret_total != NULL && !is_cut && (rc == RC_OK || rc == RC_END))
		*ret_total = h->n;
	return rc == RC_END ? RC_OK : rc;
}

enum rc store_list(struct store *s, const struct query *q,
		   bool (*row)(void *ctx, const struct store_row *r), void *ctx,
		   uint64_t *ret_total)
{
	struct handing h = {.s = s, .row = row, .ctx = ctx};
	struct listing *l = calloc(1, sizeof(*l));
	enum rc rc = l == NULL ? RC_NOMEM : RC_OK;

	store_try(s, "list the machines");
	if (rc == RC_OK) {
		l->s = s;
		rc = arena_new(0, &l->arena);
	}
	if (rc == RC_OK)
		rc = list(l, q, &h, ret_total);
	if (l != NULL)
		arena_free(l->arena);
	free(l);
	return rc;
}
