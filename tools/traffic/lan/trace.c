#include "lan/trace.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SOON = 16 << 20, /* bytes that may wait before the queue is looked through */
	OUT_BUFFER = 1 << 20,
	FILE_HEADER = 24,
	FRAME_HEADER = 16,
	SNAP = 262144,
};

struct entry {
	uint64_t at_ns;
	uint32_t off, len;
};

struct queue {
	uint8_t *pool;
	size_t len, cap;
	struct entry *entries;
	size_t n, n_cap;
};

struct trace {
	FILE *file;
	char *buffer;
	struct queue q, spare;
	size_t soon; /* look through the queue at this many bytes */
	trace_tap *tap;
	void *tap_ctx;
	uint64_t bytes, packets;
};

static void *grow(void *old, size_t n)
{
	void *p = realloc(old, n);

	if (p == NULL) {
		fputs("quell-traffic: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

enum rc trace_open(const char *path, struct trace **ret_trace)
{
	struct trace *t = calloc(1, sizeof(*t));
	uint8_t head[FILE_HEADER];
	struct writer w = {head, 0, sizeof(head), false};

	if (t == NULL)
		return RC_NOMEM;
	t->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	if (t->file == NULL) {
		free(t);
		return RC_IO;
	}
	t->soon = SOON;
	t->buffer = malloc(OUT_BUFFER);
	if (t->buffer != NULL)
		(void)setvbuf(t->file, t->buffer, _IOFBF, OUT_BUFFER);
	wr_le(&w, 4, 0xa1b2c3d4);
	wr_le(&w, 2, 2);
	wr_le(&w, 2, 4);
	wr_zeros(&w, 8);
	wr_le(&w, 4, SNAP);
	wr_le(&w, 4, 1);                              /* LINKTYPE_ETHERNET */
	(void)fwrite(head, 1, sizeof(head), t->file); /* trace_close() asks ferror() */
	t->bytes = sizeof(head);
	*ret_trace = t;
	return RC_OK;
}

void trace_set_tap(struct trace *t, trace_tap *tap, void *ctx)
{
	t->tap = tap;
	t->tap_ctx = ctx;
}

void trace_write(struct trace *t, uint64_t at_ns, struct bytes frame)
{
	uint8_t head[FRAME_HEADER];
	struct writer w = {head, 0, sizeof(head), false};

	wr_le(&w, 4, at_ns / 1000000000);
	wr_le(&w, 4, at_ns % 1000000000 / 1000);
	wr_le(&w, 4, frame.len);
	wr_le(&w, 4, frame.len);
	(void)fwrite(head, 1, sizeof(head), t->file);
	(void)fwrite(frame.at, 1, frame.len, t->file);
}

static uint8_t *queue_add(struct queue *q, uint64_t at_ns, size_t len)
{
	if (q->len + len > q->cap) {
		q->cap = q->cap * 2 > q->len + len ? q->cap * 2 : (q->len + len) * 2;
		q->pool = grow(q->pool, q->cap);
	}
	if (q->n == q->n_cap) {
		q->n_cap = q->n_cap > 0 ? q->n_cap * 2 : 4096;
		q->entries = grow(q->entries, q->n_cap * sizeof(*q->entries));
	}
	q->entries[q->n++] = (struct entry){at_ns, (uint32_t)q->len, (uint32_t)len};
	q->len += len;
	return q->pool + q->len - len;
}

uint8_t *trace_frame(struct trace *t, uint64_t at_ns, size_t len)
{
	t->bytes += len + FRAME_HEADER;
	t->packets++;
	return queue_add(&t->q, at_ns, len);
}

static int by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->off < y->off ? -1 : 1; /* made first, sent first */
}

static void write_until(struct trace *t, uint64_t now_ns)
{
	struct queue old = t->q;

	t->q = t->spare;
	t->q.len = t->q.n = 0;
	if (old.n > 0)
		qsort(old.entries, old.n, sizeof(*old.entries), by_time);
	for (size_t i = 0; i < old.n; i++) {
		struct entry e = old.entries[i];
		struct bytes frame = {old.pool + e.off, e.len};

		if (e.at_ns >= now_ns)
			memcpy(queue_add(&t->q, e.at_ns, e.len), frame.at, frame.len);
		else if (t->tap != NULL)
			t->tap(t->tap_ctx, t, e.at_ns, frame);
		else
			trace_write(t, e.at_ns, frame);
	}
	t->spare = old;
}

void trace_advance(struct trace *t, uint64_t now_ns)
{
	if (t->q.len < t->soon)
		return;
	write_until(t, now_ns);
	/* What lies far ahead must not be sorted again for every step. */
	t->soon = t->q.len * 2 > SOON ? t->q.len * 2 : SOON;
}

uint64_t trace_bytes(const struct trace *t)
{
	return t->bytes;
}

uint64_t trace_packets(const struct trace *t)
{
	return t->packets;
}

enum rc trace_close(struct trace *t)
{
	enum rc rc = RC_OK;

	write_until(t, UINT64_MAX);
	if (ferror(t->file) != 0)
		rc = RC_IO;
	if (fclose(t->file) != 0)
		rc = RC_IO;
	free(t->buffer);
	free(t->q.pool);
	free(t->q.entries);
	free(t->spare.pool);
	free(t->spare.entries);
	free(t);
	return rc;
}
