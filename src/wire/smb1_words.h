/* smb1_words - how the .c files of SMB 1 walk a block's words. Private to wire/. */
#ifndef WIRE_SMB1_WORDS_H
#define WIRE_SMB1_WORDS_H

#include "wire/fields.h"
#include "wire/smb1.h"

/* AndXCommand, AndXReserved, AndXOffset: read by smb1_next(), set by smb1_write_chain(). */
static inline void smb1_andx_words(struct fields *f)
{
	fld_const(f, 1, SMB1_NO_ANDX);
	fld_zeros(f, 1);
	fld_const(f, 2, 0);
}

/* ByteCount is known when the data is written: smb1_end_data() sets it. */
static inline size_t smb1_begin_data(struct writer *w)
{
	wr_le(w, 2, 0);
	return w->len;
}

static inline void smb1_end_data(struct writer *w, size_t begin)
{
	if (!w->bad)
		wr_patch_le(w, begin - 2, 2, w->len - begin);
}

/* A string with its terminator; Unicode at an even offset. */
static inline void smb1_write_string(struct writer *w, bool is_unicode, struct bytes s)
{
	if (is_unicode && (w->len & 1) != 0)
		wr_zeros(w, 1);
	wr_bytes(w, s);
	wr_zeros(w, is_unicode ? 2 : 1);
}

#endif
