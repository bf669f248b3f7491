/*
 * Capture files: one thread reads and takes apart, the workers follow the flows, and the first
 * thread again puts the events in order. Batches travel round a ring; every worker sees every
 * batch and takes what its shards own. With one worker all of it happens in one thread.
 */
#include "app/sensor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RING = 8, /* batches under way: enough to keep two stages busy, small enough for the cache
		   */
	EVENTS_MAX = 64 << 20, /* bytes of events of a worker and batch: a full table timing out */
	FRAGMENT_BYTES = 8 << 20,
};

struct pipeline {
	struct sensor *sensor;
	struct front *front;
	struct worker *workers[WORKERS_MAX];
	pthread_t threads[WORKERS_MAX];
	unsigned n, started;
	struct batch *ring[RING];
	pthread_mutex_t lock;
	pthread_cond_t filled_more, done_more;
	uint64_t filled;            /* batches handed out */
	uint64_t done[WORKERS_MAX]; /* batches each worker is through with */
	uint64_t collected;         /* batches the analyst is through with */
	bool is_over;
};

struct worker_thread {
	struct pipeline *p;
	unsigned id;
};

static void *work(void *arg)
{
	struct worker_thread *t = arg;
	struct pipeline *p = t->p;
	unsigned id = t->id;

	free(t);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->filled == p->done[id] && !p->is_over)
			pthread_cond_wait(&p->filled_more, &p->lock);
		if (p->filled == p->done[id])
			break;

		struct batch *b = p->ring[p->done[id] % RING];

		pthread_mutex_unlock(&p->lock);
		worker_batch(p->workers[id], b);
		pthread_mutex_lock(&p->lock);
		p->done[id]++;
		pthread_cond_signal(&p->done_more);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static enum rc start_threads(struct pipeline *p)
{
	for (unsigned i = 0; p->n > 1 && i < p->n; i++) {
		struct worker_thread *t = malloc(sizeof(*t));

		if (t == NULL)
			return RC_NOMEM;
		*t = (struct worker_thread){p, i};
		if (pthread_create(&p->threads[i], NULL, work, t) != 0) {
			free(t);
			return RC_NOMEM;
		}
		p->started++;
	}
	return RC_OK;
}

static void stop_threads(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->is_over = true;
	pthread_cond_broadcast(&p->filled_more);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	p->started = 0;
}

/* Waits for the oldest batch under way and lets the analyst have it. */
static void collect(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	for (unsigned i = 0; i < p->n; i++) {
		while (p->done[i] == p->collected)
			pthread_cond_wait(&p->done_more, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	analyst_batch(p->sensor->analyst, p->ring[p->collected % RING], p->n, false);
	p->collected++;
}

/* A batch that nobody else holds. */
static struct batch *batch_free_one(struct pipeline *p)
{
	if (p->filled - p->collected == RING)
		collect(p);
	return p->ring[p->filled % RING];
}

static void batch_send(struct pipeline *p, struct batch *b)
{
	if (p->n == 1) {
		worker_batch(p->workers[0], b);
		analyst_batch(p->sensor->analyst, b, 1, false);
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->filled++;
	pthread_cond_broadcast(&p->filled_more);
	pthread_mutex_unlock(&p->lock);
}

/* False: this file cannot be read on; the reason is noted, the next one is tried. */
static void read_file(struct pipeline *p, size_t index, uint64_t *seq)
{
	const char *name = p->sensor->watch->files[index], *why = "";
	struct capture *capture = NULL;
	struct capture_stats stats;
	enum rc rc = capture_open_fd(p->sensor->in->fds[index], name, &capture, &why);

	p->sensor->source.first_seq[index] = *seq;
	if (rc != RC_OK) {
		sensor_failed(p->sensor, name, why);
		return;
	}
	uint64_t first_seq = *seq;

	while (!sensor_must_stop()) {
		struct batch *b = batch_free_one(p);

		rc = capture_read(capture, b->block, 0);
		if (rc != RC_OK)
			break;
		b->file = name;
		b->first_seq = first_seq;
		front_decode(p->front, b, *seq);
		*seq += b->n;
		batch_send(p, b);
		capture_stats_get(capture, &stats);
		sensor_status(p->sensor, p->sensor->source.packets + stats.frames,
			      p->sensor->source.bytes + stats.bytes, 0);
	}
	if (rc != RC_OK && rc != RC_END)
		sensor_failed(p->sensor, name, capture_error(capture));
	capture_stats_get(capture, &stats);
	sensor_add_capture(p->sensor, &stats);

	/* Blocks may point into the capture: it goes when they have been seen. */
	while (p->n > 1 && p->collected < p->filled)
		collect(p);
	capture_free(capture);
}

static void finish(struct pipeline *p)
{
	struct batch *b = p->ring[0];
	struct front_times times;

	stop_threads(p);
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
	};
	enum rc rc = front_new(&front, &p->front);

	for (size_t i = 0; rc == RC_OK && i < (p->n > 1 ? RING : 1); i++)
		rc = batch_new(&front, &p->ring[i]);
	for (unsigned i = 0; rc == RC_OK && i < p->n; i++) {
		worker.id = i;
		rc = worker_new(&worker, &p->workers[i]);
	}
	return rc == RC_OK ? start_threads(p) : rc;
}

static void pipeline_done(struct pipeline *p)
{
	stop_threads(p);
	for (unsigned i = 0; i < p->n; i++)
		worker_free(p->workers[i]);
	for (size_t i = 0; i < RING; i++)
		batch_free(p->ring[i]);
	front_free(p->front);
}

enum rc sensor_files(struct sensor *s)
{
	struct pipeline p = {
		.sensor = s,
		.n = s->watch->workers > 0 ? s->watch->workers : 1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.filled_more = PTHREAD_COND_INITIALIZER,
		.done_more = PTHREAD_COND_INITIALIZER,
	};
	uint64_t seq = 1;

	s->source.n_files = s->watch->n_files;
	s->source.first_seq = calloc(s->watch->n_files, sizeof(*s->source.first_seq));
	if (s->source.first_seq == NULL)
		return RC_NOMEM;

	enum rc rc = pipeline_init(&p);

	if (rc == RC_OK) {
		for (size_t i = 0; i < s->watch->n_files; i++)
			read_file(&p, i, &seq);
		finish(&p);
	}
	pipeline_done(&p);
	return rc;
}
