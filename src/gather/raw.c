#include "gather/raw.h"

#include <stdio.h>

#include "base/text.h"
#include "import/words.h"

static const struct {
	const char *name;
	raw_tool *take;
} tools[] = {
	{"reg", raw_reg},
	{"reg-missing", raw_reg_missing},
	{"reg-updates", raw_reg_updates},
	{"reg-addresses", raw_reg_addresses},
	{"sc", raw_sc},
	{"net-accounts", raw_accounts},
	{"net-localgroup", raw_group},
	{"net-user", raw_users},
	{"net-share", raw_shares},
	{"wmic", raw_wmic},
	{"wmic-file", raw_file},
	{"getmac", raw_getmac},
	{"ver", raw_ver},
};

bool raw_take(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (strcmp(raw->tool, tools[i].name) == 0)
			return tools[i].take(n, raw, ret_why);
	}
	*ret_why = "no tool of this name is known";
	return false;
}

void raw_done(struct raw_notes *n)
{
	for (size_t i = 0; i < n->n_cards && !n->has_macs; i++)
		(void)roll_card(n->roll, n->machine, (struct bytes){NULL, 0},
				text_of(n->cards[i].addrs));
}

struct bytes raw_columns(struct bytes line, size_t from, size_t n)
{
	struct bytes cut = line;

	for (; from > 0 && cut.len > 0; from--)
		(void)text_next(&cut);

	struct bytes rest = cut;

	for (; n > 0 && rest.len > 0; n--)
		(void)text_next(&rest);
	cut.len -= rest.len;
	return cut;
}

void raw_message(const struct raw *raw, char *to, size_t cap)
{
	size_t len = 0;

	to[0] = '\0';
	for (size_t i = 0; i < raw->n && len + 2 < cap; i++) {
		struct bytes line = text_trim(text_of(raw->lines[i]));

		if (line.len == 0 || text_starts(line, "! REG.EXE"))
			continue;
		if (len > 0)
			to[len++] = ' ';
		len += text_from_utf8(line, to + len, cap - len);
	}
	to[len] = '\0';
}

bool raw_whole(struct raw_notes *n, const char *prefix, size_t count)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", count);
	return roll_say(n->roll, n->machine, OBSERVED_VALUE, text_of(prefix), text_of(text));
}

bool raw_unreadable(struct raw_notes *n, const struct raw *raw, const char *prefix,
		    const char *about)
{
	char message[RAW_MESSAGE];

	raw_message(raw, message, sizeof(message));
	if (message[0] == '\0')
		(void)snprintf(message, sizeof(message), "%s ended with %ld and said nothing",
			       raw->tool, raw->code);
	if (about[0] == '\0')
		return roll_say(n->roll, n->machine, OBSERVED_UNREADABLE, text_of(prefix),
				text_of(message));
	return roll_say_of(n->roll, n->machine, OBSERVED_UNREADABLE, prefix, text_of(about),
			   text_of(message));
}
