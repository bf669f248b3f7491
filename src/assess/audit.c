/* What a machine writes into its log: the audit policy, by category. */
#include <stdio.h>

#include "assess/visit.h"
#include "assess/who.h"

static const char *said(uint32_t options)
{
	static const char *const words[] = {"none", "success", "failure", "success failure"};

	return words[options & (LSARPC_AUDIT_SUCCESS | LSARPC_AUDIT_FAILURE)];
}

/* False: `why`. */
static bool read_events(struct visit *v, struct lsarpc_response *ret_s, char *why)
{
	struct lsarpc_request q = {.opnum = LSARPC_QUERY_POLICY, .level = LSARPC_AUDIT_EVENTS};

	if (!who_open_policy(v, LSARPC_VIEW_LOCAL | LSARPC_VIEW_AUDIT, &q.handle, why) ||
	    !who_call(v, &q, ret_s, why))
		return false;
	if (ret_s->status != LSARPC_OK || !ret_s->is_there || ret_s->level != LSARPC_AUDIT_EVENTS) {
		rpc_client_explain(ret_s->status, why);
		return false;
	}
	return true;
}

void visit_audit(struct visit *v, struct answer *ret_answer)
{
	struct lsarpc_response s;
	char why[MESSAGE_TEXT] = "", count[16];
	unsigned n = 0;

	if (!read_events(v, &s, why)) {
		visit_tell(v, BY_LSA, OBSERVED_UNREADABLE, "audit:", why);
		answer_add(ret_answer, "%s", why);
		return;
	}
	for (uint32_t i = 0; i < s.n && lsarpc_category(i) != NULL; i++, n++)
		visit_tell_of(v, BY_LSA, OBSERVED_VALUE, "audit:", lsarpc_category(i),
			      s.is_audited ? said(s.audit[i]) : "none");
	(void)snprintf(count, sizeof(count), "%u", n);
	visit_tell(v, BY_LSA, OBSERVED_VALUE, "audit:", count);
	ret_answer->is_ok = true;
	answer_add(ret_answer,
		   s.is_audited ? "%u categories" : "%u categories, and auditing is off", n);
}
