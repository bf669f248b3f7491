#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "store/inside.h"

/* Lower case of the letters that offices' names are written in; others stay. */
static uint32_t lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
	    (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	/* Latin Extended-A: pairs, of which the even one is the capital, save for two runs. */
	if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14a && c <= 0x177))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	return c;
}

/* At most 4 bytes. */
static size_t put_utf8(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

const char *text_fold(const char *text, char *to, size_t cap)
{
	struct bytes rest = {(const uint8_t *)text, strlen(text)};
	size_t n = 0;

	while (rest.len > 0 && n + 4 < cap) {
		uint8_t c = rest.at[0];

		if (c < 0x80) {
			to[n++] = (char)lower(c);
			rest = bytes_slice(rest, 1, SIZE_MAX);
		} else {
			n += put_utf8(lower(text_next(&rest)), to + n);
		}
	}
	to[n] = '\0';
	return to;
}

static char *put_hex(const uint8_t *b, size_t n, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*to++ = digits[b[i] >> 4];
		*to++ = digits[b[i] & 15];
	}
	*to = '\0';
	return to;
}

const char *handle_of_addr(const struct addr *a, char *to)
{
	(void)(addr_is_v4(a) ? put_hex(a->b + 12, 4, to) : put_hex(a->b, sizeof(a->b), to));
	return to;
}

bool addr_of_handle(const char *text, struct addr *ret_a)
{
	struct addr a = addr_v4(0);
	size_t len = strlen(text), at = len == 8 ? 12 : 0;

	if (len != 8 && len != 2 * sizeof(a.b))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned n = (unsigned char)text[i];

		if (!((n >= '0' && n <= '9') || (n >= 'a' && n <= 'f')))
			return false;
		n -= n <= '9' ? '0' : 'a' - 10;
		a.b[at + i / 2] = (uint8_t)(i % 2 == 0 ? n << 4 : a.b[at + i / 2] | n);
	}
	*ret_a = a;
	return true;
}

const char *handle_of_mac(const struct mac *m, char *to)
{
	(void)put_hex(m->b, sizeof(m->b), to);
	return to;
}

void handles_done(struct handles *h)
{
	free(h->list);
	*h = (struct handles){0};
}

/* Takes the value as it is. */
static void add_plain(struct handles *h, unsigned kind, const char *value,
		      const struct handle *times)
{
	if (h->n == h->room) {
		size_t room = h->room == 0 ? 64 : h->room * 2;
		struct handle *list = realloc(h->list, room * sizeof(*list));

		if (list == NULL) {
			h->is_lacking = true;
			return;
		}
		h->list = list;
		h->room = room;
	}

	struct handle *to = &h->list[h->n];

	*to = *times;
	to->kind = kind;
	to->value = arena_strdup(h->arena, value);
	if (to->value == NULL)
		h->is_lacking = true;
	else
		h->n++;
}

void handles_add(struct handles *h, unsigned kind, const char *value, const struct handle *times)
{
	char folded[HANDLE_TEXT];

	if (value[0] != '\0')
		add_plain(h, kind, text_fold(value, folded, sizeof(folded)), times);
}

static void add_addr(struct handles *h, const struct addr *a, const struct handle *times)
{
	char text[2 * sizeof(a->b) + 1];

	add_plain(h, HANDLE_ADDR, handle_of_addr(a, text), times);
}

static void add_mac(struct handles *h, const struct mac *m, const struct handle *times)
{
	char text[2 * sizeof(m->b) + 1];

	add_plain(h, HANDLE_MAC, handle_of_mac(m, text), times);
}

/* The whole, and the label before the first dot: "lap-7" finds lap-7.corp.example. */
static void add_name(struct handles *h, const char *name, const struct handle *times)
{
	char folded[HANDLE_TEXT];
	struct addr ignored;
	char *dot;

	if (name[0] == '\0')
		return;
	(void)text_fold(name, folded, sizeof(folded));
	dot = strchr(folded, '.');
	if (dot != NULL && dot[1] == '\0')
		*dot = '\0'; /* a root's dot says nothing */
	add_plain(h, HANDLE_NAME, folded, times);
	dot = strchr(folded, '.');
	if (dot == NULL || dot == folded || addr_parse(folded, &ignored) == RC_OK)
		return;
	*dot = '\0';
	add_plain(h, HANDLE_NAME, folded, times);
}

/* "CORP\maria", "maria@CORP.EXAMPLE": also by "maria". */
static void add_user(struct handles *h, const char *user, const struct handle *times)
{
	const char *slash = strrchr(user, '\\'), *at = strchr(user, '@');
	char bare[HANDLE_TEXT];

	handles_add(h, HANDLE_USER, user, times);
	if (slash != NULL) {
		handles_add(h, HANDLE_USER, slash + 1, times);
	} else if (at != NULL && at > user) {
		(void)snprintf(bare, sizeof(bare), "%.*s", (int)(at - user), user);
		handles_add(h, HANDLE_USER, bare, times);
	}
}

static struct handle times_of(const struct fact *f)
{
	return (struct handle){.first_ns = f->first_ns,
			       .last_ns = f->last_ns,
			       .from_ns = f->first_ns,
			       .until_ns = f->last_ns,
			       .sure = f->confidence};
}

void handles_of_subject(struct handles *h, const struct fact *f)
{
	static const struct addr zero;
	struct handle t = times_of(f);

	if (f->has_mac)
		add_mac(h, &f->mac, &t);
	if (!addr_eq(&f->addr, &zero)) {
		struct handle a = t;

		a.sure = 0; /* that an address is its, resolving decides */
		if (f->until_ns > a.until_ns)
			a.until_ns = f->until_ns;
		add_addr(h, &f->addr, &a);
	}
	add_name(h, f->host, &t);
	if (f->kind == FACT_NAME || f->kind == FACT_FQDN)
		add_name(h, f->value, &t);
	if (f->kind == FACT_ID)
		handles_add(h, HANDLE_ID, f->value, &t);
}

/* What flags say in the words of FACT_ROLE. */
static const struct {
	unsigned flag;
	const char *role;
} roles[] = {
	{MACHINE_ROUTER, "router"},
	{MACHINE_NAT, "nat"},
	{MACHINE_VIRTUAL, "virtual-address"},
};

void handles_of_machine(struct handles *h, const struct machine *m)
{
	struct handle whole = {.first_ns = m->first_ns,
			       .last_ns = m->last_ns,
			       .from_ns = m->first_ns,
			       .until_ns = m->last_ns,
			       .sure = 100};

	handles_add(h, HANDLE_MACHINE, m->id, &whole);
	add_name(h, m->name, &whole);
	add_name(h, m->fqdn, &whole);
	handles_add(h, HANDLE_DOMAIN, m->domain, &whole);
	handles_add(h, HANDLE_OS, m->os, &whole);
	handles_add(h, HANDLE_VENDOR, m->vendor, &whole);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if ((m->flags & roles[i].flag) != 0)
			handles_add(h, HANDLE_ROLE, roles[i].role, &whole);
	}
	for (size_t i = 0; i < m->n_macs; i++) {
		whole.first_ns = whole.from_ns = m->macs[i].first_ns;
		whole.last_ns = whole.until_ns = m->macs[i].last_ns;
		add_mac(h, &m->macs[i].mac, &whole);
		handles_add(h, HANDLE_VENDOR, m->macs[i].vendor, &whole);
	}
	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];
		struct handle t = times_of(f);

		handles_of_subject(h, f);
		if (f->kind == FACT_USER)
			add_user(h, f->value, &t);
		if (f->kind == FACT_ROLE)
			handles_add(h, HANDLE_ROLE, f->value, &t);
		if (f->kind == FACT_DOMAIN)
			handles_add(h, HANDLE_DOMAIN, f->value, &t);
	}
	for (size_t i = 0; i < m->n_addrs; i++) {
		const struct machine_addr *a = &m->addrs[i];
		struct handle t = {.first_ns = a->first_ns,
				   .last_ns = a->last_ns,
				   .from_ns = a->from_ns,
				   .until_ns = a->until_ns,
				   .sure = a->confidence == 0 ? 1 : a->confidence};

		add_addr(h, &a->addr, &t);
	}
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Of the same kind and value: bindings in front of mere mentions, then by time. */
static int cmp_handles(const void *one, const void *two)
{
	const struct handle *a = one, *b = two;
	int c = (int)a->kind - (int)b->kind;

	if (c == 0)
		c = strcmp(a->value, b->value);
	if (c == 0)
		c = (b->sure > 0) - (a->sure > 0);
	return c != 0 ? c : cmp_u64(a->first_ns, b->first_ns);
}

static void widen(struct handle *a, const struct handle *b)
{
	if (b->first_ns < a->first_ns)
		a->first_ns = b->first_ns;
	if (b->last_ns > a->last_ns)
		a->last_ns = b->last_ns;
	if (b->from_ns < a->from_ns)
		a->from_ns = b->from_ns;
	if (b->until_ns > a->until_ns)
		a->until_ns = b->until_ns;
	if (b->sure > a->sure)
		a->sure = b->sure;
}

void handles_tidy(struct handles *h)
{
	size_t kept = 0;

	if (h->n == 0)
		return;
	qsort(h->list, h->n, sizeof(*h->list), cmp_handles);
	for (size_t i = 1; i < h->n; i++) {
		struct handle *last = &h->list[kept], *next = &h->list[i];
		bool is_same = last->kind == next->kind && strcmp(last->value, next->value) == 0;

		/* Of an address every binding is a row of its own; mentions without a binding are
		 * one, and those of an address that has bindings are none. */
		if (is_same && next->kind == HANDLE_ADDR && next->sure > 0 &&
		    last->first_ns != next->first_ns)
			h->list[++kept] = *next;
		else if (is_same && next->kind == HANDLE_ADDR && next->sure == 0 && last->sure > 0)
			continue;
		else if (is_same)
			widen(last, next);
		else
			h->list[++kept] = *next;
	}
	h->n = kept + 1;
}

enum rc handles_take(const struct store *s, struct sql_stmt *st, struct handles *h)
{
	const struct handle t = {.first_ns = db_u64(s, st, 2),
				 .last_ns = db_u64(s, st, 3),
				 .from_ns = db_u64(s, st, 4),
				 .until_ns = db_u64(s, st, 5),
				 .sure = (unsigned)db_int(s, st, 6)};

	add_plain(h, (unsigned)db_int(s, st, 0), db_text(s, st, 1), &t);
	return h->is_lacking ? RC_NOMEM : RC_OK;
}

static enum rc write_one(struct store *s, int64_t num, const struct handle *h, bool is_new)
{
	static const char insert[] =
		"INSERT INTO handle (kind, value, machine, first_ns, last_ns, from_ns, until_ns,"
		" sure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	static const char update[] =
		"UPDATE handle SET last_ns = $5, from_ns = $6, until_ns = $7, sure = $8"
		" WHERE kind = $1 AND value = $2 AND machine = $3 AND first_ns = $4";

	return db_exec(s, is_new ? insert : update,
		       VALUES(sql_int(h->kind), sql_text(h->value), sql_int(num),
			      sql_u64(h->first_ns), sql_u64(h->last_ns), sql_u64(h->from_ns),
			      sql_u64(h->until_ns), sql_int(h->sure)));
}

static enum rc delete_one(struct store *s, int64_t num, const struct handle *h)
{
	return db_exec(
		s,
		"DELETE FROM handle WHERE kind = $1 AND value = $2 AND machine = $3"
		" AND first_ns = $4",
		VALUES(sql_int(h->kind), sql_text(h->value), sql_int(num), sql_u64(h->first_ns)));
}

/* Signed numbers are all that SQL keeps. */
static uint64_t cut(uint64_t u)
{
	return u >= INT64_MAX ? UINT64_MAX : u;
}

static int cmp_places(const struct handle *a, const struct handle *b)
{
	int c = (int)a->kind - (int)b->kind;

	if (c == 0)
		c = strcmp(a->value, b->value);
	return c != 0 ? c : cmp_u64(cut(a->first_ns), cut(b->first_ns));
}

static bool is_same(const struct handle *a, const struct handle *b)
{
	return cut(a->last_ns) == cut(b->last_ns) && cut(a->from_ns) == cut(b->from_ns) &&
	       cut(a->until_ns) == cut(b->until_ns) && a->sure == b->sure;
}

enum rc handles_write(struct store *s, int64_t num, const struct handles *old,
		      const struct handles *now, uint64_t *rows,
		      enum rc (*touched)(void *ctx, const struct handle *h), void *ctx)
{
	enum rc rc = RC_OK;
	size_t i = 0, k = 0;

	while (rc == RC_OK && (i < old->n || k < now->n)) {
		int c = i == old->n   ? 1
			: k == now->n ? -1
				      : cmp_places(&old->list[i], &now->list[k]);
		bool differs = c != 0 || !is_same(&old->list[i], &now->list[k]);

		if (differs && c < 0)
			rc = delete_one(s, num, &old->list[i]);
		else if (differs && c > 0 && s->late != NULL)
			rc = late_handle(s, num, &now->list[k]);
		else if (differs)
			rc = write_one(s, num, &now->list[k], c > 0);
		if (differs && rc == RC_OK && touched != NULL)
			rc = touched(ctx, c < 0 ? &old->list[i] : &now->list[k]);
		*rows += differs;
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}
