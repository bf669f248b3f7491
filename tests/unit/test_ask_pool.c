/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/account.h"
#include "ask/pool.h"

enum { JOBS = 40, BYTES_MAX = 64 << 10 };

/* What a child does, by its kind. */
enum kind {
	WORKS,
	HANGS,
	TALKS_NONSENSE,
	TELLS_TOO_MUCH,
	DIES,
	LEAVES,
	SAYS_WHAT_IT_MAY_NOT,
	KINDS
};

static void say(int pipe, unsigned kind, const char *text)
{
	uint8_t room[MESSAGE_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct message m = {.kind = (uint8_t)kind, .is_ok = true};

	(void)snprintf(m.text[0], sizeof(m.text[0]), "%s", text);
	message_write(&w, &m);
	if (write(pipe, room, w.len) != (ssize_t)w.len)
		_exit(9);
}

static void child(const struct pool_job *job, int pipe, pid_t parent)
{
	uint8_t nonsense[64];

	if (getppid() != parent)
		_exit(9);
	memset(nonsense, 0xff, sizeof(nonsense));
	(void)signal(SIGPIPE, SIG_IGN);
	say(pipe, MESSAGE_BEGIN, "a question");
	switch ((enum kind)job->kind) {
	case WORKS:
		say(pipe, MESSAGE_SAID, job->with);
		_exit(0);
	case HANGS:
		for (;;)
			(void)pause();
	case TALKS_NONSENSE:
		(void)!write(pipe, nonsense, sizeof(nonsense));
		(void)pause();
		_exit(0);
	case TELLS_TOO_MUCH:
		for (;;)
			say(pipe, MESSAGE_SAID, "and more");
	case DIES:
		(void)signal(SIGSEGV, SIG_DFL);
		(void)raise(SIGSEGV);
		_exit(0);
	case SAYS_WHAT_IT_MAY_NOT:
		say(pipe, MESSAGE_SMB, "");
		(void)pause();
		_exit(0);
	default: /* in the middle of a question */
		_exit(0);
	}
}

struct test {
	struct pool *pool;
	unsigned kinds[JOBS];
	size_t n, next, running, most, said;
	char ends[JOBS][128]; /* "": without complaint */
	unsigned n_ended[JOBS];
	bool is_stopped;
};

static bool take(void *ctx, const struct pool_child *c, const struct message *m)
{
	struct test *t = ctx;

	if (m->kind == MESSAGE_BEGIN) {
		assert_string_equal(c->doing, "a question");
		return true;
	}
	if (m->kind != MESSAGE_SAID)
		return false;
	assert_string_equal(c->doing, "");
	t->said++;
	return true;
}

static void ended(void *ctx, const struct pool_child *c, const char *why)
{
	struct test *t = ctx;

	t->running--;
	t->n_ended[c->job.target]++;
	(void)snprintf(t->ends[c->job.target], sizeof(t->ends[0]), "%s", why == NULL ? "" : why);
}

static bool goes_on(void *ctx)
{
	const struct test *t = ctx;

	return !t->is_stopped;
}

static bool start_one(void *ctx)
{
	struct test *t = ctx;
	const struct pool_job job = {.kind = t->next < t->n ? t->kinds[t->next] : 0,
				     .target = t->next,
				     .limit_ms = 500,
				     .bytes = BYTES_MAX,
				     .with = "fine",
				     .run = child};

	if (t->next == t->n)
		return false;
	t->next++;
	assert_int_equal(pool_start(t->pool, &job), RC_OK);
	t->running++;
	t->most = t->running > t->most ? t->running : t->most;
	return true;
}

static struct test *test_begin(unsigned parallel, unsigned rate)
{
	struct test *t = calloc(1, sizeof(*t));
	struct pool_options opt = {.parallel = parallel,
				   .rate = rate,
				   .ctx = t,
				   .take = take,
				   .ended = ended,
				   .goes_on = goes_on};

	assert_non_null(t);
	assert_int_equal(pool_new(&opt, &t->pool), RC_OK);
	return t;
}

static void test_done(struct test *t)
{
	pool_free(t->pool);
	free(t);
}

static const char *const endings[KINDS] = {
	[WORKS] = "",
	[HANGS] = "its time was over",
	[TALKS_NONSENSE] = "made no sense",
	[TELLS_TOO_MUCH] = "made no sense",
	[DIES] = "ended by signal 11",
	[LEAVES] = "failed within quell",
	[SAYS_WHAT_IT_MAY_NOT] = "made no sense",
};

static void each_child_ends_once_and_says_why(void **unused)
{
	struct test *t = test_begin(KINDS, 1000);

	(void)unused;
	for (unsigned i = 0; i < KINDS; i++)
		t->kinds[t->n++] = i;
	assert_true(pool_work(t->pool, start_one));
	for (unsigned i = 0; i < KINDS; i++) {
		print_message("           %s: %s\n", endings[i], t->ends[i]);
		assert_int_equal(t->n_ended[i], 1);
		if (i == WORKS)
			assert_string_equal(t->ends[i], "");
		else if (i != DIES || strstr(t->ends[i], "failed within") == NULL) /* ASan exits */
			assert_non_null(strstr(t->ends[i], endings[i]));
	}
	assert_true(t->said > 0 && t->said < BYTES_MAX / 50);
	test_done(t);
}

static void no_more_run_at_once_than_allowed(void **unused)
{
	struct test *t = test_begin(3, 1000);

	(void)unused;
	t->n = JOBS; /* of kind WORKS */
	assert_true(pool_work(t->pool, start_one));
	assert_int_equal(t->said, JOBS);
	assert_in_range(t->most, 1, 3);
	for (unsigned i = 0; i < JOBS; i++)
		assert_int_equal(t->n_ended[i], 1);
	test_done(t);
}

static bool stop_when_all_run(void *ctx)
{
	struct test *t = ctx;
	bool ok = start_one(t);

	t->is_stopped = t->next == t->n;
	return ok;
}

static void who_is_stopped_is_ended_and_told(void **unused)
{
	struct test *t = test_begin(4, 1000);

	(void)unused;
	t->n = 2;
	t->kinds[0] = t->kinds[1] = HANGS;
	assert_false(pool_work(t->pool, stop_when_all_run));
	pool_end(t->pool, "stopped");
	assert_int_equal(t->running, 0);
	assert_string_equal(t->ends[0], "stopped");
	assert_string_equal(t->ends[1], "stopped");
	t->is_stopped = false; /* and one that is left behind is ended with the pool */
	t->n = 3;
	t->kinds[2] = HANGS;
	assert_false(pool_work(t->pool, stop_when_all_run));
	assert_int_equal(t->running, 1);
	test_done(t);
}

/* Of a run with one account: L a logon begins, then how it went, as enum message_logon. */
static const struct {
	const char *says;
	const char *story; /* L begins, 1 let in, 2 refused, 3 no outcome, 4 no proof, w waits */
	bool may_begin, has_failed;
} stories[] = {
	{"the first may log on", "", true, false},
	{"one at a time", "L", false, false},
	{"even after a while", "Lw", false, false},
	{"the next after the one before", "L1", true, false},
	{"a refusal ends it", "L2", false, true},
	{"a refusal after many were let in", "L1L1L2", false, true},
	{"once it was let in, a slow one is overtaken", "L1Lw", true, false},
	{"but not at once", "L1L", false, false},
	{"and not by any number", "L1LwLwLwLwLwLwLwLw", false, false},
	{"one without outcome may be harmless", "L3", true, false},
	{"two may be two failures", "L3L3", false, true},
	{"unless the account was let in", "L3L1L3L3", true, false},
	{"no proof is no failure", "L4L4L4", true, false},
	{"but no proof that it is good", "L4Lw", false, false},
};

static void an_account_is_never_locked_out(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		struct account a = {.patience_ms = 300};
		uint64_t now = 1000;
		unsigned failures = 0;

		print_message("           %s\n", stories[i].says);
		for (const char *s = stories[i].story; *s != '\0'; s++) {
			struct message m = {.kind = MESSAGE_LOGON, .text = {"wrong password"}};
			char why[MESSAGE_TEXT] = "";

			if (*s == 'w')
				now += 300;
			if (*s == 'L') {
				assert_true(account_may_begin(&a, now));
				account_begin(&a, now);
			}
			if (*s < '1' || *s > '4')
				continue;
			m.number = (uint32_t)(*s - '0');
			if (account_told(&a, &m, "10.1.2.3", why)) {
				failures++;
				assert_non_null(strstr(why, "10.1.2.3"));
			}
		}
		assert_int_equal(account_may_begin(&a, now), stories[i].may_begin);
		assert_int_equal(a.has_failed, stories[i].has_failed);
		assert_int_equal(failures, stories[i].has_failed ? 1 : 0); /* told once */
	}
}

static void without_patience_nobody_is_overtaken(void **unused)
{
	struct account a = {.is_good = true};

	(void)unused;
	account_begin(&a, 0);
	assert_false(account_may_begin(&a, 1u << 30));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_child_ends_once_and_says_why),
		cmocka_unit_test(no_more_run_at_once_than_allowed),
		cmocka_unit_test(who_is_stopped_is_ended_and_told),
		cmocka_unit_test(an_account_is_never_locked_out),
		cmocka_unit_test(without_patience_nobody_is_overtaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
