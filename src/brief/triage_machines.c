/* The machines of a triage for people: who is infected, whose, and where. */
#include <stdlib.h>
#include <string.h>

#include "brief/triage_parts.h"
#include "report/facts.h"
#include "report/human.h"

enum { ROWS_MOST = 15 };

static void name_of(const void *ctx, uint32_t node, struct tree_name *ret_name)
{
	const struct triage_input *in = ctx;

	*ret_name = (struct tree_name){.name = ""};
	if (node >= in->n_nodes)
		return;
	(void)snprintf(ret_name->id, sizeof(ret_name->id), "%s", in->nodes[node].machine);
	ret_name->name = in->nodes[node].name;
	ret_name->addr = in->nodes[node].addr;
}

struct tree_names triage_tree_names(const struct triage_input *in)
{
	return (struct tree_names){name_of, in, NULL};
}

/* Who was heard first comes first; who was never, last. */
static int by_first(const void *a, const void *b)
{
	const struct triage_node *const *x = a, *const *y = b;
	uint64_t one = (*x)->first_ns - 1, other = (*y)->first_ns - 1; /* 0 becomes the latest */

	if (one != other)
		return one < other ? -1 : 1;
	return strcmp((*x)->machine, (*y)->machine);
}

static void row(const struct lines *l, const struct triage_node *n)
{
	struct sentence s = {.len = 0};
	char clock[CLOCK_TEXT], addr[ADDR_TEXT];

	say(&s, "%s  %-15s", clock_format(n->first_ns, clock),
	    addr_is_zero(&n->addr) ? n->machine : addr_format(&n->addr, addr));
	if (n->name[0] != '\0')
		say(&s, " %s", n->name);
	if (n->user[0] != '\0')
		say(&s, ", %s", n->user);
	if (n->phone[0] != '\0')
		say(&s, ", telephone %s", n->phone);
	if (n->place[0] != '\0')
		say(&s, ", %s", n->place);
	say(&s, "; patch %s", patch_state_name(n->patch));
	lines_row(l, TONE_PLAIN, s.at);
}

enum rc triage_infected_human(const struct lines *l, const struct triage_input *in)
{
	const struct triage_node **list = malloc((in->n_nodes + 1) * sizeof(*list));
	struct sentence more = {.len = 0};
	char count[COUNT_TEXT];
	size_t n = 0;

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < in->n_nodes; i++) {
		if (in->nodes[i].verdict == VERDICT_INFECTED)
			list[n++] = &in->nodes[i];
	}
	if (n > 0) {
		qsort(list, n, sizeof(*list), by_first);
		lines_head(l, "THE INFECTED, by when they were first heard to act (UTC)");
	}
	for (size_t i = 0; i < n && i < ROWS_MOST; i++)
		row(l, list[i]);
	if (n > ROWS_MOST) {
		say(&more, "and %s more: quell hosts verdict:infected%s",
		    count_format(n - ROWS_MOST, count), in->store_option);
		lines_row(l, TONE_PLAIN, more.at);
	}
	free(list);
	return RC_OK;
}
