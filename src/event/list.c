/* Each record: its length, the event, the bytes of its fields; padded to what an event needs. */
#include "event/list.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

enum { HEAD = 16, START = 64 * 1024, ALIGN = 16 };

static_assert(alignof(struct event) <= ALIGN, "records are aligned for an event");

static size_t padded(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

void event_list_init(struct event_list *l, size_t max)
{
	*l = (struct event_list){.max = max};
}

void event_list_done(struct event_list *l)
{
	free(l->at);
	*l = (struct event_list){0};
}

void event_list_clear(struct event_list *l)
{
	l->len = 0;
}

static enum rc reserve(struct event_list *l, size_t n)
{
	if (n > l->max - l->len)
		return RC_NOMEM;
	if (n <= l->cap - l->len)
		return RC_OK;

	size_t cap = l->cap > 0 ? l->cap : START;

	while (cap < l->len + n)
		cap *= 2;

	uint8_t *at = realloc(l->at, cap);

	if (at == NULL)
		return RC_NOMEM;
	l->at = at;
	l->cap = cap;
	return RC_OK;
}

enum rc event_list_add(struct event_list *l, const struct event *ev)
{
	struct event copy = *ev;
	struct bytes *fields[EV_BYTES_MAX];
	unsigned n = event_bytes(&copy, fields);
	size_t whole = HEAD + padded(sizeof(copy));

	for (unsigned i = 0; i < n; i++)
		whole += fields[i]->len;
	whole = padded(whole);
	if (reserve(l, whole) != RC_OK)
		return RC_NOMEM;

	uint8_t *to = l->at + l->len;
	uint8_t *tail = to + HEAD + padded(sizeof(copy));
	uint64_t len = whole;

	memcpy(to, &len, sizeof(len));
	for (unsigned i = 0; i < n; i++) {
		if (fields[i]->len > 0)
			memcpy(tail, fields[i]->at, fields[i]->len);
		tail += fields[i]->len;
	}
	memcpy(to + HEAD, &copy, sizeof(copy));
	l->len += whole;
	return RC_OK;
}

const struct event *event_list_next(const struct event_list *l, size_t *at)
{
	if (*at >= l->len)
		return NULL;

	uint8_t *from = l->at + *at;
	uint64_t whole = 0;
	struct event *ev = (struct event *)(void *)(from + HEAD);
	uint8_t *tail = from + HEAD + padded(sizeof(*ev));
	struct bytes *fields[EV_BYTES_MAX];
	unsigned n = event_bytes(ev, fields);

	memcpy(&whole, from, sizeof(whole));
	/* The list may have moved since: the fields point to where they lie now. */
	for (unsigned i = 0; i < n; i++) {
		fields[i]->at = fields[i]->len > 0 ? tail : NULL;
		tail += fields[i]->len;
	}
	*at += whole;
	return ev;
}
