/*
 * quell-assess - assesses, and prints each answer, each observation and each outcome as a line:
 * what the live tests of room assess/ read. Settings come from a file, as for quell itself.
 *
 * usage: quell-assess SETTINGS [smb=PORT] [anonymous] [kerberos] [patches] [plan] [stop-after=N]
 *        [file=PATH]… [registry=PATH]… [service=NAME]… ADDRESS…
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "assess/assess.h"
#include "base/text.h"
#include "settings/settings.h"

enum { TARGETS = 65536, NAMES = 512 };

struct names {
	const char *list[NAMES];
	size_t n;
};

struct job {
	struct addr targets[TARGETS];
	size_t n;
	struct names files, registry, services;
	bool is_anonymous, use_kerberos, wants_plan;
	unsigned long n_done, stop_after;
	struct ask_options ask;
	struct assess_options opt;
};

static const char *const outcomes[] = {"done", "partly", "no-answer", "refused", "out-of-scope"};
static const char *const states[] = {"-", "value", "absent", "unreadable"};

static void print_done(void *ctx, size_t target, const struct posture *p, enum assess_outcome how,
		       const char *why)
{
	struct job *j = ctx;
	char addr[ADDR_TEXT], key[1024], value[1024];

	(void)addr_format(&j->targets[target], addr);
	for (size_t i = 0; i < p->n; i++) {
		(void)text_printable(p->list[i].key, key, sizeof(key));
		(void)text_printable(p->list[i].value, value, sizeof(value));
		printf("seen %s %s %s %s %s\n", addr, states[p->list[i].state],
		       observed_by_name(p->list[i].by), key, value);
	}
	(void)text_printable(why, value, sizeof(value));
	(void)text_printable(p->name, key, sizeof(key));
	printf("done %s %s [%s] %s\n", addr, outcomes[how], key, value);
	fflush(stdout);
	j->n_done++;
}

static void print_fact(void *ctx, const struct fact *f)
{
	char addr[ADDR_TEXT], value[1024];

	(void)ctx;
	(void)text_printable(f->value, value, sizeof(value));
	printf("fact %s %s %s\n", addr_format(&f->addr, addr), fact_kind_name(f->kind), value);
}

static void print_said(void *ctx, const struct addr *of, const char *what, const char *result,
		       bool is_ok)
{
	char addr[ADDR_TEXT], text[1024];

	(void)ctx;
	(void)text_printable(result, text, sizeof(text));
	printf("%s %s: %s: %s\n", is_ok ? "asked" : "failed", addr_format(of, addr), what, text);
}

static bool goes_on(void *ctx)
{
	const struct job *j = ctx;

	return j->stop_after == 0 || j->n_done < j->stop_after;
}

static void print_line(void *ctx, const char *text)
{
	(void)ctx;
	printf("%s\n", text);
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "quell-assess: %s: %s\n", what, why);
	return 2;
}

static bool take_name(const char *text, const char *prefix, struct names *to)
{
	size_t len = strlen(prefix);

	if (strncmp(text, prefix, len) != 0 || to->n == NAMES)
		return false;
	to->list[to->n++] = text + len;
	return true;
}

static bool take(struct job *j, const char *text)
{
	if (strcmp(text, "anonymous") == 0)
		j->is_anonymous = true;
	else if (strcmp(text, "kerberos") == 0)
		j->use_kerberos = true;
	else if (strcmp(text, "patches") == 0)
		j->opt.patches_only = true;
	else if (strcmp(text, "plan") == 0)
		j->wants_plan = true;
	else if (sscanf(text, "smb=%hu", &j->ask.smb_port) == 1 ||
		 sscanf(text, "stop-after=%lu", &j->stop_after) == 1 ||
		 take_name(text, "file=", &j->files) ||
		 take_name(text, "registry=", &j->registry) ||
		 take_name(text, "service=", &j->services))
		return true;
	else
		return j->n < TARGETS && addr_parse(text, &j->targets[j->n++]) == RC_OK;
	return true;
}

static enum rc credentials(const struct job *j, const struct settings *s,
			   struct ask_credentials **ret_c, char *err, size_t err_len)
{
	if (j->is_anonymous)
		return RC_OK;
	if (j->use_kerberos)
		return ask_credentials_kerberos(ret_c);
	if (settings_ask(s).credentials == NULL)
		return RC_OK;
	return ask_credentials_read(settings_ask(s).credentials, ret_c, err, err_len);
}

int main(int argc, char **argv)
{
	static struct job j = {.ask = {.smb_port = 445, .nbns_port = 137, .origin = "test"}};
	const struct assess_out out = {print_done, print_fact, print_said, goes_on, &j};
	struct ask_credentials *c = NULL;
	struct settings *s = NULL;
	char err[512] = "";
	enum rc rc = RC_OK;

	if (argc < 3 || settings_new(&s) != RC_OK)
		return fail("usage", "quell-assess SETTINGS [KEY=VALUE …] ADDRESS…");
	if (settings_read(s, argv[1], err, sizeof(err)) != RC_OK)
		return fail(argv[1], err);
	for (int i = 2; i < argc; i++) {
		if (!take(&j, argv[i]))
			return fail(argv[i], "no address");
	}
	if (credentials(&j, s, &c, err, sizeof(err)) != RC_OK)
		return fail("credentials", err);
	j.ask.credentials = c;
	j.ask.scope = settings_scope(s, &j.ask.n_scope);
	j.ask.timeout_ms = settings_ask(s).timeout_ms;
	j.ask.parallel = settings_ask(s).parallel;
	j.ask.rate = settings_ask(s).rate;
	j.ask.now_ns = (uint64_t)time(NULL) * 1000000000;
	j.opt.ask = &j.ask;
	j.opt.files = j.files.list;
	j.opt.n_files = j.files.n;
	j.opt.registry = j.registry.list;
	j.opt.n_registry = j.registry.n;
	j.opt.services = j.services.list;
	j.opt.n_services = j.services.n;
	if (j.wants_plan)
		assess_plan(&j.opt, print_line, NULL);
	else
		rc = assess_run(&j.opt, j.targets, j.n, &out);
	ask_credentials_free(c);
	settings_free(s);
	return rc == RC_OK ? 0 : fail("assess_run", rc_str(rc));
}
