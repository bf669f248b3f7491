#include "app/sensor.h"

#include <assert.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/monotime.h"
#include "priv/priv.h"

enum { STATUS_MS = 250 };

static_assert((int)WATCH_WORKERS_MAX == (int)WORKERS_MAX, "each worker has a shard");

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

bool sensor_must_stop(void)
{
	return stop != 0;
}

void sensor_failed(struct sensor *s, const char *name, const char *why)
{
	if (s->source.error[0] == '\0')
		snprintf(s->source.error, sizeof(s->source.error), "%s: %s", name, why);
}

static void send_packed(struct sensor *s, enum channel_type type, uint8_t *at, size_t len)
{
	(void)channel_send(s->channel, type, (struct bytes){at, len});
	free(at);
}

void sensor_status(struct sensor *s, uint64_t packets, uint64_t bytes, uint64_t lost)
{
	struct timespec t = {0};
	uint8_t *at = NULL;
	size_t len = 0;

	clock_gettime(CLOCK_MONOTONIC, &t);

	uint64_t now = (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
	struct exchange_status st = {packets, bytes, lost, 0};

	if (now - s->status_ns < STATUS_MS * NS_PER_MS)
		return;
	s->status_ns = now;
	if (exchange_pack_status(&st, &at, &len) == RC_OK)
		send_packed(s, CHANNEL_STATUS, at, len);
	(void)channel_flush(s->channel);
}

void sensor_add_capture(struct sensor *s, const struct capture_stats *stats)
{
	s->source.packets += stats->frames;
	s->source.bytes += stats->bytes;
	s->coverage.packets += stats->frames;
	s->coverage.bytes += stats->bytes;
	s->coverage.lost_packets += stats->lost_kernel + stats->lost_interface;
	s->coverage.truncated_files += stats->truncated_files;
	s->coverage.cut_packets += stats->cut_frames;
	s->coverage.skipped_records += stats->skipped_records;
}

void sensor_add_times(struct sensor *s, const struct front_times *times)
{
	if (times->last_ns == 0)
		return;
	if (s->source.first_ns == 0 || times->first_ns < s->source.first_ns)
		s->source.first_ns = times->first_ns;
	if (times->last_ns > s->source.last_ns)
		s->source.last_ns = times->last_ns;
	if (times->mono_ns > s->source.listened_ns)
		s->source.listened_ns = times->mono_ns;
}

/* Libraries that would open a file when the sandbox is closed already: Jansson for a seed, though
 * the keys are ours alone; glibc for a setting of the kernel, when a thread's own heap shrinks. */
static void settle_libraries(void)
{
	json_object_seed(1);
	mallopt(M_ARENA_MAX, 1);
}

/* Rights go in this order, and before the first byte of a capture is looked at. */
static enum rc shut_in(const struct watch_options *watch, const struct sensor_input *in,
		       int channel_fd)
{
	int keep[EXCHANGE_FILES + WORKERS_MAX * CAPTURE_FDS + 1];
	size_t n = 0;
	bool reads_stdin = false;

	keep[n++] = channel_fd;
	for (size_t i = 0; i < watch->n_files; i++) {
		reads_stdin |= in->fds[i] == STDIN_FILENO;
		keep[n++] = in->fds[i];
	}
	for (unsigned i = 0; i < in->n_live; i++)
		n += capture_fds(in->live[i], keep + n);

	/* Nothing to read and nowhere to write but the channel; stderr stays for bugs of ours. */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || (!reads_stdin && dup2(null, STDIN_FILENO) == -1) ||
	    dup2(null, STDOUT_FILENO) == -1)
		return RC_IO;
	if (priv_close_others(keep, n) != RC_OK)
		return RC_IO;
	if (priv_drop_root() != RC_OK)
		return RC_IO;
	return priv_sandbox(in->parent);
}

static enum rc sensor_start(struct sensor *s, int channel_fd)
{
	struct analyst_options opt = {
		.watch = s->watch, .own = &s->in->own, .is_live = s->in->n_live > 0};
	enum rc rc = channel_out_new(channel_fd, &s->channel);

	if (rc != RC_OK)
		return rc;
	if (s->in->n_live > 0 && getrandom(&s->seed, sizeof(s->seed), 0) != sizeof(s->seed))
		return RC_IO;
	opt.channel = s->channel;
	opt.seed = s->seed;
	rc = analyst_new(&opt, &s->analyst);
	if (rc == RC_OK)
		s->wants = analyst_wants(s->analyst);
	return rc;
}

/* Without its coverage an answer is none: then CHANNEL_DONE is not sent, and the parent says so. */
static void sensor_tell(struct sensor *s)
{
	uint8_t *at = NULL;
	size_t len = 0;

	analyst_finish(s->analyst, &s->coverage);
	if (exchange_pack_coverage(&s->coverage, &at, &len) != RC_OK)
		return;
	send_packed(s, CHANNEL_COVERAGE, at, len);
	if (exchange_pack_source(&s->source, &at, &len) != RC_OK)
		return;
	send_packed(s, CHANNEL_SOURCE, at, len);
	(void)channel_send(s->channel, CHANNEL_DONE, (struct bytes){0});
	(void)channel_flush(s->channel);
}

_Noreturn void sensor_run(const struct watch_options *watch, const struct sensor_input *in,
			  int channel_fd)
{
	struct sigaction on = {.sa_handler = on_term};
	struct sensor s = {.watch = watch, .in = in};

	/* The keyboard's Ctrl-C reaches us too; the parent decides what it means. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &on, NULL);
	settle_libraries();
	if (shut_in(watch, in, channel_fd) != RC_OK) {
		perror("quell: the sensor could not give up its rights");
		_exit(1);
	}

	enum rc rc = sensor_start(&s, channel_fd);

	if (rc == RC_OK)
		rc = in->n_live > 0 ? sensor_live(&s) : sensor_files(&s);
	if (rc != RC_OK) {
		fprintf(stderr, "quell: the sensor cannot go on: %s\n", rc_str(rc));
		_exit(1);
	}
	sensor_tell(&s);
	analyst_free(s.analyst);
	channel_out_free(s.channel);
	free(s.source.first_seq);
	_exit(0);
}
