/* state - the inside of struct settings, for the files of this room. */
#ifndef SETTINGS_STATE_H
#define SETTINGS_STATE_H

#include "base/arena.h"
#include "settings/keys.h"
#include "settings/settings.h"

enum { SETTINGS_LIST_MAX = 1024, SETTINGS_FILE_MAX = 1 << 20 };

struct setting {
	struct key key;
	const struct detector *detector; /* whose knob it is, or NULL */
	unsigned knob;
	long number;                 /* KEY_NUMBER, KEY_CHOICE */
	struct net *nets;            /* KEY_NETS */
	struct trusted *trusted;     /* KEY_TRUSTED */
	struct ask_switch *switches; /* KEY_SWITCHES */
	size_t n;                    /* of nets, trusted or switches */
	const char *text;            /* KEY_PATH, KEY_TEXT; NULL: "" */
	const char *origin;          /* NULL: the default */
	unsigned line, pass;         /* where, and in which reading: a key comes once in each */
};

struct settings {
	struct arena *arena; /* lists, names, origins */
	struct setting *all;
	size_t n;
	unsigned pass;
	struct policy policy;
	struct settings_limits limits;
};

/* NULL: there is no such key. */
struct setting *settings_find(const struct settings *s, const char *name);

/* Brings policy and limits up to date. */
void settings_update(struct settings *s);

#endif
