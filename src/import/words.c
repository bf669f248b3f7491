#include "import/words.h"

#include <string.h>

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

struct bytes text_trim(struct bytes b)
{
	while (b.len > 0 && (b.at[0] <= ' ' || b.at[0] == '"'))
		b = bytes_slice(b, 1, b.len);
	while (b.len > 0 && (b.at[b.len - 1] <= ' ' || b.at[b.len - 1] == '"'))
		b.len--;
	return b;
}

struct bytes text_word(struct bytes *text)
{
	size_t n = 0;

	while (text->len > 0 && text->at[0] <= ' ')
		*text = bytes_slice(*text, 1, text->len);
	while (n < text->len && text->at[n] > ' ')
		n++;

	struct bytes word = bytes_slice(*text, 0, n);

	*text = bytes_slice(*text, n, text->len);
	return word;
}

bool text_starts(struct bytes text, const char *word)
{
	for (size_t i = 0; word[i] != '\0'; i++) {
		if (i >= text.len || lower(text.at[i]) != lower((uint8_t)word[i]))
			return false;
	}
	return true;
}

bool text_is(struct bytes text, const char *word)
{
	return text.len == strlen(word) && text_starts(text, word);
}

bool text_has(struct bytes text, const char *word)
{
	for (; text.len > 0; text = bytes_slice(text, 1, text.len)) {
		if (text_starts(text, word))
			return true;
	}
	return false;
}

enum rc addr_parse_bytes(struct bytes text, struct addr *ret_addr)
{
	char word[ADDR_TEXT];

	if (text.len == 0 || text.len >= sizeof(word) || memchr(text.at, 0, text.len) != NULL)
		return RC_INVAL;
	memcpy(word, text.at, text.len);
	word[text.len] = '\0';
	return addr_parse(word, ret_addr);
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Groups of one or two digits between separators, or of even length. */
enum rc mac_parse(struct bytes text, struct mac *ret_mac)
{
	uint8_t b[8];
	unsigned n = 0;

	for (size_t i = 0; i < text.len;) {
		size_t digits = 0;

		while (i + digits < text.len && hex(text.at[i + digits]) >= 0)
			digits++;
		if (digits == 0 || (digits > 2 && digits % 2 != 0) || n + (digits + 1) / 2 > 7)
			return RC_INVAL;
		if (digits == 1)
			b[n++] = (uint8_t)hex(text.at[i]);
		for (size_t j = 0; j + 2 <= digits; j += 2)
			b[n++] = (uint8_t)(hex(text.at[i + j]) << 4 | hex(text.at[i + j + 1]));
		i += digits;
		if (i == text.len)
			break;
		if (text.at[i] != ':' && text.at[i] != '-' && text.at[i] != '.')
			return RC_INVAL;
		if (++i == text.len)
			return RC_INVAL;
	}
	if (n == 7 && b[0] == 1) /* Ethernet, in front of the address in a client identifier */
		memcpy(ret_mac->b, b + 1, sizeof(ret_mac->b));
	else if (n == 6)
		memcpy(ret_mac->b, b, sizeof(ret_mac->b));
	else
		return RC_INVAL;
	return RC_OK;
}

size_t hex_parse(struct bytes text, uint8_t *to, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ':' || text.at[i] == '-' || text.at[i] == ' ')
			continue;
		if (i + 1 == text.len || hex(text.at[i]) < 0 || hex(text.at[i + 1]) < 0 || n == cap)
			return 0;
		to[n++] = (uint8_t)(hex(text.at[i]) << 4 | hex(text.at[i + 1]));
		i++;
	}
	return n;
}

bool number_parse(struct bytes text, uint64_t *ret_v)
{
	uint64_t v = 0;

	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		v = v * 10 + (text.at[i] - '0');
	}
	*ret_v = v;
	return true;
}

struct bytes text_of(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}
