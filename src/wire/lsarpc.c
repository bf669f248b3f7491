#include "wire/lsarpc.h"

/* LSAPR_OBJECT_ATTRIBUTES: nothing in it is used by any server. */
static void attributes(struct ndr *n)
{
	enum { LENGTH = 24, POINTERS = 3 };
	bool has = false;

	ndr_const(n, 4, LENGTH);
	ndr_unique(n, &has); /* root directory */
	if (has)
		ndr_wrong(n, "lsarpc-attributes");
	has = false;
	ndr_unique(n, &has); /* its name */
	if (has)
		ndr_wrong(n, "lsarpc-attributes");
	ndr_const(n, 4, 0);
	for (unsigned i = 0; i < 2; i++) { /* security descriptor, quality of service */
		has = false;
		ndr_unique(n, &has);
		if (has)
			ndr_wrong(n, "lsarpc-attributes");
	}
}

static void sid_list(struct ndr *n, struct lsarpc_request *x)
{
	bool has_list = x->n > 0;
	uint32_t count = x->n;

	ndr_u32(n, &count);
	ndr_unique(n, &has_list);
	x->n = has_list ? (uint32_t)ndr_array(n, count, LSARPC_SIDS_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++) {
		bool has = true;

		ndr_unique(n, &has);
		if (!has)
			ndr_wrong(n, "lsarpc-sid");
	}
	for (uint32_t i = 0; i < x->n && ndr_is_good(n); i++)
		ndr_sid(n, &x->sids[i]);
}

static void lookup_request(struct ndr *n, struct lsarpc_request *x)
{
	enum { EVERYWHERE = 1 }; /* LsapLookupWksta: here, in its domain, and those it trusts */
	bool has_names = false;
	uint16_t level = EVERYWHERE;

	sid_list(n, x);
	ndr_const(n, 4, 0);
	ndr_unique(n, &has_names);
	if (has_names)
		ndr_wrong(n, "lsarpc-names");
	ndr_u16(n, &level);
	ndr_const(n, 4, 0); /* how many were mapped */
}

bool lsarpc_request(struct ndr *n, struct lsarpc_request *x)
{
	bool has_server = false;
	struct ndr_string server = {0};

	switch (x->opnum) {
	case LSARPC_CLOSE:
		ndr_context(n, &x->handle);
		break;
	case LSARPC_QUERY_POLICY:
		ndr_context(n, &x->handle);
		ndr_u16(n, &x->level);
		break;
	case LSARPC_LOOKUP_SIDS:
		ndr_context(n, &x->handle);
		lookup_request(n, x);
		break;
	case LSARPC_OPEN_POLICY:
		ndr_optional_wstring(n, &has_server, &server);
		attributes(n);
		ndr_u32(n, &x->access);
		break;
	default:
		ndr_wrong(n, "lsarpc-opnum");
	}
	return ndr_is_good(n);
}

static void audit_events(struct ndr *n, struct lsarpc_response *x)
{
	bool has_list = x->n > 0;
	uint32_t count = x->n;

	ndr_u8(n, &x->is_audited);
	ndr_unique(n, &has_list);
	ndr_u32(n, &count);
	x->n = has_list ? (uint32_t)ndr_array(n, count, LSARPC_CATEGORIES_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++)
		ndr_u32(n, &x->audit[i]);
}

static void account_domain(struct ndr *n, struct lsarpc_response *x)
{
	ndr_unicode_head(n, &x->domain);
	ndr_unique(n, &x->has_sid);
	ndr_unicode_body(n, &x->domain);
	if (x->has_sid)
		ndr_sid(n, &x->sid);
}

static void policy(struct ndr *n, struct lsarpc_response *x)
{
	ndr_unique(n, &x->is_there);
	if (!x->is_there)
		return;
	ndr_u16(n, &x->level);
	ndr_align(n, 4);
	if (x->level == LSARPC_AUDIT_EVENTS)
		audit_events(n, x);
	else if (x->level == LSARPC_ACCOUNT_DOMAIN)
		account_domain(n, x);
	else
		ndr_wrong(n, "lsarpc-level");
}

/* LSAPR_REFERENCED_DOMAIN_LIST; of each domain its name is kept. */
static void domains(struct ndr *n, struct lsarpc_response *x)
{
	bool is_there = true, has_list = x->n_domains > 0, has_sid[LSARPC_DOMAINS_MAX] = {false};
	uint32_t count = x->n_domains;

	ndr_unique(n, &is_there);
	x->n_domains = 0;
	if (!is_there)
		return;
	ndr_u32(n, &count);
	ndr_unique(n, &has_list);
	ndr_const(n, 4, count); /* the most there may be */
	x->n_domains = has_list ? (uint32_t)ndr_array(n, count, LSARPC_DOMAINS_MAX) : 0;
	for (uint32_t i = 0; i < x->n_domains; i++) {
		ndr_unicode_head(n, &x->domains[i]);
		ndr_unique(n, &has_sid[i]);
	}
	for (uint32_t i = 0; i < x->n_domains; i++) {
		struct sid sid = {0};

		ndr_unicode_body(n, &x->domains[i]);
		if (has_sid[i])
			ndr_sid(n, &sid);
	}
}

static void names(struct ndr *n, struct lsarpc_response *x)
{
	uint32_t count = x->n;
	bool has_list = count > 0;

	ndr_u32(n, &count);
	ndr_unique(n, &has_list);
	x->n = has_list ? (uint32_t)ndr_array(n, count, LSARPC_SIDS_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++) {
		struct lsarpc_name *a = &x->names[i];
		uint32_t domain = (uint32_t)a->domain;

		ndr_align(n, 4);
		ndr_u16(n, &a->use);
		ndr_unicode_head(n, &a->name);
		ndr_u32(n, &domain);
		a->domain = (int32_t)domain;
	}
	for (uint32_t i = 0; i < x->n; i++)
		ndr_unicode_body(n, &x->names[i].name);
}

bool lsarpc_response(struct ndr *n, struct lsarpc_response *x)
{
	switch (x->opnum) {
	case LSARPC_CLOSE:
	case LSARPC_OPEN_POLICY:
		ndr_context(n, &x->handle);
		break;
	case LSARPC_QUERY_POLICY:
		policy(n, x);
		break;
	case LSARPC_LOOKUP_SIDS:
		domains(n, x);
		names(n, x);
		ndr_const(n, 4, x->n); /* how many were mapped */
		break;
	default:
		ndr_wrong(n, "lsarpc-opnum");
	}
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}

const char *lsarpc_category(size_t i)
{
	static const char *const names_of[] = {
		"system",           "logon",         "object-access",      "privilege-use",
		"process-tracking", "policy-change", "account-management", "directory-access",
		"account-logon",
	};

	return i < sizeof(names_of) / sizeof(names_of[0]) ? names_of[i] : NULL;
}
