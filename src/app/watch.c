#include "app/watch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/collect.h"
#include "app/live_view.h"
#include "app/record.h"
#include "app/sensor.h"
#include "base/monotime.h"
#include "base/text.h"
#include "outbreak/outbreak.h"
#include "outbreak/tree.h"
#include "report/report.h"
#include "settings/settings.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INFECTED = 3, EXIT_UNSURE = 4 };
enum { WIDTH = 100, WORKERS_CHOSEN = 4 /* at most, unless told: more rarely help */ };

static volatile sig_atomic_t told_to_stop;

static void on_signal(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

struct watch {
	const struct watch_options *opt;
	struct sensor_input input;
	int *fds;
	int channel; /* read end */
	pid_t sensor;
	struct channel_in *in;
	struct collection *all;
	struct live_view *view;
	struct recorder *recorder; /* NULL: nothing is stored */
	struct record_options record;
	char host[256];
	uint64_t start_ns;
	uint64_t stop_ns; /* when --for is over; 0: never */
	bool is_done;     /* the sensor told everything */
	bool has_failed;
};

static uint64_t now_ns(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static bool open_file(struct watch *w, size_t i)
{
	const char *name = w->opt->files[i];
	struct stat st;

	if (strcmp(name, "-") == 0) {
		w->fds[i] = STDIN_FILENO;
		return true;
	}
	w->fds[i] = open(name, O_RDONLY | O_CLOEXEC);
	if (w->fds[i] == -1 || fstat(w->fds[i], &st) != 0) {
		fprintf(stderr, "quell: %s: %s\n", name, strerror(errno));
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		fprintf(stderr, "quell: %s: is a folder, not a capture\n", name);
		return false;
	}
	return true;
}

static bool open_files(struct watch *w)
{
	w->fds = calloc(w->opt->n_files + 1, sizeof(*w->fds));
	if (w->fds == NULL) {
		fprintf(stderr, "quell: %s\n", rc_str(RC_NOMEM));
		return false;
	}
	for (size_t i = 0; i < w->opt->n_files; i++)
		w->fds[i] = -1;
	for (size_t i = 0; i < w->opt->n_files; i++) {
		if (!open_file(w, i))
			return false;
	}
	w->input.fds = w->fds;
	return true;
}

static bool open_interface(struct watch *w)
{
	unsigned n = w->opt->workers;
	struct capture_live_options opt = {
		.interface = w->opt->interface,
		.filter = w->opt->bpf,
		.promiscuous = w->opt->promiscuous,
		.fanout = n,
		.fanout_id = (unsigned)getpid() & 0xffff,
		.ring_bytes = settings_limits(w->opt->settings)->ring_bytes,
	};
	char err[512] = "", names[512];

	for (unsigned i = 0; i < n; i++) {
		enum rc rc = capture_open_live(&opt, &w->input.live[i], err, sizeof(err));

		if (rc == RC_INVAL && !own_exists(opt.interface)) {
			own_interfaces(names, sizeof(names));
			fprintf(stderr, "quell: %s; there are: %s\n", err, names);
			return false;
		}
		if (rc != RC_OK) {
			fprintf(stderr, "quell: %s\n", err);
			return false;
		}
		w->input.n_live++;
	}
	own_look(w->opt->interface, &w->input.own);
	return true;
}

/* The sensor has its own; what it holds stays open there. */
static void close_inputs(struct watch *w)
{
	for (size_t i = 0; w->fds != NULL && i < w->opt->n_files; i++) {
		if (w->fds[i] > STDERR_FILENO)
			close(w->fds[i]);
	}
	for (unsigned i = 0; i < w->input.n_live; i++)
		capture_free(w->input.live[i]);
	free(w->fds);
	w->fds = NULL;
	w->input.n_live = 0;
}

static bool start_sensor(struct watch *w)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		fprintf(stderr, "quell: no pipe to the sensor: %s\n", strerror(errno));
		return false;
	}
	fflush(NULL);
	w->input.parent = getpid();
	w->sensor = fork();
	if (w->sensor == -1) {
		fprintf(stderr, "quell: no process for the sensor: %s\n", strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	if (w->sensor == 0)
		sensor_run(w->opt, &w->input, ends[1]);
	close(ends[1]);
	w->channel = ends[0];
	return true;
}

/* Lines come from a process that may have been subverted: nothing but text passes. */
static void put_line(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = line.at[i];

		putchar((c >= 0x20 && c < 0x7f) || c == '\t' ? c : '?');
	}
	putchar('\n');
}

/* EVE readers want each alert when it happens. */
static void stream_eve(struct watch *w)
{
	const struct finding *newest = collection_newest(w->all);
	struct coverage none = {0};
	struct outbreak *o = NULL;
	struct outbreak_input in = {
		.source = {.kind = "live",
			   .names = (const char **)(uintptr_t)&w->opt->interface,
			   .n_names = 1},
		.coverage = &none,
		.findings = &newest,
		.n_findings = 1,
		.policy = settings_policy(w->opt->settings),
		.max_hosts = 1,
	};
	struct report_style style = {0};

	if (outbreak_build(&in, &o) != RC_OK)
		return;
	if (w->opt->writer->write(o, &style, stdout) != RC_OK || fflush(stdout) != 0)
		w->has_failed = true;
	outbreak_free(o);
}

static bool streams_eve(const struct watch *w)
{
	return w->opt->interface != NULL && strcmp(w->opt->writer->name, "eve") == 0;
}

static void take(struct watch *w, enum channel_type type, struct bytes message)
{
	enum collected what = COLLECTED_OTHER;

	if (collection_take(w->all, type, message, &what) != RC_OK) {
		fprintf(stderr, "quell: the sensor sent what it should not; its word ends here\n");
		w->has_failed = true;
		kill(w->sensor, SIGKILL);
		return;
	}
	if (w->recorder != NULL && (what == COLLECTED_FINDING_NEW || what == COLLECTED_FINDING))
		recorder_heard(w->recorder);
	switch (what) {
	case COLLECTED_LINE:
		put_line(message);
		break;
	case COLLECTED_FINDING_NEW:
		if (w->opt->interface == NULL)
			break;
		live_view_finding(w->view, collection_newest(w->all));
		if (streams_eve(w))
			stream_eve(w);
		break;
	case COLLECTED_STATUS:
		live_view_status(w->view, collection_status(w->all));
		break;
	case COLLECTED_DONE:
		w->is_done = true;
		break;
	case COLLECTED_FINDING:
	case COLLECTED_OTHER:
		break;
	}
}

/* RC_END: the sensor closed the channel. */
static enum rc hear(struct watch *w)
{
	enum rc rc = channel_read(w->in);
	enum channel_type type;
	struct bytes message;

	if (rc != RC_OK)
		return rc;
	while ((rc = channel_next(w->in, &type, &message)) == RC_OK && !w->has_failed)
		take(w, type, message);
	if (rc == RC_FORMAT) {
		fprintf(stderr, "quell: the sensor's messages make no sense\n");
		w->has_failed = true;
		kill(w->sensor, SIGKILL);
	}
	return RC_OK;
}

static int wait_ms(const struct watch *w)
{
	uint64_t now = now_ns(), most = w->recorder != NULL ? 200 : 1000;

	if (w->stop_ns == 0)
		return (int)most;
	if (now >= w->stop_ns)
		return 0;

	uint64_t ms = (w->stop_ns - now) / NS_PER_MS + 1;

	return (int)(ms < most ? ms : most);
}

static struct collect_end end_now(const struct watch *w)
{
	return (struct collect_end){w->has_failed, now_ns() - w->start_ns, &w->input.own};
}

/* Stores what is new, if there is a store and it is time. */
static void record(struct watch *w)
{
	struct collect_end end = end_now(w);
	const char *news = w->recorder != NULL ? recorder_tick(w->recorder, w->all, &end) : NULL;

	if (news == NULL)
		return;
	live_view_end(w->view);
	fprintf(stderr, "quell: %s\n", news);
}

static bool open_store(struct watch *w)
{
	char err[512] = "";

	if (w->opt->store == NULL)
		return true;
	if (gethostname(w->host, sizeof(w->host) - 1) != 0 || w->host[0] == '\0')
		(void)snprintf(w->host, sizeof(w->host), "localhost");
	w->record = (struct record_options){
		.url = w->opt->store,
		.sensor = w->opt->sensor != NULL ? w->opt->sensor : w->host,
		.interface = w->opt->interface,
	};
	if (recorder_new(&w->record, &w->recorder, err, sizeof(err)) == RC_OK)
		return true;
	fprintf(stderr, "quell: %s\n", err[0] != '\0' ? err : rc_str(RC_NOMEM));
	return false;
}

/* The last word to the store; the report says what it did not take. Returns false if so. */
static bool record_end(struct watch *w, struct outbreak *o)
{
	if (w->recorder == NULL)
		return true;
	if (recorder_finish(w->recorder, w->all, o) == RC_OK) {
		fprintf(stderr, "quell: %s\n", recorder_sum(w->recorder));
		return true;
	}
	fprintf(stderr, "quell: %s\n", recorder_note(w->recorder));
	if (o->source.note == NULL)
		o->source.note = recorder_note(w->recorder);
	return false;
}

static void attend(struct watch *w)
{
	struct pollfd p = {.fd = w->channel, .events = POLLIN};
	bool has_asked = false;

	for (;;) {
		int n = poll(&p, 1, wait_ms(w));

		if ((told_to_stop || (w->stop_ns != 0 && now_ns() >= w->stop_ns)) && !has_asked) {
			has_asked = true;
			w->stop_ns = 0;
			kill(w->sensor, SIGTERM);
		}
		if (n > 0 && hear(w) != RC_OK)
			return;
		record(w);
	}
}

static void bury(struct watch *w)
{
	int status = 0;

	while (waitpid(w->sensor, &status, 0) == -1 && errno == EINTR)
		;
	if (w->is_done && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	w->has_failed = true;
	if (WIFSIGNALED(status))
		fprintf(stderr,
			"quell: the sensor was ended by signal %d (%s): what it had told by then "
			"follows\n",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		fprintf(stderr, "quell: the sensor gave up: what it had told by then follows\n");
}

static struct report_style style_for(FILE *to)
{
	struct report_style style = {.width = WIDTH};
	struct winsize size = {0};
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(fileno(to)))
		return style;
	style.color = no_color == NULL || no_color[0] == '\0';
	if (ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 && size.ws_col < WIDTH)
		style.width = size.ws_col;
	return style;
}

static int verdict_status(const struct watch *w, const struct outbreak *o)
{
	if (w->has_failed || collection_error(w->all)[0] != '\0')
		return EXIT_FAILED;
	if (!w->opt->exit_code)
		return EXIT_DONE;
	if (o->by_verdict[VERDICT_INFECTED] > 0)
		return EXIT_INFECTED;
	return coverage_is_low(&o->coverage) ? EXIT_UNSURE : EXIT_DONE;
}

/* Where no report follows, what was not seen is told here. */
static void tell_losses(const struct coverage *c)
{
	if (c->lost_packets > 0)
		fprintf(stderr, "quell: %llu packets were lost\n",
			(unsigned long long)c->lost_packets);
	if (c->truncated_files > 0)
		fprintf(stderr, "quell: %llu of the captures end in the middle of a packet\n",
			(unsigned long long)c->truncated_files);
	for (size_t i = 0; i < c->n_limits; i++) {
		char name[4 * sizeof(c->limits[i].name)];

		text_printable(c->limits[i].name, name, sizeof(name));
		fprintf(stderr, "quell: a limit was hit: %s, %llu times\n", name,
			(unsigned long long)c->limits[i].n);
	}
}

/* Writes the answer and returns the exit status. */
static int answer(struct watch *w)
{
	const char *why = collection_error(w->all);
	struct report_style style = style_for(stdout);
	struct outbreak *o = NULL;

	if (why[0] != '\0')
		fprintf(stderr, "quell: %s\n", why);

	struct collect_end end = end_now(w);
	enum rc rc = collection_outbreak(w->all, &end, &o);

	if (rc != RC_OK) {
		fprintf(stderr, "quell: no report: %s\n", rc_str(rc));
		return EXIT_FAILED;
	}

	bool is_text = w->opt->events || w->opt->filter != NULL || streams_eve(w);
	bool is_nothing = why[0] != '\0' && o->source.packets == 0 && w->opt->interface == NULL;
	int status = verdict_status(w, o);

	if (!is_nothing && !record_end(w, o))
		status = EXIT_FAILED;
	/* No report about a file that could not be read at all: it would look like an answer. */
	if (is_text)
		tell_losses(&o->coverage);
	if (!is_text && !is_nothing) {
		rc = tree_of_outbreak(o, &o->tree);
		if (rc == RC_OK)
			rc = w->opt->writer->write(o, &style, stdout);
	}
	if (rc != RC_OK || fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "quell: the report could not be written: %s\n", strerror(errno));
		status = EXIT_FAILED;
	}
	outbreak_free(o);
	return status;
}

static void catch_signals(void)
{
	/* Who asks twice does not want to wait for the report. */
	struct sigaction on = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
}

static unsigned choose_workers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > WORKERS_CHOSEN ? WORKERS_CHOSEN : (unsigned)cores;
}

int watch_run(const struct watch_options *asked)
{
	struct watch_options chosen = *asked;
	const struct watch_options *opt = &chosen;
	struct watch w = {.opt = opt, .start_ns = now_ns(), .channel = -1};
	int status = EXIT_FAILED;

	assert(asked->workers <= WATCH_WORKERS_MAX); /* the command line has seen to it */
	if (chosen.workers == 0)
		chosen.workers = choose_workers();
	if (opt->for_s > 0)
		w.stop_ns = w.start_ns + (uint64_t)(opt->for_s * (double)NS_PER_S);
	if (opt->n_files > EXCHANGE_FILES) {
		fprintf(stderr, "quell: at most %d captures at once\n", EXCHANGE_FILES);
		return EXIT_USAGE;
	}
	if (!(opt->interface != NULL ? open_interface(&w) : open_files(&w)))
		goto out;
	if (collection_new(opt, &w.all) != RC_OK || live_view_new(opt, &w.view) != RC_OK) {
		fprintf(stderr, "quell: %s\n", rc_str(RC_NOMEM));
		goto out;
	}
	if (!open_store(&w))
		goto out;
	catch_signals();
	if (!start_sensor(&w))
		goto out;
	close_inputs(&w);
	if (w.recorder != NULL && recorder_start(w.recorder) != RC_OK) {
		fprintf(stderr, "quell: no thread for the store: %s\n", rc_str(RC_NOMEM));
		kill(w.sensor, SIGKILL);
	}
	if (channel_in_new(w.channel, &w.in) == RC_OK)
		attend(&w);
	else
		kill(w.sensor, SIGKILL);
	live_view_end(w.view);
	bury(&w);
	status = answer(&w);
out:
	close_inputs(&w);
	channel_in_free(w.in);
	live_view_free(w.view);
	recorder_free(w.recorder);
	collection_free(w.all);
	if (w.channel != -1)
		close(w.channel);
	return status;
}
