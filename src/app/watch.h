/*
 * watch - the main job: from a capture or an interface to the report.
 *
 * watch_run() is the parent process: it opens what is to be read, forks the sensor that meets the
 * hostile bytes, shows findings as they come, and writes the report when the sensor is done.
 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include <stdbool.h>
#include <stddef.h>

enum { WATCH_WORKERS_MAX = 16 };

struct filter;
struct report_writer;
struct settings;

struct watch_options {
	const char **files; /* "-" is standard input; none: `interface` */
	size_t n_files;
	const char *interface;
	bool promiscuous;
	const char *bpf;  /* or NULL */
	double for_s;     /* stop after so many seconds of listening; 0: when told */
	unsigned workers; /* threads; 0: as many as cores, at most 4 */
	const struct report_writer *writer;
	bool exit_code; /* 3: infected machines found; 4: none, but coverage was too low to say */
	struct filter *filter; /* -Y: print matching frames instead of the report; or NULL */
	bool events;           /* print every event as a line of JSON instead of the report */
	const struct settings *settings;
	const char *store;  /* URL of the store to write to, or NULL */
	const char *sensor; /* who listens, for the store; NULL: the host */
};

/* Returns the exit status; messages have gone to stderr. */
int watch_run(const struct watch_options *asked);

#endif
