/*
 * Plays a scenario to the detectors: hours of events in a moment, with the clock of the scenario.
 *
 * usage: replay FILE…   A file is lines of words; # starts a comment:
 *   at TIME arp FROM asks TO            TIME: 90s, 5m or 3h after the start; never goes back
 *   at TIME arp FROM answers TO
 *   at TIME conn FROM TO:PORT OUTCOME   established, refused, unanswered, midstream or backscatter
 *   at TIME call FROM TO OPNUM PATH     srvsvc over \browser; PATH without blanks
 *   at TIME answer FROM TO OPNUM PATH STATUS   (the server's answer; STATUS in hexadecimal)
 *   every STEP from TIME to TIME conn …  the same again and again; {} in an address counts up from
 * 1 trust ADDRESS                        before everything else expect VERDICT ADDRESS infected,
 * suspected, scanner, targeted or no-evidence expect findings THREAT COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "detect/engine.h"
#include "outbreak/outbreak.h"

enum { WORDS = 16, LINE = 512, START_S = 1000000000, PATH_UNITS = 256, TRUSTED = 8 };

struct play {
	const char *file;
	unsigned line;
	int failed;
	uint64_t now_s, seq;
	struct policy policy;
	struct trusted trusted[TRUSTED];
	struct engine *engine;
	struct outbreak *answer; /* once something is expected */
};

static void complain(struct play *p, const char *what, const char *word)
{
	printf("FAIL: %s:%u: %s %s\n", p->file, p->line, what, word);
	p->failed = 1;
}

static uint64_t seconds(struct play *p, const char *word)
{
	char *unit = NULL;
	unsigned long n = strtoul(word, &unit, 10);

	switch (*unit) {
	case 'h':
		return n * 3600;
	case 'm':
		return n * 60;
	case 's':
		return n;
	default:
		complain(p, "no time:", word);
		return 0;
	}
}

/* "10.0.0.{}" with a count in it, "10.0.0.1:445" with a port. */
static struct endpoint endpoint(struct play *p, const char *word, unsigned long count)
{
	char text[LINE] = "";
	const char *hole = strstr(word, "{}"); /* the last octet, or the port */
	struct endpoint e = {0};

	if (hole != NULL)
		snprintf(text, sizeof(text), "%.*s%lu%s", (int)(hole - word), word, count,
			 hole + 2);
	else
		snprintf(text, sizeof(text), "%s", word);

	char *colon = strrchr(text, ':');

	if (colon != NULL) {
		*colon = '\0';
		e.port = (uint16_t)strtoul(colon + 1, NULL, 10);
	}
	if (addr_parse(text, &e.addr) != RC_OK)
		complain(p, "no address:", word);
	return e;
}

static size_t utf16(const char *text, uint8_t *to)
{
	size_t n = 0;

	for (; *text != '\0' && n < PATH_UNITS - 1; text++, n++) {
		to[2 * n] = (uint8_t)*text;
		to[2 * n + 1] = 0;
	}
	to[2 * n] = to[2 * n + 1] = 0;
	return 2 * (n + 1);
}

static void conn(struct play *p, struct event *ev, char **w)
{
	static const char *const outcomes[] = {"established", "refused", "unanswered", "midstream",
					       "backscatter"};

	ev->kind = EV_CONN;
	ev->conn.ip_proto = 6;
	ev->conn.first_seq = ev->seq;
	ev->conn.first_ns = ev->at_ns;
	for (unsigned i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (w[3] != NULL && strcmp(w[3], outcomes[i]) == 0) {
			ev->conn.outcome = (uint8_t)i;
			return;
		}
	}
	complain(p, "no outcome:", w[3] != NULL ? w[3] : "at all");
}

static void call(struct play *p, struct event *ev, char **w, uint8_t *path)
{
	bool is_answer = strcmp(w[0], "answer") == 0;

	if (w[3] == NULL || w[4] == NULL || (is_answer && w[5] == NULL)) {
		complain(p, "words are missing after", w[0]);
		return;
	}
	ev->kind = EV_SRVSVC;
	ev->srvsvc.opnum = (uint16_t)strtoul(w[3], NULL, 10);
	ev->srvsvc.path = (struct bytes){path, utf16(w[4], path)};
	ev->srvsvc.path_actual = (uint32_t)ev->srvsvc.path.len / 2;
	ev->srvsvc.path_max = ev->srvsvc.path_actual;
	ev->srvsvc.path_type = 1;
	ev->srvsvc.pipe = BYTES("browser");
	ev->srvsvc.is_response = is_answer;
	if (is_answer) {
		ev->srvsvc.has_status = true;
		ev->srvsvc.status = (uint32_t)strtoul(w[5], NULL, 16);
		ev->srvsvc.request_seq = ev->seq - 1;
	}
}

/* One event: w[0] says which. */
static void happen(struct play *p, char **w, unsigned long count)
{
	uint8_t path[2 * PATH_UNITS];
	struct event ev = {
		.seq = ++p->seq,
		.at_ns = (START_S + p->now_s) * NS_PER_S,
		.mono_ns = p->now_s * NS_PER_S + 1,
	};

	if (w[1] == NULL || w[2] == NULL) {
		complain(p, "words are missing after", w[0]);
		return;
	}
	ev.src = endpoint(p, w[1], count);
	if (strcmp(w[0], "arp") == 0) {
		ev.kind = EV_ARP;
		ev.arp.op = strcmp(w[2], "answers") == 0 ? 2 : 1;
		ev.dst = endpoint(p, w[3] != NULL ? w[3] : "", count);
		memcpy(ev.arp.sha.b + 2, ev.src.addr.b + 12, 4);
		ev.arp.eth_src = ev.arp.sha;
	} else {
		ev.dst = endpoint(p, w[2], count);
		if (ev.src.port == 0)
			ev.src.port = (uint16_t)(1024 + p->seq % 60000);
		if (strcmp(w[0], "conn") == 0)
			conn(p, &ev, w);
		else if (strcmp(w[0], "call") == 0 || strcmp(w[0], "answer") == 0)
			call(p, &ev, w, path);
		else
			complain(p, "nobody knows the event", w[0]);
	}
	if (!p->failed && engine_wants(p->engine) & EV_BIT(ev.kind))
		engine_event(p->engine, &ev);
}

static void conclude(struct play *p)
{
	static const struct coverage coverage;
	struct outbreak_input in = {
		.source = {.kind = "file", .listened_ns = p->now_s * NS_PER_S},
		.coverage = &coverage,
		.policy = &p->policy,
		.max_hosts = 1000,
	};

	engine_finish(p->engine);
	in.findings = engine_findings(p->engine, &in.n_findings);
	if (outbreak_build(&in, &p->answer) != RC_OK)
		complain(p, "no memory for", "the answer");
}

static enum verdict verdict_of(const struct play *p, const struct addr *a)
{
	for (size_t i = 0; i < p->answer->n_hosts; i++) {
		if (addr_eq(&p->answer->hosts[i].seen.addr, a))
			return p->answer->hosts[i].verdict;
	}
	return VERDICT_NO_EVIDENCE;
}

static void expect(struct play *p, char **w)
{
	if (p->answer == NULL)
		conclude(p);
	if (p->failed)
		return;
	if (strcmp(w[1], "findings") == 0) {
		unsigned long n = 0;

		for (size_t i = 0; i < p->answer->n_findings; i++)
			n += strcmp(p->answer->findings[i]->threat, w[2]) == 0;
		if (n != strtoul(w[3], NULL, 10)) {
			char got[32];

			snprintf(got, sizeof(got), "%lu", n);
			complain(p, "findings there are:", got);
		}
		return;
	}
	struct endpoint who = endpoint(p, w[2], 0);
	const char *got = verdict_name(verdict_of(p, &who.addr));

	if (strcmp(got, w[1]) != 0)
		complain(p, w[2], got);
}

static void trust(struct play *p, const char *word)
{
	struct net *net = (struct net *)(uintptr_t)&p->trusted[p->policy.n_trusted].net;

	if (p->engine != NULL || p->policy.n_trusted == TRUSTED || net_parse(word, net) != RC_OK) {
		complain(p, "cannot trust", word);
		return;
	}
	p->trusted[p->policy.n_trusted].name = "of the scenario";
	p->policy.trusted = p->trusted;
	p->policy.n_trusted++;
}

static void every(struct play *p, char **w)
{
	uint64_t step = seconds(p, w[1]), to = seconds(p, w[5]);
	unsigned long count = 1;

	for (p->now_s = seconds(p, w[3]); step > 0 && p->now_s <= to && !p->failed;
	     p->now_s += step)
		happen(p, w + 6, count++);
	p->now_s = to;
}

static void do_line(struct play *p, char **w, size_t n)
{
	struct engine_options opt = {
		.max_findings = 10000, .max_targets = 64, .policy = &p->policy};

	if (strcmp(w[0], "trust") == 0 && n == 2) {
		trust(p, w[1]);
		return;
	}
	if (p->engine == NULL && engine_new(&opt, &p->engine) != RC_OK)
		complain(p, "no memory for", "the detectors");
	else if (strcmp(w[0], "at") == 0 && n >= 5) {
		p->now_s = seconds(p, w[1]);
		happen(p, w + 2, 1);
	} else if (strcmp(w[0], "every") == 0 && n >= 9)
		every(p, w);
	else if (strcmp(w[0], "expect") == 0 && n >= 3 && (n == 4 || strcmp(w[1], "findings") != 0))
		expect(p, w);
	else
		complain(p, "cannot read", w[0]);
}

static int play(const char *file)
{
	struct play p = {.file = file};
	char line[LINE];
	bool has_expected = false;
	FILE *f = fopen(file, "r");

	if (f == NULL) {
		perror(file);
		return 1;
	}
	while (!p.failed && fgets(line, sizeof(line), f) != NULL) {
		char *w[WORDS + 1] = {NULL}, *rest = NULL;
		size_t n = 0;

		p.line++;
		line[strcspn(line, "#\n")] = '\0';
		for (char *word = strtok_r(line, " \t", &rest); word != NULL && n < WORDS;
		     word = strtok_r(NULL, " \t", &rest))
			w[n++] = word;
		if (n > 0)
			do_line(&p, w, n);
		has_expected |= n > 0 && strcmp(w[0], "expect") == 0;
	}
	fclose(f);
	if (!has_expected)
		complain(&p, "a scenario that expects nothing:", file);
	outbreak_free(p.answer);
	engine_free(p.engine);
	printf("%s %s\n", p.failed ? "FAIL" : "ok  ", file);
	return p.failed;
}

int main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= play(argv[i]);
	return failed;
}
