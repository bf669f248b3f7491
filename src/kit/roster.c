#include "kit/roster.h"

#include <stdlib.h>
#include <string.h>

static const char *keep(struct arena *a, const char *text, bool *is_good)
{
	const char *kept = "";

	if (text == NULL || text[0] == '\0')
		return "";
	kept = arena_strdup(a, text);
	*is_good = *is_good && kept != NULL;
	return kept;
}

static bool grow(struct roster *r)
{
	size_t cap = r->cap > 0 ? 2 * r->cap : 256;
	struct kit_machine *more = NULL;

	if (r->n < r->cap)
		return true;
	more = arena_alloc(r->arena, cap * sizeof(*more));
	if (more == NULL)
		return false;
	if (r->n > 0)
		memcpy(more, r->list, r->n * sizeof(*more));
	r->list = more;
	r->cap = cap;
	return true;
}

enum rc roster_add(struct roster *r, const struct kit_machine *m)
{
	struct kit_machine *to = NULL;
	bool is_good = true;

	if (r->n == ROSTER_MOST || !grow(r))
		return RC_NOMEM;
	to = &r->list[r->n];
	*to = *m;
	to->id = keep(r->arena, m->id, &is_good);
	to->name = keep(r->arena, m->name, &is_good);
	to->fqdn = keep(r->arena, m->fqdn, &is_good);
	to->domain = keep(r->arena, m->domain, &is_good);
	to->os = keep(r->arena, m->os, &is_good);
	to->arch = keep(r->arena, m->arch, &is_good);
	to->user = keep(r->arena, m->user, &is_good);
	to->phone = keep(r->arena, m->phone, &is_good);
	to->owner = keep(r->arena, m->owner, &is_good);
	to->place = keep(r->arena, m->place, &is_good);
	to->switch_port = keep(r->arena, m->switch_port, &is_good);
	to->next = keep(r->arena, m->next, &is_good);
	to->why = keep(r->arena, m->why, &is_good);
	if (!is_good)
		return RC_NOMEM;
	r->n++;
	return RC_OK;
}

/* --- order --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The numbers at both, compared by their length without zeros and then by their digits. */
static int cmp_number(const char **a, const char **b)
{
	size_t n = 0, m = 0;
	int cmp = 0;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	n = strspn(*a, "0123456789");
	m = strspn(*b, "0123456789");
	if (n != m)
		return n < m ? -1 : 1;
	cmp = memcmp(*a, *b, n);
	*a += n;
	*b += n;
	return cmp;
}

static int cmp_natural(const char *a, const char *b)
{
	const char *all_a = a, *all_b = b;

	while (*a != '\0' && *b != '\0') {
		if (is_digit(*a) && is_digit(*b)) {
			int cmp = cmp_number(&a, &b);

			if (cmp != 0)
				return cmp;
			continue;
		}
		if (lower(*a) != lower(*b))
			return lower(*a) < lower(*b) ? -1 : 1;
		a++;
		b++;
	}
	if (*a != *b)
		return *a == '\0' ? -1 : 1;
	return strcmp(all_a, all_b);
}

static int cmp_fields(const struct recipe_fields *fields, const struct kit_machine *a,
		      const struct kit_machine *b)
{
	char room_a[VALUE_ROOM], room_b[VALUE_ROOM];

	for (size_t i = 0; i < fields->n; i++) {
		const struct values va = {.machine = a}, vb = {.machine = b};
		int cmp = cmp_natural(value_of(&va, fields->list[i], room_a),
				      value_of(&vb, fields->list[i], room_b));

		if (cmp != 0)
			return cmp;
	}
	return 0;
}

static int cmp_machines(const void *a, const void *b, void *channel)
{
	const struct kit_machine *ma = a, *mb = b;
	const struct recipe *c = channel;
	int cmp = cmp_fields(&c->sheet_by, ma, mb);

	if (cmp == 0)
		cmp = cmp_fields(&c->order, ma, mb);
	return cmp != 0 ? cmp : strcmp(ma->id, mb->id);
}

/* --- sheets --- */

/* "Jane Doe, Building 2, floor 3" */
static const char *title_of(struct arena *a, const struct recipe *c, const struct kit_machine *m)
{
	const struct values v = {.machine = m};
	char title[RECIPE_FIELDS * VALUE_ROOM / 2] = "", room[VALUE_ROOM];
	size_t at = 0;

	for (size_t i = 0; i < c->sheet_by.n; i++) {
		const char *value = value_of(&v, c->sheet_by.list[i], room);
		size_t len = strnlen(value, VALUE_ROOM / 2 - 3);

		if (len == 0)
			continue;
		if (at > 0) {
			memcpy(title + at, ", ", 2);
			at += 2;
		}
		memcpy(title + at, value, len);
		at += len;
	}
	title[at] = '\0';
	return arena_strdup(a, title);
}

static bool begins_sheet(const struct roster *r, const struct recipe *c, size_t i)
{
	const struct roster_sheet *last = NULL;

	if (i == 0)
		return true;
	last = &r->sheets[r->n_sheets - 1];
	return (c->sheet_most > 0 && last->is.n == c->sheet_most) ||
	       cmp_fields(&c->sheet_by, &r->list[last->from], &r->list[i]) != 0;
}

static enum rc deal(struct roster *r, const struct recipe *c)
{
	r->sheets = arena_alloc(r->arena, r->n * sizeof(*r->sheets));
	if (r->sheets == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		if (begins_sheet(r, c, i)) {
			struct roster_sheet *s = &r->sheets[r->n_sheets];

			s->from = i;
			s->is.num = r->n_sheets + 1;
			s->is.title = title_of(r->arena, c, &r->list[i]);
			if (s->is.title == NULL)
				return RC_NOMEM;
			r->n_sheets++;
		}
		r->sheets[r->n_sheets - 1].is.n++;
	}
	return RC_OK;
}

enum rc roster_arrange(struct roster *r, const struct recipe *c)
{
	struct recipe copy = *c;

	if (r->n == 0)
		return RC_OK;
	if (c->order.n > 0 || c->sheet_by.n > 0)
		qsort_r(r->list, r->n, sizeof(*r->list), cmp_machines, &copy);
	return c->sheet_by.n > 0 ? deal(r, c) : RC_OK;
}
