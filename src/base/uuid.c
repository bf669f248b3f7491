#include "base/uuid.h"

#include <stdio.h>

const char *uuid_format(const struct uuid *u, char *text)
{
	snprintf(text, UUID_TEXT, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", u->a, u->b,
		 u->c, u->d[0], u->d[1], u->d[2], u->d[3], u->d[4], u->d[5], u->d[6], u->d[7]);
	return text;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum rc uuid_parse(const char *text, struct uuid *ret_uuid)
{
	uint8_t b[16] = {0};
	size_t at = 0;

	for (unsigned i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			if (text[at++] != '-')
				return RC_INVAL;
		}
		int hi = digit(text[at]), lo = hi < 0 ? -1 : digit(text[at + 1]);

		if (lo < 0)
			return RC_INVAL;
		b[i] = (uint8_t)(hi << 4 | lo);
		at += 2;
	}
	if (text[at] != '\0')
		return RC_INVAL;
	ret_uuid->a = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	ret_uuid->b = (uint16_t)(b[4] << 8 | b[5]);
	ret_uuid->c = (uint16_t)(b[6] << 8 | b[7]);
	memcpy(ret_uuid->d, b + 8, sizeof(ret_uuid->d));
	return RC_OK;
}
