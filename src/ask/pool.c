#include "ask/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask/reach.h"

enum { TURN_MS = 100 }; /* how often goes_on() is asked */

struct slot {
	pid_t pid; /* 0: free */
	int from;
	uint64_t until_ms;
	size_t told; /* bytes */
	uint8_t in[MESSAGE_MAX];
	size_t in_len;
	bool is_bad;
	struct pool_child child;
};

struct pool {
	struct pool_options opt;
	struct slot *slots;
	unsigned n, max; /* running; at most */
	uint64_t next_start_ms;
};

enum rc pool_new(const struct pool_options *opt, struct pool **ret_p)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	p->opt = *opt;
	p->max = opt->parallel < POOL_MAX ? opt->parallel : POOL_MAX;
	p->slots = calloc(p->max, sizeof(*p->slots));
	if (p->slots == NULL) {
		free(p);
		return RC_NOMEM;
	}
	*ret_p = p;
	return RC_OK;
}

static bool take(struct pool *p, struct slot *s, const struct message *m)
{
	if (m->kind == MESSAGE_BEGIN)
		memcpy(s->child.doing, m->text[0], sizeof(s->child.doing));
	else if (m->kind == MESSAGE_SAID)
		s->child.doing[0] = '\0';
	return p->opt.take(p->opt.ctx, &s->child, m);
}

/* False: it ended, or says what no child of ours says. */
static bool listen_to(struct pool *p, struct slot *s)
{
	ssize_t n = read(s->from, s->in + s->in_len, sizeof(s->in) - s->in_len);
	size_t used = 0;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	s->in_len += (size_t)n;
	s->told += (size_t)n;
	if (s->told > s->child.job.bytes)
		s->is_bad = true;
	for (struct message m; !s->is_bad;) {
		size_t one = 0;
		enum message_step step =
			message_read((struct bytes){s->in + used, s->in_len - used}, &m, &one);

		if (step == MESSAGE_MORE)
			break;
		if (step == MESSAGE_BAD || !take(p, s, &m))
			s->is_bad = true;
		used += one;
	}
	memmove(s->in, s->in + used, s->in_len - used);
	s->in_len -= used;
	return !s->is_bad;
}

static int reap(struct slot *s)
{
	int status = 0;

	(void)kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	close(s->from);
	return status;
}

static void end(struct pool *p, struct slot *s, const char *why)
{
	char text[128];
	int status = reap(s);

	if (why == NULL && s->is_bad)
		why = "ended: what came back made no sense";
	if (why == NULL && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
		(void)snprintf(text, sizeof(text),
			       "ended by signal %d: the answer was too much for the one who asked",
			       WTERMSIG(status));
		why = text;
	}
	if (why == NULL &&
	    ((WIFEXITED(status) && WEXITSTATUS(status) != 0) || s->child.doing[0] != '\0'))
		why = "failed within quell, before there was an answer";
	p->opt.ended(p->opt.ctx, &s->child, why);
	s->pid = 0;
	p->n--;
}

enum rc pool_start(struct pool *p, const struct pool_job *job)
{
	struct slot *s = p->slots;
	pid_t parent = getpid();
	int ends[2];

	if (p->n == p->max || pipe2(ends, O_CLOEXEC) != 0)
		return RC_IO;
	while (s->pid != 0)
		s++;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	s->pid = fork();
	if (s->pid == 0) {
		job->run(job, ends[1], parent);
		_exit(1);
	}
	close(ends[1]);
	if (s->pid == -1) {
		s->pid = 0;
		close(ends[0]);
		return RC_IO;
	}
	s->from = ends[0];
	s->child.job = *job;
	s->child.job.with = NULL;
	s->child.doing[0] = '\0';
	s->until_ms = reach_now_ms() + job->limit_ms;
	s->told = s->in_len = 0;
	s->is_bad = false;
	p->n++;
	p->next_start_ms = reach_now_ms() + 1000 / p->opt.rate;
	return RC_OK;
}

static void listen_to_all(struct pool *p, int wait_ms)
{
	struct pollfd fds[POOL_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < p->max; i++) {
		if (p->slots[i].pid != 0)
			fds[n++] = (struct pollfd){.fd = p->slots[i].from, .events = POLLIN};
	}
	if (poll(fds, n, wait_ms) < 0)
		return;
	n = 0;
	for (unsigned i = 0; i < p->max; i++) {
		struct slot *s = &p->slots[i];

		if (s->pid != 0 && fds[n++].revents != 0 && !listen_to(p, s))
			end(p, s, NULL);
	}
	for (unsigned i = 0; i < p->max; i++) {
		struct slot *s = &p->slots[i];

		if (s->pid != 0 && reach_now_ms() >= s->until_ms)
			end(p, s, "no answer; ended, since its time was over");
	}
}

bool pool_work(struct pool *p, bool (*start_one)(void *ctx))
{
	for (;;) {
		bool is_all_started = false;

		if (!p->opt.goes_on(p->opt.ctx))
			return false;
		while (p->n < p->max && reach_now_ms() >= p->next_start_ms && !is_all_started)
			is_all_started = !start_one(p->opt.ctx);
		if (is_all_started && p->n == 0)
			return true;
		/* With a start to come soon, wait no longer than until then. */
		uint64_t now = reach_now_ms();
		int wait_ms = TURN_MS;

		if (!is_all_started && p->n < p->max && p->next_start_ms < now + TURN_MS)
			wait_ms = p->next_start_ms > now ? (int)(p->next_start_ms - now) : 0;
		listen_to_all(p, wait_ms);
	}
}

void pool_end(struct pool *p, const char *why)
{
	for (unsigned i = 0; i < p->max; i++) {
		if (p->slots[i].pid != 0)
			end(p, &p->slots[i], why);
	}
}

void pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->max; i++) {
		if (p->slots[i].pid != 0)
			(void)reap(&p->slots[i]);
	}
	free(p->slots);
	free(p);
}
