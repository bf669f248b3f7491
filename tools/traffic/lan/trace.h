/*
 * trace - the capture file that comes out: classic pcap, microseconds, Ethernet.
 *
 * Whoever makes traffic writes a whole exchange in one go, with times that lie a little ahead.
 * Frames are kept until the clock has passed them, so that the file is in the order of time;
 * frames of the same time stay in the order in which they were made.
 */
#ifndef TRAFFIC_TRACE_H
#define TRAFFIC_TRACE_H

#include "base/bytes.h"
#include "base/rc.h"

struct trace;

/* Called for each frame in the order of time; passes on what is to be written. */
typedef void trace_tap(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame);

/* "-" is stdout. RC_IO: errno tells. RC_NOMEM. */
MUST_CHECK enum rc trace_open(const char *path, struct trace **ret_trace);

void trace_set_tap(struct trace *t, trace_tap *tap, void *ctx);

/* Room for a frame of `len` bytes, to be filled before the next call. Never NULL: a generator
 * without memory ends the program. */
uint8_t *trace_frame(struct trace *t, uint64_t at_ns, size_t len);

/* No frame earlier than `now_ns` will come any more. */
void trace_advance(struct trace *t, uint64_t now_ns);

/* Appends to the file at once, past queue and tap. */
void trace_write(struct trace *t, uint64_t at_ns, struct bytes frame);

/* Made so far, whether written or not; bytes as in the file. */
uint64_t trace_bytes(const struct trace *t);
uint64_t trace_packets(const struct trace *t);

/* Writes what is left and frees t. RC_IO: something could not be written. */
MUST_CHECK enum rc trace_close(struct trace *t);

#endif
