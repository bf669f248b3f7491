#include "filter/value.h"

#include "base/text.h"

size_t value_width(enum field_type type)
{
	switch (type) {
	case TYPE_IPV4:
		return 4;
	case TYPE_ETHER:
		return 6;
	case TYPE_IPV6:
	case TYPE_GUID:
		return 16;
	case TYPE_PROTOCOL:
	case TYPE_BOOL:
	case TYPE_UINT:
	case TYPE_STRING:
		break;
	}
	return 0;
}

static uint64_t get_number(const struct field *f, const uint8_t *at)
{
	uint16_t u16 = 0;
	uint32_t u32 = 0;
	uint64_t v = 0;

	switch (f->size) {
	case 1:
		v = *at;
		break;
	case 2:
		memcpy(&u16, at, sizeof(u16));
		v = u16;
		break;
	case 4:
		memcpy(&u32, at, sizeof(u32));
		v = u32;
		break;
	case 8:
		memcpy(&v, at, sizeof(v));
		break;
	default:
		break;
	}
	return f->mask != 0 ? (v & f->mask) >> f->shift : v;
}

/* As the text of a GUID reads, first byte first. */
static void get_guid(const struct field *f, const uint8_t *at, uint8_t raw[16])
{
	struct uuid u;
	struct writer w = {raw, 0, 16, false};

	if (f->kind == EV_RPC) {
		memcpy(&u, at, sizeof(u));
	} else { /* SMB2's file id is sixteen bytes that Wireshark shows as a GUID */
		struct reader r = {{at, 16}, false};

		u.a = rd_le32(&r);
		u.b = rd_le16(&r);
		u.c = rd_le16(&r);
		memcpy(u.d, at + 8, sizeof(u.d));
	}
	wr_be(&w, 4, u.a);
	wr_be(&w, 2, u.b);
	wr_be(&w, 2, u.c);
	wr_bytes(&w, (struct bytes){u.d, sizeof(u.d)});
}

static struct bytes get_string(const struct field *f, const struct event *ev, const uint8_t *at,
			       char *scratch)
{
	struct bytes b = {NULL, 0};

	if (f->text != NULL) {
		b.len = f->text(ev, scratch, VALUE_SCRATCH);
		b.at = (const uint8_t *)scratch;
		return b;
	}
	memcpy(&b, at, sizeof(b));
	if (f->is_utf16) {
		b.len = text_from_utf16(b, scratch, VALUE_SCRATCH);
		b.at = (const uint8_t *)scratch;
	}
	return b;
}

bool field_get(const struct field *f, const struct event *ev, char *scratch,
	       struct value *ret_value)
{
	const uint8_t *at = (const uint8_t *)ev + f->off;
	struct value v = {.bits = 8 * (unsigned)value_width(f->type)};

	if (ev->kind != f->kind || ev->is_tick || (f->when != NULL && !f->when(ev)))
		return false;
	switch (f->type) {
	case TYPE_PROTOCOL:
		break;
	case TYPE_BOOL:
		v.num = get_number(f, at) != 0;
		break;
	case TYPE_UINT:
		v.num = get_number(f, at);
		break;
	case TYPE_IPV4:
		memcpy(v.raw, at + 12, 4);
		break;
	case TYPE_IPV6:
		memcpy(v.raw, at, 16);
		break;
	case TYPE_ETHER:
		memcpy(v.raw, at, 6);
		break;
	case TYPE_STRING:
		v.str = get_string(f, ev, at, scratch);
		break;
	case TYPE_GUID:
		get_guid(f, at, v.raw);
		break;
	}
	*ret_value = v;
	return true;
}

struct bytes value_bytes(enum field_type type, const struct value *v)
{
	if (type == TYPE_STRING)
		return v->str;
	return (struct bytes){v->raw, value_width(type)};
}

static int bytes_cmp(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int c = len > 0 ? memcmp(a.at, b.at, len) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int raw_cmp(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	int c = memcmp(a, b, whole);

	if (c != 0 || rest == 0)
		return c;
	return (a[whole] >> (8 - rest)) - (b[whole] >> (8 - rest));
}

int value_cmp(enum field_type type, const struct value *v, const struct value *literal)
{
	switch (type) {
	case TYPE_PROTOCOL:
		break;
	case TYPE_BOOL:
	case TYPE_UINT:
		return (v->num > literal->num) - (v->num < literal->num);
	case TYPE_STRING:
		return bytes_cmp(v->str, literal->str);
	case TYPE_IPV4:
	case TYPE_IPV6:
	case TYPE_ETHER:
	case TYPE_GUID:
		return raw_cmp(v->raw, literal->raw, literal->bits);
	}
	return 0;
}
