/*
 * Accounts, the members of Administrators, and what is asked of passwords: SAMR. On a domain
 * controller these are the domain's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "assess/visit.h"
#include "assess/who.h"
#include "base/text.h"
#include "wire/samr.h"

enum {
	REQUEST = 1024,
	ACCOUNTS_MAX = 1000, /* told; a domain may have a hundred times as many */
	ADMINISTRATORS = 544,
	QUERIES_MAX = 100, /* accounts that are asked for one by one */
};

struct sam {
	const struct visit *v;
	struct rpc_client *rpc;
	struct ndr_handle server, domain;
	unsigned n_queries;
	char why[MESSAGE_TEXT];
};

/* False: sam->why. */
static bool call(struct sam *sam, struct samr_request *q, struct samr_response *s)
{
	uint8_t room[REQUEST];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct bytes reply = {NULL, 0};
	struct reader r;

	s->opnum = q->opnum;
	if (!samr_request(&n, q)) {
		(void)snprintf(sam->why, sizeof(sam->why), "the question is too long");
		return false;
	}
	if (!rpc_client_call(sam->rpc, RPC_SAMR, q->opnum, (struct bytes){room, w.len}, &reply,
			     sam->why))
		return false;
	r = (struct reader){.rest = reply};
	n = ndr_reader(&r, false, false);
	if (!samr_response(&n, s)) {
		(void)snprintf(sam->why, sizeof(sam->why), "the answer makes no sense");
		return false;
	}
	if (s->status == SAMR_OK || s->status == SAMR_MORE)
		return true;
	rpc_client_explain(s->status, sam->why);
	return false;
}

/* The domain of the accounts: the machine's own or, on a domain controller, the domain; not
 * "Builtin". */
static bool find_domain(struct sam *sam, struct sid *ret_sid)
{
	struct samr_domain list[SAMR_DOMAINS_MAX] = {{0}};
	struct samr_request q = {.opnum = SAMR_ENUM_DOMAINS, .handle = sam->server};
	struct samr_response s = {.domains = list};
	uint8_t name[512];
	char text[64];

	if (!call(sam, &q, &s))
		return false;
	q = (struct samr_request){.opnum = SAMR_LOOKUP_DOMAIN, .handle = sam->server};
	for (uint32_t i = 0; i < s.n; i++) {
		struct bytes units = list[i].name.units;

		(void)text_from_utf16(units, text, sizeof(text));
		if (strcasecmp(text, "Builtin") == 0 || units.len == 0 || units.len > sizeof(name))
			continue;
		memcpy(name, units.at, units.len); /* the reply is gone with the next call */
		q.name = ndr_unicode_of((struct bytes){name, units.len});
		break;
	}
	s = (struct samr_response){0};
	if (q.name.is_there && call(sam, &q, &s) && s.is_there) {
		*ret_sid = s.sid;
		return true;
	}
	if (sam->why[0] == '\0')
		(void)snprintf(sam->why, sizeof(sam->why), "it names no domain of its own");
	return false;
}

static bool open_domain(struct sam *sam, const struct sid *sid, uint32_t access,
			struct ndr_handle *ret_handle)
{
	struct samr_request q = {
		.opnum = SAMR_OPEN_DOMAIN, .handle = sam->server, .access = access, .sid = *sid};
	struct samr_response s = {0};

	if (!call(sam, &q, &s))
		return false;
	*ret_handle = s.handle;
	return true;
}

/* As far as the domain of the accounts. */
static bool open_sam(struct sam *sam)
{
	struct samr_request q = {.opnum = SAMR_CONNECT, .access = SAMR_SERVER_CONNECT};
	struct samr_response s = {0};
	struct sid sid = {0};

	if (!call(sam, &q, &s))
		return false;
	sam->server = s.handle;
	return find_domain(sam, &sid) && open_domain(sam, &sid, SAMR_DOMAIN_READ, &sam->domain);
}

static void tell(const struct sam *sam, const char *key, const char *value)
{
	visit_tell(sam->v, BY_SAMR, OBSERVED_VALUE, key, value);
}

static void tell_number(const struct sam *sam, const char *key, uint64_t n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	tell(sam, key, text);
}

/* How long it is in units, to the nearest one, since some servers are one tick off. Times are told
 * as negative counts of 100 ns; the smallest of all numbers means for ever, and Samba's for ever is
 * 136 years. */
static void tell_span(const struct sam *sam, const char *key, int64_t v, uint64_t unit_s,
		      const char *forever)
{
	const uint64_t second = 10000000, day = 24 * 3600 * second, unit = unit_s * second;
	const uint64_t century = 100 * 365 * day;
	uint64_t span = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (forever != NULL && (span == 0 || span >= century))
		tell(sam, key, forever);
	else
		tell_number(sam, key, (span + unit / 2) / unit);
}

static bool query(struct sam *sam, uint16_t level, struct samr_response *ret_s)
{
	struct samr_request q = {.opnum = SAMR_QUERY_DOMAIN, .handle = sam->domain, .level = level};

	*ret_s = (struct samr_response){0};
	return call(sam, &q, ret_s) && ret_s->is_there && ret_s->level == level;
}

static void tell_unreadable(const struct sam *sam, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		visit_tell(sam->v, BY_SAMR, OBSERVED_UNREADABLE, keys[i], sam->why);
}

static const char *const password_keys[] = {"policy.min-password-length", "policy.password-history",
					    "policy.password-complexity", "policy.max-password-age",
					    "policy.min-password-age"};
static const char *const lockout_keys[] = {"policy.lockout-threshold", "policy.lockout-duration",
					   "policy.lockout-window"};

static void tell_policy(struct sam *sam)
{
	enum { MINUTE = 60, DAY = 24 * 60 * 60 };
	struct samr_response s;

	if (query(sam, SAMR_PASSWORDS, &s)) {
		tell_number(sam, password_keys[0], s.min_length);
		tell_number(sam, password_keys[1], s.history);
		tell(sam, password_keys[2],
		     (s.properties & SAMR_PASSWORD_COMPLEX) != 0 ? "yes" : "no");
		tell_span(sam, password_keys[3], s.max_age, DAY, "never");
		tell_span(sam, password_keys[4], s.min_age, DAY, NULL);
	} else {
		tell_unreadable(sam, password_keys, 5);
	}
	if (query(sam, SAMR_LOCKOUT, &s)) {
		tell_number(sam, lockout_keys[0], s.lockout_threshold);
		tell_span(sam, lockout_keys[1], s.lockout_duration, MINUTE, "until-reset");
		tell_span(sam, lockout_keys[2], s.lockout_window, MINUTE, NULL);
	} else {
		tell_unreadable(sam, lockout_keys, 3);
	}
}

static void close_handle(struct sam *sam, const struct ndr_handle *h)
{
	struct samr_request q = {.opnum = SAMR_CLOSE, .handle = *h};
	struct samr_response s = {0};

	(void)call(sam, &q, &s);
}

/* Samba's domain controllers list accounts without their flags; they are asked for one by one. 0:
 * not known. */
static uint32_t query_flags(struct sam *sam, uint32_t rid)
{
	struct samr_request q = {.opnum = SAMR_OPEN_USER,
				 .handle = sam->domain,
				 .access = SAMR_USER_READ,
				 .rid = rid};
	struct samr_response s = {0};
	struct ndr_handle user;
	bool ok = sam->n_queries++ < QUERIES_MAX && call(sam, &q, &s);

	if (!ok)
		return 0;
	user = s.handle;
	q = (struct samr_request){
		.opnum = SAMR_QUERY_USER, .handle = user, .level = SAMR_USER_CONTROL};
	s = (struct samr_response){0};
	ok = call(sam, &q, &s) && s.is_there;
	close_handle(sam, &user);
	return ok ? s.flags : 0;
}

static void tell_account(struct sam *sam, const char *name, uint32_t rid, uint32_t flags)
{
	char value[256];

	if ((flags & SAMR_NORMAL) == 0)
		flags = query_flags(sam, rid);
	if ((flags & SAMR_NORMAL) == 0)
		(void)snprintf(value, sizeof(value), "rid=%" PRIu32, rid);
	else
		(void)snprintf(value, sizeof(value), "rid=%" PRIu32 "%s%s%s%s%s", rid,
			       (flags & SAMR_DISABLED) != 0 ? " disabled" : " enabled",
			       (flags & SAMR_NEVER_EXPIRES) != 0 ? " never-expires" : "",
			       (flags & SAMR_PASSWORD_NOT_REQUIRED) != 0 ? " no-password-required"
									 : "",
			       (flags & SAMR_PASSWORD_EXPIRED) != 0 ? " password-expired" : "",
			       (flags & SAMR_LOCKED) != 0 ? " locked" : "");
	if (name[0] != '\0')
		visit_tell_of(sam->v, BY_SAMR, OBSERVED_VALUE, "account:", name, value);
}

/* The next ones, at most `max`. False: sam->why. */
static bool list_users(struct sam *sam, uint32_t start, uint32_t max, struct samr_user *users,
		       struct samr_response *ret_s)
{
	struct samr_request q = {
		.opnum = SAMR_LIST_USERS, .handle = sam->domain, .start = start, .max = max};

	memset(users, 0, SAMR_USERS_MAX * sizeof(*users));
	*ret_s = (struct samr_response){.users = users};
	return call(sam, &q, ret_s);
}

/* An answer is gone with the next call, so it is copied before any account is asked for alone. */
struct account {
	char name[POSTURE_KEY / 2];
	uint32_t rid, flags;
};

static void tell_some(struct sam *sam, const struct samr_response *s, struct account *list)
{
	for (uint32_t i = 0; i < s->n; i++) {
		(void)text_from_utf16(s->users[i].name.units, list[i].name, sizeof(list[i].name));
		list[i].rid = s->users[i].rid;
		list[i].flags = s->users[i].flags;
	}
	for (uint32_t i = 0; i < s->n; i++)
		tell_account(sam, list[i].name, list[i].rid, list[i].flags);
}

/* False: not all of them. */
static bool tell_accounts(struct sam *sam, uint32_t *ret_n)
{
	struct samr_user *users = calloc(SAMR_USERS_MAX, sizeof(*users));
	struct account *list = calloc(SAMR_USERS_MAX, sizeof(*list));
	struct samr_response s = {.status = SAMR_MORE};
	uint32_t n = 0;
	bool ok = users != NULL && list != NULL;

	if (!ok)
		(void)snprintf(sam->why, sizeof(sam->why), "no memory");
	while (ok && s.status == SAMR_MORE && n < ACCOUNTS_MAX) {
		ok = list_users(sam, n, SAMR_USERS_MAX, users, &s);
		if (!ok || s.n == 0)
			break;
		tell_some(sam, &s, list);
		n += s.n;
	}
	free(users);
	free(list);
	*ret_n = n;
	if (ok && s.status == SAMR_MORE) {
		(void)snprintf(sam->why, sizeof(sam->why), "it has more than %" PRIu32, n);
		return false;
	}
	return ok;
}

static const char *kind(uint16_t use)
{
	switch (use) {
	case LSARPC_USER:
		return "user";
	case LSARPC_GROUP:
	case LSARPC_ALIAS:
	case LSARPC_WELL_KNOWN:
		return "group";
	default:
		return "unknown";
	}
}

/* The list is the caller's, SAMR_MEMBERS_MAX. */
static bool list_members(struct sam *sam, struct sid *members, uint32_t *ret_n)
{
	struct sid builtin = {0};
	struct ndr_handle domain, alias;
	struct samr_request q = {
		.opnum = SAMR_OPEN_ALIAS, .access = SAMR_ALIAS_LIST, .rid = ADMINISTRATORS};
	struct samr_response s = {0};

	if (!sid_parse("S-1-5-32", &builtin) ||
	    !open_domain(sam, &builtin, SAMR_DOMAIN_LOOK_UP, &domain))
		return false;
	q.handle = domain;
	if (!call(sam, &q, &s))
		return false;
	alias = s.handle;
	q = (struct samr_request){.opnum = SAMR_ALIAS_MEMBERS, .handle = alias};
	s = (struct samr_response){.members = members};
	if (!call(sam, &q, &s))
		return false;
	*ret_n = s.n;
	return true;
}

static bool tell_admins(struct visit *v, struct sam *sam, uint32_t *ret_n)
{
	struct sid *members = calloc(SAMR_MEMBERS_MAX, sizeof(*members));
	struct who *names = calloc(SAMR_MEMBERS_MAX, sizeof(*names));
	bool ok = members != NULL && names != NULL && list_members(sam, members, ret_n);

	if (ok)
		who_names(v, members, *ret_n, names);
	for (uint32_t i = 0; ok && i < *ret_n; i++)
		visit_tell_of(v, BY_SAMR, OBSERVED_VALUE, "admin:", names[i].name,
			      kind(names[i].use));
	free(members);
	free(names);
	return ok;
}

static void tell_list(const struct sam *sam, const char *key, bool is_whole, uint32_t n,
		      const char *what, struct answer *ret_answer)
{
	if (is_whole) {
		tell_number(sam, key, n);
		answer_add(ret_answer, "%" PRIu32 " %s", n, what);
	} else {
		visit_tell(sam->v, BY_SAMR, OBSERVED_UNREADABLE, key, sam->why);
		answer_add(ret_answer, "not all %s: %s", what, sam->why);
	}
	ret_answer->is_ok = ret_answer->is_ok || is_whole;
}

void visit_accounts(struct visit *v, struct answer *ret_answer)
{
	static const char *const lists[] = {"account:", "admin:"};
	struct sam sam = {.v = v};
	uint32_t n = 0;
	bool is_whole = false, is_open = rpc_client_reach(v, RPC_SAMR, sam.why);

	sam.rpc = v->rpc;
	if (!is_open || !open_sam(&sam)) {
		tell_unreadable(&sam, password_keys, 5);
		tell_unreadable(&sam, lockout_keys, 3);
		tell_unreadable(&sam, lists, 2);
		answer_add(ret_answer, "%s", sam.why);
		return;
	}
	tell_policy(&sam);
	is_whole = tell_accounts(&sam, &n);
	tell_list(&sam, "account:", is_whole, n, "accounts", ret_answer);
	n = 0;
	is_whole = tell_admins(v, &sam, &n);
	tell_list(&sam, "admin:", is_whole, n, "members of Administrators", ret_answer);
}

void visit_anonymous(struct visit *v, struct answer *ret_answer)
{
	static struct samr_user users[SAMR_USERS_MAX];
	struct sam sam = {.v = v};
	struct samr_response s;
	bool is_refused = !v->lets_nobody_in;

	if (!is_refused)
		sam.rpc = rpc_client_new(v, NULL, sam.why);
	if (sam.rpc != NULL && rpc_client_open(sam.rpc, RPC_SAMR, sam.why) && open_sam(&sam) &&
	    list_users(&sam, 0, 1, users, &s) && s.n > 0) {
		visit_tell(v, BY_SMB, OBSERVED_VALUE, "smb.anonymous-users", "yes");
		answer_add(ret_answer, "it names its accounts to anybody");
		ret_answer->is_ok = true;
		return;
	}
	is_refused = is_refused || strcmp(sam.why, "access denied") == 0 ||
		     strncmp(sam.why, "the logon was refused", 21) == 0;
	visit_tell(v, BY_SMB, is_refused ? OBSERVED_VALUE : OBSERVED_UNREADABLE,
		   "smb.anonymous-users", is_refused ? "no" : sam.why);
	answer_add(ret_answer, "%s", is_refused ? "refused, as it should be" : sam.why);
	ret_answer->is_ok = is_refused;
}
