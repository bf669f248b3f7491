#include "base/addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

/* Half of an address as a number: its first byte is the highest. */
static uint64_t number_of(const struct addr *a, unsigned half)
{
	return be64toh(addr_half(a, half));
}

bool addr_is_v4(const struct addr *a)
{
	return addr_half(a, 0) == 0 && number_of(a, 1) >> 32 == 0xffff;
}

bool addr_is_zero(const struct addr *a)
{
	uint64_t low = number_of(a, 1);

	return addr_half(a, 0) == 0 && (low == 0 || low == UINT64_C(0xffff) << 32);
}

bool addr_is_multicast(const struct addr *a)
{
	if (!addr_is_v4(a))
		return a->b[0] == 0xff;
	return a->b[12] >> 4 == 14 || (uint32_t)number_of(a, 1) == UINT32_MAX;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return addr_is_v4(a) ? a->b[12] == 127 : memcmp(a->b, one, sizeof(one)) == 0;
}

bool addr_is_link_local(const struct addr *a)
{
	if (addr_is_v4(a))
		return a->b[12] == 169 && a->b[13] == 254;
	return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

/* Not inet_ntop(): it prints through stdio, and a report has tens of thousands of addresses. */
static void v4_format(const uint8_t b[4], char *text)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i > 0)
			*text++ = '.';
		if (b[i] >= 100)
			*text++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*text++ = (char)('0' + b[i] / 10 % 10);
		*text++ = (char)('0' + b[i] % 10);
	}
	*text = '\0';
}

const char *addr_format(const struct addr *a, char *text)
{
	if (addr_is_v4(a))
		v4_format(a->b + 12, text);
	else if (inet_ntop(AF_INET6, a->b, text, ADDR_TEXT) == NULL)
		text[0] = '\0'; /* cannot happen: ADDR_TEXT fits any */
	return text;
}

const char *mac_format(const struct mac *m, char *text)
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", m->b[0], m->b[1], m->b[2],
		 m->b[3], m->b[4], m->b[5]);
	return text;
}

const char *net_format(const struct net *n, char *text)
{
	char addr[ADDR_TEXT];
	unsigned bits = addr_is_v4(&n->addr) && n->bits >= 96 ? n->bits - 96 : n->bits;

	snprintf(text, NET_TEXT, "%s/%u", addr_format(&n->addr, addr), bits);
	return text;
}

enum rc addr_parse(const char *text, struct addr *ret_addr)
{
	uint8_t b[16];

	if (inet_pton(AF_INET, text, b) == 1)
		*ret_addr = addr_from_v4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		memcpy(ret_addr->b, b, sizeof(b));
	else
		return RC_INVAL;
	return RC_OK;
}

/* Is bit `i`, counted from the left, one that the prefix leaves free? Clear it if so. */
static struct addr addr_masked(const struct addr *a, unsigned bits)
{
	struct addr m = *a;

	for (unsigned i = bits; i < 128; i++)
		m.b[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
	return m;
}

enum rc net_parse(const char *text, struct net *ret_net)
{
	char addr_text[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct net n;

	if (len >= sizeof(addr_text))
		return RC_INVAL;
	memcpy(addr_text, text, len);
	addr_text[len] = '\0';
	if (addr_parse(addr_text, &n.addr) != RC_OK)
		return RC_INVAL;

	unsigned base = addr_is_v4(&n.addr) ? 96 : 0;

	n.bits = 128;
	if (slash != NULL) {
		char *end = NULL;
		unsigned long bits = strtoul(slash + 1, &end, 10);

		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > 128 - base)
			return RC_INVAL;
		n.bits = base + (unsigned)bits;
	}

	struct addr masked = addr_masked(&n.addr, n.bits);

	if (!addr_eq(&masked, &n.addr))
		return RC_INVAL;
	*ret_net = n;
	return RC_OK;
}

bool net_contains(const struct net *n, const struct addr *a)
{
	uint64_t high = number_of(a, 0) ^ number_of(&n->addr, 0);
	uint64_t low = number_of(a, 1) ^ number_of(&n->addr, 1);

	if (n->bits <= 64)
		return n->bits == 0 || high >> (64 - n->bits) == 0;
	return high == 0 && low >> (128 - n->bits) == 0;
}
