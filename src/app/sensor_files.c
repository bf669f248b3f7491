/*
 * Capture files: threads carry batches through the same stations, side by side.
 *
 * Each thread has one batch. It draws a ticket, brings the bytes of that part of the file, and
 * then waits at each station that keeps an order until its ticket is due: to find the records, to
 * move the clock, at each worker (there are as many as threads, each owns a part of the shards),
 * and at the analyst. Reading and taking apart need no order, and they are most of the work; while
 * one thread is at the second worker the next is at the first. A batch never changes its thread,
 * so its bytes stay in that core's cache. Every station sees the batches in the order of the file:
 * that is why any number of threads gives the same events.
 */
#include "app/sensor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	EVENTS_MAX = 64 << 20, /* bytes of events of a worker and batch: a full table timing out */
	FRAGMENT_BYTES = 8 << 20,
	SPINS = 2000, /* looks at a station before going to sleep: about as long as a batch takes */
};

/* A place that batches pass in the order of their tickets. */
struct station {
	_Alignas(64) atomic_uint_fast64_t due; /* the ticket that may enter */
	pthread_mutex_t lock;
	pthread_cond_t moved;
};

enum { SCAN, ORDER, ANALYSE, WORK, STATIONS = WORK + WORKERS_MAX };

struct pipeline {
	struct sensor *sensor;
	struct front *front;
	unsigned n; /* threads, and workers */
	struct worker *workers[WORKERS_MAX];
	struct batch *batches[WORKERS_MAX];
	struct station stations[STATIONS];

	/* Of the file being read. */
	struct capture *capture;
	const char *name;
	uint64_t first_seq;
	atomic_uint_fast64_t tickets;
	/* Belong to whoever is at SCAN. */
	uint64_t seq;  /* of the next frame, over all files */
	enum rc ended; /* RC_OK while there may be more */
};

struct carrier { /* what a thread starts with */
	struct pipeline *p;
	unsigned id;
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static void station_enter(struct station *s, uint64_t ticket)
{
	for (int i = 0; i < SPINS; i++) {
		if (atomic_load_explicit(&s->due, memory_order_acquire) == ticket)
			return;
		relax();
	}
	pthread_mutex_lock(&s->lock);
	while (atomic_load_explicit(&s->due, memory_order_acquire) != ticket)
		pthread_cond_wait(&s->moved, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static void station_leave(struct station *s, uint64_t ticket)
{
	pthread_mutex_lock(&s->lock);
	atomic_store_explicit(&s->due, ticket + 1, memory_order_release);
	pthread_cond_broadcast(&s->moved);
	pthread_mutex_unlock(&s->lock);
}

/* False: the file is over. */
static bool scan(struct pipeline *p, struct batch *b, uint64_t ticket)
{
	struct capture_stats stats;

	station_enter(&p->stations[SCAN], ticket);
	if (p->ended == RC_OK && sensor_must_stop())
		p->ended = RC_END;
	if (p->ended == RC_OK)
		p->ended = capture_read(p->capture, b->block, 0);

	bool has_more = p->ended == RC_OK;

	if (has_more) {
		b->file = p->name;
		b->first_seq = p->first_seq;
		b->seq = p->seq;
		p->seq += b->block->n;
		capture_stats_get(p->capture, &stats);
		b->frames_so_far = stats.frames;
		b->bytes_so_far = stats.bytes;
	}
	station_leave(&p->stations[SCAN], ticket);
	return has_more;
}

static void carry_batch(struct pipeline *p, struct batch *b, uint64_t ticket)
{
	struct sensor *s = p->sensor;

	front_decode(p->front, b);
	station_enter(&p->stations[ORDER], ticket);
	front_order(p->front, b);
	station_leave(&p->stations[ORDER], ticket);
	for (unsigned i = 0; i < p->n; i++) {
		station_enter(&p->stations[WORK + i], ticket);
		worker_batch(p->workers[i], b);
		station_leave(&p->stations[WORK + i], ticket);
	}
	station_enter(&p->stations[ANALYSE], ticket);
	analyst_batch(s->analyst, b, p->n, false);
	sensor_status(s, s->source.packets + b->frames_so_far, s->source.bytes + b->bytes_so_far,
		      0);
	station_leave(&p->stations[ANALYSE], ticket);
}

static void *carry(void *arg)
{
	struct carrier *c = arg;
	struct pipeline *p = c->p;
	struct batch *b = p->batches[c->id];

	for (;;) {
		uint64_t ticket = atomic_fetch_add(&p->tickets, 1);

		if (capture_can_fetch(p->capture))
			capture_fetch(p->capture, b->block, ticket);
		if (!scan(p, b, ticket))
			return NULL;
		carry_batch(p, b, ticket);
	}
}

/* All threads over one file; the calling one is the first of them. */
static enum rc carry_all(struct pipeline *p)
{
	struct carrier carriers[WORKERS_MAX] = {{p, 0}};
	pthread_t threads[WORKERS_MAX];
	unsigned started = 1;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < STATIONS; i++)
		atomic_store(&p->stations[i].due, 0);
	atomic_store(&p->tickets, 0);
	p->ended = RC_OK;
	for (; started < p->n && rc == RC_OK; started++) {
		carriers[started] = (struct carrier){p, started};
		if (pthread_create(&threads[started], NULL, carry, &carriers[started]) != 0)
			rc = RC_NOMEM;
	}
	carry(&carriers[0]); /* fewer threads than workers would do, too */
	for (unsigned i = 1; i + (rc != RC_OK) < started; i++)
		pthread_join(threads[i], NULL);
	return rc;
}

/* A file that cannot be read, or not to its end, is noted, and the next one is tried. */
static enum rc read_file(struct pipeline *p, size_t index)
{
	struct sensor *s = p->sensor;
	const char *name = s->watch->files[index], *why = "";
	struct capture_stats stats;
	enum rc rc = capture_open_fd(s->in->fds[index], name, &p->capture, &why);

	s->source.first_seq[index] = p->seq;
	if (rc != RC_OK) {
		sensor_failed(s, name, why);
		return RC_OK;
	}
	p->name = name;
	p->first_seq = p->seq;
	rc = carry_all(p);
	if (p->ended != RC_OK && p->ended != RC_END)
		sensor_failed(s, name, capture_error(p->capture));
	capture_stats_get(p->capture, &stats);
	sensor_add_capture(s, &stats);
	capture_free(p->capture);
	return rc;
}

static void finish(struct pipeline *p)
{
	struct batch *b = p->batches[0];
	struct front_times times;

	b->file = p->name;
	b->first_seq = p->first_seq;
	for (unsigned i = 0; i < p->n; i++) {
		event_list_clear(&b->out[i]);
		worker_finish(p->workers[i], b);
	}
	analyst_batch(p->sensor->analyst, b, p->n, true);
	for (unsigned i = 0; i < p->n; i++)
		worker_coverage(p->workers[i], &p->sensor->coverage);
	front_coverage(p->front, &p->sensor->coverage);
	front_times(p->front, &times);
	sensor_add_times(p->sensor, &times);
}

static enum rc pipeline_init(struct pipeline *p)
{
	const struct settings_limits *limits = settings_limits(p->sensor->watch->settings);
	struct front_options front = {
		.fragments = limits->fragments,
		.fragment_bytes = FRAGMENT_BYTES,
		.seed = p->sensor->seed,
		.events_max = EVENTS_MAX,
	};
	struct worker_options worker = {
		.of = p->n,
		.wants = p->sensor->wants,
		.limits = limits,
		.seed = p->sensor->seed,
		.by_minute = p->sensor->watch->store != NULL,
	};
	enum rc rc = front_new(&front, &p->front);

	for (unsigned i = 0; i < STATIONS; i++) {
		pthread_mutex_init(&p->stations[i].lock, NULL);
		pthread_cond_init(&p->stations[i].moved, NULL);
	}
	for (unsigned i = 0; rc == RC_OK && i < p->n; i++) {
		worker.id = i;
		rc = worker_new(&worker, &p->workers[i]);
		if (rc == RC_OK)
			rc = batch_new(&front, &p->batches[i]);
	}
	return rc;
}

static void pipeline_free(struct pipeline *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		worker_free(p->workers[i]);
		batch_free(p->batches[i]);
	}
	front_free(p->front);
	free(p);
}

enum rc sensor_files(struct sensor *s)
{
	struct pipeline *p = aligned_alloc(_Alignof(struct pipeline), sizeof(*p));
	enum rc rc = RC_OK;

	s->source.n_files = s->watch->n_files;
	s->source.first_seq = calloc(s->watch->n_files + 1, sizeof(*s->source.first_seq));
	if (p == NULL || s->source.first_seq == NULL) {
		free(p);
		return RC_NOMEM;
	}
	memset(p, 0, sizeof(*p));
	p->sensor = s;
	p->n = s->watch->workers;
	p->seq = 1;
	rc = pipeline_init(p);
	for (size_t i = 0; rc == RC_OK && i < s->watch->n_files; i++)
		rc = read_file(p, i);
	if (rc == RC_OK)
		finish(p);
	pipeline_free(p);
	return rc;
}
