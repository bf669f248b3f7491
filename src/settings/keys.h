/* keys - every key of the settings but the detectors' knobs, which are with their detectors. */
#ifndef SETTINGS_KEYS_H
#define SETTINGS_KEYS_H

enum key_type {
	KEY_NUMBER,
	KEY_CHOICE, /* the value is an index into `choices` */
	KEY_NETS,
	KEY_TRUSTED,
	KEY_SWITCHES,
	KEY_PATH, /* absolute, or empty */
	KEY_TEXT, /* of at most `max` bytes; "": not set */
};

struct key {
	const char *name, *help;
	enum key_type type;
	long min, max, fallback;
	const char *const *choices; /* KEY_CHOICE: ended by NULL */
};

/* In the order of the dump, ended by a NULL name. */
extern const struct key settings_keys[];

#endif
