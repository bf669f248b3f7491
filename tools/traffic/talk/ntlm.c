#include "talk/ntlm.h"

#include "talk/der.h"
#include "talk/system.h"
#include "wire/utf16.h"

enum {
	MESSAGE = 1024,
	NAME = 64,
	RESPONSE = 24,
	UNICODE = 0x1,
	REQUEST_TARGET = 0x4,
	NTLM = 0x200,
	ANONYMOUS = 0x800,
	TARGET_IS_DOMAIN = 0x10000,
	EXTENDED = 0x80000,
	TARGET_INFO = 0x800000,
	VERSION = 0x2000000,
	AV_END = 0,
	AV_COMPUTER = 1,
	AV_DOMAIN = 2,
	ACCEPT_COMPLETED = 0,
	ACCEPT_INCOMPLETE = 1,
};

#define OID_SPNEGO  BYTES("\x2b\x06\x01\x05\x05\x02")
#define OID_NTLMSSP BYTES("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a")

/* The place of a length, maximum and offset, filled in by payload(). */
static size_t field(struct writer *w)
{
	wr_zeros(w, 8);
	return w->len - 8;
}

static void payload(struct writer *w, size_t field_at, struct bytes b)
{
	wr_patch_le(w, field_at, 2, b.len);
	wr_patch_le(w, field_at + 2, 2, b.len);
	wr_patch_le(w, field_at + 4, 4, w->len);
	wr_bytes(w, b);
}

static void payload_text(struct writer *w, size_t field_at, const char *text)
{
	uint8_t room[NAME];

	payload(w, field_at, utf16_from_ascii(text, room, sizeof(room)));
}

static void version(struct writer *w, enum os os)
{
	const struct system_version v = system_of(os)->version;

	wr_be(w, 1, v.major);
	wr_be(w, 1, v.minor);
	wr_le(w, 2, v.build);
	wr_le(w, 4, 0x0f000000); /* revision 15 */
}

static void head(struct writer *w, uint32_t type)
{
	wr_bytes(w, BYTES("NTLMSSP\0"));
	wr_le(w, 4, type);
}

static void init_token(struct writer *w, struct bytes token)
{
	size_t app = der_open(w, 0x60), choice, seq, part, list;

	wr_be(w, 2, 0x0606);
	wr_bytes(w, OID_SPNEGO);
	choice = der_open(w, 0xa0);
	seq = der_open(w, SEQUENCE);
	part = der_open(w, 0xa0);
	list = der_open(w, SEQUENCE);
	wr_be(w, 2, 0x060a);
	wr_bytes(w, OID_NTLMSSP);
	der_close(w, list);
	der_close(w, part);
	if (token.len > 0) {
		part = der_open(w, 0xa2);
		der_put(w, OCTETS, token);
		der_close(w, part);
	}
	der_close(w, seq);
	der_close(w, choice);
	der_close(w, app);
}

/* `state` negative: a client's, which has none. */
static void next_token(struct writer *w, int state, struct bytes token)
{
	size_t choice = der_open(w, 0xa1), seq = der_open(w, SEQUENCE), part;

	if (state >= 0) {
		wr_be(w, 4, 0xa0030a01);
		wr_be(w, 1, (uint64_t)state);
	}
	if (state == ACCEPT_INCOMPLETE) {
		part = der_open(w, 0xa1);
		wr_be(w, 2, 0x060a);
		wr_bytes(w, OID_NTLMSSP);
		der_close(w, part);
	}
	if (token.len > 0) {
		part = der_open(w, 0xa2);
		der_put(w, OCTETS, token);
		der_close(w, part);
	}
	der_close(w, seq);
	der_close(w, choice);
}

void ntlm_offer(struct writer *w)
{
	init_token(w, (struct bytes){NULL, 0});
}

void ntlm_negotiate(struct writer *w, const struct logon *l)
{
	uint8_t room[MESSAGE];
	struct writer m = {room, 0, sizeof(room), false};

	head(&m, 1);
	wr_le(&m, 4, UNICODE | REQUEST_TARGET | NTLM | EXTENDED | VERSION);
	wr_zeros(&m, 16);
	version(&m, l->machine_os);
	init_token(w, (struct bytes){room, m.len});
}

static void av_pair(struct writer *w, uint16_t id, const char *text)
{
	uint8_t room[NAME];
	struct bytes b = utf16_from_ascii(text, room, sizeof(room));

	wr_le(w, 2, id);
	wr_le(w, 2, b.len);
	wr_bytes(w, b);
}

void ntlm_challenge(struct writer *w, struct rng *r, const struct logon *l)
{
	uint8_t room[MESSAGE], info[MESSAGE / 2];
	struct writer m = {room, 0, sizeof(room), false}, i = {info, 0, sizeof(info), false};
	size_t target, pairs;

	head(&m, 2);
	target = field(&m);
	wr_le(&m, 4,
	      UNICODE | REQUEST_TARGET | NTLM | TARGET_IS_DOMAIN | EXTENDED | TARGET_INFO |
		      VERSION);
	wr_le(&m, 8, rng_next(r));
	wr_zeros(&m, 8);
	pairs = field(&m);
	version(&m, l->server_os);
	payload_text(&m, target, "KONTOR");
	av_pair(&i, AV_DOMAIN, "KONTOR");
	av_pair(&i, AV_COMPUTER, l->server);
	av_pair(&i, AV_END, "");
	payload(&m, pairs, (struct bytes){info, i.len});
	next_token(w, ACCEPT_INCOMPLETE, (struct bytes){room, m.len});
}

void ntlm_authenticate(struct writer *w, struct rng *r, const struct logon *l)
{
	uint8_t room[MESSAGE], noise[RESPONSE] = {0};
	struct writer m = {room, 0, sizeof(room), false};
	bool is_nobody = l->user[0] == '\0';
	size_t lm, nt, domain, user, machine, key;

	head(&m, 3);
	lm = field(&m);
	nt = field(&m);
	domain = field(&m);
	user = field(&m);
	machine = field(&m);
	key = field(&m);
	wr_le(&m, 4, UNICODE | NTLM | EXTENDED | VERSION | (is_nobody ? ANONYMOUS : 0));
	version(&m, l->machine_os);
	payload_text(&m, domain, l->domain);
	payload_text(&m, user, l->user);
	payload_text(&m, machine, l->machine);
	if (!is_nobody)
		rng_fill(r, noise, 8); /* the client's challenge; then zeros */
	payload(&m, lm, (struct bytes){noise, is_nobody ? 1 : RESPONSE});
	rng_fill(r, noise, sizeof(noise));
	payload(&m, nt, (struct bytes){noise, is_nobody ? 0 : RESPONSE});
	payload(&m, key, (struct bytes){noise, 0});
	next_token(w, -1, (struct bytes){room, m.len});
}

void ntlm_accept(struct writer *w)
{
	next_token(w, ACCEPT_COMPLETED, (struct bytes){NULL, 0});
}
