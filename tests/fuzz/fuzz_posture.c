/* Bytes that unpack are those that pack again. Observations in any order make the same posture,
 * which is what a plain search over all of them finds, and survives being packed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/posture_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TOLD = 64 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Every other key alone: what is read of them is what is in the whole posture. */
static void try_some(struct bytes in, const struct posture *whole)
{
	static const char *keys[POSTURE_MAX];
	struct posture_wanted only = {.list = keys};
	struct posture *some = NULL;
	size_t n = 0;

	for (size_t i = 0; i < whole->n; i++) {
		if (i % 2 == 0 &&
		    (only.n == 0 ||
		     posture_cmp(&(struct observation){.key = keys[only.n - 1]},
				 &(struct observation){.key = whole->list[i].key}) != 0))
			keys[only.n++] = whole->list[i].key;
	}
	/* Also in place of what it had. */
	must(posture_copy(whole, &some) == RC_OK);
	must(posture_unpack_over(in, &only, some) == RC_OK);
	must(some->at_ns == whole->at_ns && strcmp(some->name, whole->name) == 0);
	for (size_t i = 0; i < whole->n; i++) {
		const struct observation *o = &whole->list[i];
		bool is_wanted = false;

		for (size_t k = 0; k < only.n && !is_wanted; k++)
			is_wanted = posture_cmp(&(struct observation){.key = keys[k]},
						&(struct observation){.key = o->key}) == 0;
		if (!is_wanted)
			continue;
		must(n < some->n && strcmp(some->list[n].key, o->key) == 0 &&
		     strcmp(some->list[n].value, o->value) == 0 && some->list[n].by == o->by &&
		     some->list[n].state == o->state && some->list[n].at_ns == o->at_ns);
		n++;
	}
	must(n == some->n);
	posture_free(some);
}

static void try_bytes(struct bytes in)
{
	struct posture *p = NULL;
	uint8_t *at = NULL;
	size_t len = 0;

	if (posture_unpack(in, &p) != RC_OK)
		return;
	must(p->n <= POSTURE_MAX);
	must(posture_pack(p, &at, &len) == RC_OK);
	must(bytes_eq(in, (struct bytes){at, len}));
	if (p->n <= 256) /* the plain search is quadratic */
		try_some(in, p);
	free(at);
	posture_free(p);
}

/* Records: state and source, one letter of a key's prefix, length and rest of the key, length and
 * value. Each is later than the one before. */
static size_t read_told(struct reader *r, char texts[TOLD][2][64], struct observation *told)
{
	static const char *const prefixes[] = {"registry:", "file:", "os.", "", "a:", "A:"};
	size_t n = 0;

	for (; n < TOLD && r->rest.len > 0 && !r->bad; n++) {
		uint8_t how = rd_u8(r), which = rd_u8(r);

		for (unsigned part = 0; part < 2; part++) {
			char *to = texts[n][part];
			struct bytes rest = rd_take_upto(r, rd_u8(r) % 40);

			(void)snprintf(to, sizeof(texts[n][part]), "%s%.*s",
				       part == 0 ? prefixes[which % 6] : "", (int)rest.len,
				       rest.len > 0 ? (const char *)rest.at : "");
		}
		told[n] = (struct observation){.key = texts[n][0],
					       .value = texts[n][1],
					       .state = how / 64,
					       .by = how % 64,
					       .at_ns = n + 1};
	}
	return n;
}

static struct posture *told_in(const struct observation *told, size_t n, bool backwards)
{
	struct posture *p = NULL;

	must(posture_new(&p) == RC_OK);
	for (size_t i = 0; i < n; i++) {
		enum rc rc = posture_add(p, &told[backwards ? n - 1 - i : i]);

		must(rc == RC_OK || rc == RC_INVAL);
	}
	return p;
}

static void must_find(const struct posture *p, const char *key)
{
	const struct observation *got = posture_find(p, key), *want = NULL;
	size_t n = 0, first = posture_all(p, key, &n), hits = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct observation *o = &p->list[i];
		struct observation one = {.key = key, .by = o->by};
		bool same = posture_cmp(o, &one) == 0;

		hits += i >= first && i < first + n && same;
		if (same && (want == NULL || (want->state == OBSERVED_UNREADABLE &&
					      o->state != OBSERVED_UNREADABLE)))
			want = o;
		must(!same || posture_from(p, key, o->by) == o);
		must(!same || (i >= first && i < first + n));
	}
	must(got == want && (hits > 0) == (want != NULL));
}

static void try_told(struct bytes in)
{
	static char texts[TOLD][2][64];
	struct observation told[TOLD];
	struct reader r = {.rest = in};
	size_t n = read_told(&r, texts, told), len = 0, other_len = 0;
	struct posture *p = told_in(told, n, false), *other = told_in(told, n, true);
	uint8_t *at = NULL, *other_at = NULL;

	for (size_t i = 1; i < p->n; i++)
		must(posture_cmp(&p->list[i - 1], &p->list[i]) < 0);
	for (size_t i = 0; i < n; i++)
		must_find(p, told[i].key);
	must(posture_pack(p, &at, &len) == RC_OK);
	must(posture_pack(other, &other_at, &other_len) == RC_OK);
	must(bytes_eq((struct bytes){at, len}, (struct bytes){other_at, other_len}));
	try_bytes((struct bytes){at, len});
	posture_free(other);
	other = NULL;
	must(posture_unpack((struct bytes){at, len}, &other) == RC_OK && other->n == p->n);
	for (size_t i = 0; i < p->n; i++) {
		const struct observation *a = &p->list[i], *b = &other->list[i];

		must(strcmp(a->key, b->key) == 0 && strcmp(a->value, b->value) == 0);
		must(a->state == b->state && a->by == b->by && a->at_ns == b->at_ns);
	}
	free(at);
	free(other_at);
	posture_free(p);
	posture_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 4096)
		return 0;
	try_bytes((struct bytes){data, size});
	try_told((struct bytes){data, size});
	return 0;
}
