#include "model/posture_pack.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"

enum { VERSION = 1, VARINT = 10 };

static void put_varint(struct writer *w, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		wr_le(w, 1, (v & 0x7f) | 0x80);
	wr_le(w, 1, v);
}

/* More than one byte, or none that can be had. */
static uint64_t get_long_varint(struct reader *r)
{
	const uint8_t *at = r->rest.at;
	size_t most = r->bad ? 0 : r->rest.len < VARINT ? r->rest.len : VARINT, i = 0;
	uint64_t v = 0;

	while (i < most) {
		uint8_t b = at[i];

		if (i == VARINT - 1 && b > 1)
			break; /* more than 64 bits */
		v |= (uint64_t)(b & 0x7f) << (7 * i++);
		if (b < 0x80) {
			r->bad = b == 0 && i > 1;
			r->rest = (struct bytes){at + i, r->rest.len - i};
			return v;
		}
	}
	r->bad = true;
	return 0;
}

/* In as few bytes as it needs, or the reader is bad. Most of reading a posture is this, and most
 * are one byte. */
static inline uint64_t get_varint(struct reader *r)
{
	if (r->bad || r->rest.len == 0 || r->rest.at[0] >= 0x80)
		return get_long_varint(r);
	r->rest.len--;
	return *r->rest.at++;
}

static void put_text(struct writer *w, const char *text, size_t len)
{
	put_varint(w, len);
	wr_bytes(w, (struct bytes){(const uint8_t *)text, len});
}

/* Behind the first `from` bytes of `to`, which has room for `cap` with the NUL. */
static void get_text(struct reader *r, char *to, size_t from, size_t cap)
{
	uint64_t len = get_varint(r);
	struct bytes text = {NULL, 0};

	if (len >= cap - from)
		r->bad = true;
	else
		text = rd_take(r, len);
	if (text.len > 0)
		memcpy(to + from, text.at, text.len);
	to[from + text.len] = '\0';
	r->bad = r->bad || strlen(to) != from + text.len;
}

static size_t shared(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

enum rc posture_pack(const struct posture *p, uint8_t **ret_at, size_t *ret_len)
{
	size_t cap = 1 + sizeof(p->addr.b) + 3 * VARINT + strlen(p->name);
	struct writer w = {0};
	const char *before = "";

	for (size_t i = 0; i < p->n; i++)
		cap += 1 + 4 * VARINT + strlen(p->list[i].key) + strlen(p->list[i].value);
	w.at = malloc(cap);
	w.cap = cap;
	if (w.at == NULL)
		return RC_NOMEM;
	wr_le(&w, 1, VERSION);
	wr_bytes(&w, (struct bytes){p->addr.b, sizeof(p->addr.b)});
	put_text(&w, p->name, strlen(p->name));
	put_varint(&w, p->at_ns);
	put_varint(&w, p->n);
	for (size_t i = 0; i < p->n; i++) {
		const struct observation *o = &p->list[i];
		size_t same = shared(before, o->key);

		assert(o->at_ns <= p->at_ns);
		wr_le(&w, 1, (uint64_t)o->state * 64 + o->by);
		put_varint(&w, same);
		put_text(&w, o->key + same, strlen(o->key) - same);
		put_text(&w, o->value, strlen(o->value));
		put_varint(&w, p->at_ns - o->at_ns);
		before = o->key;
	}
	*ret_at = w.at;
	*ret_len = w.len;
	return RC_OK;
}

/* What follows its key. */
static enum rc get_value(struct reader *r, struct posture *p, const char *key, uint8_t how,
			 uint64_t newest_ns)
{
	char value[POSTURE_VALUE];
	struct observation o = {.key = key, .value = value, .state = how / 64, .by = how % 64};
	uint64_t age;
	enum rc rc;

	get_text(r, value, 0, sizeof(value));
	age = get_varint(r);
	if (r->bad || age > newest_ns)
		return RC_FORMAT;
	o.at_ns = newest_ns - age;
	rc = posture_append(p, &o);
	return rc == RC_INVAL ? RC_FORMAT : rc;
}

/* One observation, behind all that are in `p`. `key` has the one before, and then this one's. */
static enum rc get_one(struct reader *r, struct posture *p, uint64_t newest_ns, char *key)
{
	char before[POSTURE_KEY];
	uint8_t how = rd_u8(r);
	uint64_t same = get_varint(r);

	if (same > strlen(key))
		return RC_FORMAT;
	memcpy(before, key, POSTURE_KEY);
	get_text(r, key, same, POSTURE_KEY);
	if (r->bad || shared(before, key) != same)
		return RC_FORMAT;
	return get_value(r, p, key, how, newest_ns);
}

/* --- some keys alone --- */

struct passing { /* keys come in order, and so do those that are wanted */
	const struct posture_wanted *only;
	size_t next;
	char key[POSTURE_KEY]; /* of one that was passed over only the first `alike` bytes */
	size_t len;
	bool is_before; /* it is before the next that is wanted, and they differ after `alike`
			 * bytes:
			 */
	size_t alike;   /* what shares more with it is before that, too */
};

/* Sharing so much with the key before it, it needs no look. */
static bool is_passed(const struct passing *w, uint64_t same)
{
	return w->next == w->only->n || (w->is_before && same > w->alike);
}

static bool is_wanted(struct passing *w)
{
	int c = -1;

	while (w->next < w->only->n && c < 0) {
		c = posture_key_cmp(w->only->list[w->next], w->key, &w->alike);
		w->next += c < 0;
	}
	w->is_before = c > 0;
	return c == 0;
}

static bool has_zero(struct bytes key)
{
	return key.len > 0 && memchr(key.at, 0, key.len) != NULL;
}

static enum rc pass_value(struct reader *r, uint64_t newest_ns)
{
	uint64_t len = get_varint(r);

	if (len >= POSTURE_VALUE)
		return RC_FORMAT;
	rd_skip(r, len);
	return get_varint(r) > newest_ns || r->bad ? RC_FORMAT : RC_OK;
}

/* The next, if it needs no look and its lengths are one byte each: nearly all are so, and this is
 * most of what triage does. False: nothing was read. */
static bool pass_short(struct reader *r, struct passing *w, uint64_t newest_ns)
{
	const uint8_t *at = r->rest.at; /* how, bytes shared, length and rest of the key, length */
	size_t left = r->bad ? 0 : r->rest.len;

	if (left < 3 || at[1] >= 0x80 || at[2] >= 0x80)
		return false;
	size_t same = at[1], more = at[2], value = 3 + more;

	_Static_assert(POSTURE_KEY > 2 * 0x80 && POSTURE_VALUE > 0x80, "it fits");
	if (!is_passed(w, same) || same > w->len || value >= left || at[value] >= 0x80 ||
	    has_zero(bytes_slice(r->rest, 3, value)))
		return false;
	struct reader age = {.rest = bytes_slice(r->rest, value + 1 + at[value], left)};

	if (get_varint(&age) > newest_ns || age.bad)
		return false;
	r->rest = age.rest;
	w->len = same + more;
	return true;
}

static enum rc get_wanted(struct reader *r, struct posture *p, struct passing *w,
			  uint64_t newest_ns)
{
	uint8_t how = rd_u8(r);
	uint64_t same = get_varint(r), more = get_varint(r);
	struct bytes rest = rd_take(r, more);

	if (r->bad || same > w->len || more >= POSTURE_KEY - same || has_zero(rest))
		return RC_FORMAT;
	w->len = same + more;
	if (is_passed(w, same))
		return pass_value(r, newest_ns);
	if (rest.len > 0)
		memcpy(w->key + same, rest.at, rest.len);
	w->key[w->len] = '\0';
	return is_wanted(w) ? get_value(r, p, w->key, how, newest_ns) : pass_value(r, newest_ns);
}

/* --- all of it --- */

static enum rc get_all(struct reader *r, struct posture *p, const struct posture_wanted *only)
{
	char name[POSTURE_VALUE], key[POSTURE_KEY] = "";
	struct passing w;
	uint64_t newest_ns, n;
	enum rc rc;

	if (rd_u8(r) != VERSION)
		return RC_FORMAT;
	rd_copy(r, p->addr.b, sizeof(p->addr.b));
	get_text(r, name, 0, sizeof(name));
	newest_ns = get_varint(r);
	n = get_varint(r);
	if (r->bad || n > POSTURE_MAX)
		return RC_FORMAT;
	rc = posture_name(p, name);
	if (rc == RC_OK && strcmp(p->name, name) != 0)
		return RC_FORMAT;
	w.only = only;
	w.next = w.len = w.alike = 0;
	w.is_before = false;
	w.key[0] = '\0';
	for (uint64_t i = 0; i < n && rc == RC_OK; i++)
		if (only == NULL)
			rc = get_one(r, p, newest_ns, key);
		else if (!pass_short(r, &w, newest_ns))
			rc = get_wanted(r, p, &w, newest_ns);
	if (rc != RC_OK)
		return rc;
	p->at_ns = newest_ns; /* of one without observations, when it was asked */
	return r->rest.len == 0 ? RC_OK : RC_FORMAT;
}

enum rc posture_unpack_over(struct bytes in, const struct posture_wanted *only, struct posture *p)
{
	struct reader r = {.rest = in};

	posture_clear(p);
	return get_all(&r, p, only);
}

enum rc posture_unpack_some(struct bytes in, const struct posture_wanted *only,
			    struct posture **ret_p)
{
	struct posture *p = NULL;
	enum rc rc = posture_new(&p);

	if (rc != RC_OK)
		return rc;
	rc = posture_unpack_over(in, only, p);
	if (rc != RC_OK) {
		posture_free(p);
		return rc;
	}
	*ret_p = p;
	return RC_OK;
}

enum rc posture_unpack(struct bytes in, struct posture **ret_p)
{
	return posture_unpack_some(in, NULL, ret_p);
}
