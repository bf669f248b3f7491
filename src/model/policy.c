#include "model/policy.h"

#include <string.h>

/* RFC 1918, 3927, 4193, 4291; IPv4 in the mapped form. */
#define V4 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
static const struct net private_nets[] = {
	{{{V4, 10}}, 96 + 8},
	{{{V4, 172, 16}}, 96 + 12},
	{{{V4, 192, 168}}, 96 + 16},
	{{{V4, 169, 254}}, 96 + 16},
	{{{0xfc}}, 7},
	{{{0xfe, 0x80}}, 10},
};

bool policy_is_local(const struct policy *p, const struct addr *a)
{
	const struct net *nets = p->n_local > 0 ? p->local : private_nets;
	size_t n = p->n_local > 0 ? p->n_local : sizeof(private_nets) / sizeof(private_nets[0]);

	for (size_t i = 0; i < n; i++) {
		if (net_contains(&nets[i], a))
			return true;
	}
	return false;
}

const struct trusted *policy_trusts(const struct policy *p, const struct addr *source,
				    const char *threat)
{
	for (size_t i = 0; i < p->n_trusted; i++) {
		const struct trusted *t = &p->trusted[i];

		if ((t->threat == NULL || strcmp(t->threat, threat) == 0) &&
		    net_contains(&t->net, source))
			return t;
	}
	return NULL;
}
