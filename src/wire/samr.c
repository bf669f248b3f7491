#include "wire/samr.h"

bool samr_request(struct ndr *n, struct samr_request *x)
{
	bool has_server = false;
	struct ndr_string server = {0};
	uint16_t level = 1;
	uint32_t resume = 0, room = 0xffff;

	if (x->opnum == SAMR_CONNECT) {
		ndr_optional_wstring(n, &has_server, &server);
		ndr_u32(n, &x->access);
		return ndr_is_good(n);
	}
	ndr_context(n, &x->handle);
	switch (x->opnum) {
	case SAMR_CLOSE:
	case SAMR_ALIAS_MEMBERS:
		break;
	case SAMR_LOOKUP_DOMAIN:
		ndr_unicode_head(n, &x->name);
		ndr_unicode_body(n, &x->name);
		break;
	case SAMR_ENUM_DOMAINS:
		ndr_u32(n, &resume);
		ndr_u32(n, &room);
		break;
	case SAMR_OPEN_DOMAIN:
		ndr_u32(n, &x->access);
		ndr_sid(n, &x->sid);
		break;
	case SAMR_QUERY_DOMAIN:
	case SAMR_QUERY_USER:
		ndr_u16(n, &x->level);
		break;
	case SAMR_OPEN_ALIAS:
	case SAMR_OPEN_USER:
		ndr_u32(n, &x->access);
		ndr_u32(n, &x->rid);
		break;
	case SAMR_LIST_USERS:
		ndr_u16(n, &level);
		ndr_u32(n, &x->start);
		ndr_u32(n, &x->max);
		ndr_u32(n, &room);
		break;
	default:
		ndr_wrong(n, "samr-opnum");
	}
	return ndr_is_good(n);
}

/* Where one half of a 64-bit number is aligned like 32 bits: OLD_LARGE_INTEGER. */
static void old_i64(struct ndr *n, int64_t *v)
{
	uint32_t low = (uint32_t)(uint64_t)*v, high = (uint32_t)((uint64_t)*v >> 32);

	ndr_u32(n, &low);
	ndr_u32(n, &high);
	*v = (int64_t)((uint64_t)high << 32 | low);
}

static void i64(struct ndr *n, int64_t *v)
{
	uint64_t u = (uint64_t)*v;

	ndr_u64(n, &u);
	*v = (int64_t)u;
}

static void domain_info(struct ndr *n, struct samr_response *x)
{
	ndr_unique(n, &x->is_there);
	if (!x->is_there)
		return;
	ndr_u16(n, &x->level);
	if (x->level == SAMR_PASSWORDS) {
		ndr_align(n, 4); /* as the struct's numbers */
		ndr_u16(n, &x->min_length);
		ndr_u16(n, &x->history);
		ndr_u32(n, &x->properties);
		old_i64(n, &x->max_age);
		old_i64(n, &x->min_age);
	} else if (x->level == SAMR_LOCKOUT) {
		i64(n, &x->lockout_duration);
		i64(n, &x->lockout_window);
		ndr_u16(n, &x->lockout_threshold);
	} else {
		ndr_wrong(n, "samr-level");
	}
}

static void user_info(struct ndr *n, struct samr_response *x)
{
	ndr_unique(n, &x->is_there);
	if (!x->is_there)
		return;
	ndr_u16(n, &x->level);
	if (x->level == SAMR_USER_CONTROL)
		ndr_u32(n, &x->flags);
	else
		ndr_wrong(n, "samr-level");
}

static void domains(struct ndr *n, struct samr_response *x)
{
	uint32_t resume = 0, count = x->n;
	bool has_list = count > 0;

	ndr_u32(n, &resume);
	ndr_unique(n, &x->is_there);
	x->n = 0;
	if (x->is_there) {
		ndr_u32(n, &count);
		ndr_unique(n, &has_list);
		x->n = has_list ? (uint32_t)ndr_array(n, count, SAMR_DOMAINS_MAX) : 0;
		for (uint32_t i = 0; i < x->n; i++) {
			ndr_u32(n, &x->domains[i].index);
			ndr_unicode_head(n, &x->domains[i].name);
		}
		for (uint32_t i = 0; i < x->n; i++)
			ndr_unicode_body(n, &x->domains[i].name);
	}
	ndr_const(n, 4, count); /* again */
}

static void users(struct ndr *n, struct samr_response *x)
{
	uint32_t count = x->n;
	uint16_t level = 1;
	bool has_list = count > 0;

	ndr_u32(n, &x->total);
	ndr_const(n, 4, 0); /* bytes of this one */
	ndr_u16(n, &level);
	if (level != 1)
		ndr_wrong(n, "samr-level");
	ndr_u32(n, &count);
	ndr_unique(n, &has_list);
	x->n = has_list ? (uint32_t)ndr_array(n, count, SAMR_USERS_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++) {
		ndr_u32(n, &x->users[i].index);
		ndr_u32(n, &x->users[i].rid);
		ndr_u32(n, &x->users[i].flags);
		ndr_unicode_head(n, &x->users[i].name);
		ndr_unicode_head(n, &x->users[i].comment);
		ndr_unicode_head(n, &x->users[i].full_name);
	}
	for (uint32_t i = 0; i < x->n; i++) {
		ndr_unicode_body(n, &x->users[i].name);
		ndr_unicode_body(n, &x->users[i].comment);
		ndr_unicode_body(n, &x->users[i].full_name);
	}
}

static void members(struct ndr *n, struct samr_response *x)
{
	uint32_t count = x->n;
	bool has_list = count > 0, has[SAMR_MEMBERS_MAX];

	ndr_u32(n, &count);
	ndr_unique(n, &has_list);
	x->n = has_list ? (uint32_t)ndr_array(n, count, SAMR_MEMBERS_MAX) : 0;
	for (uint32_t i = 0; i < x->n; i++) {
		has[i] = true;
		ndr_unique(n, &has[i]);
		if (!has[i])
			ndr_wrong(n, "samr-member");
	}
	for (uint32_t i = 0; i < x->n && ndr_is_good(n); i++)
		ndr_sid(n, &x->members[i]);
}

bool samr_response(struct ndr *n, struct samr_response *x)
{
	switch (x->opnum) {
	case SAMR_CLOSE:
	case SAMR_OPEN_DOMAIN:
	case SAMR_OPEN_ALIAS:
	case SAMR_OPEN_USER:
	case SAMR_CONNECT:
		ndr_context(n, &x->handle);
		break;
	case SAMR_LOOKUP_DOMAIN:
		ndr_unique(n, &x->is_there);
		if (x->is_there)
			ndr_sid(n, &x->sid);
		break;
	case SAMR_ENUM_DOMAINS:
		domains(n, x);
		break;
	case SAMR_QUERY_DOMAIN:
		domain_info(n, x);
		break;
	case SAMR_QUERY_USER:
		user_info(n, x);
		break;
	case SAMR_LIST_USERS:
		users(n, x);
		break;
	case SAMR_ALIAS_MEMBERS:
		members(n, x);
		break;
	default:
		ndr_wrong(n, "samr-opnum");
	}
	ndr_u32(n, &x->status);
	return ndr_is_good(n);
}
