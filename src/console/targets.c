#include "console/targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/dossier.h"
#include "base/text.h"

enum { LINE = 1024 };

void targets_done(struct targets *t)
{
	free(t->list);
	*t = (struct targets){.n = 0};
}

static int put(struct targets *t, const struct cli_command *c, const struct addr *a)
{
	if (t->n == TARGETS_MOST)
		return cli_usage(c, "more than %d addresses", TARGETS_MOST);
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 256 : 2 * t->cap;
		struct addr *more = realloc(t->list, cap * sizeof(*more));

		if (more == NULL) {
			(void)cli_usage(c, "%s", rc_str(RC_NOMEM));
			return CLI_FAILED;
		}
		t->list = more;
		t->cap = cap;
	}
	t->list[t->n++] = *a;
	return CLI_DONE;
}

static uint32_t v4_of(const struct addr *a)
{
	return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 | (uint32_t)a->b[14] << 8 |
	       a->b[15];
}

static int put_v4(struct targets *t, const struct cli_command *c, uint32_t first, uint32_t last)
{
	int status = CLI_DONE;

	for (uint64_t v = first; v <= last && status == CLI_DONE; v++) {
		struct addr a = addr_v4((uint32_t)v);

		status = put(t, c, &a);
	}
	return status;
}

static int add_net(struct targets *t, const struct cli_command *c, const struct net *n)
{
	uint32_t first = 0, last = 0;

	if (n->bits == 128)
		return put(t, c, &n->addr);
	if (!addr_is_v4(&n->addr))
		return cli_usage(c, "an IPv6 network has too many addresses to ask each: name the "
				    "machines, or 'inventory'");
	if (n->bits < 96 + 12)
		return cli_usage(c,
				 "a network of more than %d addresses: name smaller ones, or "
				 "'inventory'",
				 TARGETS_MOST);
	first = v4_of(&n->addr);
	last = first + (uint32_t)((1ull << (128 - n->bits)) - 1);
	return n->bits < 127 ? put_v4(t, c, first + 1, last - 1) : put_v4(t, c, first, last);
}

/* "10.1.2.3-10.1.2.40" or "10.1.2.3-40". False: no range. */
static bool parse_range(const char *word, uint32_t *ret_first, uint32_t *ret_last)
{
	const char *dash = strchr(word, '-');
	char front[ADDR_TEXT];
	struct addr first, last;
	char *end = NULL;

	if (dash == NULL || dash - word >= ADDR_TEXT)
		return false;
	(void)snprintf(front, sizeof(front), "%.*s", (int)(dash - word), word);
	if (addr_parse(front, &first) != RC_OK || !addr_is_v4(&first))
		return false;
	*ret_first = v4_of(&first);
	if (addr_parse(dash + 1, &last) == RC_OK && addr_is_v4(&last)) {
		*ret_last = v4_of(&last);
		return true;
	}
	unsigned long low = strtoul(dash + 1, &end, 10);

	if (dash[1] < '0' || dash[1] > '9' || *end != '\0' || low > 255)
		return false;
	*ret_last = (*ret_first & 0xffffff00) | (uint32_t)low;
	return true;
}

struct rows {
	struct targets *t;
	const struct cli_command *c;
	int status;
};

static bool take_row(void *ctx, const struct store_row *r)
{
	struct rows *rows = ctx;

	if (addr_is_zero(&r->addr))
		rows->t->homeless++;
	else
		rows->status = put(rows->t, rows->c, &r->addr);
	return rows->status == CLI_DONE;
}

static int add_rows(struct targets *t, const struct cli_command *c, struct store *s,
		    const struct query *q)
{
	struct rows rows = {t, c, CLI_DONE};

	if (store_list(s, q, take_row, &rows, NULL) != RC_OK)
		return cli_store_failed(c, s);
	return rows.status;
}

/* A machine by its name, MAC, user or id. */
static int add_machine(struct targets *t, const struct cli_command *c, struct store *s,
		       const char *word)
{
	char id[MACHINE_ID];
	struct query q = {.n_terms = 1};
	int status = cli_find(c, s, word, id);

	if (status != CLI_DONE)
		return status;
	q.terms[0] = (struct query_term){.field = QUERY_ID, .op = QUERY_IS};
	(void)snprintf(q.terms[0].text, sizeof(q.terms[0].text), "%s", id);
	return add_rows(t, c, s, &q);
}

static int add_lines(struct targets *t, const struct cli_command *c, struct store *s, FILE *from)
{
	char line[LINE];
	int status = CLI_DONE;

	while (status == CLI_DONE && fgets(line, sizeof(line), from) != NULL) {
		size_t begin = strspn(line, " \t\"");

		if (strchr(line, '\n') == NULL && feof(from) == 0)
			return cli_usage(c, "a line of targets is longer than %d bytes", LINE - 2);
		line[begin + strcspn(line + begin, " \t\r\n,;\"")] = '\0';
		if (line[begin] == '@' || strcmp(line + begin, "-") == 0)
			return cli_usage(c, "a list of targets names no other list: '%s'",
					 line + begin);
		if (line[begin] != '\0' && line[begin] != '#')
			status = targets_add(t, c, s, line + begin);
	}
	return status;
}

static int add_file(struct targets *t, const struct cli_command *c, struct store *s,
		    const char *path)
{
	FILE *from = fopen(path, "re");
	int status = CLI_DONE;

	if (from == NULL)
		return cli_usage(c, "%s: %s", path, strerror(errno));
	status = add_lines(t, c, s, from);
	if (ferror(from) != 0) {
		(void)cli_usage(c, "%s: %s", path, strerror(errno));
		status = CLI_FAILED;
	}
	fclose(from);
	return status;
}

int targets_add(struct targets *t, const struct cli_command *c, struct store *s, const char *word)
{
	struct query infected = {.n_terms = 1}, all = {.n_terms = 0};
	uint32_t first = 0, last = 0;
	struct net net;

	infected.terms[0] =
		(struct query_term){.field = QUERY_VERDICT, .verdict = VERDICT_INFECTED};
	if (strcmp(word, "-") == 0)
		return add_lines(t, c, s, stdin);
	if (word[0] == '@')
		return add_file(t, c, s, word + 1);
	if (strcmp(word, "inventory") == 0)
		return add_rows(t, c, s, &all);
	if (strcmp(word, "infected") == 0)
		return add_rows(t, c, s, &infected);
	if (net_parse(word, &net) == RC_OK)
		return add_net(t, c, &net);
	if (!parse_range(word, &first, &last))
		return add_machine(t, c, s, word);
	if (last < first || last - first >= TARGETS_MOST)
		return cli_usage(c, "'%s' is no range: FIRST-LAST, at most %d addresses", word,
				 TARGETS_MOST);
	return put_v4(t, c, first, last);
}

int targets_add_all(struct targets *t, const struct cli_command *c, struct store *s,
		    const char *words)
{
	char *copy = strdup(words), *rest = NULL;
	int status = CLI_DONE;

	if (copy == NULL)
		return CLI_FAILED;
	for (char *w = strtok_r(copy, " ", &rest); w != NULL && status == CLI_DONE;
	     w = strtok_r(NULL, " ", &rest))
		status = targets_add(t, c, s, w);
	free(copy);
	return status;
}

static int by_addr(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

void targets_sort(struct targets *t)
{
	size_t n = 0;

	if (t->n == 0)
		return;
	qsort(t->list, t->n, sizeof(*t->list), by_addr);
	for (size_t i = 0; i < t->n; i++) {
		if (n == 0 || !addr_eq(&t->list[n - 1], &t->list[i]))
			t->list[n++] = t->list[i];
	}
	t->n = n;
}

void targets_remove(struct targets *t, const struct addr *a)
{
	struct addr *at = t->n > 0 ? bsearch(a, t->list, t->n, sizeof(*t->list), by_addr) : NULL;

	if (at == NULL)
		return;
	memmove(at, at + 1, (size_t)(t->list + t->n - at - 1) * sizeof(*at));
	t->n--;
}
