/* looking - what the parts of outlook_make() share. Inside of this room. */
#ifndef DESK_LOOKING_H
#define DESK_LOOKING_H

#include "desk/outlook.h"

enum {
	LOOSE_MOST = 64, /* the catalogue has fewer threats */
	SENSORS_MOST = ESTIMATE_SENSORS,
	/* Deeds that are kept for the tree, towards infected machines and towards others: a finding
	 * has 1.3 KiB. */
	BETWEEN_MOST = 40000,
	ASIDE_MOST = 10000,
	BLIND_MOST = 16,
	PRODUCTS_MOST = 4,
	EVIDENCE_MOST = 3,
};

struct look_run {
	const char *id, *names;
};

struct look_sensor {
	const char *name;
	uint64_t first_ns, last_ns;
	double minutes;
	uint64_t packets, lost, encrypted, undecoded;
	bool is_low;
};

struct looking {
	struct store *s;
	const struct knowledge *k;
	const struct outlook_options *opt;
	struct outlook *o;
	struct arena *arena;
	uint64_t on_wire; /* machines that sensors have heard */

	struct triage_node *nodes; /* by machine */
	size_t n_nodes, cap_nodes;

	const char *loose[LOOSE_MOST + 1];
	size_t n_loose;

	struct look_run *runs;
	size_t n_runs, cap_runs;
	struct look_sensor sensors[SENSORS_MOST];
	size_t n_sensors, sensors_left_out;

	struct tree_deed *deeds;
	size_t n_deeds, cap_deeds;
	uint64_t deeds_left_out, deeds_of_nobody;
	unsigned *classes;         /* of each node: bit of a class of which a deed is kept */
	size_t n_between, n_aside; /* seen */

	const char *products[PRODUCTS_MOST + 1], *evidence[EVIDENCE_MOST + 1];
	const char *damaged; /* the store's words, if postures cannot be read; or NULL */
	enum rc rc;          /* the first that went wrong where a callback could not say so */
};

/* In the arena. NULL, and l->rc set: no memory. */
__attribute__((format(printf, 2, 3))) const char *look_text(struct looking *l, const char *format,
							    ...);
const char *look_kept(struct looking *l, const char *text); /* "" if there is no memory */

/* TREE_NOBODY: it is not infected or suspected, or there is no such machine. */
uint32_t look_node(const struct looking *l, const char *machine);

/* The parts, in the order in which they need each other. */
MUST_CHECK enum rc look_at_runs(struct looking *l);
MUST_CHECK enum rc look_at_machines(struct looking *l);
MUST_CHECK enum rc look_at_findings(struct looking *l); /* loose threats, deeds, evidence */
MUST_CHECK enum rc look_at_patches(struct looking *l);
MUST_CHECK enum rc look_at_tree(struct looking *l);
MUST_CHECK enum rc look_at_numbers(struct looking *l);  /* estimate, growth, strategies */
MUST_CHECK enum rc look_at_estimate(struct looking *l); /* of these, the estimate alone */
MUST_CHECK enum rc look_at_blind_spots(struct looking *l);

#endif
