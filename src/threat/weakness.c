#include "threat/weakness.h"

enum { PARTS = 4 };

bool version_parse(const char *text, struct version *ret_v)
{
	struct version v = {{0}};
	const char *p = text;

	for (int i = 0; i < PARTS; i++) {
		uint32_t n = 0;
		const char *first = p;

		for (; *p >= '0' && *p <= '9' && n <= UINT16_MAX; p++)
			n = n * 10 + (uint32_t)(*p - '0');
		if (p == first || n > UINT16_MAX)
			return false;
		v.part[i] = (uint16_t)n;
		if (*p == '\0') {
			*ret_v = v;
			return true;
		}
		if (*p++ != '.')
			return false;
	}
	return false; /* a fifth part, or a dot at the end */
}

int version_cmp(const struct version *a, const struct version *b)
{
	for (int i = 0; i < PARTS; i++) {
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return 0;
}
