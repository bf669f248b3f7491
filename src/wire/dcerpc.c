#include "wire/dcerpc.h"

#include "wire/fields.h"

enum { VERSION = 5, FRAG_LEN_AT = 8, PTYPES = 20 };

const struct uuid dcerpc_ndr = {
	0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}};
const struct uuid dcerpc_ndr64 = {
	0x71710533, 0xbeba, 0x4937, {0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}};

/* MS-RPCE 2.2.2.14: a transfer syntax that negotiates features instead; its tail is a bit mask. */
static bool is_features(const struct uuid *u)
{
	return u->a == 0x6cb71c2c && u->b == 0x9812 && u->c == 0x4540;
}

static void header_fields(struct fields *f, struct dcerpc_header *h)
{
	fld_const(f, 1, VERSION);
	fld_u8(f, &h->minor);
	fld_u8(f, &h->ptype);
	fld_u8(f, &h->flags);
	fld_raw(f, h->drep, sizeof(h->drep));
	f->is_be = dcerpc_is_be(h);
	fld_u16(f, &h->frag_len);
	fld_u16(f, &h->auth_len);
	fld_u32(f, &h->call_id);
}

bool dcerpc_read_header(struct bytes pdu, struct dcerpc_header *ret_header)
{
	struct reader r = {.rest = pdu};

	*ret_header = (struct dcerpc_header){0};
	header_fields(&(struct fields){.r = &r}, ret_header);
	return !r.bad && pdu.at[0] == VERSION;
}

bool dcerpc_looks_like(struct bytes head)
{
	struct dcerpc_header h;
	struct reader r = {.rest = head};

	if (head.len < DCERPC_HEADER) {
		uint8_t ver = rd_u8(&r), minor = rd_u8(&r), ptype = rd_u8(&r);

		rd_skip(&r, 1);
		uint8_t drep = rd_u8(&r);

		return ver == VERSION && minor <= 1 && ptype < PTYPES &&
		       (drep == DCERPC_LE || drep == 0);
	}
	if (!dcerpc_read_header(head, &h) || h.minor > 1 || h.ptype >= PTYPES)
		return false;
	/* ASCII, IEEE floats, and reserved zeros: what every implementation sends. */
	if ((h.drep[0] != DCERPC_LE && h.drep[0] != 0) || h.drep[1] > 3 || h.drep[2] != 0)
		return false;
	return h.frag_len >= DCERPC_HEADER && h.auth_len < h.frag_len;
}

static struct reader start(struct bytes pdu, const struct dcerpc_header *h)
{
	struct reader r = {.rest = bytes_slice(pdu, 0, h->frag_len)};

	rd_skip(&r, DCERPC_HEADER);
	return r;
}

static void bind_fields(struct fields *f, struct dcerpc_bind *b)
{
	fld_u16(f, &b->max_xmit);
	fld_u16(f, &b->max_recv);
	fld_u32(f, &b->group);
}

bool dcerpc_read_bind(struct bytes pdu, const struct dcerpc_header *h, struct dcerpc_bind *ret_bind,
		      struct reader *ret_rest)
{
	struct reader r = start(pdu, h);
	struct fields f = {.r = &r, .is_be = dcerpc_is_be(h)};

	*ret_bind = (struct dcerpc_bind){0};
	bind_fields(&f, ret_bind);
	fld_u8(&f, &ret_bind->n);
	fld_zeros(&f, 3);
	*ret_rest = r;
	return !r.bad && (h->ptype == DCERPC_BIND || h->ptype == DCERPC_ALTER);
}

static void context_fields(struct fields *f, struct dcerpc_context *c)
{
	fld_u16(f, &c->id);
	fld_u8(f, &c->n_transfer);
	fld_zeros(f, 1);
	fld_uuid(f, &c->iface);
	fld_u16(f, &c->version);
	fld_u16(f, &c->minor);
}

bool dcerpc_read_context(struct reader *r, const struct dcerpc_header *h,
			 struct dcerpc_context *ret_context)
{
	struct fields f = {.r = r, .is_be = dcerpc_is_be(h)};
	struct dcerpc_context c = {0};

	context_fields(&f, &c);
	for (unsigned i = 0; i < c.n_transfer && !r->bad; i++) {
		struct uuid u = {0};

		fld_uuid(&f, &u);
		fld_zeros(&f, 4); /* its version */
		if (i == 0)
			c.transfer = u;
		c.has_ndr = c.has_ndr || uuid_eq(&u, &dcerpc_ndr);
		c.has_ndr64 = c.has_ndr64 || uuid_eq(&u, &dcerpc_ndr64);
		c.has_features = c.has_features || is_features(&u);
	}
	*ret_context = c;
	return !r->bad;
}

/* `whole`: what the packet's reader started with; fields are aligned from there. */
static void skip_to_4(struct reader *r, size_t whole)
{
	size_t at = whole - r->rest.len;

	rd_skip(r, (4 - at % 4) % 4);
}

bool dcerpc_read_bind_ack(struct bytes pdu, const struct dcerpc_header *h,
			  struct dcerpc_bind *ret_ack, struct reader *ret_rest)
{
	struct reader r = start(pdu, h);
	struct fields f = {.r = &r, .is_be = dcerpc_is_be(h)};
	uint16_t address = 0;

	*ret_ack = (struct dcerpc_bind){0};
	bind_fields(&f, ret_ack);
	fld_u16(&f, &address);
	rd_skip(&r, address);
	skip_to_4(&r, bytes_slice(pdu, 0, h->frag_len).len);
	fld_u8(&f, &ret_ack->n);
	fld_zeros(&f, 3);
	*ret_rest = r;
	return !r.bad && (h->ptype == DCERPC_BIND_ACK || h->ptype == DCERPC_ALTER_RESP);
}

static void result_fields(struct fields *f, struct dcerpc_result *x)
{
	fld_u16(f, &x->result);
	fld_u16(f, &x->reason);
	fld_uuid(f, &x->transfer);
	fld_const(f, 4, x->result == DCERPC_ACCEPTED ? 2 : 0); /* its version */
}

bool dcerpc_read_result(struct reader *r, const struct dcerpc_header *h,
			struct dcerpc_result *ret_result)
{
	*ret_result = (struct dcerpc_result){0};
	result_fields(&(struct fields){.r = r, .is_be = dcerpc_is_be(h)}, ret_result);
	return !r->bad;
}

bool dcerpc_read_bind_nak(struct bytes pdu, const struct dcerpc_header *h, uint16_t *ret_reason)
{
	struct reader r = start(pdu, h);
	struct fields f = {.r = &r, .is_be = dcerpc_is_be(h)};

	*ret_reason = 0;
	fld_u16(&f, ret_reason);
	return !r.bad && h->ptype == DCERPC_BIND_NAK;
}

static void call_fields(struct fields *f, const struct dcerpc_header *h, struct dcerpc_call *c)
{
	fld_u32(f, &c->alloc_hint);
	fld_u16(f, &c->ctx_id);
	if (h->ptype == DCERPC_REQUEST) {
		fld_u16(f, &c->opnum);
		c->has_object = (h->flags & DCERPC_HAS_OBJECT) != 0;
		if (c->has_object)
			fld_uuid(f, &c->object);
		return;
	}
	fld_u8(f, &c->cancels);
	fld_zeros(f, 1);
	if (h->ptype == DCERPC_FAULT) {
		fld_u32(f, &c->status);
		fld_zeros(f, 4);
	}
}

bool dcerpc_read_call(struct bytes pdu, const struct dcerpc_header *h, struct dcerpc_call *ret_call,
		      size_t *ret_stub_at)
{
	struct reader r = start(pdu, h);
	size_t whole = bytes_slice(pdu, 0, h->frag_len).len;

	*ret_call = (struct dcerpc_call){0};
	if (h->ptype != DCERPC_REQUEST && h->ptype != DCERPC_RESPONSE && h->ptype != DCERPC_FAULT)
		return false;
	call_fields(&(struct fields){.r = &r, .is_be = dcerpc_is_be(h)}, h, ret_call);
	*ret_stub_at = whole - r.rest.len;
	return !r.bad;
}

bool dcerpc_read_auth(struct bytes at, const struct dcerpc_header *h, struct dcerpc_auth *ret_auth)
{
	struct reader r = {.rest = at};
	struct fields f = {.r = &r, .is_be = dcerpc_is_be(h)};
	struct dcerpc_auth a = {0};

	fld_u8(&f, &a.type);
	fld_u8(&f, &a.level);
	fld_u8(&f, &a.pad_len);
	fld_zeros(&f, 1);
	fld_u32(&f, &a.ctx);
	*ret_auth = a;
	return !r.bad;
}

/* Returns where the packet starts, for finish(). */
static size_t begin(struct fields *f, const struct dcerpc_header *h, uint8_t ptype)
{
	struct dcerpc_header copy = *h;
	size_t at = f->w->len;

	copy.ptype = ptype;
	if (ptype >= DCERPC_BIND)
		copy.flags |= DCERPC_FIRST | DCERPC_LAST;
	header_fields(f, &copy);
	return at;
}

static void finish(struct fields *f, size_t at)
{
	if (f->is_be)
		wr_patch_be(f->w, at + FRAG_LEN_AT, 2, f->w->len - at);
	else
		wr_patch_le(f->w, at + FRAG_LEN_AT, 2, f->w->len - at);
}

void dcerpc_write_bind(struct writer *w, const struct dcerpc_header *h, const struct dcerpc_bind *b,
		       const struct dcerpc_context *contexts)
{
	struct fields f = {.w = w};
	struct dcerpc_bind bind = *b;
	size_t at = begin(&f, h, h->ptype == DCERPC_ALTER ? DCERPC_ALTER : DCERPC_BIND);

	bind_fields(&f, &bind);
	fld_u8(&f, &bind.n);
	fld_zeros(&f, 3);
	for (unsigned i = 0; i < bind.n; i++) {
		struct dcerpc_context c = contexts[i];
		struct uuid zero = {0};

		if (uuid_eq(&c.transfer, &zero))
			c.transfer = c.has_ndr64 && !c.has_ndr ? dcerpc_ndr64 : dcerpc_ndr;
		c.n_transfer = 1;
		context_fields(&f, &c);
		fld_uuid(&f, &c.transfer);
		fld_const(&f, 4, uuid_eq(&c.transfer, &dcerpc_ndr) ? 2 : 1);
	}
	finish(&f, at);
}

void dcerpc_write_bind_ack(struct writer *w, const struct dcerpc_header *h,
			   const struct dcerpc_bind *b, const struct dcerpc_result *results)
{
	struct fields f = {.w = w};
	struct dcerpc_bind ack = *b;
	size_t at =
		begin(&f, h, h->ptype == DCERPC_ALTER_RESP ? DCERPC_ALTER_RESP : DCERPC_BIND_ACK);

	bind_fields(&f, &ack);
	fld_const(&f, 2, 1); /* secondary address: the empty string */
	wr_zeros(w, 1);
	while ((w->len - at) % 4 != 0 && !w->bad)
		wr_zeros(w, 1);
	fld_u8(&f, &ack.n);
	fld_zeros(&f, 3);
	for (unsigned i = 0; i < ack.n; i++) {
		struct dcerpc_result x = results[i];

		result_fields(&f, &x);
	}
	finish(&f, at);
}

void dcerpc_write_bind_nak(struct writer *w, const struct dcerpc_header *h, uint16_t reason)
{
	struct fields f = {.w = w};
	size_t at = begin(&f, h, DCERPC_BIND_NAK);

	fld_u16(&f, &reason);
	fld_const(&f, 1, 1); /* one version: 5.0 */
	fld_const(&f, 1, VERSION);
	fld_zeros(&f, 1);
	finish(&f, at);
}

void dcerpc_write_call(struct writer *w, const struct dcerpc_header *h, const struct dcerpc_call *c,
		       struct bytes stub)
{
	struct fields f = {.w = w};
	struct dcerpc_header copy = *h;
	struct dcerpc_call call = *c;

	if (c->has_object && h->ptype == DCERPC_REQUEST)
		copy.flags |= DCERPC_HAS_OBJECT;

	size_t at = begin(&f, &copy, h->ptype);

	call_fields(&f, &copy, &call);
	wr_bytes(w, stub);
	finish(&f, at);
}

void dcerpc_write_fragments(struct writer *w, const struct dcerpc_header *h,
			    const struct dcerpc_call *c, struct bytes stub, size_t max_stub)
{
	struct dcerpc_header copy = *h;
	size_t from = 0;

	if (max_stub == 0)
		max_stub = stub.len;
	copy.flags = (uint8_t)((copy.flags & ~DCERPC_LAST) | DCERPC_FIRST);
	do {
		struct bytes part = bytes_slice(stub, from, max_stub);

		from += part.len;
		if (from == stub.len)
			copy.flags |= DCERPC_LAST;
		dcerpc_write_call(w, &copy, c, part);
		copy.flags = (uint8_t)(copy.flags & ~DCERPC_FIRST);
	} while (from < stub.len && !w->bad);
}
