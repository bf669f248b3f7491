#include "wire/srvsvc_share.h"

enum { ALL = -1 };

/* SHARE_ENUM_STRUCT: the level, the level again as a union's, and a container by pointer. */
static bool container(struct ndr *n, uint32_t *level, uint32_t *count, bool *has_list)
{
	uint32_t again = *level;
	bool is_there = true;

	ndr_u32(n, level);
	again = n->w != NULL ? *level : again;
	ndr_u32(n, &again);
	if (again != *level || (again != SHARE_LEVEL_PLAIN && again != SHARE_LEVEL_SECURITY))
		ndr_wrong(n, "share-level");
	ndr_unique(n, &is_there);
	if (!is_there)
		return false;
	ndr_u32(n, count);
	ndr_unique(n, has_list);
	return ndr_is_good(n);
}

bool share_request(struct ndr *n, struct share_request *x)
{
	bool has_server = true, has_list = false, has_resume = true;
	uint32_t count = 0, room = (uint32_t)ALL;

	ndr_optional_wstring(n, &has_server, &x->server);
	(void)container(n, &x->level, &count, &has_list);
	if (has_list)
		ndr_wrong(n, "share-list");
	ndr_u32(n, &room);
	ndr_unique(n, &has_resume);
	if (has_resume)
		ndr_u32(n, &x->resume);
	return ndr_is_good(n);
}

static void head(struct ndr *n, uint32_t level, struct share *s)
{
	ndr_unique(n, &s->has_name);
	ndr_u32(n, &s->type);
	ndr_unique(n, &s->has_remark);
	if (level != SHARE_LEVEL_SECURITY)
		return;
	ndr_const(n, 4, 0); /* permissions of share-level security: of no use */
	ndr_const(n, 4, 0); /* users at most, and now */
	ndr_const(n, 4, 0);
	ndr_unique(n, &s->has_path);
	ndr_unique(n, &s->has_password);
	ndr_u32(n, &s->secdesc_len);
	ndr_unique(n, &s->has_secdesc);
}

static void body(struct ndr *n, uint32_t level, struct share *s)
{
	if (s->has_name)
		ndr_wstring(n, &s->name);
	if (s->has_remark)
		ndr_wstring(n, &s->remark);
	if (level != SHARE_LEVEL_SECURITY)
		return;
	if (s->has_path)
		ndr_wstring(n, &s->path);
	if (s->has_password)
		ndr_wstring(n, &s->password);
	if (s->has_secdesc)
		ndr_byte_array(n, &s->secdesc);
	if (s->has_secdesc && s->secdesc.len != s->secdesc_len)
		ndr_wrong(n, "share-secdesc");
}

bool share_response(struct ndr *n, struct share_response *x)
{
	bool has_list = x->n > 0, has_resume = true;
	uint32_t count = x->n;

	if (!container(n, &x->level, &count, &has_list))
		has_list = false;
	x->n = has_list ? (uint32_t)ndr_array(n, count, SHARES_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++)
		head(n, x->level, &x->list[i]);
	for (uint32_t i = 0; i < x->n; i++)
		body(n, x->level, &x->list[i]);
	ndr_u32(n, &x->total);
	ndr_unique(n, &has_resume);
	if (has_resume)
		ndr_u32(n, &x->resume);
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}
