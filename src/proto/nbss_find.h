/*
 * nbss_find - where the next message starts in a stream that lost its place.
 *
 * After a gap the bytes at hand may be contents of a file, which may be a capture of SMB itself. So
 * more is asked of a message here than where one is due: every field whose values are known is
 * looked at. What passes by chance swallows at most as much as a message can be long; the header
 * behind it is then wrong, and the search goes on.
 */
#ifndef PROTO_NBSS_FIND_H
#define PROTO_NBSS_FIND_H

#include "base/bytes.h"

/* Uses up what no message starts in. True: one starts at `r`; false: `*ret_need` bytes must be
 * there from `r` on before it is worth another try. */
bool nbss_find(struct reader *r, size_t *ret_need);

#endif
