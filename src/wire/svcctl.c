#include "wire/svcctl.h"

enum { ENTRY = 36 }; /* two offsets and a SERVICE_STATUS */

bool svcctl_request(struct ndr *n, struct svcctl_request *x)
{
	bool has = false, has_resume = true;
	struct ndr_string none = {0};

	switch (x->opnum) {
	case SVCCTL_CLOSE:
	case SVCCTL_QUERY_STATUS:
		ndr_context(n, &x->handle);
		break;
	case SVCCTL_ENUM:
		ndr_context(n, &x->handle);
		ndr_u32(n, &x->type);
		ndr_u32(n, &x->states);
		ndr_u32(n, &x->room);
		ndr_unique(n, &has_resume);
		if (has_resume)
			ndr_u32(n, &x->resume);
		break;
	case SVCCTL_OPEN_MANAGER:
		ndr_optional_wstring(n, &has, &none); /* the machine's name */
		has = false;
		ndr_optional_wstring(n, &has, &none); /* the database's */
		ndr_u32(n, &x->access);
		break;
	case SVCCTL_OPEN_SERVICE:
		ndr_context(n, &x->handle);
		ndr_wstring(n, &x->name);
		ndr_u32(n, &x->access);
		break;
	case SVCCTL_QUERY_CONFIG:
		ndr_context(n, &x->handle);
		ndr_u32(n, &x->room);
		break;
	default:
		ndr_wrong(n, "svcctl-opnum");
	}
	return ndr_is_good(n);
}

static void optional_text(struct ndr *n, bool has)
{
	struct ndr_string s = {0};

	if (has)
		ndr_wstring(n, &s);
}

/* QUERY_SERVICE_CONFIGW: the struct, then the texts that it points to. */
static void config(struct ndr *n, struct svcctl_response *x)
{
	bool has_group = false, has_depends = false, has_account = false;

	ndr_u32(n, &x->type);
	ndr_u32(n, &x->start);
	ndr_const(n, 4, 0); /* what is done about errors */
	ndr_unique(n, &x->has_path);
	ndr_unique(n, &has_group);
	ndr_const(n, 4, 0); /* tag */
	ndr_unique(n, &has_depends);
	ndr_unique(n, &has_account);
	ndr_unique(n, &x->has_display);
	if (x->has_path)
		ndr_wstring(n, &x->path);
	optional_text(n, has_group);
	optional_text(n, has_depends);
	optional_text(n, has_account);
	if (x->has_display)
		ndr_wstring(n, &x->display);
	ndr_u32(n, &x->needed);
}

bool svcctl_response(struct ndr *n, struct svcctl_response *x)
{
	bool has_resume = true;

	switch (x->opnum) {
	case SVCCTL_CLOSE:
	case SVCCTL_OPEN_MANAGER:
	case SVCCTL_OPEN_SERVICE:
		ndr_context(n, &x->handle);
		break;
	case SVCCTL_QUERY_STATUS:
		ndr_u32(n, &x->type);
		ndr_u32(n, &x->state);
		for (unsigned i = 0; i < 5; i++) /* what it accepts, exit codes, progress */
			ndr_const(n, 4, 0);
		break;
	case SVCCTL_ENUM:
		ndr_byte_array(n, &x->list);
		ndr_u32(n, &x->needed);
		ndr_u32(n, &x->count);
		ndr_unique(n, &has_resume);
		if (has_resume)
			ndr_u32(n, &x->resume);
		break;
	case SVCCTL_QUERY_CONFIG:
		config(n, x);
		break;
	default:
		ndr_wrong(n, "svcctl-opnum");
	}
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}

/* Up to its NUL; without one it is cut at the end of the list. */
static struct bytes text_at(struct bytes list, size_t at)
{
	struct bytes b = bytes_slice(list, at, list.len);
	size_t len = 0;

	while (len + 2 <= b.len && (b.at[len] != 0 || b.at[len + 1] != 0))
		len += 2;
	b.len = len;
	return b;
}

bool svcctl_entry(struct bytes list, size_t i, struct svcctl_entry *ret_e)
{
	struct reader r = {.rest = {NULL, 0}};
	struct svcctl_entry e = {0};
	uint32_t name = 0;

	if (i >= list.len / ENTRY)
		return false;
	r.rest = bytes_slice(list, i * ENTRY, ENTRY);
	name = rd_le32(&r);
	rd_skip(&r, 4); /* the name to show */
	e.type = rd_le32(&r);
	e.state = rd_le32(&r);
	if (r.bad || name >= list.len)
		return false;
	e.name = text_at(list, name);
	*ret_e = e;
	return true;
}

void svcctl_write_list(struct writer *w, const struct svcctl_entry *e, size_t n)
{
	size_t start = w->len;

	for (size_t i = 0; i < n; i++) {
		wr_zeros(w, 8);
		wr_le(w, 4, e[i].type);
		wr_le(w, 4, e[i].state);
		wr_zeros(w, ENTRY - 16);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = w->len - start;

		wr_patch_le(w, start + i * ENTRY, 4, at);
		wr_patch_le(w, start + i * ENTRY + 4, 4, at); /* shown by the same name */
		wr_bytes(w, e[i].name);
		wr_zeros(w, 2);
	}
}
