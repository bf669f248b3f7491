#include "lan/sched.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lan/trace.h"

static bool is_before(const struct actor *a, const struct actor *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

static void sift_up(struct sched *s, size_t i)
{
	struct actor *a = s->heap[i];

	for (; i > 0 && is_before(a, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = a;
}

static void sift_down(struct sched *s, size_t i)
{
	struct actor *a = s->heap[i];

	for (size_t child; (child = 2 * i + 1) < s->n; i = child) {
		if (child + 1 < s->n && is_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_before(s->heap[child], a))
			break;
		s->heap[i] = s->heap[child];
	}
	s->heap[i] = a;
}

static void put_back(struct sched *s, struct actor *a)
{
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? s->cap * 2 : 256;
		s->heap = realloc(s->heap, s->cap * sizeof(struct actor *));
		if (s->heap == NULL) {
			fputs("quell-traffic: out of memory\n", stderr);
			exit(1);
		}
	}
	s->heap[s->n++] = a;
	sift_up(s, s->n - 1);
}

void sched_add(struct sched *s, struct actor *a)
{
	a->order = s->added++;
	put_back(s, a);
}

void sched_run(struct sched *s, struct trace *t, uint64_t until_ns)
{
	while (s->n > 0 && s->heap[0]->at_ns < until_ns) {
		struct actor *a = s->heap[0];

		s->heap[0] = s->heap[--s->n]; /* out while it acts: it may add others */
		if (s->n > 0)
			sift_down(s, 0);
		trace_advance(t, a->at_ns);
		a->step(a);
		if (a->at_ns != ACTOR_DONE)
			put_back(s, a);
	}
}

void sched_done(struct sched *s)
{
	free(s->heap);
	*s = (struct sched){0};
}
