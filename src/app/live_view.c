#include "app/live_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/map.h"
#include "base/monotime.h"
#include "base/text.h"
#include "outbreak/verdict.h"
#include "settings/settings.h"

enum {
	ACTORS_MAX = 65536,
	QUIET_MS = 1000,
	RATE_MS = 900,
	LINE = 2 * FINDING_WHY,
	STATUS = 160,
	CLOCK = 32
};

/* One line for each: an outbreak has thousands of targets, and the report has them all. */
struct deed {
	struct addr source;
	char threat[32];
	uint32_t class;
};

struct live_view {
	const struct watch_options *opt;
	bool is_terminal;
	bool has_line;
	struct map *infected; /* struct addr -> char: sources of what proves an infection */
	struct map *told;     /* struct deed -> char: what has a line already */
	uint64_t start_ns, last_ns, last_packets;
	uint64_t total_bytes; /* of the files, 0: not known */
};

static uint64_t now_ns(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Progress needs a whole: pipes have none. */
static uint64_t files_size(const struct watch_options *opt)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < opt->n_files; i++) {
		struct stat st;

		if (stat(opt->files[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

enum rc live_view_new(const struct watch_options *opt, struct live_view **ret_view)
{
	struct live_view *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return RC_NOMEM;
	v->opt = opt;
	v->is_terminal = isatty(STDERR_FILENO);
	v->start_ns = now_ns();
	v->last_ns = v->start_ns;
	v->total_bytes = files_size(opt);
	if (map_new(ACTORS_MAX, sizeof(struct addr), 1, 0, &v->infected) != RC_OK ||
	    map_new(ACTORS_MAX, sizeof(struct deed), 1, 0, &v->told) != RC_OK) {
		live_view_free(v);
		return RC_NOMEM;
	}
	*ret_view = v;
	return RC_OK;
}

void live_view_free(struct live_view *v)
{
	if (v == NULL)
		return;
	map_free(v->infected);
	map_free(v->told);
	free(v);
}

static void wipe(struct live_view *v)
{
	if (v->has_line)
		fputs("\r\033[K", stderr);
	v->has_line = false;
}

/* On the clock of whoever looks, with its distance to UTC, in which the report tells time. */
static const char *local_clock(uint64_t at_ns, char to[CLOCK])
{
	time_t t = (time_t)(at_ns / NS_PER_S);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(to, CLOCK, "%Y-%m-%d %H:%M:%S %z", &tm) == 0)
		to[0] = '\0';
	return to;
}

void live_view_finding(struct live_view *v, const struct finding *f)
{
	char when[CLOCK], source[ADDR_TEXT], why[LINE];
	const struct policy *policy = settings_policy(v->opt->settings);
	struct deed deed;
	bool is_new = false;

	if (policy_trusts(policy, &f->source, f->threat) == NULL &&
	    verdict_of_source(f) == VERDICT_INFECTED)
		(void)map_put(v->infected, &f->source, &is_new);
	memset(&deed, 0, sizeof(deed)); /* padding is compared too */
	deed.source = f->source;
	deed.class = f->class;
	memcpy(deed.threat, f->threat, strnlen(f->threat, sizeof(deed.threat)));
	(void)map_put(v->told, &deed, &is_new);
	if (!is_new)
		return;
	text_printable(f->why, why, sizeof(why));
	wipe(v);
	fprintf(stderr, "%s %s %s/%s: %s\n", local_clock(f->last_ns, when),
		addr_format(&f->source, source), f->threat, finding_class_name(f->class), why);
}

static unsigned columns(void)
{
	struct winsize size = {0};

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void say_live(const struct live_view *v, const struct exchange_status *st, double since_s,
		     char *line)
{
	double rate = since_s > 0 ? (double)(st->packets - v->last_packets) / since_s : 0.0;
	double minutes = (double)(v->last_ns - v->start_ns) / (double)NS_PER_S / 60;

	snprintf(line, STATUS, "%.0f packets/s, %zu infected so far, %llu lost, %.1f min listened",
		 rate, map_len(v->infected), (unsigned long long)st->lost, minutes);
}

static void say_files(const struct live_view *v, const struct exchange_status *st, char *line)
{
	if (v->total_bytes > 0)
		snprintf(line, STATUS, "%llu packets read, %.0f %%",
			 (unsigned long long)st->packets,
			 100.0 * (double)st->bytes / (double)v->total_bytes);
	else
		snprintf(line, STATUS, "%llu packets read", (unsigned long long)st->packets);
}

void live_view_status(struct live_view *v, const struct exchange_status *st)
{
	uint64_t now = now_ns(), before = v->last_ns;
	bool is_live = v->opt->interface != NULL;
	char line[STATUS];

	/* Files: only when it takes long. A rate of less than about a second only jumps. */
	if (!v->is_terminal || (is_live && now - before < RATE_MS * NS_PER_MS) ||
	    (!is_live && now - v->start_ns < QUIET_MS * NS_PER_MS))
		return;
	v->last_ns = now;
	if (is_live)
		say_live(v, st, (double)(now - before) / (double)NS_PER_S, line);
	else
		say_files(v, st, line);
	/* Over the old one, so that nothing flickers; a line that wraps could not be wiped. */
	fprintf(stderr, "\r%.*s\033[K", (int)columns() - 1, line);
	fflush(stderr);
	v->has_line = true;
	v->last_packets = st->packets;
}

void live_view_end(struct live_view *v)
{
	wipe(v);
	fflush(stderr);
}
