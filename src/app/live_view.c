#include "app/live_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/map.h"
#include "base/monotime.h"
#include "base/text.h"

enum { ACTORS_MAX = 65536, QUIET_MS = 1000, LINE = 2 * FINDING_WHY };

struct live_view {
	const struct watch_options *opt;
	bool is_terminal;
	bool has_line;
	struct map *actors; /* struct addr -> char: sources of what proves an infection */
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
	if (map_new(ACTORS_MAX, sizeof(struct addr), 1, 0, &v->actors) != RC_OK) {
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
	map_free(v->actors);
	free(v);
}

static void wipe(struct live_view *v)
{
	if (v->has_line)
		fputs("\r\033[K", stderr);
	v->has_line = false;
}

void live_view_finding(struct live_view *v, const struct finding *f)
{
	char time[TEXT_TIME], source[ADDR_TEXT], why[LINE];
	bool is_new = false;

	if (f->class != CLASS_CHECK && f->class != CLASS_SCAN)
		(void)map_put(v->actors, &f->source, &is_new);
	text_printable(f->why, why, sizeof(why));
	wipe(v);
	fprintf(stderr, "%s %s %s/%s: %s\n", text_time(f->first_ns, time),
		addr_format(&f->source, source), f->threat, finding_class_name(f->class), why);
}

void live_view_status(struct live_view *v, const struct exchange_status *st)
{
	uint64_t now = now_ns();
	double since = (double)(now - v->last_ns) / (double)NS_PER_S;

	/* Files: only when it takes long. */
	if (!v->is_terminal ||
	    (v->opt->interface == NULL && now - v->start_ns < QUIET_MS * NS_PER_MS))
		return;
	wipe(v);
	if (v->opt->interface != NULL)
		fprintf(stderr,
			"%.0f packets/s · %zu infected so far · %llu lost · %.0f min listened",
			since > 0 ? (double)(st->packets - v->last_packets) / since : 0.0,
			map_len(v->actors), (unsigned long long)st->lost,
			(double)(now - v->start_ns) / (double)NS_PER_S / 60);
	else if (v->total_bytes > 0)
		fprintf(stderr, "%llu packets read, %.0f %%", (unsigned long long)st->packets,
			100.0 * (double)st->bytes / (double)v->total_bytes);
	else
		fprintf(stderr, "%llu packets read", (unsigned long long)st->packets);
	fflush(stderr);
	v->has_line = true;
	v->last_ns = now;
	v->last_packets = st->packets;
}

void live_view_end(struct live_view *v)
{
	wipe(v);
	fflush(stderr);
}
