#include "report/community_id.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132 };

enum { V4_PREFIX = 12 }; /* of the mapped form: hashed without it */

static void add_u16(struct sha1_ctx *sha, uint16_t v)
{
	const uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	sha1_update(sha, sizeof(b), b);
}

static void add_addr(struct sha1_ctx *sha, const struct addr *a)
{
	size_t skip = addr_is_v4(a) ? V4_PREFIX : 0;

	sha1_update(sha, sizeof(a->b) - skip, a->b + skip);
}

static bool is_before(const struct endpoint *a, const struct endpoint *b)
{
	int order = memcmp(a->addr.b, b->addr.b, sizeof(a->addr.b));

	return order < 0 || (order == 0 && a->port < b->port);
}

enum rc community_id(const struct five_tuple *t, uint16_t seed, char *text)
{
	const uint8_t proto_and_pad[2] = {t->proto, 0};
	const struct endpoint *low = is_before(&t->a, &t->b) ? &t->a : &t->b;
	const struct endpoint *high = low == &t->a ? &t->b : &t->a;
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha;

	if (t->proto == ICMP || t->proto == ICMP6 ||
	    addr_is_v4(&low->addr) != addr_is_v4(&high->addr))
		return RC_INVAL;

	sha1_init(&sha);
	add_u16(&sha, seed);
	add_addr(&sha, &low->addr);
	add_addr(&sha, &high->addr);
	sha1_update(&sha, sizeof(proto_and_pad), proto_and_pad);
	if (t->proto == TCP || t->proto == UDP || t->proto == SCTP) {
		add_u16(&sha, low->port);
		add_u16(&sha, high->port);
	}
	sha1_digest(&sha, sizeof(digest), digest);

	text[0] = '1';
	text[1] = ':';
	base64_encode_raw(text + 2, sizeof(digest), digest);
	text[COMMUNITY_ID_TEXT - 1] = '\0';
	return RC_OK;
}
