/* Every reader reads it, whatever the guess says. Each row is accounted for once, what is told is
 * counted, facts are well formed, and a second reading says the same. A first line "map=…" is the
 * map of columns. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/monotime.h"
#include "base/text.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAP = 128, VALUE = 1024 };

struct heard {
	uint64_t facts, bad, odd, sum;
};

static void check_text(struct heard *h, const char *text, size_t most)
{
	char again[VALUE];
	size_t len = strlen(text);

	if (len >= most ||
	    text_from_utf8((struct bytes){(const uint8_t *)text, len}, again, sizeof(again)) !=
		    len ||
	    memcmp(text, again, len) != 0)
		abort();
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ')
			abort();
	}
	h->sum = hash_bytes(text, len, h->sum);
}

static void on_fact(void *ctx, const struct fact *f)
{
	struct heard *h = ctx;

	h->facts++;
	if (f->kind < FACT_LINK || f->kind >= FACT_KINDS || !fact_is_listed(f->source) ||
	    f->confidence < 1 || f->confidence > 100 || f->count != 1 || f->packet != 0)
		abort();
	if (f->first_ns == 0 || f->last_ns < f->first_ns || f->last_ns > INT64_MAX ||
	    f->until_ns > INT64_MAX || (f->until_ns != 0 && f->until_ns < f->last_ns) ||
	    (f->is_ended && f->until_ns != 0))
		abort();
	if (!f->has_mac && addr_is_zero(&f->addr) && f->host[0] == '\0')
		abort();
	if (f->has_mac && (f->mac.b[0] & 1) != 0)
		abort();
	if ((f->kind == FACT_LINK) != (f->value[0] == '\0'))
		abort();
	check_text(h, f->host, 64);
	check_text(h, f->value, 512);
	h->sum = hash_bytes(&f->addr, sizeof(f->addr), h->sum + f->kind + f->last_ns);
}

static void on_bad(void *ctx, uint64_t line, const char *why)
{
	struct heard *h = ctx;

	if (line == 0)
		abort();
	h->bad++;
	check_text(h, why, 256);
}

static void on_odd(void *ctx, uint64_t line, const char *what)
{
	(void)line;
	struct heard *h = ctx;

	h->odd++;
	check_text(h, what, 256);
}

static struct heard read_with(const struct import_format *f, struct bytes data, const char *map)
{
	FILE *from = data.len > 0 ? fmemopen((void *)(uintptr_t)data.at, data.len, "rb") : NULL;
	const struct import_options opt = {.now_ns = UINT64_C(1795521600) * NS_PER_S,
					   .origin = "fuzz",
					   .map = map,
					   .utc_offset_s = 3600};
	struct heard h = {0, 0, 0, 0};
	const struct import_out out = {on_fact, on_bad, on_odd, &h};
	struct import_result r = {.rows = 0};
	char err[256] = "";

	if (from == NULL)
		return h;

	enum rc rc = f->read(from, &opt, &out, &r, err, sizeof(err));

	fclose(from);
	if (rc == RC_IO || rc == RC_NOMEM || (rc == RC_FORMAT && err[0] == '\0'))
		abort();
	if (r.rows != r.used + r.bad + r.skipped || r.bad != h.bad || r.facts != h.facts ||
	    r.odd != h.odd || (r.used > 0) != (h.facts > 0))
		abort();
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	char map[MAP] = "";

	if (size > 4 && memcmp(data, "map=", 4) == 0) {
		size_t n = 0;

		while (n < size && data[n] != '\n')
			n++;
		(void)text_from_utf8(bytes_slice(in, 4, n - 4), map, sizeof(map));
		in = bytes_slice(in, n + 1, size);
	}

	const struct import_format *guessed = import_guess(bytes_slice(in, 0, IMPORT_HEAD));

	for (const struct import_format *const *f = import_formats; *f != NULL; f++) {
		struct heard once = read_with(*f, in, map[0] != '\0' ? map : NULL);

		if (*f == guessed) {
			struct heard again = read_with(*f, in, map[0] != '\0' ? map : NULL);

			if (memcmp(&once, &again, sizeof(once)) != 0)
				abort();
		}
	}
	return 0;
}
