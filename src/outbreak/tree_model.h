/*
 * tree_model - how likely each attempt is the one that infected.
 *
 * A machine that is infected has one infecting attempt. Its first own deed follows after a delay,
 * whose logarithm is normal, with a share of odd ones; all other attempts on it are background,
 * which comes as often as at others. An attempt succeeds with a chance, and once one has, the
 * later ones do not matter. Or the one that did it was not heard, or came before the listening
 * began. Delay, chance and the share of the unheard are learned from all cases of an outbreak at
 * once (expectation-maximisation: Dempster, Laird and Rubin 1977), from a prior on, which is what
 * counts where there are few. doc/tree.md.
 */
#ifndef OUTBREAK_TREE_MODEL_H
#define OUTBREAK_TREE_MODEL_H

#include <stddef.h>

#include "model/finding.h"

struct tree_tries { /* some attempts of one machine on another, at one time */
	const struct finding *f;
	uint64_t at_ns, packet; /* packet 0: not known */
	uint32_t from;
	bool is_heard;     /* at that very time; else somewhere around it */
	double n;          /* how many, each worth as much as an exploit */
	double worth;      /* how much better than others the evidence fits; 1: as well as any */
	double ln_delay;   /* to the target's first own deed, in seconds */
	double background; /* attempts in a second on that machine, then, of no consequence */
	double p;          /* the answer: that it was one of these; */
	double p_vain;     /* that somebody did it later who was not heard */
};

struct tree_case { /* one infected machine */
	uint32_t to;
	size_t first, n; /* its tries, by time */
	bool is_flat;    /* when it was infected cannot be told from when it acted */
	double flat;     /* a second's chance then */
	double heard;    /* 0..1: how much of what is sent to it is heard */
	double gap;      /* seconds between two of its deeds that are heard, on average */
	double listened; /* seconds listened before its first deed, */
	double span;     /* and in all */
	double p_nobody; /* the answer: that none of these did it, */
	double p_before; /* as it was infected before the listening began: part of p_nobody */
};

struct tree_model {
	double mean, sd; /* of the logarithm of the delay in seconds */
	double success;  /* of one attempt on a machine that can be infected */
	double unheard;  /* share of infecting attempts that are not heard, where all else is */
	double before;   /* share of machines infected before the listening began */
};

/* Before anything is learned. */
struct tree_model tree_model_prior(void);

/* Learns from the cases, of many only a sample. */
struct tree_model tree_model_learn(struct tree_case *cases, size_t n, struct tree_tries *tries);

/* Fills in p, p_nobody and the like; p and p_nobody sum to 1. Returns the logarithm of how well the
 * case fits. */
double tree_model_weigh(const struct tree_model *m, struct tree_case *c, struct tree_tries *tries);

#endif
