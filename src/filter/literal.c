#include "filter/literal.h"

#include <stdio.h>

enum { WORD_MAX = 64 };

/* False: longer than anything that a word can mean. */
static bool word_text(const struct token *t, char to[WORD_MAX])
{
	if (t->kind != TOKEN_WORD || t->text.len >= WORD_MAX)
		return false;
	memcpy(to, t->text.at, t->text.len);
	to[t->text.len] = '\0';
	return true;
}

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A' + 10);
	return 99;
}

static bool number(const char *p, unsigned base, uint64_t *ret_v)
{
	uint64_t v = 0;

	if (*p == '\0')
		return false;
	for (; *p != '\0'; p++) {
		unsigned d = digit(*p);

		if (d >= base || v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*ret_v = v;
	return true;
}

enum rc literal_number(const struct token *t, uint64_t *ret_number)
{
	char s[WORD_MAX];
	bool ok = false;

	if (t->kind == TOKEN_CHAR) {
		*ret_number = t->text.at[0];
		return RC_OK;
	}
	if (!word_text(t, s))
		return RC_INVAL;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		ok = number(s + 2, 16, ret_number);
	else if (s[0] == '0' && (s[1] == 'b' || s[1] == 'B'))
		ok = number(s + 2, 2, ret_number);
	else
		ok = number(s, s[0] == '0' ? 8 : 10, ret_number);
	return ok ? RC_OK : RC_INVAL;
}

static bool literal_bool(const char *s, const struct token *t, uint64_t *ret_v)
{
	if (strcmp(s, "True") == 0 || strcmp(s, "TRUE") == 0 || strcmp(s, "true") == 0) {
		*ret_v = 1;
		return true;
	}
	if (strcmp(s, "False") == 0 || strcmp(s, "FALSE") == 0 || strcmp(s, "false") == 0) {
		*ret_v = 0;
		return true;
	}
	if (literal_number(t, ret_v) != RC_OK)
		return false;
	*ret_v = *ret_v != 0;
	return true;
}

/* "10.0.0.1" or "10.0.0.0/8", and the same for IPv6. Host bits may be set, as in Wireshark. */
static bool literal_addr(char *s, bool is_v4, struct value *v)
{
	char *slash = strchr(s, '/');
	uint64_t bits = is_v4 ? 32 : 128, most = bits;
	struct addr a = {{0}};

	if (slash != NULL) {
		*slash = '\0';
		if (!number(slash + 1, 10, &bits) || bits > most)
			return false;
	}
	if ((strchr(s, ':') == NULL) != is_v4 || addr_parse(s, &a) != RC_OK)
		return false;
	memcpy(v->raw, is_v4 ? a.b + 12 : a.b, is_v4 ? 4 : 16);
	v->bits = (unsigned)bits;
	return true;
}

static bool is_separator(uint8_t c)
{
	return c == ':' || c == '-' || c == '.';
}

/* Pairs of hex digits with separators (or, for MACs, aabb.ccdd.eeff). Returns how many bytes; 0:
 * none, or too many. */
static size_t hex_bytes(struct bytes text, uint8_t *to, size_t cap)
{
	size_t n = 0, i = 0;

	while (i < text.len) {
		unsigned hi = digit((char)text.at[i]);
		unsigned lo = i + 1 < text.len ? digit((char)text.at[i + 1]) : 99;

		if (hi > 15 || lo > 15 || n == cap)
			return 0;
		to[n++] = (uint8_t)(hi << 4 | lo);
		i += 2;
		if (i < text.len && is_separator(text.at[i]) && ++i == text.len)
			return 0;
	}
	return n;
}

static bool literal_guid(const char *s, struct value *v)
{
	struct uuid u = {0};
	struct writer w = {v->raw, 0, sizeof(v->raw), false};

	if (uuid_parse(s, &u) != RC_OK)
		return false;
	wr_be(&w, 4, u.a);
	wr_be(&w, 2, u.b);
	wr_be(&w, 2, u.c);
	wr_bytes(&w, (struct bytes){u.d, sizeof(u.d)});
	return true;
}

static enum rc range_error(const struct field *f, const struct token *t, char *why, size_t why_len)
{
	uint64_t ignored = 0;
	bool is_name = t->kind == TOKEN_STRING || literal_number(t, &ignored) != RC_OK;

	(void)snprintf(why, why_len, is_name ? "%s is a number, 0 to %llu" : "%s is at most %llu",
		       f->info.name, (unsigned long long)field_max(f));
	return RC_INVAL;
}

enum rc literal_value(const struct field *f, const struct token *t, struct value *ret_value,
		      char *why, size_t why_len)
{
	struct value v = {.bits = 8 * (unsigned)value_width(f->type)};
	char s[WORD_MAX] = "";
	bool ok = word_text(t, s) || t->kind == TOKEN_CHAR;

	switch (f->type) {
	case TYPE_PROTOCOL:
		(void)snprintf(why, why_len,
			       "%s is a protocol: it is there or not, but has no value",
			       f->info.name);
		return RC_INVAL;
	case TYPE_STRING:
		v.str = t->text;
		ok = t->kind == TOKEN_STRING;
		break;
	case TYPE_UINT:
		if (!ok || literal_number(t, &v.num) != RC_OK || v.num > field_max(f))
			return range_error(f, t, why, why_len);
		break;
	case TYPE_BOOL:
		ok = ok && literal_bool(s, t, &v.num);
		break;
	case TYPE_IPV4:
	case TYPE_IPV6:
		ok = ok && literal_addr(s, f->type == TYPE_IPV4, &v);
		break;
	case TYPE_ETHER:
		ok = ok && hex_bytes(t->text, v.raw, 6) == 6;
		break;
	case TYPE_GUID:
		ok = ok && literal_guid(s, &v);
		break;
	}
	if (!ok) {
		(void)snprintf(why, why_len, "%s needs %s here", f->info.name,
			       f->type == TYPE_STRING  ? "a string in double quotes"
			       : f->type == TYPE_BOOL  ? "True, False or a number"
			       : f->type == TYPE_IPV4  ? "an IPv4 address, 10.0.0.1 or 10.0.0.0/8,"
			       : f->type == TYPE_IPV6  ? "an IPv6 address, fe80::1 or fe80::/10,"
			       : f->type == TYPE_ETHER ? "a MAC address, 00:11:22:aa:bb:cc,"
						       : "a GUID as 8-4-4-4-12 hex digits");
		return RC_INVAL;
	}
	*ret_value = v;
	return RC_OK;
}

enum rc literal_bytes(struct arena *arena, const struct token *t, struct bytes *ret_bytes,
		      char *why, size_t why_len)
{
	uint8_t *to = NULL;
	size_t n = 0;

	if (t->kind == TOKEN_STRING) {
		*ret_bytes = t->text;
		return RC_OK;
	}
	to = arena_alloc(arena, t->text.len / 2 + 1);
	if (to == NULL)
		return RC_NOMEM;
	if (t->kind == TOKEN_WORD)
		n = hex_bytes(t->text, to, t->text.len / 2 + 1);
	if (n == 0) {
		(void)snprintf(why, why_len,
			       "contains needs a string in double quotes, or bytes as 00:aa:ff");
		return RC_INVAL;
	}
	*ret_bytes = (struct bytes){to, n};
	return RC_OK;
}
