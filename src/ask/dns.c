/*
 * Reverse look-up, checked forward. The question goes to the name servers of this machine's own
 * settings, not to the machine; whoever runs the reverse zone can claim any name, so one that does
 * not lead back to the address counts for little.
 */
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>

#include "ask/asking.h"

enum { ANSWER = 4096, NAMES = 4, SURE = 85, UNSURE = 30 };

struct names {
	char list[NAMES][NS_MAXDNAME];
	size_t n;
};

static void reverse_name(const struct addr *a, char *to, size_t cap)
{
	size_t len = 0;

	if (addr_is_v4(a)) {
		(void)snprintf(to, cap, "%u.%u.%u.%u.in-addr.arpa", a->b[15], a->b[14], a->b[13],
			       a->b[12]);
		return;
	}
	for (size_t i = sizeof(a->b); i > 0 && len + 5 < cap; i--)
		len += (size_t)snprintf(to + len, cap - len, "%x.%x.", a->b[i - 1] & 15u,
					a->b[i - 1] >> 4u);
	(void)snprintf(to + len, cap - len, "ip6.arpa");
}

static bool is_host_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 254 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
		       len;
}

static void take_names(ns_msg *m, struct names *to)
{
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, ns_s_an) && to->n < NAMES; i++) {
		if (ns_parserr(m, ns_s_an, i, &rr) != 0)
			return;
		if (ns_rr_type(rr) != ns_t_ptr ||
		    dn_expand(ns_msg_base(*m), ns_msg_end(*m), ns_rr_rdata(rr), to->list[to->n],
			      NS_MAXDNAME) < 0 ||
		    !is_host_name(to->list[to->n]))
			continue;
		to->n++;
	}
}

static bool has_address(ns_msg *m, const struct addr *a)
{
	bool is_v4 = addr_is_v4(a);
	size_t len = is_v4 ? 4 : 16;
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, ns_s_an); i++) {
		if (ns_parserr(m, ns_s_an, i, &rr) != 0)
			return false;
		if (ns_rr_type(rr) == (is_v4 ? ns_t_a : ns_t_aaaa) && ns_rr_rdlen(rr) == len &&
		    memcmp(ns_rr_rdata(rr), a->b + sizeof(a->b) - len, len) == 0)
			return true;
	}
	return false;
}

static bool query(res_state s, const char *name, int type, uint8_t *room, ns_msg *ret_m)
{
	int n = res_nquery(s, name, ns_c_in, type, room, ANSWER);

	return n > 0 && ns_initparse(room, n < ANSWER ? n : ANSWER, ret_m) == 0;
}

static const char *why_not(int err)
{
	switch (err) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		return "no name";
	case TRY_AGAIN:
		return "no answer from the name servers";
	default:
		return "the name servers refuse to answer";
	}
}

void ask_dns(struct asking *a, struct answer *ret_answer)
{
	static uint8_t room[ANSWER];
	static struct names names;
	static struct __res_state state;
	char reverse[128];
	ns_msg m;

	if (res_ninit(&state) != 0) {
		answer_add(ret_answer, "no name server is known");
		return;
	}
	state.retrans = (int)(a->opt->timeout_ms + 999) / 1000;
	state.retry = 1;
	state.options &= ~(u_long)(RES_DNSRCH | RES_DEFNAMES);
	reverse_name(&a->addr, reverse, sizeof(reverse));
	if (query(&state, reverse, ns_t_ptr, room, &m))
		take_names(&m, &names);
	else
		answer_add(ret_answer, "%s", why_not(state.res_h_errno));
	for (size_t i = 0; i < names.n; i++) {
		bool is_sure = query(&state, names.list[i],
				     addr_is_v4(&a->addr) ? ns_t_a : ns_t_aaaa, room, &m) &&
			       has_address(&m, &a->addr);

		ret_answer->is_ok = true;
		answer_add(ret_answer, "%s%s", names.list[i],
			   is_sure ? "" : " (does not lead back to the address)");
		asking_fact(a, FACT_FQDN, FROM_ASK_DNS, is_sure ? SURE : UNSURE, names.list[i]);
	}
	res_nclose(&state);
}
