/*
 * Shares, and who may write to them. What the share itself allows is asked, not what the folder
 * behind it does: a worm that is let in by both may still be stopped by the second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "assess/shares.h"
#include "assess/visit.h"
#include "assess/who.h"
#include "base/text.h"
#include "wire/srvsvc_share.h"
#include "wire/utf16.h"

enum { REQUEST = 512, NAME = 128, ERROR_ACCESS_DENIED = 5 };

/* False: `why`. */
static bool list_shares(struct visit *v, uint32_t level, struct share_response *ret_s, char *why)
{
	uint8_t room[REQUEST], server[2 * ADDR_TEXT + 8];
	char name[ADDR_TEXT], unc[ADDR_TEXT + 4];
	struct share_request q = {.level = level};
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct bytes reply = {NULL, 0}, units;
	struct reader r;

	(void)snprintf(unc, sizeof(unc), "\\\\%s", addr_format(&v->asking->addr, name));
	units = utf16_from_ascii(unc, server, sizeof(server) - 2);
	server[units.len] = server[units.len + 1] = 0;
	q.server = ndr_string_of((struct bytes){server, units.len + 2});
	memset(ret_s->list, 0, SHARES_MAX * sizeof(*ret_s->list));
	if (!share_request(&n, &q) || !rpc_client_call(v->rpc, RPC_SRVSVC, SRVSVC_OP_SHARE_ENUM,
						       (struct bytes){room, w.len}, &reply, why))
		return false;
	r = (struct reader){.rest = reply};
	n = ndr_reader(&r, false, false);
	if (!share_response(&n, ret_s)) {
		(void)snprintf(why, MESSAGE_TEXT, "the answer makes no sense");
		return false;
	}
	if (ret_s->status == 0)
		return true;
	if (ret_s->status == ERROR_ACCESS_DENIED)
		(void)snprintf(why, MESSAGE_TEXT, "access denied");
	else
		(void)snprintf(why, MESSAGE_TEXT, "error %" PRIu32 " of Windows", ret_s->status);
	return false;
}

static bool is_in(const struct sid *list, size_t n, const struct sid *s)
{
	for (size_t i = 0; i < n; i++) {
		if (sid_eq(&list[i], s))
			return true;
	}
	return false;
}

enum share_writers share_writers(struct bytes secdesc, struct sid *ret_sids, size_t *ret_n)
{
	struct sid denied[SHARE_WRITERS_MAX];
	size_t n_denied = 0, n = 0;
	struct acl dacl;
	struct ace e;

	if (!secdesc_dacl(secdesc, &dacl))
		return WRITERS_UNKNOWN;
	if (dacl.is_null)
		return WRITERS_ALL;
	while (acl_next(&dacl, &e)) {
		if ((e.flags & ACE_INHERIT_ONLY) != 0 || (e.mask & ACE_MAY_WRITE) == 0)
			continue;
		/* Entries count in their order: what was denied before is not allowed later. */
		if (e.type == ACE_DENY && n_denied < SHARE_WRITERS_MAX)
			denied[n_denied++] = e.sid;
		if (e.type != ACE_ALLOW || is_in(denied, n_denied, &e.sid) ||
		    is_in(ret_sids, n, &e.sid))
			continue;
		if (n == SHARE_WRITERS_MAX)
			return WRITERS_UNKNOWN;
		ret_sids[n++] = e.sid;
	}
	if (dacl.r.bad)
		return WRITERS_UNKNOWN;
	*ret_n = n;
	return WRITERS_LISTED;
}

static void tell_writers(struct visit *v, const char *name, const struct share *s)
{
	static struct who names[SHARE_WRITERS_MAX];
	struct sid sids[SHARE_WRITERS_MAX];
	char value[POSTURE_VALUE] = "";
	size_t n = 0, len = 0;
	enum share_writers got =
		s->has_secdesc ? share_writers(s->secdesc, sids, &n) : WRITERS_UNKNOWN;

	if (got == WRITERS_UNKNOWN) {
		visit_tell_of(v, BY_SHARES, OBSERVED_UNREADABLE, "share.writers:", name,
			      s->has_secdesc ? "its list of rights makes no sense"
					     : "it shows no list of rights");
		return;
	}
	if (got == WRITERS_LISTED)
		who_names(v, sids, n, names);
	for (size_t i = 0; got == WRITERS_LISTED && i < n && len < sizeof(value); i++)
		len += (size_t)snprintf(value + len, sizeof(value) - len, "%s%s", i > 0 ? "; " : "",
					names[i].name);
	if (got == WRITERS_ALL)
		(void)snprintf(value, sizeof(value), "Everyone");
	else if (n == 0)
		(void)snprintf(value, sizeof(value), "nobody");
	visit_tell_of(v, BY_SHARES, OBSERVED_VALUE, "share.writers:", name, value);
}

static void tell_share(struct visit *v, const struct share *s, bool has_writers)
{
	static const char *const kinds[] = {"disk", "printer", "device", "ipc"};
	char name[NAME], value[32];
	size_t len = text_from_utf16(s->name.units, name, sizeof(name));
	bool is_hidden = (s->type & SHARE_SPECIAL) != 0 || (len > 0 && name[len - 1] == '$');

	if (len == 0)
		return;
	(void)snprintf(value, sizeof(value), "%s%s", kinds[s->type & SHARE_KIND],
		       is_hidden ? " hidden" : "");
	visit_tell_of(v, BY_SHARES, OBSERVED_VALUE, "share:", name, value);
	if ((s->type & SHARE_KIND) != SHARE_DISK)
		return;
	if (has_writers)
		tell_writers(v, name, s);
	else
		visit_tell_of(v, BY_SHARES, OBSERVED_UNREADABLE, "share.writers:", name,
			      "access denied");
}

void visit_shares(struct visit *v, struct answer *ret_answer)
{
	struct share_response s = {.list = calloc(SHARES_MAX, sizeof(*s.list))};
	char why[MESSAGE_TEXT] = "", count[16];
	bool has_writers = false;

	if (s.list == NULL || !rpc_client_reach(v, RPC_SRVSVC, why) ||
	    (!(has_writers = list_shares(v, SHARE_LEVEL_SECURITY, &s, why)) &&
	     !list_shares(v, SHARE_LEVEL_PLAIN, &s, why))) {
		visit_tell(v, BY_SHARES, OBSERVED_UNREADABLE, "share:", why);
		answer_add(ret_answer, "%s", why);
		free(s.list);
		return;
	}
	for (uint32_t i = 0; i < s.n; i++)
		tell_share(v, &s.list[i], has_writers);
	(void)snprintf(count, sizeof(count), "%" PRIu32, s.n);
	visit_tell(v, BY_SHARES, OBSERVED_VALUE, "share:", count);
	ret_answer->is_ok = true;
	answer_add(ret_answer, "%" PRIu32 " shares%s", s.n,
		   has_writers ? "" : ", without who may write to them");
	free(s.list);
}
