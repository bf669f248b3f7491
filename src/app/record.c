#include "app/record.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/record_batch.h"
#include "base/hash.h"
#include "base/monotime.h"
#include "base/text.h"

enum {
	FACTS_MOST = 4000000, /* marks of what is stored: 32 MB for a million */
	SHARE = 3,            /* a write that took a second is followed by three of rest */
	PAUSE_MOST_S = 30,    /* between two tries of a store that fails */
	LIVE_EVERY_MS = 400,  /* with what the sensor holds back, a kill loses less than a second */
	FILES_EVERY_S = 10,   /* long captures: what came by then */
	QUIET_EVERY_S = 10,   /* live: counters alone, when nobody and nothing is new */
	WAIT_LIVE_S = 20,     /* at the end, for a database that is slow or gone */
	WAIT_FILES_S = 600,
	LAST_TRIES = 3,
	TEXT = 512,
};

enum progress { STAGE_IDLE, STAGE_GIVEN, STAGE_DONE };

struct recorder {
	const struct record_options *opt;
	struct map *stored;               /* key of a fact -> its state that the store has */
	char run_id[64];                  /* live */
	uint64_t next_ns, stored_ns;      /* monotonic: not before; the last time that went well */
	uint64_t heard;                   /* findings that came or have grown */
	uint64_t given_came, given_heard; /* what the batch holds, by the collection's counter */
	uint64_t stored_came, stored_heard;
	uint64_t unstored;   /* facts of the last batch that failed */
	unsigned failures;   /* in a row */
	uint64_t since_real; /* when the first of them was */
	char why[TEXT];      /* of the last one */
	char news[3 * TEXT], note[3 * TEXT], sum[3 * TEXT];
	struct keep_result kept;
	bool is_started, is_stuck;
	char url[TEXT];

	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	enum progress stage;
	bool is_over;
	struct record_batch *batch;
	enum rc result;
	char error[TEXT];
	uint64_t took_ns;
	struct keep_result result_sum;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* --- the thread --- */

static enum rc write_batch(struct store *s, const struct record_batch *b, struct keep_result *sum)
{
	if (b->has_run)
		return keep_run(s, &b->run, b->facts, b->n, sum);
	return keep_facts(s, b->facts, b->n, false, sum);
}

/* A store that failed is opened anew: its connection may be gone, or its file replaced. */
static enum rc store_batch(struct recorder *r, struct store **s, const struct record_batch *b,
			   struct keep_result *sum, char *err)
{
	enum rc rc = RC_OK;

	err[0] = '\0';
	if (*s == NULL)
		rc = store_open(r->opt->url, STORE_WRITE, s, err, TEXT);
	if (rc != RC_OK) {
		*s = NULL;
		return rc;
	}
	rc = write_batch(*s, b, sum);
	if (rc != RC_OK) {
		(void)snprintf(err, TEXT, "%s", store_error(*s));
		store_close(*s);
		*s = NULL;
	}
	return rc;
}

static void *write_on(void *ctx)
{
	struct recorder *r = ctx;
	struct store *s = NULL;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		struct keep_result sum = {0};
		char err[TEXT] = "";

		while (r->stage != STAGE_GIVEN && !r->is_over)
			pthread_cond_wait(&r->changed, &r->lock);
		if (r->stage != STAGE_GIVEN)
			break;

		const struct record_batch *b = r->batch;

		pthread_mutex_unlock(&r->lock);

		uint64_t begin = clock_ns(CLOCK_MONOTONIC);
		enum rc rc = store_batch(r, &s, b, &sum, err);
		uint64_t took = clock_ns(CLOCK_MONOTONIC) - begin;

		pthread_mutex_lock(&r->lock);
		r->stage = STAGE_DONE;
		r->result = rc;
		r->took_ns = took;
		r->result_sum = sum;
		memcpy(r->error, err, sizeof(err));
		pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	store_close(s);
	return NULL;
}

/* --- the parent's side --- */

enum rc recorder_new(const struct record_options *opt, struct recorder **ret_r, char *err,
		     size_t err_len)
{
	struct recorder *r = calloc(1, sizeof(*r));
	struct store *s = NULL;
	enum rc rc = r == NULL ? RC_NOMEM : RC_OK;

	err[0] = '\0';
	if (rc == RC_OK)
		rc = map_new(FACTS_MOST, sizeof(uint64_t), sizeof(uint64_t), 0, &r->stored);
	if (rc == RC_OK)
		rc = store_open(opt->url, STORE_WRITE, &s, err, err_len);
	if (rc != RC_OK) {
		if (r != NULL)
			map_free(r->stored);
		free(r);
		return rc;
	}
	(void)text_printable(store_name(s), r->url, sizeof(r->url));
	store_close(s);
	r->opt = opt;
	pthread_mutex_init(&r->lock, NULL);

	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &attr);
	pthread_condattr_destroy(&attr);
	*ret_r = r;
	return RC_OK;
}

/* Live runs are told apart by who listened, where and since when. */
static void name_run(struct recorder *r)
{
	uint64_t start[] = {clock_ns(CLOCK_REALTIME), (uint64_t)getpid()};
	char at[TEXT_TIME];

	text_time(start[0], at);
	(void)snprintf(r->run_id, sizeof(r->run_id), "live-%.19sZ-%016llx", at,
		       (unsigned long long)hash_bytes(
			       start, sizeof(start),
			       hash_bytes(r->opt->sensor, strlen(r->opt->sensor), 0)));
}

static uint64_t every_ns(const struct recorder *r)
{
	return r->opt->interface != NULL ? LIVE_EVERY_MS * NS_PER_MS : FILES_EVERY_S * NS_PER_S;
}

enum rc recorder_start(struct recorder *r)
{
	sigset_t all, before;

	if (r->opt->interface != NULL)
		name_run(r);
	r->next_ns = clock_ns(CLOCK_MONOTONIC) + every_ns(r);
	/* Signals are for the thread that waits for the sensor. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->is_started = pthread_create(&r->thread, NULL, write_on, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r->is_started ? RC_OK : RC_NOMEM;
}

void recorder_heard(struct recorder *r)
{
	r->heard++;
}

static void tell_failure(struct recorder *r, uint64_t now_ns)
{
	char at[TEXT_TIME];

	r->failures++;
	r->unstored = r->batch != NULL ? r->batch->n : 0;
	(void)text_printable(r->error, r->why, sizeof(r->why));
	if (r->failures == 1) {
		r->since_real = clock_ns(CLOCK_REALTIME);
		(void)snprintf(r->news, sizeof(r->news),
			       "since %.19sZ nothing can be stored in %s: %s; listening goes on, "
			       "and what is not stored is kept until it can be",
			       text_time(r->since_real, at), r->url, r->why);
	}

	uint64_t pause = UINT64_C(1) << (r->failures < 6 ? r->failures - 1 : 5);

	r->next_ns = now_ns + (pause < PAUSE_MOST_S ? pause : PAUSE_MOST_S) * NS_PER_S;
}

static void tell_success(struct recorder *r, uint64_t now_ns)
{
	uint64_t least = every_ns(r), rest = SHARE * r->took_ns;
	char at[TEXT_TIME];

	if (r->failures > 0)
		(void)snprintf(r->news, sizeof(r->news),
			       "%s works again; what came since %.19sZ is stored now", r->url,
			       text_time(r->since_real, at));
	r->failures = 0;
	r->kept.machines_new += r->result_sum.machines_new;
	r->kept.machines_changed += r->result_sum.machines_changed;
	r->kept.rows_changed += r->result_sum.rows_changed;
	r->kept.facts_new += r->result_sum.facts_new;
	/* From its beginning: a write and its rest are one round. */
	rest = rest + r->took_ns > least ? rest : least - r->took_ns;
	if (r->next_ns < now_ns + rest)
		r->next_ns = now_ns + rest;
	r->stored_ns = now_ns;
	r->stored_came = r->given_came;
	r->stored_heard = r->given_heard;
	(void)record_batch_is_stored(r->batch, r->stored);
}

/* With the lock held: takes back what the thread is done with. */
static void take_back(struct recorder *r, struct collection *c)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (r->stage != STAGE_DONE)
		return;
	if (r->result == RC_OK)
		tell_success(r, now_ns);
	else
		tell_failure(r, now_ns);
	if (r->result != RC_OK)
		collection_put_presence(c, r->batch->presence, r->batch->n_presence);
	record_batch_free(r->batch);
	r->batch = NULL;
	r->stage = STAGE_IDLE;
}

static enum rc make_batch(struct recorder *r, struct collection *c, const struct outbreak *o,
			  struct record_batch **ret_b)
{
	const struct fact *facts = NULL;
	size_t n = 0;
	enum rc rc;

	r->given_came = collection_facts_came(c);
	r->given_heard = r->heard;
	rc = collection_facts(c, &facts, &n);
	if (rc == RC_OK)
		rc = record_batch_new(facts, n, r->stored, ret_b);
	if (rc == RC_OK && o != NULL) {
		rc = record_batch_add_run(*ret_b, o, r->opt->interface != NULL ? r->run_id : NULL,
					  r->opt->sensor);
		if (rc == RC_OK)
			rc = collection_take_presence(c, (*ret_b)->arena, &(*ret_b)->presence,
						      &(*ret_b)->n_presence);
		if (rc == RC_OK) {
			(*ret_b)->run.presence = (*ret_b)->presence;
			(*ret_b)->run.n_presence = (*ret_b)->n_presence;
		} else {
			record_batch_free(*ret_b);
			*ret_b = NULL;
		}
	}
	return rc;
}

static void give(struct recorder *r, struct record_batch *b)
{
	pthread_mutex_lock(&r->lock);
	r->batch = b;
	r->stage = STAGE_GIVEN;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

/* A live run is stored as it is now; of a capture the facts alone, since its run has no id before
 * its end. */
static void hand_over(struct recorder *r, struct collection *c, const struct collect_end *end)
{
	struct record_batch *b = NULL;
	struct outbreak *o = NULL;
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);
	enum rc rc = RC_OK;

	if (r->opt->interface != NULL)
		rc = collection_outbreak(c, end, &o);
	if (rc == RC_OK)
		rc = make_batch(r, c, o, &b);
	outbreak_free(o);
	if (rc != RC_OK) { /* no memory: the next time, perhaps */
		r->next_ns = begin + PAUSE_MOST_S * NS_PER_S;
		return;
	}
	give(r, b);
	/* What copying takes is taken from listening: it is done the less often. */
	r->next_ns = begin + SHARE * SHARE * (clock_ns(CLOCK_MONOTONIC) - begin);
}

/* Counters change with every packet; they alone are not worth a transaction a second. */
static bool is_time(const struct recorder *r, const struct collection *c)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (now_ns < r->next_ns)
		return false;
	return r->failures > 0 || r->heard != r->stored_heard ||
	       collection_facts_came(c) != r->stored_came ||
	       (r->opt->interface != NULL && now_ns >= r->stored_ns + QUIET_EVERY_S * NS_PER_S);
}

const char *recorder_tick(struct recorder *r, struct collection *c, const struct collect_end *end)
{
	bool is_idle = false;

	r->news[0] = '\0';
	if (!r->is_started)
		return NULL;
	pthread_mutex_lock(&r->lock);
	take_back(r, c);
	is_idle = r->stage == STAGE_IDLE;
	pthread_mutex_unlock(&r->lock);
	if (is_idle && is_time(r, c))
		hand_over(r, c, end);
	return r->news[0] != '\0' ? r->news : NULL;
}

/* Until the thread has nothing in its hands. False: it is stuck. */
static bool wait_idle(struct recorder *r, struct collection *c, uint64_t until_ns)
{
	const struct timespec until = {(time_t)(until_ns / NS_PER_S), (long)(until_ns % NS_PER_S)};
	bool is_idle = false;

	pthread_mutex_lock(&r->lock);
	while (r->stage == STAGE_GIVEN &&
	       pthread_cond_timedwait(&r->changed, &r->lock, &until) == 0)
		;
	take_back(r, c);
	is_idle = r->stage == STAGE_IDLE;
	pthread_mutex_unlock(&r->lock);
	return is_idle;
}

static void say_sum(struct recorder *r)
{
	(void)snprintf(r->sum, sizeof(r->sum),
		       "stored in %s: %llu new machines, %llu changed, %llu new facts", r->url,
		       (unsigned long long)r->kept.machines_new,
		       (unsigned long long)r->kept.machines_changed,
		       (unsigned long long)r->kept.facts_new);
}

static void say_note(struct recorder *r)
{
	char at[TEXT_TIME];

	if (r->failures == 0) { /* stuck in the middle */
		r->since_real = clock_ns(CLOCK_REALTIME);
		(void)snprintf(r->why, sizeof(r->why), "the database does not answer");
	}
	(void)snprintf(r->note, sizeof(r->note),
		       "%s lacks what was heard since %.19sZ, %llu facts and the findings of this "
		       "run: %s",
		       r->url, text_time(r->since_real, at), (unsigned long long)r->unstored,
		       r->why);
}

enum rc recorder_finish(struct recorder *r, struct collection *c, const struct outbreak *o)
{
	uint64_t until = clock_ns(CLOCK_MONOTONIC) +
			 (r->opt->interface != NULL ? WAIT_LIVE_S : WAIT_FILES_S) * NS_PER_S;

	if (!r->is_started)
		return RC_IO;
	r->is_stuck = !wait_idle(r, c, until);
	for (unsigned i = 0; i < LAST_TRIES && !r->is_stuck; i++) {
		struct record_batch *b = NULL;

		if (i > 0)
			sleep(1);
		if (make_batch(r, c, o, &b) != RC_OK) {
			(void)snprintf(r->error, sizeof(r->error), "%s", rc_str(RC_NOMEM));
			tell_failure(r, 0);
			break;
		}
		give(r, b);
		r->is_stuck = !wait_idle(r, c, until);
		if (!r->is_stuck && r->failures == 0) {
			say_sum(r);
			return RC_OK;
		}
	}
	say_note(r);
	return RC_IO;
}

const char *recorder_note(const struct recorder *r)
{
	return r->note[0] != '\0' ? r->note : NULL;
}

const char *recorder_sum(const struct recorder *r)
{
	return r->sum;
}

void recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	if (r->is_stuck)
		return; /* the thread still has it in its hands; the process ends now */
	if (r->is_started) {
		pthread_mutex_lock(&r->lock);
		r->is_over = true;
		pthread_cond_broadcast(&r->changed);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->thread, NULL);
	}
	record_batch_free(r->batch);
	map_free(r->stored);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	free(r);
}
