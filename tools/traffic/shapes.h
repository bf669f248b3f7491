/* shapes - small captures, one case each, for tests/golden. */
#ifndef TRAFFIC_SHAPES_H
#define TRAFFIC_SHAPES_H

#include "lan/wrap.h"
#include "talk/rpc.h"

enum expect { EXPECT_NOTHING, EXPECT_SCANNER, EXPECT_SUSPECTED, EXPECT_INFECTED };

struct stage {
	struct lan *lan;
	struct host actor, target, router;
	uint64_t at;
};

struct shape {
	const char *name, *note;
	void (*make)(struct stage *st, const struct shape *s);
	enum expect expect; /* of the actor */
	const char *threat; /* that is named on the actor; NULL: none */
	bool targets;       /* the target was attacked, and may be called so */
	trace_tap *tap;     /* NULL: none */
	unsigned lose_from, lose_to;
	/* for those that make a call on a path */
	struct rpc_style style;
	enum smb_dialect dialect;
	const char *path;  /* NULL: the worm's */
	const char *other; /* of a comparison: the second path */
	bool is_v6, is_compare;
	uint16_t port; /* 0: 445 */
	size_t mss;
	uint32_t first_seq; /* 0: random */
};

/* shape_scans.c */
void shape_sweep(struct stage *st, const struct shape *s);
void shape_ports(struct stage *st, const struct shape *s);
void shape_arp(struct stage *st, const struct shape *s);
void shape_backscatter(struct stage *st, const struct shape *s);
void shape_dead_drive(struct stage *st, const struct shape *s);
void shape_busy_server(struct stage *st, const struct shape *s);

#endif
