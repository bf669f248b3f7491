#include "flow/held.h"

#include <stdlib.h>

static uint32_t end_of(const struct piece *p)
{
	return p->seq + p->len;
}

static bool is_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* Compares `in`, which starts at `seq`, with what `p` holds of the same numbers. */
static void compare(struct held *h, const struct piece *p, uint32_t seq, struct bytes in)
{
	uint32_t from = is_after(p->seq, seq) ? p->seq : seq;
	uint32_t end = seq + (uint32_t)in.len;

	if (is_after(end, end_of(p)))
		end = end_of(p);
	if (is_after(end, from) &&
	    memcmp(in.at + (from - seq), p->bytes + p->from + (from - p->seq), end - from) != 0)
		h->differing++;
}

struct piece *held_take(struct held *h)
{
	struct piece *p = h->first;

	h->first = p->next;
	if (h->first == NULL)
		h->last = NULL;
	h->pieces--;
	h->bytes -= (uint32_t)sizeof(*p) + p->from + p->len;
	return p;
}

/* Cuts or drops what starts before `end`, from the piece after `prev` on. */
static void win_over(struct held *h, struct piece *prev, uint32_t seq, struct bytes in)
{
	uint32_t end = seq + (uint32_t)in.len;

	for (;;) {
		struct piece *p = prev != NULL ? prev->next : h->first;

		if (p == NULL || !is_after(end, p->seq))
			return;
		compare(h, p, seq, in);
		if (is_after(end_of(p), end)) {
			p->len = end_of(p) - end;
			p->from += end - p->seq;
			p->seq = end;
			return;
		}
		if (prev != NULL)
			prev->next = p->next;
		else
			h->first = p->next;
		if (h->last == p)
			h->last = prev;
		h->pieces--;
		h->bytes -= (uint32_t)sizeof(*p) + p->from + p->len;
		free(p);
	}
}

void held_overlay(struct held *h, uint32_t seq, struct bytes in)
{
	win_over(h, NULL, seq, in);
}

bool held_add(struct held *h, uint32_t seq, struct bytes in, uint32_t missing)
{
	struct piece *prev = NULL;

	/* Most segments follow the last one. */
	if (h->last != NULL && !is_after(h->last->seq, seq)) {
		prev = h->last;
	} else {
		for (struct piece *p = h->first; p != NULL && !is_after(p->seq, seq); p = p->next)
			prev = p;
	}
	if (prev != NULL && is_after(end_of(prev), seq)) {
		uint32_t cut = end_of(prev) - seq;

		compare(h, prev, seq, in);
		if (cut >= in.len)
			return true;
		in = bytes_slice(in, cut, in.len - cut);
		seq += cut;
	}
	if (in.len == 0)
		return true;
	win_over(h, prev, seq, in);

	struct piece *p = malloc(sizeof(*p) + in.len);

	if (p == NULL)
		return false;
	*p = (struct piece){prev != NULL ? prev->next : h->first, seq, (uint32_t)in.len, missing,
			    0};
	memcpy(p->bytes, in.at, in.len);
	if (prev != NULL)
		prev->next = p;
	else
		h->first = p;
	if (p->next == NULL)
		h->last = p;
	h->pieces++;
	h->bytes += (uint32_t)(sizeof(*p) + in.len);
	return true;
}

void held_done(struct held *h)
{
	while (h->first != NULL)
		free(held_take(h));
}
