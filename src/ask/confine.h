/*
 * confine - what a child that asks gives up before it meets the first byte of a stranger's.
 *
 * It may open sockets, and it may read files (the name service, Samba's code pages, tickets), and
 * nothing else: it writes no file, runs no program, has no terminal, dumps no core, and is not
 * root any more. seccomp as in the sensor is out of the question: Samba's libraries need too much.
 */
#ifndef ASK_CONFINE_H
#define ASK_CONFINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/rc.h"

enum { CONFINE_PIPE = 3 };

struct confine_options {
	pid_t parent;
	int pipe;          /* becomes CONFINE_PIPE; every other descriptor is closed */
	bool keep_id;      /* Kerberos tickets can only be read by their owner */
	unsigned cpu_s;    /* of processor time */
	uint16_t tcp_port; /* the only ports that it connects to, and DNS; 0: any */
};

/* RC_IO: something could not be given up; the child must end. RC_CLOSED: the parent is gone. */
MUST_CHECK enum rc confine(const struct confine_options *opt);

#endif
