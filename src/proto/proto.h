/*
 * proto - stream parsers: from ordered bytes to events.
 *
 * A parser that can open a stream is one constant `struct proto` in its own file, named in
 * proto/registry.c and nowhere else. It is a pure state machine: it sees only the bytes it is
 * fed, and says what it learned only through `out`. It does no I/O, reads no clock, never logs,
 * and cannot fail: any bytes at all lead to a step. Malformed input is a fact about the peer, so
 * it becomes an anomaly on `out`, never an error of ours.
 *
 * Parsers stack inside this room: nbss frames SMB1 and SMB2 messages, whose pipe contents are
 * DCE/RPC, whose stubs are srvsvc calls. Decoding of one PDU lives in wire/, shared with the
 * decoy. State that a peer can grow is bounded per stream by the enums beside it, and for
 * all streams together by the worker, who asks held() and gives up the ones that were quiet
 * longest.
 */
#ifndef PROTO_PROTO_H
#define PROTO_PROTO_H

#include "base/bytes.h"
#include "base/step.h"
#include "event/event.h"

enum proto_match { PROTO_NO, PROTO_UNSURE, PROTO_YES };

struct proto_out { /* filled in by the worker, or by a test */
	/* The parser sets kind and the kind's own part; src, dst, seq and times are the worker's,
	 * who knows the flow: `dir` says who sent the message. Everything is borrowed. */
	void (*event)(void *ctx, enum dir dir, struct event *ev);
	/* Literals. Counted as malformed of `proto`, and an EV_ANOMALY where wanted. */
	void (*anomaly)(void *ctx, enum dir dir, const char *proto, const char *what);
	/* Something quell cannot look into: "smb3-encrypted", "smb3-compressed", "rpc-sealed",
	 * "stream-limit". Literals; counted per stream for the coverage. */
	void (*blind)(void *ctx, enum dir dir, const char *what);
	void *ctx;
	unsigned wants; /* EV_BIT()s: others need not be made */
	uint64_t seq;   /* frame that completed what is being fed */
};

struct proto {
	const char *name;  /* "nbss"; appears in settings and events, so it never changes */
	const char *spec;  /* the text it follows */
	size_t state_size; /* one state per stream; the engine zeroes it first, frees it after fini
			    */

	/* Do the first bytes one side sent look like ours? Keeps nothing. */
	enum proto_match (*probe)(enum dir dir, struct bytes head);

	/* Advance. `in` starts at the first byte not yet consumed; it is borrowed. */
	struct step (*feed)(void *state, enum dir dir, struct bytes in,
			    const struct proto_out *out);

	/* `missing` bytes never came. True if feed() can go on after them. NULL: never. */
	bool (*gap)(void *state, enum dir dir, uint64_t missing, const struct proto_out *out);

	/* Bytes that feed() took and holds, without the state itself. NULL: never any. */
	size_t (*held)(const void *state);

	/* Frees what feed() took. NULL: nothing. */
	void (*fini)(void *state);
};

/* All of them, ended by NULL. */
extern const struct proto *const proto_registry[];

/* The parser that recognises `head`. PROTO_UNSURE: none yet, but one may with more bytes (at most
 * PROTO_HEAD_MAX of them). ret_proto is set for PROTO_YES alone. */
enum { PROTO_HEAD_MAX = 64 };
enum proto_match proto_probe(enum dir dir, struct bytes head, const struct proto **ret_proto);

#endif
