/*
 * quell-ask - asks, and prints each answer and each fact as a line: what the live tests of room
 * ask/ read. Settings come from a file, as for quell itself.
 *
 * usage: quell-ask SETTINGS [what=N] [smb=PORT] [nbns=PORT] [kerberos] ADDRESS|MAC|ADDRESS=MAC …
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ask/ask.h"
#include "base/text.h"
#include "settings/settings.h"

enum { TARGETS = 4096 };

static void print_fact(void *ctx, const struct fact *f)
{
	char addr[ADDR_TEXT], mac[MAC_TEXT], at[TEXT_TIME], value[1024];

	(void)ctx;
	(void)text_printable(f->value, value, sizeof(value));
	if (!addr_is_zero(&f->addr))
		(void)addr_format(&f->addr, addr);
	else
		(void)snprintf(addr, sizeof(addr), "%.40s", f->host[0] != '\0' ? f->host : "-");
	printf("fact %s %s %s %s %u %.10s %s\n", addr, f->has_mac ? mac_format(&f->mac, mac) : "-",
	       fact_kind_name(f->kind), fact_source_name(f->source), f->confidence,
	       text_time(f->last_ns, at), value);
}

static void print_said(void *ctx, const struct ask_target *of, const char *what, const char *result,
		       bool is_ok)
{
	char addr[ADDR_TEXT], text[1024];

	(void)ctx;
	(void)text_printable(result, text, sizeof(text));
	printf("%s %s: %s: %s\n", is_ok ? "asked" : "failed", addr_format(&of->addr, addr), what,
	       text);
	fflush(stdout);
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "quell-ask: %s: %s\n", what, why);
	return 2;
}

static bool parse_mac(const char *text, struct mac *to)
{
	unsigned b[6];

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
		return false;
	for (size_t i = 0; i < 6; i++)
		to->b[i] = (uint8_t)b[i];
	return true;
}

static bool parse_target(char *text, struct ask_target *to)
{
	char *equals = strchr(text, '=');

	*to = (struct ask_target){0};
	if (equals == NULL && parse_mac(text, &to->macs[0])) {
		to->n_macs = 1;
		return true;
	}
	if (equals != NULL) {
		*equals = '\0';
		if (!parse_mac(equals + 1, &to->macs[0]))
			return false;
		to->n_macs = 1;
	}
	return addr_parse(text, &to->addr) == RC_OK;
}

int main(int argc, char **argv)
{
	static struct ask_target targets[TARGETS];
	struct ask_credentials *c = NULL;
	struct settings *s = NULL;
	struct ask_options o = {
		.what = ASK_ALL, .smb_port = 445, .nbns_port = 137, .origin = "test"};
	const struct ask_out out = {.fact = print_fact, .said = print_said};
	char err[512] = "";
	size_t n = 0;

	if (argc < 3 || settings_new(&s) != RC_OK)
		return fail("usage", "quell-ask SETTINGS [KEY=VALUE …] TARGET…");
	if (settings_read(s, argv[1], err, sizeof(err)) != RC_OK)
		return fail(argv[1], err);
	for (int i = 2; i < argc; i++) {
		if (sscanf(argv[i], "what=%u", &o.what) == 1 ||
		    sscanf(argv[i], "smb=%hu", &o.smb_port) == 1 ||
		    sscanf(argv[i], "nbns=%hu", &o.nbns_port) == 1)
			continue;
		if (strcmp(argv[i], "kerberos") == 0) {
			if (ask_credentials_kerberos(&c) != RC_OK)
				return fail("kerberos", "no memory");
		} else if (n == TARGETS || !parse_target(argv[i], &targets[n++])) {
			return fail(argv[i], "no target");
		}
	}
	if (c == NULL && settings_ask(s).credentials != NULL &&
	    ask_credentials_read(settings_ask(s).credentials, &c, err, sizeof(err)) != RC_OK)
		return fail("credentials", err);
	o.credentials = c;
	o.scope = settings_scope(s, &o.n_scope);
	o.switches = settings_switches(s, &o.n_switches);
	o.timeout_ms = settings_ask(s).timeout_ms;
	o.parallel = settings_ask(s).parallel;
	o.rate = settings_ask(s).rate;
	o.now_ns = (uint64_t)time(NULL) * 1000000000;

	enum rc rc = ask_run(&o, targets, n, &out);

	ask_credentials_free(c);
	settings_free(s);
	return rc == RC_OK ? 0 : fail("ask_run", rc_str(rc));
}
