#include "wire/winreg.h"

enum { CLASS_UNITS = 256 }; /* of a key: nobody reads it */

/* A buffer to be filled: room for so many units, none there yet. */
static void room(struct ndr *n, uint32_t units)
{
	struct ndr_unicode u = {.is_there = true, .size = (uint16_t)(2 * units)};

	ndr_unicode_head(n, &u);
	ndr_unicode_body(n, &u);
}

static void enum_request(struct ndr *n, struct winreg_request *x)
{
	struct ndr_unicode name = {.is_there = true, .size = (uint16_t)(2 * x->room)};
	bool has_class = true, has_time = false;

	ndr_u32(n, &x->index);
	ndr_unicode_head(n, &name);
	ndr_unicode_body(n, &name);
	x->room = name.size / 2;
	ndr_unique(n, &has_class);
	if (has_class)
		room(n, CLASS_UNITS);
	ndr_unique(n, &has_time);
	if (has_time) {
		ndr_const(n, 4, 0);
		ndr_const(n, 4, 0);
	}
}

/* A varying array of bytes. */
static void data_of(struct ndr *n, struct bytes *b)
{
	uint64_t max = b->len, offset = 0, actual = b->len;

	ndr_count(n, &max);
	ndr_count(n, &offset);
	ndr_count(n, &actual);
	if (n->w != NULL) {
		wr_bytes(n->w, *b);
		return;
	}
	if (offset != 0 || actual > max)
		ndr_wrong(n, "winreg-data");
	if (actual > n->r->rest.len)
		n->r->bad = true;
	*b = ndr_is_good(n) ? rd_take(n->r, (size_t)actual) : (struct bytes){NULL, 0};
}

static void optional_u32(struct ndr *n, bool *has, uint32_t *v)
{
	ndr_unique(n, has);
	if (*has)
		ndr_u32(n, v);
}

static void query_request(struct ndr *n, struct winreg_request *x)
{
	bool has_type = true, has_data = true, has_size = true, has_len = true;
	uint32_t type = 0, len = 0;
	uint64_t max = x->room, offset = 0, actual = 0;

	ndr_unicode_head(n, &x->name);
	ndr_unicode_body(n, &x->name);
	optional_u32(n, &has_type, &type);
	ndr_unique(n, &has_data); /* room for so much, nothing there */
	if (has_data) {
		ndr_count(n, &max);
		ndr_count(n, &offset);
		ndr_count(n, &actual);
	}
	if (offset != 0 || actual != 0)
		ndr_wrong(n, "winreg-data");
	optional_u32(n, &has_size, &x->room);
	optional_u32(n, &has_len, &len);
}

bool winreg_request(struct ndr *n, struct winreg_request *x)
{
	bool has_server = false;
	uint32_t none = 0;

	switch (x->opnum) {
	case WINREG_OPEN_HKLM:
	case WINREG_OPEN_HKU:
		ndr_unique(n, &has_server); /* one unit in Windows' own; nobody looks at it */
		if (has_server)
			ndr_const(n, 2, 0);
		ndr_u32(n, &x->access);
		break;
	case WINREG_CLOSE_KEY:
		ndr_context(n, &x->key);
		break;
	case WINREG_ENUM_KEY:
		ndr_context(n, &x->key);
		enum_request(n, x);
		break;
	case WINREG_OPEN_KEY:
		ndr_context(n, &x->key);
		ndr_unicode_head(n, &x->name);
		ndr_unicode_body(n, &x->name);
		ndr_u32(n, &none); /* options */
		ndr_u32(n, &x->access);
		break;
	case WINREG_QUERY_VALUE:
		ndr_context(n, &x->key);
		query_request(n, x);
		break;
	default:
		ndr_wrong(n, "winreg-opnum");
	}
	return ndr_is_good(n);
}

static void enum_response(struct ndr *n, struct winreg_response *x)
{
	bool has_class = false, has_time = false;
	struct ndr_unicode class = {0};

	ndr_unicode_head(n, &x->name);
	ndr_unicode_body(n, &x->name);
	ndr_unique(n, &has_class);
	if (has_class) {
		ndr_unicode_head(n, &class);
		ndr_unicode_body(n, &class);
	}
	ndr_unique(n, &has_time);
	if (has_time) {
		ndr_const(n, 4, 0);
		ndr_const(n, 4, 0);
	}
}

bool winreg_response(struct ndr *n, struct winreg_response *x)
{
	bool has_len = false;
	uint32_t len = 0;

	switch (x->opnum) {
	case WINREG_OPEN_HKLM:
	case WINREG_OPEN_HKU:
	case WINREG_OPEN_KEY:
	case WINREG_CLOSE_KEY:
		ndr_context(n, &x->key);
		break;
	case WINREG_ENUM_KEY:
		enum_response(n, x);
		break;
	case WINREG_QUERY_VALUE:
		optional_u32(n, &x->has_type, &x->type);
		ndr_unique(n, &x->has_data);
		if (x->has_data)
			data_of(n, &x->data);
		optional_u32(n, &x->has_size, &x->size);
		optional_u32(n, &has_len, &len);
		break;
	default:
		ndr_wrong(n, "winreg-opnum");
	}
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}
