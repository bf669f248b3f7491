/* kinds - what quell-traffic can make. Each is a whole program: options in, exit status out. */
#ifndef TRAFFIC_KINDS_H
#define TRAFFIC_KINDS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *out, *truth;
	unsigned machines, minutes;
	uint64_t bytes, packets, seed;
	bool no_worm;
};

int office_main(const struct options *opt);
int copies_main(const struct options *opt);
int flood_main(const struct options *opt);
int week_main(const struct options *opt);
int outbreak_main(const struct options *opt);
int shapes_main(const struct options *opt); /* `out` is a folder */

#endif
