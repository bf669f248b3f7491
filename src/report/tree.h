/*
 * tree - who infected whom, as people and programs read it.
 *
 * The nodes are numbers of whoever built the tree: hosts of a report, machines of a store. `names`
 * says who they are.
 */
#ifndef REPORT_TREE_H
#define REPORT_TREE_H

#include "model/outbreak.h"
#include "model/tree.h"
#include "report/lines.h"
#include "report/pen.h"

struct tree_name {
	char id[MACHINE_ID];
	const char *name; /* "" if none is known */
	struct addr addr; /* where it is now; zero: not known */
};

struct tree_names {
	void (*of)(const void *ctx, uint32_t node, struct tree_name *ret_name);
	const void *ctx;
	const struct source_info *source; /* whose packets they are; NULL: told as they are */
};

/* Of an outbreak's own tree, whose nodes are its hosts. */
struct tree_names tree_names_of(const struct outbreak *o);

/* The value of "tree": an object of edges and roots; `t` may be NULL, then both are empty. */
void tree_json(struct pen *p, const struct tree *t, const struct tree_names *names);

/* A heading and an indented tree with times; nothing where there is no edge. */
void tree_human(const struct lines *l, const struct tree *t, const struct tree_names *names);

#endif
