#include "host/ledger.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/words.h"

enum {
	ROOM_AT_FIRST = 256,
	VALUE_MAX = 512,  /* "DOMAIN\user" of two texts of an event, and its NUL */
	VALUE_BYTES = 48, /* of a fact on average: names are short */
	REFUTED = 10,     /* most to be believed of what was always refused */
	QUIET_S = 3600,   /* a fact told and not met for so long makes room when it is scarce */
};

struct row_key {
	uint8_t kind, source;
	bool has_mac;
	uint8_t zero;
	struct mac mac;
	uint8_t zero_2[2];
	struct addr addr;
	uint32_t value; /* without regard to case */
};

struct row {
	struct row_key key;
	uint32_t value;           /* as it was said first */
	uint32_t of_addr, of_mac; /* next row about the same, + 1 */
	uint8_t confidence, most; /* as claimed; what may be told of it */
	bool is_open, is_ended;   /* is_ended: it said so itself */
	bool is_new, was_told;    /* is_new: not told as it is now */
	uint64_t first_ns, last_ns, until_ns, count, packet, refuted;
};

struct head { /* of the rows about one address or MAC */
	uint32_t first, n;
};

struct ledger {
	size_t max, n, room;
	struct row *rows;
	struct map *open;         /* struct row_key -> uint32_t, index of the row that goes on */
	struct map *addrs, *macs; /* -> struct head */
	struct words *words;
	uint64_t seed, refused, newest_ns;
	bool may_sweep; /* something was told since the last time */
	bool has_news;  /* some row is_new */
};

/* Twice as many texts as facts: as said, and without regard to case. */
static enum rc new_words(const struct ledger *l, struct words **ret_w)
{
	return words_new(2 * l->max, 2 * l->max * VALUE_BYTES, l->seed, ret_w);
}

enum rc ledger_new(size_t max, uint64_t seed, struct ledger **ret_l)
{
	struct ledger *l = calloc(1, sizeof(*l));
	enum rc rc = l == NULL ? RC_NOMEM : RC_OK;

	if (max >= UINT32_MAX / 2)
		max = UINT32_MAX / 2;
	if (rc == RC_OK) {
		l->max = max;
		l->seed = seed;
		rc = new_words(l, &l->words);
	}
	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct row_key), sizeof(uint32_t), seed, &l->open);
	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct addr), sizeof(struct head), seed, &l->addrs);
	if (rc == RC_OK)
		rc = map_new(max, sizeof(struct mac), sizeof(struct head), seed, &l->macs);
	if (rc != RC_OK) {
		ledger_free(l);
		return rc;
	}
	*ret_l = l;
	return RC_OK;
}

void ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	map_free(l->open);
	map_free(l->addrs);
	map_free(l->macs);
	words_free(l->words);
	free(l->rows);
	free(l);
}

uint64_t ledger_refused(const struct ledger *l)
{
	return l->refused;
}

static struct head *head_of(struct map *m, const void *subject)
{
	bool is_new = false;

	return map_put(m, subject, &is_new);
}

/* Threads row `i` before those about the same address and MAC. False: no room. */
static bool thread(struct ledger *l, uint32_t i)
{
	struct row *r = &l->rows[i];
	bool has_addr = !addr_is_zero(&r->key.addr);
	struct head *of_addr = has_addr ? head_of(l->addrs, &r->key.addr) : NULL;
	struct head *of_mac = r->key.has_mac ? head_of(l->macs, &r->key.mac) : NULL;

	if ((has_addr && of_addr == NULL) || (r->key.has_mac && of_mac == NULL))
		return false;
	if (of_addr != NULL) {
		r->of_addr = of_addr->first;
		of_addr->first = i + 1;
		of_addr->n++;
	}
	if (of_mac != NULL) {
		r->of_mac = of_mac->first;
		of_mac->first = i + 1;
		of_mac->n++;
	}
	return true;
}

/* Names, users and the rest are the same in capitals. */
static struct bytes fold(struct bytes value, uint8_t low[VALUE_MAX])
{
	size_t n = value.len < VALUE_MAX ? value.len : VALUE_MAX;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = value.at[i];

		low[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
	}
	return (struct bytes){low, n};
}

static void rethread(struct ledger *l, struct words *words, uint32_t i)
{
	struct row *r = &l->rows[i];
	const char *text = words_text(l->words, r->value);
	uint8_t low[VALUE_MAX];
	struct bytes value = {(const uint8_t *)text, strlen(text)};
	bool is_new = false;
	uint32_t *at;

	r->of_addr = r->of_mac = 0;
	r->value = words_put(words, value);
	r->key.value = words_put(words, fold(value, low));
	(void)thread(l, i); /* it had room before */
	at = r->is_open ? map_put(l->open, &r->key, &is_new) : NULL;
	if (at != NULL)
		*at = i;
}

/* Forgets what has been told and is over or quiet. What stays moves together, in its order. */
static void sweep(struct ledger *l)
{
	struct words *words = NULL;
	size_t kept = 0;

	l->may_sweep = false;
	if (new_words(l, &words) != RC_OK)
		return;
	map_clear(l->open);
	map_clear(l->addrs);
	map_clear(l->macs);
	for (size_t i = 0; l->rows != NULL && i < l->n; i++) {
		const struct row *r = &l->rows[i];
		bool is_quiet = r->last_ns + QUIET_S * UINT64_C(1000000000) < l->newest_ns;

		if (!r->is_new && r->was_told && (!r->is_open || is_quiet))
			continue;
		l->rows[kept] = *r;
		rethread(l, words, (uint32_t)kept);
		kept++;
	}
	l->n = kept;
	words_free(l->words);
	l->words = words;
}

static bool has_room(struct ledger *l)
{
	size_t room = l->room > 0 ? 2 * l->room : ROOM_AT_FIRST;
	struct row *rows;

	if (l->n >= l->max && l->may_sweep)
		sweep(l);
	if (l->n >= l->max)
		return false;
	if (l->n < l->room)
		return l->rows != NULL;
	if (room > l->max)
		room = l->max;
	rows = realloc(l->rows, room * sizeof(*rows));
	if (rows == NULL)
		return false;
	l->rows = rows;
	l->room = room;
	return true;
}

/* All but the value. */
static void key_of(const struct claim *c, struct row_key *ret_key)
{
	memset(ret_key, 0, sizeof(*ret_key)); /* padding is compared too */
	ret_key->kind = c->kind;
	ret_key->source = c->source;
	ret_key->has_mac = c->has_mac;
	if (c->has_mac)
		ret_key->mac = c->mac;
	ret_key->addr = c->addr;
}

static struct row *find(struct ledger *l, const struct claim *c)
{
	uint8_t low[VALUE_MAX];
	struct row_key key;
	const uint32_t *at;

	key_of(c, &key);
	key.value = words_find(l->words, fold(c->value, low));
	at = key.value == WORDS_NONE ? NULL : map_get(l->open, &key);
	return at == NULL ? NULL : &l->rows[*at];
}

/* Nobody may fill the ledger, or its texts, alone. */
static bool is_crowded(const struct ledger *l, const struct claim *c)
{
	const struct head *of_addr = map_get(l->addrs, &c->addr);
	const struct head *of_mac = c->has_mac ? map_get(l->macs, &c->mac) : NULL;

	return (of_addr != NULL && of_addr->n >= LEDGER_OF_ONE) ||
	       (of_mac != NULL && of_mac->n >= LEDGER_OF_ONE);
}

static struct row *begin(struct ledger *l, const struct claim *c, struct moment now)
{
	uint8_t low[VALUE_MAX];
	struct row *r;
	bool is_new = false;
	uint32_t i, *at;

	if (is_crowded(l, c) || !has_room(l))
		return NULL;
	i = (uint32_t)l->n;
	r = &l->rows[i];
	*r = (struct row){.most = 100,
			  .is_open = true,
			  .first_ns = now.at_ns,
			  .last_ns = now.at_ns,
			  .packet = now.seq};
	key_of(c, &r->key);
	r->value = words_put(l->words, c->value);
	r->key.value = words_put(l->words, fold(c->value, low));
	if (r->value == WORDS_NONE || r->key.value == WORDS_NONE)
		return NULL;
	at = map_put(l->open, &r->key, &is_new);
	if (at == NULL)
		return NULL;
	if (!thread(l, i)) {
		map_del(l->open, &r->key);
		return NULL;
	}
	*at = i;
	l->n++;
	return r;
}

void ledger_claim(struct ledger *l, const struct claim *c, struct moment now)
{
	struct row *r = find(l, c);

	if (now.at_ns > l->newest_ns)
		l->newest_ns = now.at_ns;
	if (r == NULL)
		r = begin(l, c, now);
	if (r == NULL) {
		l->refused++;
		return;
	}
	if (now.at_ns > r->last_ns)
		r->last_ns = now.at_ns;
	if (now.at_ns < r->first_ns && !r->was_told) /* captures are not always in order */
		r->first_ns = now.at_ns;
	if (c->until_ns > r->until_ns)
		r->until_ns = c->until_ns;
	if (c->confidence > r->confidence)
		r->confidence = c->confidence;
	r->count++;
	r->is_new = l->has_news = true;
}

static void close_row(struct ledger *l, struct row *r)
{
	if (r->is_open)
		map_del(l->open, &r->key);
	r->is_open = false;
}

void ledger_end(struct ledger *l, const struct claim *c, struct moment now)
{
	struct row *r = find(l, c);

	if (r == NULL)
		return;
	if (now.at_ns > r->last_ns)
		r->last_ns = now.at_ns;
	r->is_ended = true;
	r->is_new = l->has_news = true;
	close_row(l, r);
}

static bool is_about(const struct row *r, const struct about *what)
{
	if (what->addr != NULL && !addr_eq(&r->key.addr, what->addr))
		return false;
	if (what->mac != NULL && (!r->key.has_mac || !mac_eq(&r->key.mac, what->mac)))
		return false;
	if ((what->kind != LEDGER_ANY && r->key.kind != what->kind) ||
	    (what->source != LEDGER_ANY && r->key.source != what->source))
		return false;
	return what->before_ns == 0 || r->last_ns < what->before_ns;
}

/* The next row after `r` that is meant; `r` NULL: the first. */
static struct row *next_about(struct ledger *l, const struct about *what, const struct row *r)
{
	const struct head *h = NULL;
	uint32_t at = 0;

	if (r != NULL) {
		at = what->addr != NULL ? r->of_addr : r->of_mac;
	} else {
		h = what->addr != NULL ? map_get(l->addrs, what->addr)
				       : map_get(l->macs, what->mac);
		at = h == NULL ? 0 : h->first;
	}
	while (at != 0) {
		struct row *next = &l->rows[at - 1];

		if (is_about(next, what))
			return next;
		at = what->addr != NULL ? next->of_addr : next->of_mac;
	}
	return NULL;
}

void ledger_close(struct ledger *l, const struct about *what)
{
	for (struct row *r = next_about(l, what, NULL); r != NULL; r = next_about(l, what, r))
		close_row(l, r);
}

void ledger_weaken(struct ledger *l, const struct about *what, uint8_t most)
{
	for (struct row *r = next_about(l, what, NULL); r != NULL; r = next_about(l, what, r)) {
		if (r->most <= most)
			continue;
		r->most = most;
		r->is_new = l->has_news = true;
	}
}

/* One typing error does not undo a day of logons: only what was refused every time. */
void ledger_refute(struct ledger *l, const struct claim *c, struct moment now)
{
	struct row *r = find(l, c);

	if (r == NULL) {
		ledger_claim(l, c, now);
		r = find(l, c);
	}
	if (r == NULL)
		return;
	r->refuted++;
	r->is_new = l->has_news = true;
}

void ledger_withdraw(struct ledger *l, const struct claim *c)
{
	struct row *r = find(l, c);

	if (r == NULL || r->most == 0)
		return;
	r->most = 0;
	r->is_new = l->has_news = true;
}

void ledger_supersede(struct ledger *l, const struct claim *c)
{
	const struct row *same = find(l, c);
	struct about what = {.kind = c->kind, .source = c->source};

	if (c->has_mac)
		what.mac = &c->mac;
	else
		what.addr = &c->addr;
	for (struct row *r = next_about(l, &what, NULL); r != NULL; r = next_about(l, &what, r)) {
		if (r != same && r->key.has_mac == c->has_mac && addr_eq(&r->key.addr, &c->addr))
			close_row(l, r);
	}
}

static uint8_t told_confidence(const struct row *r)
{
	uint8_t c = r->confidence < r->most ? r->confidence : r->most;

	if (r->refuted >= r->count && c > REFUTED)
		c = REFUTED;
	return c == 0 && r->was_told ? 1 : c;
}

void ledger_tell(struct ledger *l, const struct fact_sink *out)
{
	if (!l->has_news)
		return;
	l->has_news = false;
	for (size_t i = 0; i < l->n; i++) {
		struct row *r = &l->rows[i];
		uint8_t confidence = told_confidence(r);
		struct fact f = {
			.kind = r->key.kind,
			.source = r->key.source,
			.confidence = confidence,
			.has_mac = r->key.has_mac,
			.is_ended = r->is_ended,
			.mac = r->key.mac,
			.addr = r->key.addr,
			.host = "",
			.value = words_text(l->words, r->value),
			.origin = "",
			.machine = "",
			.first_ns = r->first_ns,
			.last_ns = r->last_ns,
			.until_ns = r->until_ns,
			.count = r->count,
			.packet = r->packet,
		};

		if (!r->is_new || confidence == 0)
			continue;
		r->is_new = false;
		r->was_told = true;
		l->may_sweep = true;
		out->fact(out->ctx, &f);
	}
}
