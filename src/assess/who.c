#include "assess/who.h"

#include <stdio.h>

#include "base/text.h"

enum { REQUEST = 8192 }; /* 64 SIDs are less than half of it */

bool who_call(struct visit *v, struct lsarpc_request *q, struct lsarpc_response *ret_s, char *why)
{
	uint8_t room[REQUEST];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct bytes reply = {NULL, 0};
	struct reader r;

	*ret_s = (struct lsarpc_response){.opnum = q->opnum};
	if (!lsarpc_request(&n, q)) {
		(void)snprintf(why, MESSAGE_TEXT, "the question is too long");
		return false;
	}
	if (!rpc_client_reach(v, RPC_LSARPC, why) ||
	    !rpc_client_call(v->rpc, RPC_LSARPC, q->opnum, (struct bytes){room, w.len}, &reply,
			     why))
		return false;
	r = (struct reader){.rest = reply};
	n = ndr_reader(&r, false, false);
	if (lsarpc_response(&n, ret_s))
		return true;
	(void)snprintf(why, MESSAGE_TEXT, "the answer makes no sense");
	return false;
}

bool who_open_policy(struct visit *v, uint32_t access, struct ndr_handle *ret_policy, char *why)
{
	struct lsarpc_request q = {.opnum = LSARPC_OPEN_POLICY, .access = access};
	struct lsarpc_response s;

	if (!who_call(v, &q, &s, why))
		return false;
	if (s.status != LSARPC_OK) {
		rpc_client_explain(s.status, why);
		return false;
	}
	*ret_policy = s.handle;
	return true;
}

static void take_name(const struct lsarpc_response *s, size_t i, struct who *to)
{
	const struct lsarpc_name *a = &s->names[i];
	bool has_domain = a->domain >= 0 && (uint32_t)a->domain < s->n_domains;
	char name[WHO_NAME / 2] = "", domain[WHO_NAME / 2 - 1] = "";

	if (a->use == LSARPC_UNKNOWN || a->use == LSARPC_INVALID || a->name.units.len == 0)
		return;
	(void)text_from_utf16(a->name.units, name, sizeof(name));
	if (has_domain)
		(void)text_from_utf16(s->domains[a->domain].units, domain, sizeof(domain));
	(void)snprintf(to->name, sizeof(to->name), "%s%s%s", domain, domain[0] != '\0' ? "\\" : "",
		       name);
	to->use = a->use;
}

/* At most LSARPC_SIDS_MAX at a time. */
static bool look_up(struct visit *v, const struct ndr_handle *policy, const struct sid *sids,
		    size_t n, struct who *names)
{
	struct sid copy[LSARPC_SIDS_MAX];
	struct lsarpc_request q = {
		.opnum = LSARPC_LOOKUP_SIDS, .handle = *policy, .sids = copy, .n = (uint32_t)n};
	struct lsarpc_response s;
	char why[MESSAGE_TEXT];

	memcpy(copy, sids, n * sizeof(*sids));
	if (!who_call(v, &q, &s, why))
		return false;
	for (size_t i = 0; i < n && i < s.n; i++) {
		if (sid_well_known(&sids[i]) == NULL)
			take_name(&s, i, &names[i]);
		else
			names[i].use = s.names[i].use;
	}
	return true;
}

void who_names(struct visit *v, const struct sid *sids, size_t n, struct who *ret_names)
{
	struct ndr_handle policy;
	char why[MESSAGE_TEXT], text[SID_TEXT];
	bool is_all_known = true;

	for (size_t i = 0; i < n; i++) {
		const char *known = sid_well_known(&sids[i]);

		is_all_known = is_all_known && known != NULL;
		ret_names[i].use = known != NULL ? LSARPC_WELL_KNOWN : LSARPC_UNKNOWN;
		(void)snprintf(ret_names[i].name, WHO_NAME, "%s",
			       known != NULL ? known : sid_text(&sids[i], text));
	}
	if (is_all_known || !who_open_policy(v, LSARPC_LOOK_UP_NAMES, &policy, why))
		return;
	for (size_t i = 0; i < n; i += LSARPC_SIDS_MAX) {
		size_t some = n - i < LSARPC_SIDS_MAX ? n - i : LSARPC_SIDS_MAX;

		if (!look_up(v, &policy, sids + i, some, ret_names + i))
			return;
	}
}
