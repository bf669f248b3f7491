#include "model/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct row {
	const struct machine_addr *at;
	const struct machine *of;
	uint64_t latest_until; /* of this and all rows before it of the same address */
	size_t latest;         /* among the same: the row that was seen last */
};

struct machines_index {
	struct row *rows; /* by address, then by from_ns */
	size_t n;
};

void machines_free(struct machines *m)
{
	if (m != NULL)
		arena_free(m->arena); /* `m` lives in it, too */
}

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_rows(const void *one, const void *two)
{
	const struct row *a = one, *b = two;
	int c = addr_cmp(&a->at->addr, &b->at->addr);

	if (c == 0)
		c = cmp_number(a->at->from_ns, b->at->from_ns);
	if (c == 0)
		c = cmp_number(a->at->last_ns, b->at->last_ns);
	return c != 0 ? c : strcmp(a->of->id, b->of->id);
}

static int cmp_machines(const void *a, const void *b)
{
	return strcmp(((const struct machine *)a)->id, ((const struct machine *)b)->id);
}

/* Is `a` the better answer to "who has it now"? */
static bool is_later(const struct row *a, const struct row *b)
{
	int c = cmp_number(a->at->last_ns, b->at->last_ns);

	if (c == 0)
		c = a->at->confidence - b->at->confidence;
	if (c == 0)
		c = cmp_number(a->at->first_ns, b->at->first_ns);
	return c > 0 || (c == 0 && strcmp(a->of->id, b->of->id) < 0);
}

enum rc machines_seal(struct machines *m)
{
	struct machines_index *x = arena_alloc(m->arena, sizeof(*x));
	size_t n = 0;

	if (x == NULL)
		return RC_NOMEM;
	if (m->n > 0)
		qsort(m->list, m->n, sizeof(*m->list), cmp_machines);
	for (size_t i = 0; i < m->n; i++)
		n += m->list[i].n_addrs;
	x->rows = arena_alloc(m->arena, n * sizeof(*x->rows));
	if (x->rows == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < m->n; i++) {
		for (size_t j = 0; j < m->list[i].n_addrs; j++)
			x->rows[x->n++] =
				(struct row){.at = &m->list[i].addrs[j], .of = &m->list[i]};
	}
	if (n > 0)
		qsort(x->rows, n, sizeof(*x->rows), cmp_rows);
	for (size_t i = 0; i < n; i++) {
		struct row *r = &x->rows[i];

		r->latest_until = r->at->until_ns;
		r->latest = i;
		if (i == 0 || !addr_eq(&r[-1].at->addr, &r->at->addr))
			continue;
		if (r[-1].latest_until > r->latest_until)
			r->latest_until = r[-1].latest_until;
		if (!is_later(r, &x->rows[r[-1].latest]))
			r->latest = r[-1].latest;
	}
	m->index = x;
	return RC_OK;
}

/* How many rows come before address `a` at at_ns, that time included. */
static size_t count_until(const struct machines_index *x, const struct addr *a, uint64_t at_ns)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = addr_cmp(&x->rows[mid].at->addr, a);

		if (c < 0 || (c == 0 && x->rows[mid].at->from_ns <= at_ns))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Of two that may both have had it then: the one with evidence of that time, then the surer one,
 * then the one that began later. */
static bool is_better(const struct row *a, const struct row *b, uint64_t at_ns)
{
	bool seen_a = a->at->first_ns <= at_ns && at_ns <= a->at->last_ns;
	bool seen_b = b->at->first_ns <= at_ns && at_ns <= b->at->last_ns;
	int c = seen_a - seen_b;

	if (c == 0)
		c = a->at->confidence - b->at->confidence;
	return c != 0 ? c > 0 : is_later(a, b);
}

const struct machine *machines_at(const struct machines *m, const struct addr *a, uint64_t at_ns,
				  const struct machine_addr **ret_row)
{
	const struct machines_index *x = m->index;
	const struct row *best = NULL;
	size_t i = count_until(x, a, at_ns == 0 ? UINT64_MAX : at_ns);

	if (at_ns == 0 && i > 0 && addr_eq(&x->rows[i - 1].at->addr, a))
		best = &x->rows[x->rows[i - 1].latest];
	for (; at_ns != 0 && i > 0; i--) {
		const struct row *r = &x->rows[i - 1];

		if (!addr_eq(&r->at->addr, a) || r->latest_until <= at_ns)
			break;
		if (r->at->until_ns > at_ns && (best == NULL || is_better(r, best, at_ns)))
			best = r;
	}
	if (best == NULL)
		return NULL;
	if (ret_row != NULL)
		*ret_row = best->at;
	return best->of;
}

const struct machine *machines_by_id(const struct machines *m, const char *id)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(m->list[mid].id, id);

		if (c == 0)
			return &m->list[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *key_of_mac(const struct mac *m, char *text)
{
	(void)snprintf(text, MACHINE_ID, "mac:%02x%02x%02x%02x%02x%02x", m->b[0], m->b[1], m->b[2],
		       m->b[3], m->b[4], m->b[5]);
	return text;
}

const char *key_of_addr(const struct addr *a, char *text)
{
	char shown[ADDR_TEXT];

	(void)snprintf(text, MACHINE_ID, "ip:%s", addr_format(a, shown));
	return text;
}

/* Lower case; what a shell, a URL or the key itself would read otherwise becomes %20. */
static bool put_part(char *text, size_t *len, const char *part)
{
	for (; *part != '\0'; part++) {
		unsigned char c = (unsigned char)*part;
		bool is_odd = c <= ' ' || c == 0x7f || strchr("/%#\"'\\`$&;|<>*?", c) != NULL;

		if (*len + 4 >= MACHINE_ID)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + 'a' - 'A');
		if (is_odd)
			(void)snprintf(text + *len, 4, "%%%02x", c);
		else
			text[*len] = (char)c;
		*len += is_odd ? 3 : 1;
	}
	return true;
}

static uint64_t hash_folded(const char *text, uint64_t seed)
{
	char low[256];
	size_t n = 0;

	for (; n < sizeof(low) && text[n] != '\0'; n++)
		low[n] = (char)(text[n] >= 'A' && text[n] <= 'Z' ? text[n] + 'a' - 'A' : text[n]);
	return hash_bytes(low, n, seed);
}

const char *key_of_name(const char *domain, const char *name, char *text)
{
	static const char head[] = "name:";
	size_t len = sizeof(head) - 1;
	bool fits;

	memcpy(text, head, sizeof(head));
	fits = put_part(text, &len, domain);
	if (fits && domain[0] != '\0') {
		fits = len + 1 < MACHINE_ID;
		if (fits)
			text[len++] = '/';
	}
	fits = fits && put_part(text, &len, name);
	text[len] = '\0';
	if (!fits) { /* the head of it for the eye, the hash to tell it from others */
		size_t room = MACHINE_ID - 18;

		while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
			room--; /* not in the middle of a character */
		(void)snprintf(text + room, MACHINE_ID - room, "~%016llx",
			       (unsigned long long)hash_folded(name, hash_folded(domain, 0)));
	}
	return text;
}
