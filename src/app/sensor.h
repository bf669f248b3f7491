/*
 * sensor - the process that meets hostile bytes.
 *
 * sensor_run() is all that the forked child does: it gives up every right but its descriptors,
 * reads packets, and tells what it learned through the channel. It never returns.
 */
#ifndef APP_SENSOR_H
#define APP_SENSOR_H

#include <stddef.h>
#include <sys/types.h>

#include "app/analyst.h"
#include "app/front.h"
#include "app/worker.h"
#include "capture/capture.h"
#include "model/exchange.h"

struct sensor_input {
	pid_t parent;                      /* the process to die with */
	const int *fds;                    /* files, open for reading; as many as watch->n_files */
	struct capture *live[WORKERS_MAX]; /* interface handles, one per worker */
	unsigned n_live;
	struct own own; /* of the interface */
};

_Noreturn void sensor_run(const struct watch_options *watch, const struct sensor_input *in,
			  int channel_fd);

/* What follows is shared by sensor.c, sensor_files.c and sensor_live.c alone. */
struct sensor {
	const struct watch_options *watch;
	const struct sensor_input *in;
	struct channel_out *channel;
	struct analyst *analyst;
	struct coverage coverage;
	struct exchange_source source;
	unsigned wants;
	uint64_t seed;
	uint64_t status_ns; /* when the last status was sent, on the monotonic clock */
};

/* Has the parent asked for the end? */
bool sensor_must_stop(void);

/* "cannot …: NAME: why" into source.error, if that is the first. */
void sensor_failed(struct sensor *s, const char *name, const char *why);

/* Tells the parent how far we are, a few times a second at most. `lost` as in the coverage. */
void sensor_status(struct sensor *s, uint64_t packets, uint64_t bytes, uint64_t lost);

void sensor_add_capture(struct sensor *s, const struct capture_stats *stats);
void sensor_add_times(struct sensor *s, const struct front_times *times);

MUST_CHECK enum rc sensor_files(struct sensor *s);
MUST_CHECK enum rc sensor_live(struct sensor *s);

#endif
