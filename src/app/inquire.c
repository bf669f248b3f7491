#include "app/inquire.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "host/os.h"

enum { FACTS_MAX = 1 << 20, SMB_PORT = 445, NBNS_PORT = 137 };

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

struct inquiry {
	const struct inquire_options *opt;
	struct inquire_result *result;
	struct arena *arena; /* texts of the facts */
	struct fact *facts;
	size_t n, cap;
	bool is_lossy; /* a fact found no memory */
};

/* "6.1.7601" */
static bool is_version(const char *text, unsigned long part[3])
{
	for (size_t i = 0; i < 3; i++) {
		char *end = NULL;

		if (text[0] < '0' || text[0] > '9')
			return false;
		part[i] = strtoul(text, &end, 10);
		if (*end != (i < 2 ? '.' : '\0') || part[i] > UINT16_MAX)
			return false;
		text = end + 1;
	}
	return true;
}

/* Machines tell version numbers or their system's own name; facts have the words of host/os.h. */
static struct os_guess os_of(const char *value)
{
	unsigned long v[3] = {0, 0, 0};

	if (!is_version(value, v))
		return os_from_native((struct bytes){(const uint8_t *)value, strlen(value)});
	if (v[0] == 6 && v[1] == 1 && v[2] == 0) /* no Windows 7 has that build; Samba says it */
		return (struct os_guess){"Linux or Unix (Samba)", 80};
	return os_from_version((unsigned)v[0], (unsigned)v[1], (unsigned)v[2], false);
}

static bool keep(struct inquiry *q, const struct fact *f)
{
	struct fact copy = *f;

	if (q->n == FACTS_MAX)
		return false;
	if (q->n == q->cap) {
		size_t cap = q->cap == 0 ? 64 : 2 * q->cap;
		struct fact *facts = realloc(q->facts, cap * sizeof(*facts));

		if (facts == NULL)
			return false;
		q->facts = facts;
		q->cap = cap;
	}
	copy.host = arena_strdup(q->arena, f->host);
	copy.value = arena_strdup(q->arena, f->value);
	copy.origin = arena_strdup(q->arena, f->origin);
	copy.machine = "";
	if (copy.host == NULL || copy.value == NULL || copy.origin == NULL)
		return false;
	q->facts[q->n++] = copy;
	return true;
}

static void take_fact(void *ctx, const struct fact *f)
{
	struct inquiry *q = ctx;
	struct fact told = *f;

	if (f->kind == FACT_OS) {
		struct os_guess g = os_of(f->value);

		if (g.name[0] == '\0')
			return;
		told.value = g.name;
		told.confidence =
			(uint8_t)(g.confidence < f->confidence ? g.confidence : f->confidence);
	}
	if (!keep(q, &told))
		q->is_lossy = true;
	if (q->opt->also != NULL)
		q->opt->also->fact(q->opt->also->ctx, &told);
}

/* "10.1.2.3", or the MAC of one of whom only that is known. */
static const char *target_text(const struct ask_target *t, char *to)
{
	if (!addr_is_zero(&t->addr) || t->n_macs == 0)
		return addr_format(&t->addr, to);
	return mac_format(&t->macs[0], to);
}

static void take_said(void *ctx, const struct ask_target *of, const char *what, const char *result,
		      bool is_ok)
{
	struct inquiry *q = ctx;
	char who[ADDR_TEXT], shown_what[512], shown[2048];

	if (what[0] != '\0')
		q->result->questions++;
	if (what[0] != '\0' && is_ok)
		q->result->answers++;
	if (q->opt->to == NULL)
		return;
	(void)text_printable(what, shown_what, sizeof(shown_what));
	(void)text_printable(result, shown, sizeof(shown));
	if (what[0] != '\0')
		fprintf(q->opt->to, "asked %s: %s: %s\n", target_text(of, who), shown_what, shown);
	else
		fprintf(q->opt->to, "%s: %s\n", target_text(of, who), shown);
	fflush(q->opt->to);
}

bool inquire_goes_on(void *ctx)
{
	(void)ctx;
	return stopped == 0;
}

void inquire_catch(struct inquire_signals *ret_s)
{
	struct sigaction on = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	stopped = 0;
	sigaction(SIGINT, &on, &ret_s->was_int);
	sigaction(SIGTERM, &on, &ret_s->was_term);
}

void inquire_release(const struct inquire_signals *s)
{
	sigaction(SIGINT, &s->was_int, NULL);
	sigaction(SIGTERM, &s->was_term, NULL);
}

enum rc inquire_account(const struct inquire_account *account, const struct settings *s,
			struct ask_credentials **ret_c)
{
	const char *path =
		account->credentials != NULL ? account->credentials : settings_ask(s).credentials;
	char err[512] = "";
	enum rc rc = RC_OK;

	*ret_c = NULL;
	if (account->use_kerberos)
		rc = ask_credentials_kerberos(ret_c);
	else if (account->user != NULL)
		rc = ask_credentials_prompt(account->user, ret_c, err, sizeof(err));
	else if (path != NULL)
		rc = ask_credentials_read(path, ret_c, err, sizeof(err));
	if (rc == RC_OK)
		return RC_OK;
	fprintf(stderr, "quell: nothing was asked: %s\n", err[0] != '\0' ? err : rc_str(rc));
	return rc == RC_NOMEM ? RC_NOMEM : RC_INVAL;
}

const char *inquire_origin(const char *what, char *text)
{
	char host[HOST_NAME_MAX + 1] = "";

	if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
		(void)snprintf(host, sizeof(host), "localhost");
	(void)snprintf(text, INQUIRE_ORIGIN, "%s@%s", what, host);
	return text;
}

bool inquire_has_scope(const struct settings *s)
{
	size_t n = 0;

	(void)settings_scope(s, &n);
	if (n == 0)
		fprintf(stderr,
			"quell: nothing was asked: networks.scope names no network that quell "
			"may act on; set it in /etc/quell/quell.yaml, or try: --set "
			"networks.scope=10.0.0.0/8\n");
	return n > 0;
}

static void put_options(const struct inquire_options *opt, const struct ask_credentials *c,
			const char *origin, struct ask_options *to)
{
	struct settings_ask pace = settings_ask(opt->settings);

	*to = (struct ask_options){
		.what = opt->what != 0 ? opt->what : ASK_ALL,
		.credentials = c,
		.timeout_ms = pace.timeout_ms,
		.parallel = pace.parallel,
		.rate = pace.rate,
		.smb_port = SMB_PORT,
		.nbns_port = NBNS_PORT,
		.now_ns = (uint64_t)time(NULL) * 1000000000,
		.origin = origin,
	};
	to->scope = settings_scope(opt->settings, &to->n_scope);
	to->switches = settings_switches(opt->settings, &to->n_switches);
}

static enum rc run(const struct ask_options *ask, const struct ask_target *targets, size_t n,
		   struct inquiry *q)
{
	const struct ask_out out = {take_fact, take_said, inquire_goes_on, q};
	struct inquire_signals signals;
	enum rc rc = RC_OK;

	inquire_catch(&signals);
	rc = ask_run(ask, targets, n, &out);
	inquire_release(&signals);
	q->result->was_stopped = !inquire_goes_on(NULL);
	return rc;
}

static enum rc keep_all(const struct inquire_options *opt, const struct inquiry *q)
{
	if (q->is_lossy)
		fprintf(stderr, "quell: no memory for all answers: some were not kept\n");
	if (opt->store == NULL || q->n == 0)
		return RC_OK;
	if (keep_facts(opt->store, q->facts, q->n, false, &q->result->kept) == RC_OK)
		return RC_OK;
	fprintf(stderr, "quell: the answers were not kept: %s\n", store_error(opt->store));
	return RC_IO;
}

enum rc inquire(const struct inquire_options *opt, const struct ask_target *targets, size_t n,
		struct inquire_result *ret_result)
{
	struct inquire_result result = {0};
	struct inquiry q = {.opt = opt, .result = &result};
	struct ask_credentials *c = NULL;
	struct ask_options ask;
	char origin[INQUIRE_ORIGIN];
	enum rc rc = RC_INVAL;

	if (!inquire_has_scope(opt->settings))
		return RC_INVAL;
	rc = inquire_account(&opt->account, opt->settings, &c);
	if (rc != RC_OK)
		return rc;
	rc = arena_new(0, &q.arena);
	if (rc != RC_OK)
		goto out;
	put_options(opt, c, inquire_origin("ask", origin), &ask);
	if (c == NULL && (ask.what & ASK_PROFILES) != 0 && opt->to != NULL)
		fprintf(opt->to, "profiles on c$ are not looked at: no account is given "
				 "(ask.credentials)\n");
	rc = run(&ask, targets, n, &q);
	if (rc == RC_OK)
		rc = keep_all(opt, &q);
	*ret_result = result;
out:
	free(q.facts);
	arena_free(q.arena);
	ask_credentials_free(c);
	return rc;
}

static bool in_scope(const struct net *scope, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++) {
		if (net_contains(&scope[i], a))
			return true;
	}
	return false;
}

size_t inquire_targets_of(const struct machine *m, const struct settings *s, struct ask_target *to,
			  size_t max)
{
	const struct machine_addr *best = NULL;
	struct ask_target t = {.n_macs = 0};
	size_t n = 0;
	const struct net *scope = settings_scope(s, &n);

	for (size_t i = 0; i < m->n_addrs; i++) { /* latest first */
		const struct machine_addr *a = &m->addrs[i];
		bool is_better = best == NULL;

		if (!is_better && in_scope(scope, n, &a->addr))
			is_better = !in_scope(scope, n, &best->addr) ||
				    (addr_is_v4(&a->addr) && !addr_is_v4(&best->addr));
		if (is_better)
			best = a;
	}
	if (best != NULL)
		t.addr = best->addr;
	for (size_t i = 0; i < m->n_macs && t.n_macs < sizeof(t.macs) / sizeof(t.macs[0]); i++)
		t.macs[t.n_macs++] = m->macs[i].mac;
	if (max == 0 || (best == NULL && t.n_macs == 0))
		return 0;
	*to = t;
	return 1;
}
