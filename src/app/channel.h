/*
 * channel - messages from the sensor to the process that started it, over a pipe.
 *
 * A message is four bytes of length (little-endian, of what follows), one of type, and the rest.
 * The writer gathers small messages; the reader takes what has come and believes no length above
 * EXCHANGE_MAX.
 */
#ifndef APP_CHANNEL_H
#define APP_CHANNEL_H

#include "base/bytes.h"
#include "base/rc.h"

enum channel_type {
	CHANNEL_FINDING = 1, /* exchange_pack_finding(): new, or grown */
	CHANNEL_SIGHTING,
	CHANNEL_COVERAGE,
	CHANNEL_SOURCE,
	CHANNEL_STATUS,
	CHANNEL_LINE,         /* a line of text for stdout, without its newline */
	CHANNEL_FACT = 7,     /* exchange_pack_fact(): new, or grown */
	CHANNEL_DONE = 8,     /* nothing more will come, and all came that should */
	CHANNEL_PRESENCE = 9, /* exchange_pack_presence(): joins what came */
};

struct channel_out;

MUST_CHECK enum rc channel_out_new(int fd, struct channel_out **ret_out);
void channel_out_free(struct channel_out *c); /* NULL is fine; what is not flushed is lost */

/* RC_IO and RC_CLOSED stick: later calls do nothing and say the same. */
enum rc channel_send(struct channel_out *c, enum channel_type type, struct bytes message);
enum rc channel_flush(struct channel_out *c);

struct channel_in;

MUST_CHECK enum rc channel_in_new(int fd, struct channel_in **ret_in);
void channel_in_free(struct channel_in *c); /* NULL is fine */

/* Takes what the descriptor has, waiting for it. RC_END: the other side closed it. */
MUST_CHECK enum rc channel_read(struct channel_in *c);

/* The next whole message, borrowed until channel_read(). RC_END: none yet; RC_FORMAT: nonsense. */
MUST_CHECK enum rc channel_next(struct channel_in *c, enum channel_type *ret_type,
				struct bytes *ret_message);

#endif
