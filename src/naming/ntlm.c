#include "naming/ntlm.h"

enum {
	SIGNATURE = 8,
	NEGOTIATE_FIXED = 16, /* Windows 9x ends here; buffers follow, then the version */
	CHALLENGE_FIXED = 32, /* NT 4 ends here */
	AUTHENTICATE_FIXED = 52,
	FLAGS_AT = 60, /* of AUTHENTICATE, where there are any */
	VERSION_LEN = 8,
	AV_MAX = 32, /* pairs; 2.2.2.1 knows eleven */
};

static const uint8_t signature[SIGNATURE] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};

bool ntlm_is(struct bytes msg)
{
	return msg.len >= SIGNATURE && memcmp(msg.at, signature, SIGNATURE) == 0;
}

struct buffer { /* 2.2.1.1: Len, MaxLen, BufferOffset */
	size_t at, len;
};

static struct buffer buffer_read(struct reader *r)
{
	struct buffer b = {.len = rd_le16(r)};

	rd_skip(r, 2);
	b.at = rd_le32(r);
	return b;
}

/* The text of a buffer behind a fixed part of `fixed` bytes. */
static struct bytes text(struct ntlm *n, struct bytes msg, struct buffer b, size_t fixed,
			 bool is_unicode)
{
	if (b.len == 0)
		return (struct bytes){NULL, 0};
	if (b.at < fixed || b.at > msg.len || b.len > msg.len - b.at ||
	    (is_unicode && b.len % 2 != 0)) {
		n->is_bad = true;
		return (struct bytes){NULL, 0};
	}
	return bytes_slice(msg, b.at, b.len);
}

/* The version stands at `at`, unless the first of the buffers does. */
static void version_read(struct ntlm *n, struct bytes msg, size_t at, size_t first)
{
	struct reader r = {.rest = bytes_slice(msg, at, VERSION_LEN)};
	struct ntlm_version v = {.major = rd_u8(&r), .minor = rd_u8(&r), .build = rd_le16(&r)};

	rd_skip(&r, 3);
	v.revision = rd_u8(&r);
	n->has_version = (n->flags & NTLM_VERSION) != 0 && !r.bad && first >= at + VERSION_LEN;
	if (n->has_version)
		n->version = v;
}

/* Where the first of the buffers that hold something starts. */
static size_t first_of(const struct buffer *b, size_t n, size_t end)
{
	for (size_t i = 0; i < n; i++) {
		if (b[i].len > 0 && b[i].at < end)
			end = b[i].at;
	}
	return end;
}

static bool negotiate_read(struct bytes msg, struct reader *r, struct ntlm *n)
{
	struct buffer b[2] = {{0, 0}, {0, 0}};

	n->flags = rd_le32(r);
	if (r->bad)
		return false;
	if (r->rest.len >= 2 * 8) {
		b[0] = buffer_read(r);
		b[1] = buffer_read(r);
	}
	/* Without its flag a buffer is to be ignored. */
	if ((n->flags & NTLM_OEM_DOMAIN) == 0)
		b[0].len = 0;
	if ((n->flags & NTLM_OEM_WORKSTATION) == 0)
		b[1].len = 0;
	n->negotiate.domain = text(n, msg, b[0], NEGOTIATE_FIXED + 16, false);
	n->negotiate.workstation = text(n, msg, b[1], NEGOTIATE_FIXED + 16, false);
	version_read(n, msg, NEGOTIATE_FIXED + 16, first_of(b, 2, msg.len));
	return true;
}

static void target_info(struct ntlm *n, struct bytes info)
{
	struct ntlm_challenge *c = &n->challenge;
	struct bytes *const texts[] = {
		[NTLM_AV_COMPUTER] = &c->computer,         [NTLM_AV_DOMAIN] = &c->domain,
		[NTLM_AV_DNS_COMPUTER] = &c->dns_computer, [NTLM_AV_DNS_DOMAIN] = &c->dns_domain,
		[NTLM_AV_DNS_TREE] = &c->dns_tree,
	};
	struct reader r = {.rest = info};

	for (unsigned i = 0; i < AV_MAX; i++) {
		uint16_t id = rd_le16(&r), len = rd_le16(&r);
		struct bytes value = rd_take(&r, len);

		if (r.bad)
			break;
		if (id == NTLM_AV_EOL)
			return;
		if (id == NTLM_AV_TIMESTAMP && len == 8) {
			struct reader t = {.rest = value};

			c->time = rd_le64(&t);
			c->has_time = true;
		}
		if (id < sizeof(texts) / sizeof(texts[0]) && texts[id] != NULL) {
			if (len % 2 == 0)
				*texts[id] = value;
			else
				n->is_bad = true;
		}
	}
	n->is_bad = true;
}

static bool challenge_read(struct bytes msg, struct reader *r, struct ntlm *n)
{
	struct buffer b[2] = {buffer_read(r), {0, 0}};

	n->flags = rd_le32(r);
	rd_copy(r, n->challenge.challenge, sizeof(n->challenge.challenge));
	if (r->bad)
		return false;
	n->is_unicode = (n->flags & NTLM_UNICODE) != 0;
	/* Reserved, TargetInfoFields */
	if (r->rest.len >= 16 && (n->flags & NTLM_TARGET_INFO) != 0) {
		rd_skip(r, 8);
		b[1] = buffer_read(r);
	}
	n->challenge.target = text(n, msg, b[0], CHALLENGE_FIXED, n->is_unicode);

	struct bytes info = text(n, msg, b[1], CHALLENGE_FIXED + 16, false);

	if (info.len > 0)
		target_info(n, info);
	version_read(n, msg, CHALLENGE_FIXED + 16, first_of(b, 2, msg.len));
	return true;
}

/* The oldest clients send no flags: is this text of two bytes a character? */
static bool looks_unicode(struct bytes msg, const struct buffer *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct bytes t = bytes_slice(msg, b[i].at, b[i].len);

		if (t.len >= 2)
			return t.len % 2 == 0 && t.at[1] == 0;
	}
	return false;
}

static bool authenticate_read(struct bytes msg, struct reader *r, struct ntlm *n)
{
	enum { LM, NT, DOMAIN, USER, WORKSTATION, BUFFERS };
	struct buffer b[BUFFERS];

	for (unsigned i = 0; i < BUFFERS; i++)
		b[i] = buffer_read(r);
	if (r->bad)
		return false;

	size_t first = first_of(b, BUFFERS, msg.len);

	if (first >= FLAGS_AT + 4) {
		rd_skip(r, 8); /* EncryptedRandomSessionKeyFields */
		n->flags = rd_le32(r);
		n->is_unicode = (n->flags & NTLM_UNICODE) != 0;
		version_read(n, msg, FLAGS_AT + 4, first);
	} else {
		n->is_unicode = looks_unicode(msg, b + DOMAIN, BUFFERS - DOMAIN);
	}
	n->authenticate = (struct ntlm_authenticate){
		.domain = text(n, msg, b[DOMAIN], AUTHENTICATE_FIXED, n->is_unicode),
		.user = text(n, msg, b[USER], AUTHENTICATE_FIXED, n->is_unicode),
		.workstation = text(n, msg, b[WORKSTATION], AUTHENTICATE_FIXED, n->is_unicode),
		.lm = text(n, msg, b[LM], AUTHENTICATE_FIXED, false),
		.nt = text(n, msg, b[NT], AUTHENTICATE_FIXED, false),
	};
	return true;
}

bool ntlm_read(struct bytes msg, struct ntlm *ret_ntlm)
{
	struct reader r = {.rest = msg};
	struct ntlm *n = ret_ntlm;

	*n = (struct ntlm){0};
	if (!ntlm_is(msg))
		return false;
	rd_skip(&r, SIGNATURE);
	n->type = rd_le32(&r);
	switch (n->type) {
	case NTLM_NEGOTIATE:
		return negotiate_read(msg, &r, n);
	case NTLM_CHALLENGE:
		return challenge_read(msg, &r, n);
	case NTLM_AUTHENTICATE:
		return authenticate_read(msg, &r, n);
	default:
		return false;
	}
}

struct tail { /* of a message being written: where the next buffer's contents go */
	struct writer *w;
	size_t at; /* from the start of the message */
};

static void buffer_write(struct tail *t, size_t len)
{
	wr_le(t->w, 2, len);
	wr_le(t->w, 2, len);
	wr_le(t->w, 4, t->at);
	t->at += len;
}

static void version_write(struct writer *w, const struct ntlm *n)
{
	wr_le(w, 1, n->version.major);
	wr_le(w, 1, n->version.minor);
	wr_le(w, 2, n->version.build);
	wr_zeros(w, 3);
	wr_le(w, 1, n->version.revision);
}

static uint32_t with(uint32_t flags, uint32_t bit, bool is_set)
{
	return is_set ? flags | bit : flags & ~bit;
}

static void negotiate_write(struct writer *w, const struct ntlm *n)
{
	const struct ntlm_negotiate *x = &n->negotiate;
	uint32_t flags = with(n->flags, NTLM_VERSION, n->has_version);
	struct tail t = {w, NEGOTIATE_FIXED + 16 + VERSION_LEN};

	flags = with(flags, NTLM_OEM_DOMAIN, x->domain.len > 0);
	flags = with(flags, NTLM_OEM_WORKSTATION, x->workstation.len > 0);
	wr_le(w, 4, flags);
	buffer_write(&t, x->domain.len);
	buffer_write(&t, x->workstation.len);
	version_write(w, n);
	wr_bytes(w, x->domain);
	wr_bytes(w, x->workstation);
}

static void av_write(struct writer *w, uint16_t id, struct bytes value)
{
	if (value.len == 0 && id != NTLM_AV_EOL)
		return;
	wr_le(w, 2, id);
	wr_le(w, 2, value.len);
	wr_bytes(w, value);
}

static void target_info_write(struct writer *w, const struct ntlm_challenge *c)
{
	av_write(w, NTLM_AV_DOMAIN, c->domain);
	av_write(w, NTLM_AV_COMPUTER, c->computer);
	av_write(w, NTLM_AV_DNS_DOMAIN, c->dns_domain);
	av_write(w, NTLM_AV_DNS_COMPUTER, c->dns_computer);
	av_write(w, NTLM_AV_DNS_TREE, c->dns_tree);
	if (c->has_time) {
		wr_le(w, 2, NTLM_AV_TIMESTAMP);
		wr_le(w, 2, 8);
		wr_le(w, 8, c->time);
	}
	av_write(w, NTLM_AV_EOL, (struct bytes){NULL, 0});
}

static bool has_target_info(const struct ntlm_challenge *c)
{
	return c->has_time || c->domain.len + c->computer.len + c->dns_domain.len +
					      c->dns_computer.len + c->dns_tree.len >
				      0;
}

static void challenge_write(struct writer *w, const struct ntlm *n)
{
	const struct ntlm_challenge *c = &n->challenge;
	bool has_info = has_target_info(c);
	uint32_t flags = with(n->flags, NTLM_VERSION, n->has_version);
	struct tail t = {w, CHALLENGE_FIXED + 16 + VERSION_LEN};

	flags = with(flags, NTLM_TARGET_INFO, has_info);
	flags = with(flags, NTLM_UNICODE, n->is_unicode);
	buffer_write(&t, c->target.len);
	wr_le(w, 4, flags);
	wr_bytes(w, (struct bytes){c->challenge, sizeof(c->challenge)});
	wr_zeros(w, 8);

	size_t fields_at = w->len;

	buffer_write(&t, 0);
	version_write(w, n);
	wr_bytes(w, c->target);
	if (!has_info)
		return;

	size_t info_at = w->len;

	target_info_write(w, c);
	wr_patch_le(w, fields_at, 2, w->len - info_at);
	wr_patch_le(w, fields_at + 2, 2, w->len - info_at);
}

static void authenticate_write(struct writer *w, const struct ntlm *n)
{
	const struct ntlm_authenticate *a = &n->authenticate;
	const struct bytes in_order[] = {a->domain, a->user, a->workstation, a->lm, a->nt};
	uint32_t flags = with(n->flags, NTLM_VERSION, n->has_version);
	struct tail t = {w, FLAGS_AT + 4 + VERSION_LEN};
	struct tail responses = {w, t.at + a->domain.len + a->user.len + a->workstation.len};

	flags = with(flags, NTLM_UNICODE, n->is_unicode);
	buffer_write(&responses, a->lm.len);
	buffer_write(&responses, a->nt.len);
	buffer_write(&t, a->domain.len);
	buffer_write(&t, a->user.len);
	buffer_write(&t, a->workstation.len);
	buffer_write(&responses, 0); /* no session key */
	wr_le(w, 4, flags);
	version_write(w, n);
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++)
		wr_bytes(w, in_order[i]);
}

void ntlm_write(struct writer *w, const struct ntlm *n)
{
	wr_bytes(w, (struct bytes){signature, sizeof(signature)});
	wr_le(w, 4, n->type);
	switch (n->type) {
	case NTLM_NEGOTIATE:
		negotiate_write(w, n);
		break;
	case NTLM_CHALLENGE:
		challenge_write(w, n);
		break;
	case NTLM_AUTHENTICATE:
		authenticate_write(w, n);
		break;
	default:
		w->bad = true;
		break;
	}
}
