/*
 * What a path does to a server does not depend on detours: putting `x\..\` or `.\` before it
 * changes neither the walk's lowest point nor the number of climbs below the root.
 */
#include <stdlib.h>
#include <string.h>

#include "detect/ms08_path.h"

enum { PATH_MAX_BYTES = 1024 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

struct buffer {
	uint8_t at[PATH_MAX_BYTES + 64];
	size_t len;
};

static void put(struct buffer *b, const char *ascii)
{
	for (; *ascii != '\0'; ascii++) {
		b->at[b->len++] = (uint8_t)*ascii;
		b->at[b->len++] = 0;
	}
}

static struct ms08_shape shape_of(const char *before, struct bytes path)
{
	struct ms08_shape s;
	struct buffer b = {.len = 0};

	put(&b, before);
	if (path.len > 0)
		memcpy(b.at + b.len, path.at, path.len);
	b.len += path.len;
	ms08_shape((struct bytes){NULL, 0}, (struct bytes){b.at, b.len}, &s);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes all = {data, size};
	struct bytes path = bytes_slice(all, 1, PATH_MAX_BYTES);
	struct bytes prefix = bytes_slice(path, 0, size > 0 ? data[0] & ~1u : 0);
	struct ms08_shape plain, detour, dot, joined;

	/* Behind a name, so that a drive letter at the start means the same in all of them. */
	plain = shape_of("\\r\\", path);
	detour = shape_of("\\x\\..\\r\\", path);
	dot = shape_of("\\.\\r\\.\\", path);
	must(detour.low == plain.low && detour.below == plain.below);
	must(detour.climbs == plain.climbs + 1 && detour.components == plain.components + 2);
	must(dot.low == plain.low && dot.climbs == plain.climbs);
	must((ms08_class(&detour) == MS08_EXPLOIT) == (ms08_class(&plain) == MS08_EXPLOIT));

	must(plain.low <= 0 && plain.climbs <= plain.components && plain.below <= plain.climbs);
	must((plain.low < 0) == (plain.below > 0));
	must(plain.units <= (path.len + 6) / 2 + 3 && plain.binary <= plain.units);
	ms08_shape(prefix, path, &joined);
	must(joined.below <= joined.climbs);
	if (ms08_question(path) != MS08_NO_QUESTION)
		must(ms08_class(&joined) != MS08_EXPLOIT || joined.climbs > 1);
	return 0;
}
