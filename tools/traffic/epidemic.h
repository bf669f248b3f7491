/*
 * epidemic - the worm in the office: one machine has it, and in the end ten do.
 *
 * Also those who look a little like it and are not: an auditor's scanner that asks every old
 * machine the harmless question, and an administrator's tool that has a path made canonical.
 */
#ifndef TRAFFIC_EPIDEMIC_H
#define TRAFFIC_EPIDEMIC_H

#include <stdio.h>

#include "office.h"

struct epidemic;

/* Marks who can be taken and starts the first. NULL: nobody can. */
struct epidemic *epidemic_start(struct office *o);

/* verdict, address, name, by whom, when, how: one line each. */
void epidemic_truth(const struct epidemic *e, FILE *to);

void epidemic_free(struct epidemic *e); /* NULL is fine */

/* The auditor and the administrator; they are there without a worm too. */
void bystanders_start(struct office *o);

#endif
