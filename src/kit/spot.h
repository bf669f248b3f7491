/*
 * spot - where in a text of some language we are, and whether a value may stand there.
 *
 * Templates are checked with it when they are read, so that a template that would put a value
 * where its escape does not hold is refused before anything is written: cmd.exe's outside of
 * quotes, a script element, half of a CSV field. It knows of each language only what decides that.
 */
#ifndef KIT_SPOT_H
#define KIT_SPOT_H

#include "kit/escape.h"

enum spot_state {
	SPOT_CODE, /* markup: text */
	SPOT_DOUBLE,
	SPOT_SINGLE,
	SPOT_COMMENT, /* to the end of the line */
	SPOT_BLOCK,   /* <# #>, <!-- --> */
	SPOT_TAG,
	SPOT_STYLE,
	SPOT_AFTER, /* a CSV field that is complete */
};

struct spot {
	enum language language;
	enum spot_state state;
	bool is_escaped; /* by the character before */
	uint8_t last[9]; /* bytes before, the latest at the end */
	char word[24];   /* markup: of the element, then of the attribute */
	size_t word_len;
	bool is_style; /* the tag is that of a style element */
};

void spot_init(struct spot *s, enum language l);

/* Goes on over the template's own text. Returns what is wrong with it, or NULL. */
const char *spot_text(struct spot *s, struct bytes text);

/* Why no value may stand here; NULL: it may, and then spot_passed() goes behind it. `is_plain`: it
 * is one of letters and digits. */
const char *spot_value(const struct spot *s, bool is_plain);
void spot_passed(struct spot *s);

/* Why no section may begin or end here; NULL: it may. */
const char *spot_border(const struct spot *s);

#endif
