/*
 * table - what the files of the flow engine share: entries, their lists, the way in.
 *
 * A flow is two cache lines: the first is all that a packet of a settled flow touches, the second
 * is read while an attempt has no outcome and while its streams are not decided. Entries lie in
 * one block and are found through an open-addressed index of (hash, entry) pairs, so neither
 * looking up a stranger nor pushing one out touches anybody else's entry.
 *
 * Every entry is on one list. Moving an entry for each packet would cost three more lines, so the
 * lists are ordered by when an entry was put at the end; one that was used since then gets a
 * second chance when it comes to the front.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base/monotime.h"
#include "flow/flow.h"

#define NOBODY UINT32_MAX /* no entry; more than an enum holds */

enum flow_state {
	STATE_HALF,    /* an attempt without an outcome */
	STATE_OPEN,    /* told, and going on */
	STATE_GAVE_UP, /* told as unanswered; a late answer opens it without another word */
	STATE_CLOSED,  /* reset or finished: stays a while to know stragglers by */
};

/* In the order in which a full table sheds them. */
enum flow_list { LIST_CLOSED, LIST_HALF, LIST_PLAIN, LIST_FOLLOWED, LISTS };

enum { /* flow.marks */
       HEARD_CLIENT = 1,
       HEARD_SERVER = 2,
       HEARD_BOTH = 3,
       FIN_CLIENT = 4, /* FIN_CLIENT << dir */
       FIN_BOTH = 12,
       MARK_MIDSTREAM = 16,   /* who is the client is a guess */
       MARK_TELLS_SIDED = 32, /* counts as one-sided if it ends with one side heard */
       MARK_AGAIN = 64,       /* syn_again is set */
};

enum { /* flow.reading */
       READ_UNDECIDED = 0,
       READ_DONE = 1,     /* nobody wants it */
       READ_FOLLOWED = 2, /* a reader has it */
       READ_SKIPS = 4,    /* READ_SKIPS << dir: nobody wants this direction */
       READ_SKIPS_BOTH = 12,
};

struct stream;

struct flow {
	struct addr addr[2]; /* client, server: [dir] is who sends in that direction */
	uint16_t port[2];
	uint32_t net; /* protocol << 24 | vlan */
	uint32_t hash;
	uint32_t prev, next;   /* neighbours in its list, or NOBODY; free entries: next alone */
	uint32_t last, queued; /* table_when(): its latest packet; when it went to the list's end */
	uint8_t state, list, marks, reading;

	/* The second line. */
	uint64_t first_seq, first_ns, first_mono; /* the packet that opened it */
	struct stream *stream; /* bytes that wait or are followed; NULL: neither */
	uint32_t seq_next[2];  /* the next byte of each direction, while `stream` is NULL */
	uint32_t skipped[2];   /* bytes that passed before the flow was decided */
	uint32_t isn;          /* the SYN's sequence number */
	uint32_t syn_again;    /* that of another SYN, heard while the flow was alive */
	uint8_t known;         /* 1 << dir: seq_next[dir] is set; 4: isn is */
	uint8_t syns, late;
	uint8_t tries[2]; /* mid-stream: how often a direction's bytes were not recognised */
};

_Static_assert(sizeof(struct flow) == 128, "a flow is two cache lines");

enum { KNOWN_ISN = 4 };

struct slot {
	uint32_t hash, entry; /* entry + 1; 0: free */
};

struct half;

struct flow_table {
	struct flow_limits limits;
	struct flow_sink sink;
	struct flow_stats stats;
	const struct packet *p; /* the one at hand */
	struct flow *flows;
	struct slot *slots;
	uint32_t mask;  /* slots - 1 */
	uint32_t fresh; /* entries from here on were never used */
	uint32_t free;  /* list of used ones */
	uint32_t first[LISTS], last[LISTS];
	uint64_t syn_timeout_ns;
	uint32_t idle;                       /* in units of table_when() */
	size_t buffered;                     /* bytes held by streams */
	struct half *hole_first, *hole_last; /* directions that wait for bytes, oldest first */
	struct packet end; /* what the sink sees after the last packet: its number and times */
};

/* Time in an entry: 134 ms, wraps after 18 years. */
static inline uint32_t table_when(const struct packet *p)
{
	return (uint32_t)(p->mono_ns >> 27);
}

static inline uint32_t table_net(const struct packet *p)
{
	return (uint32_t)p->ip_proto << 24 | p->vlan;
}

static inline uint32_t table_entry(const struct flow_table *t, const struct flow *f)
{
	return (uint32_t)(f - t->flows);
}

/* The flow of t->p (or of a quoted header) and the way it goes; NULL: unknown. */
struct flow *table_find(const struct flow_table *t, const struct packet *p, enum dir *ret_dir);

/* A new entry for t->p, on LIST_HALF; another may have to go for it. `dir` is the way t->p goes. */
struct flow *table_add(struct flow_table *t, enum dir dir);

/* The same entry for another attempt. */
void table_renew(struct flow_table *t, struct flow *f, enum dir dir);

/* To the end of a list. */
void table_move(struct flow_table *t, struct flow *f, enum flow_list list);

/* conn.c: outcomes. */
void conn_packet(struct flow_table *t, const struct packet *p);
void conn_tell(struct flow_table *t, const struct flow *f, enum flow_outcome outcome, bool by_icmp);

/* stream.c: what of the bytes anybody wants. */

/* `missing` bytes after `in` were cut off. */
void stream_data(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq, struct bytes in,
		 uint32_t missing);
/* The sender of `dir` has everything of the other direction before `ack`. */
void stream_ack(struct flow_table *t, struct flow *f, enum dir dir, uint32_t ack);
/* `dir` ends before `seq`. */
void stream_fin(struct flow_table *t, struct flow *f, enum dir dir, uint32_t seq);
/* Could a RST of this number end the flow? */
bool stream_takes_rst(const struct flow *f, enum dir dir, uint32_t seq);
/* Both directions came to their end. */
bool stream_is_over(const struct flow *f);
/* Hands over what waits, then closes. */
void stream_end(struct flow_table *t, struct flow *f);
/* Closes. `f` is read no more, whoever wanted it. */
void stream_close(struct flow_table *t, struct flow *f);
/* Holes that were not filled in time. */
void stream_tick(struct flow_table *t);

/* hash.c: the flow that an ICMP error is about, as a packet of that flow. False: none. */
bool quoted_flow(const struct packet *icmp, struct packet *ret_quoted);

#endif
