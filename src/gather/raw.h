/*
 * raw - what Windows' own tools print, as the collection script for cmd.exe passes it on.
 *
 * Batch files cannot take texts apart safely, so the script only says which tool it was, about
 * what, and how it ended. Words of tools are translated, so meaning is taken from numbers,
 * positions and names that are the same in every language, and from comparing: the message that
 * reg.exe gives for a key that cannot be there is the one that means "not found".
 */
#ifndef GATHER_RAW_H
#define GATHER_RAW_H

#include "gather/roll.h"

enum { RAW_LINES = 1 << 14, RAW_BYTES = 1 << 20, RAW_MESSAGE = 256, RAW_CARDS = 64 };

struct raw { /* texts are the caller's */
	const char *tool, *subject;
	const char *const *lines;
	size_t n;
	long code; /* that the tool ended with */
};

struct raw_card { /* of the registry: an interface and its addresses */
	char guid[40], addrs[RAW_MESSAGE];
};

struct raw_notes { /* one result; zeroed at its beginning */
	struct roll *roll;
	uint32_t machine;
	char computer[64];
	bool reg_works; /* it told something that is always there */
	char reg_missing[2]
			[RAW_MESSAGE]; /* what it says of keys and of values that are not there */
	struct raw_card cards[RAW_CARDS];
	size_t n_cards;
	bool has_macs;
};

/* False: nothing could be made of it; `*ret_why`: a constant. */
bool raw_take(struct raw_notes *n, const struct raw *raw, const char **ret_why);

/* Once the result is at its end: addresses whose card was not told. */
void raw_done(struct raw_notes *n);

/* --- the tools, one file each; the same contract --- */

typedef bool raw_tool(struct raw_notes *n, const struct raw *raw, const char **ret_why);

raw_tool raw_reg, raw_reg_missing, raw_reg_updates, raw_reg_addresses; /* raw_reg.c */
raw_tool raw_sc, raw_accounts, raw_group, raw_users, raw_shares;       /* raw_net.c */
raw_tool raw_wmic, raw_file, raw_getmac, raw_ver;                      /* raw_wmic.c */

/* `n` characters of a line from the `from`th on, fewer at its end: tools align by characters. */
struct bytes raw_columns(struct bytes line, size_t from, size_t n);
/* What a tool says when it fails, on one line. "" if it is silent. */
void raw_message(const struct raw *raw, char *to, size_t cap);
/* The list was read whole: "account:", "3". */
bool raw_whole(struct raw_notes *n, const char *prefix, size_t count);
/* OBSERVED_UNREADABLE with the tool's message. `about` "": the prefix is the whole key. */
bool raw_unreadable(struct raw_notes *n, const struct raw *raw, const char *prefix,
		    const char *about);

#endif
