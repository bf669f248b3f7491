/*
 * pen - writes JSON as it goes, without a tree in memory.
 *
 * A report of an outbreak has megabytes, and to build and dump an object of each of its lines took
 * longer than to listen. Commas are put by the pen; that brackets match and members have keys is
 * the caller's business. Everything outside ASCII is written as \u, and what is no UTF-8 as
 * U+FFFD.
 */
#ifndef REPORT_PEN_H
#define REPORT_PEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/addr.h"

enum { PEN_ROOM = 16 * 1024 };

struct pen { /* to start with: {.to = …} */
	FILE *to;
	bool needs_comma, bad;
	size_t len;
	char at[PEN_ROOM];
};

void pen_open(struct pen *p, char bracket);
void pen_close(struct pen *p, char bracket);
void pen_line(struct pen *p); /* the next value or key begins a line */
void pen_key(struct pen *p, const char *key);

void pen_null(struct pen *p);
void pen_bool(struct pen *p, bool value);
void pen_text(struct pen *p, const char *text); /* NULL becomes null */
void pen_number(struct pen *p, uint64_t n);     /* INT64_MAX at most */
void pen_real(struct pen *p, double d);         /* twelve digits; NaN and infinite: null */
void pen_time(struct pen *p, uint64_t at_ns);   /* 0: null */
void pen_addr(struct pen *p, const struct addr *a);

/* A key with its value. */
void pen_put_bool(struct pen *p, const char *key, bool value);
void pen_put_text(struct pen *p, const char *key, const char *text);
void pen_put_number(struct pen *p, const char *key, uint64_t n); /* more than INT64_MAX: that */
void pen_put_real(struct pen *p, const char *key, double d);
void pen_put_time(struct pen *p, const char *key, uint64_t at_ns);

/* Hands over what is left. RC_IO: not all of it could be written. */
MUST_CHECK enum rc pen_done(struct pen *p);

#endif
