#include "app/assessing.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum {
	SMB_PORT = 445,
	PARALLEL = 256,
	FACTS_MAX = 4096,  /* of one second */
	FLUSH_MANY = 256,  /* postures */
	STATUS_LINE = 100, /* columns */
};
#define SECOND_NS 1000000000ull

struct pending { /* a posture that is not in the store yet */
	struct posture *posture;
	char how[128];
};

struct assessor {
	const struct assessing_options *opt;
	struct assessing_result *result;
	const struct addr *targets;
	size_t n, n_done;
	struct pending *pending;
	size_t n_pending;
	struct fact *facts;
	size_t n_facts;
	struct arena *arena; /* texts of the facts; anew after each flush */
	uint64_t flushed_ns, began_ns;
	bool has_complained; /* about the store: once */
	bool is_lossy;       /* no memory for something that was learned */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

const char *assessing_id(uint64_t at_ns, char *id)
{
	time_t at = (time_t)(at_ns / SECOND_NS);
	struct tm utc;
	char text[24] = "";

	if (gmtime_r(&at, &utc) != NULL)
		(void)strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &utc);
	(void)snprintf(id, ASSESSING_ID, "%s-%d", text, (int)getpid());
	return id;
}

/* --- into the store --- */

static enum rc put_pending(struct assessor *a)
{
	struct store *s = a->opt->store;
	const struct store_assessment row = {
		.id = a->opt->id,
		.how = a->opt->is_anonymous ? "anonymous" : "asked",
		.who = a->opt->who,
		.targets = a->opt->targets,
		.first_ns = a->opt->started_ns != 0 ? a->opt->started_ns : a->began_ns,
		.last_ns = now_ns(),
		.asked = a->opt->done_before + a->n,
		.done = a->opt->done_before + a->n_done,
	};
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = store_put_assessment(s, &row);
	for (size_t i = 0; i < a->n_pending && rc == RC_OK; i++)
		rc = store_put_posture(s, a->opt->id, a->pending[i].posture, a->pending[i].how,
				       NULL);
	if (rc == RC_OK)
		rc = store_commit(s);
	if (rc != RC_OK)
		store_rollback(s);
	return rc;
}

static void drop_pending(struct assessor *a)
{
	for (size_t i = 0; i < a->n_pending; i++)
		posture_free(a->pending[i].posture);
	a->n_pending = 0;
}

/* Facts first: they say whose the postures are. */
static enum rc flush(struct assessor *a)
{
	struct keep_result kept = {0};
	struct arena *fresh = NULL;
	enum rc rc = RC_OK;

	a->flushed_ns = now_ns();
	if (a->n_facts > 0)
		rc = keep_facts(a->opt->store, a->facts, a->n_facts, false, &kept);
	if (rc == RC_OK && arena_new(0, &fresh) == RC_OK) {
		arena_free(a->arena);
		a->arena = fresh;
		a->n_facts = 0;
	}
	if (rc == RC_OK)
		rc = put_pending(a);
	if (rc == RC_OK) {
		drop_pending(a);
		a->has_complained = false;
	} else if (!a->has_complained) {
		a->has_complained = true;
		fprintf(stderr, "quell: not kept yet, and tried again: %s\n",
			store_error(a->opt->store));
	}
	return rc;
}

/* --- what is told --- */

static void take_fact(void *ctx, const struct fact *f)
{
	struct assessor *a = ctx;
	struct fact copy = *f;

	if (a->n_facts == FACTS_MAX)
		(void)flush(a);
	copy.host = arena_strdup(a->arena, f->host);
	copy.value = arena_strdup(a->arena, f->value);
	copy.origin = arena_strdup(a->arena, f->origin);
	copy.machine = "";
	if (a->n_facts == FACTS_MAX || copy.host == NULL || copy.value == NULL ||
	    copy.origin == NULL) {
		a->is_lossy = true;
		return;
	}
	a->facts[a->n_facts++] = copy;
}

static void take_said(void *ctx, const struct addr *of, const char *what, const char *result,
		      bool is_ok)
{
	const struct assessor *a = ctx;
	char who[ADDR_TEXT], shown_what[512], shown[2048];

	(void)is_ok;
	if (a->opt->to == NULL)
		return;
	(void)text_printable(what, shown_what, sizeof(shown_what));
	(void)text_printable(result, shown, sizeof(shown));
	fprintf(a->opt->to, "asked %s: %s%s%s\n", addr_format(of, who), shown_what,
		what[0] != '\0' ? ": " : "", shown);
}

static void show_progress(const struct assessor *a)
{
	uint64_t spent = now_ns() - a->began_ns;
	char line[STATUS_LINE + 1], left[32] = "";

	if (!a->opt->has_progress || spent < SECOND_NS)
		return;
	if (a->n_done > 0 && a->n_done < a->n)
		(void)snprintf(
			left, sizeof(left), ", about %llu s left",
			(unsigned long long)(spent / a->n_done * (a->n - a->n_done) / SECOND_NS));
	(void)snprintf(line, sizeof(line), "%zu of %zu machines, %zu without an answer%s",
		       a->n_done, a->n, a->result->how[ASSESS_NO_ANSWER], left);
	fprintf(stderr, "\r%-*s", STATUS_LINE, line);
	fflush(stderr);
}

static void end_progress(const struct assessor *a)
{
	if (a->opt->has_progress)
		fprintf(stderr, "\r%*s\r", STATUS_LINE, "");
}

static void take_done(void *ctx, size_t target, const struct posture *p, enum assess_outcome how,
		      const char *why)
{
	struct assessor *a = ctx;
	struct pending *to = &a->pending[a->n_pending];

	(void)target;
	a->n_done++;
	a->result->how[how]++;
	if (posture_copy(p, &to->posture) != RC_OK) {
		a->is_lossy = true;
	} else {
		(void)snprintf(to->how, sizeof(to->how), "%s", why);
		a->n_pending++;
	}
	if (a->n_pending % FLUSH_MANY == 0 || now_ns() - a->flushed_ns > SECOND_NS)
		(void)flush(a);
	show_progress(a);
}

/* --- the run --- */

static bool put_options(const struct assessing_options *opt, const struct ask_credentials *c,
			const char *origin, struct ask_options *ret_ask)
{
	struct settings_ask pace = settings_ask(opt->settings);

	*ret_ask = (struct ask_options){
		.credentials = c,
		.timeout_ms = pace.timeout_ms,
		.parallel = opt->parallel != 0 ? opt->parallel : PARALLEL,
		.rate = opt->rate != 0 ? opt->rate : pace.rate,
		.smb_port = SMB_PORT,
		.now_ns = now_ns(),
		.origin = origin,
	};
	ret_ask->scope = settings_scope(opt->settings, &ret_ask->n_scope);
	return ret_ask->n_scope > 0;
}

static struct assess_options questions_of(const struct assessing_options *opt,
					  const struct ask_options *ask)
{
	const struct judge_questions *q = opt->questions;

	return (struct assess_options){
		.ask = ask,
		.files = (const char *const *)q->files,
		.n_files = q->n_files,
		.registry = (const char *const *)q->registry,
		.n_registry = q->n_registry,
		.services = (const char *const *)q->services,
		.n_services = q->n_services,
		.updates = (const char *const *)q->updates,
		.n_updates = q->n_updates,
		.patches_only = opt->patches_only,
	};
}

static enum rc run(struct assessor *a, const struct assess_options *assess)
{
	const struct assess_out out = {take_done, take_fact, take_said, inquire_goes_on, a};
	struct inquire_signals signals;
	enum rc rc = RC_OK;

	inquire_catch(&signals);
	rc = assess_run(assess, a->targets, a->n, &out);
	inquire_release(&signals);
	a->result->was_stopped = !inquire_goes_on(NULL);
	end_progress(a);
	return rc;
}

static enum rc prepare(struct assessor *a)
{
	a->pending = calloc(a->n + 1, sizeof(*a->pending));
	a->facts = calloc(FACTS_MAX, sizeof(*a->facts));
	a->began_ns = a->flushed_ns = now_ns();
	if (a->pending == NULL || a->facts == NULL)
		return RC_NOMEM;
	return arena_new(0, &a->arena);
}

static enum rc finish(struct assessor *a)
{
	a->has_complained = true; /* what it says now is the last word, and said below */
	enum rc rc = flush(a);

	if (rc != RC_OK)
		fprintf(stderr, "quell: %zu of the answers were not kept: %s\n", a->n_pending,
			store_error(a->opt->store));
	if (a->is_lossy)
		fprintf(stderr, "quell: no memory for all answers: some were not kept\n");
	return rc == RC_OK && a->is_lossy ? RC_NOMEM : rc;
}

enum rc assessing(const struct assessing_options *opt, const struct addr *targets, size_t n,
		  struct assessing_result *ret_result)
{
	struct assessing_result result = {0};
	struct assessor a = {.opt = opt, .result = &result, .targets = targets, .n = n};
	struct ask_credentials *c = NULL;
	struct ask_options ask;
	char origin[INQUIRE_ORIGIN];

	if (!inquire_has_scope(opt->settings))
		return RC_INVAL;
	enum rc rc = RC_OK;

	if (!opt->is_anonymous)
		rc = inquire_account(&opt->account, opt->settings, &c);
	if (rc != RC_OK)
		return rc;
	if (c == NULL && !opt->is_anonymous)
		fprintf(stderr, "quell: no account is given (--credentials, --user, --kerberos, or "
				"ask.credentials): only what machines tell anybody is asked\n");
	rc = prepare(&a);
	if (rc == RC_OK && put_options(opt, c, inquire_origin("assess", origin), &ask)) {
		struct assess_options assess = questions_of(opt, &ask);
		enum rc kept = RC_OK;

		rc = run(&a, &assess);
		kept = finish(&a);
		rc = rc == RC_OK ? kept : rc;
	}
	*ret_result = result;
	drop_pending(&a);
	free(a.pending);
	free(a.facts);
	arena_free(a.arena);
	ask_credentials_free(c);
	return rc;
}

/* --- the plan --- */

static void print_line(void *ctx, const char *text)
{
	FILE *to = ctx;

	fprintf(to, "  %s\n", text);
}

static void print_names(const char *what, const char *const *names, size_t n, FILE *to)
{
	if (n > 0)
		fprintf(to, "\n%s:\n", what);
	for (size_t i = 0; i < n; i++)
		print_line(to, names[i]);
}

enum rc assessing_plan(const struct assessing_options *opt, const struct addr *targets, size_t n,
		       FILE *to)
{
	struct ask_credentials *c = NULL;
	struct ask_options ask;
	struct assess_options assess;
	size_t n_scope = 0, inside = 0;
	const struct net *scope = settings_scope(opt->settings, &n_scope);
	enum rc rc = RC_OK;

	if (!inquire_has_scope(opt->settings))
		return RC_INVAL;
	if (!opt->is_anonymous)
		rc = inquire_account(&opt->account, opt->settings, &c);
	if (rc != RC_OK)
		return rc;
	(void)put_options(opt, c, "", &ask);
	assess = questions_of(opt, &ask);
	for (size_t i = 0; i < n; i++) {
		bool is_in = false;

		for (size_t j = 0; j < n_scope && !is_in; j++)
			is_in = net_contains(&scope[j], &targets[i]);
		inside += is_in;
	}
	fprintf(to, "Nothing was asked. %zu %s would be, at most %u at a time:\n", inside,
		inside == 1 ? "machine" : "machines", ask.parallel);
	for (size_t i = 0; i < n; i++) {
		char text[ADDR_TEXT];

		fprintf(to, "%s%s", i % 6 == 0 ? "\n  " : "  ", addr_format(&targets[i], text));
	}
	if (inside < n)
		fprintf(to, "\n\n%zu of them are outside networks.scope and would not be asked.",
			n - inside);
	fprintf(to, "\n\nEach of them:\n");
	assess_plan(&assess, print_line, to);
	if (c != NULL) {
		print_names("Files, below ADMIN$", assess.files, assess.n_files, to);
		print_names("Registry values, and keys", assess.registry, assess.n_registry, to);
		print_names("Services", assess.services, opt->patches_only ? 0 : assess.n_services,
			    to);
	}
	ask_credentials_free(c);
	return RC_OK;
}
