/*
 * An interface: the kernel deals the flows out (PACKET_FANOUT), so each thread is a sensor of its
 * own with all shards; only the analyst is shared, one batch at a time. The first thread keeps
 * the parent informed.
 */
#include "app/sensor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/monotime.h"

enum { WAIT_MS = 200, LATE_MS = 200, EVENTS_MAX = 64 << 20, FRAGMENT_BYTES = 4 << 20 };

struct listener {
	struct live *live;
	struct capture *capture;
	struct front *front;
	struct worker *worker;
	struct batch *batch;
	pthread_t thread;
	struct capture_stats stats; /* under live->lock */
};

struct live {
	struct sensor *sensor;
	struct settings_limits limits; /* of one listener */
	struct listener listeners[WORKERS_MAX];
	unsigned n, started, ended;
	uint64_t start_ns;
	pthread_mutex_t lock;     /* analyst, channel, stats, ended */
	atomic_uint_fast64_t seq; /* the next frame's number */
};

static uint64_t wall_ns(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void listen_once(struct listener *l)
{
	struct live *live = l->live;
	struct batch *b = l->batch;
	size_t n = b->block->n;
	uint64_t seq = atomic_fetch_add(&live->seq, n > 0 ? n : 1);

	if (n > 0) {
		b->seq = seq;
		front_decode(l->front, b);
		front_order(l->front, b);
	} else {
		front_idle(l->front, b, seq, wall_ns());
	}
	worker_batch(l->worker, b);
	pthread_mutex_lock(&live->lock);
	capture_stats_get(l->capture, &l->stats);
	analyst_batch(live->sensor->analyst, b, 1, false);
	(void)channel_flush(live->sensor->channel);
	pthread_mutex_unlock(&live->lock);
}

/* Told to stop: what came before that may still be on its way through the ring. */
static void hear_out(struct listener *l)
{
	uint64_t end_ns = wall_ns() + 2 * LATE_MS * NS_PER_MS;

	while (wall_ns() < end_ns && capture_read(l->capture, l->batch->block, LATE_MS) == RC_OK &&
	       l->batch->block->n > 0)
		listen_once(l);
}

static void *listen_on(void *arg)
{
	struct listener *l = arg;
	enum rc rc = RC_OK;

	while (!sensor_must_stop()) {
		rc = capture_read(l->capture, l->batch->block, WAIT_MS);
		if (rc != RC_OK)
			break;
		listen_once(l);
	}
	if (rc == RC_OK)
		hear_out(l);
	pthread_mutex_lock(&l->live->lock);
	if (rc != RC_OK)
		sensor_failed(l->live->sensor, l->live->sensor->watch->interface,
			      capture_error(l->capture));
	l->live->ended++;
	pthread_mutex_unlock(&l->live->lock);
	return NULL;
}

static enum rc listener_init(struct live *live, unsigned i)
{
	const struct sensor *s = live->sensor;
	struct listener *l = &live->listeners[i];
	struct front_options front = {
		.fragments = live->limits.fragments,
		.fragment_bytes = FRAGMENT_BYTES,
		.seed = s->seed,
		.start_ns = live->start_ns,
		.events_max = EVENTS_MAX,
	};
	struct worker_options worker = {.of = 1,
					.wants = s->wants,
					.limits = &live->limits,
					.seed = s->seed,
					.by_minute = s->watch->store != NULL};
	enum rc rc = front_new(&front, &l->front);

	l->live = live;
	l->capture = s->in->live[i];
	if (rc == RC_OK)
		rc = batch_new(&front, &l->batch);
	if (rc == RC_OK)
		rc = worker_new(&worker, &l->worker);
	return rc;
}

/* What they heard and lost together; the interface's own losses are the same for all. */
static struct capture_stats stats_of_all(const struct live *live)
{
	struct capture_stats all = {0};

	for (unsigned i = 0; i < live->n; i++) {
		const struct capture_stats *st = &live->listeners[i].stats;

		all.frames += st->frames;
		all.bytes += st->bytes;
		all.cut_frames += st->cut_frames;
		all.lost_kernel += st->lost_kernel;
		if (st->lost_interface > all.lost_interface)
			all.lost_interface = st->lost_interface;
	}
	return all;
}

/* Until the parent says stop, or the interface is gone. */
static void wait_and_tell(struct live *live)
{
	const struct timespec nap = {.tv_nsec = 100 * (long)NS_PER_MS};
	bool is_over = false;

	while (!is_over) {
		nanosleep(&nap, NULL);
		pthread_mutex_lock(&live->lock);

		struct capture_stats all = stats_of_all(live);

		sensor_status(live->sensor, all.frames, all.bytes,
			      all.lost_kernel + all.lost_interface);
		is_over = sensor_must_stop() || live->ended == live->n;
		pthread_mutex_unlock(&live->lock);
	}
}

static void finish(struct live *live)
{
	struct sensor *s = live->sensor;
	uint64_t now = wall_ns();

	for (unsigned i = 0; i < live->n; i++) {
		struct listener *l = &live->listeners[i];
		struct front_times times;

		front_idle(l->front, l->batch, atomic_fetch_add(&live->seq, 1), now);
		worker_batch(l->worker, l->batch);
		worker_finish(l->worker, l->batch);
		analyst_batch(s->analyst, l->batch, 1, true);
		worker_coverage(l->worker, &s->coverage);
		front_coverage(l->front, &s->coverage);
		front_times(l->front, &times);
		sensor_add_times(s, &times);
		capture_stats_get(l->capture, &l->stats);
	}

	struct capture_stats all = stats_of_all(live);

	sensor_add_capture(s, &all);
	/* Silence was listened to as well. */
	s->source.listened_ns = now - live->start_ns;
}

enum rc sensor_live(struct sensor *s)
{
	struct live live = {
		.sensor = s,
		.limits = *settings_limits(s->watch->settings),
		.n = s->in->n_live,
		.start_ns = wall_ns(),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.seq = 1,
	};
	enum rc rc = RC_OK;

	live.limits.flows = live.limits.flows / live.n + 1;
	live.limits.reassembly_bytes = live.limits.reassembly_bytes / live.n + 1;
	live.limits.parser_bytes = live.limits.parser_bytes / live.n + 1;
	live.limits.fragments = live.limits.fragments / live.n + 1;
	for (unsigned i = 0; rc == RC_OK && i < live.n; i++)
		rc = listener_init(&live, i);
	for (unsigned i = 0; rc == RC_OK && i < live.n; i++) {
		struct listener *l = &live.listeners[i];

		if (pthread_create(&l->thread, NULL, listen_on, l) != 0)
			rc = RC_NOMEM;
		else
			live.started++;
	}
	if (rc == RC_OK)
		wait_and_tell(&live);
	for (unsigned i = 0; i < live.started; i++)
		pthread_join(live.listeners[i].thread, NULL);
	if (rc == RC_OK)
		finish(&live);
	for (unsigned i = 0; i < live.n; i++) {
		worker_free(live.listeners[i].worker);
		batch_free(live.listeners[i].batch);
		front_free(live.listeners[i].front);
	}
	return rc;
}
