/* reg query, of Windows XP (tabs, "! REG.EXE VERSION 3.0") and later (four blanks). */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "gather/derive.h"
#include "gather/raw.h"
#include "import/words.h"

bool raw_reg_missing(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	for (size_t i = 0; i < 2; i++) {
		if (n->reg_missing[i][0] != '\0')
			continue;
		if (raw->code != 0)
			raw_message(raw, n->reg_missing[i], sizeof(n->reg_missing[i]));
		if (n->reg_missing[i][0] != '\0')
			return true;
		break;
	}
	*ret_why = "reg.exe does not say what it says of keys that are not there";
	return false;
}

static bool is_missing(const struct raw_notes *n, const char *message)
{
	return n->reg_works && message[0] != '\0' &&
	       (strcmp(message, n->reg_missing[0]) == 0 || strcmp(message, n->reg_missing[1]) == 0);
}

static bool failed(struct raw_notes *n, const struct raw *raw)
{
	char message[RAW_MESSAGE];
	bool is_absent = false;

	raw_message(raw, message, sizeof(message));
	is_absent = is_missing(n, message);
	if (message[0] == '\0')
		(void)snprintf(message, sizeof(message), "reg.exe ended with %ld and said nothing",
			       raw->code);
	return roll_say_of(n->roll, n->machine, is_absent ? OBSERVED_ABSENT : OBSERVED_UNREADABLE,
			   "registry:", text_of(raw->subject), text_of(is_absent ? "" : message));
}

/* What stands before the type, and behind it: "Name    REG_SZ    Text". */
static bool split(const char *line, struct bytes *ret_name, struct bytes *ret_type,
		  struct bytes *ret_data)
{
	const char *type = line;
	size_t n = 0;

	do
		type = strstr(type + 1, "REG_");
	while (type != NULL && type[-1] != ' ' && type[-1] != '\t');
	if (type == NULL)
		return false;
	n = strcspn(type, " \t");
	*ret_name = text_trim((struct bytes){(const uint8_t *)line, (size_t)(type - line)});
	*ret_type = (struct bytes){(const uint8_t *)type, n};
	*ret_data = text_of(type + n);
	while (ret_data->len > 0 && (ret_data->at[0] == ' ' || ret_data->at[0] == '\t'))
		*ret_data = bytes_slice(*ret_data, 1, ret_data->len);
	return true;
}

/* "a\0b\0\0": "a; b". */
static void join_texts(struct bytes data, char *to, size_t cap)
{
	size_t len = 0;
	bool is_between = false;

	for (size_t i = 0; i < data.len && len + 4 < cap; i++) {
		if (i + 1 < data.len && data.at[i] == '\\' && data.at[i + 1] == '0') {
			is_between = len > 0;
			i++;
			continue;
		}
		if (is_between) {
			to[len++] = ';';
			to[len++] = ' ';
		}
		is_between = false;
		to[len++] = (char)data.at[i];
	}
	to[len] = '\0';
}

/* As an observation wants it. */
static void as_value(struct bytes type, struct bytes data, char *to, size_t cap)
{
	char text[24];

	if (text_is(type, "REG_MULTI_SZ")) {
		join_texts(data, to, cap);
	} else if (text_is(type, "REG_DWORD") || text_is(type, "REG_QWORD")) {
		(void)snprintf(text, sizeof(text), "%.*s", (int)(data.len < 20 ? data.len : 20),
			       data.len > 0 ? (const char *)data.at : "");
		(void)snprintf(to, cap, "%llu", strtoull(text, NULL, 0));
	} else {
		(void)snprintf(to, cap, "%.*s", (int)(data.len < cap ? data.len : cap),
			       data.len > 0 ? (const char *)data.at : "");
		for (size_t i = 0; text_is(type, "REG_BINARY") && to[i] != '\0'; i++)
			to[i] = (char)(to[i] >= 'A' && to[i] <= 'F' ? to[i] + 'a' - 'A' : to[i]);
	}
}

static bool take_value(struct raw_notes *n, const struct raw *raw, const char *wanted)
{
	for (size_t i = 0; i < raw->n; i++) {
		struct bytes name, type, data;
		char value[POSTURE_VALUE];

		if (!split(raw->lines[i], &name, &type, &data) || !text_is(name, wanted))
			continue;
		as_value(type, data, value, sizeof(value));
		n->reg_works = true;
		return roll_say_of(n->roll, n->machine, OBSERVED_VALUE,
				   "registry:", text_of(raw->subject), text_of(value));
	}
	return false;
}

bool raw_reg(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	const char *slash = strrchr(raw->subject, '\\');

	*ret_why = "there is no such value in what reg.exe printed";
	if (slash == NULL || strncasecmp(raw->subject, "HKLM\\", 5) != 0) {
		*ret_why = "this is no path below HKLM";
		return false;
	}
	if (raw->code != 0)
		return failed(n, raw);
	if (slash[1] == '\0')
		return roll_say_of(n->roll, n->machine, OBSERVED_VALUE,
				   "registry:", text_of(raw->subject), text_of("present"));
	return take_value(n, raw, slash + 1);
}

/* The subkeys of a key, one a line, with their whole paths. */
bool raw_reg_updates(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	bool is_kept = true;

	*ret_why = "more updates than are kept of one machine";
	if (raw->code != 0)
		return true; /* another Windows */
	for (size_t i = 0; i < raw->n; i++) {
		const char *slash = strrchr(raw->lines[i], '\\');
		char kb[DERIVE_UPDATE];

		if (strncasecmp(raw->lines[i], "HKEY_", 5) == 0 && slash != NULL &&
		    derive_update(text_of(slash + 1), false, kb))
			is_kept = roll_say_of(n->roll, n->machine, OBSERVED_VALUE,
					      "hotfix:", text_of(kb), text_of("installed")) &&
				  is_kept;
	}
	return is_kept;
}

static void take_address(struct raw_card *card, struct bytes type, struct bytes data)
{
	char value[POSTURE_VALUE];
	size_t len = strlen(card->addrs);

	as_value(type, data, value, sizeof(value));
	if (strcmp(value, "0.0.0.0") != 0 && value[0] != '\0')
		(void)snprintf(card->addrs + len, sizeof(card->addrs) - len, "%s%s",
			       len > 0 ? "; " : "", value);
}

/* …\Tcpip\Parameters\Interfaces\{GUID}, with IPAddress and DhcpIPAddress. */
bool raw_reg_addresses(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	struct raw_card *card = NULL;

	*ret_why = "more network cards than are kept";
	for (size_t i = 0; i < raw->n; i++) {
		const char *brace = strrchr(raw->lines[i], '{');
		struct bytes name, type, data;

		if (strncasecmp(raw->lines[i], "HKEY_", 5) == 0) {
			card = NULL;
			if (brace == NULL)
				continue;
			if (n->n_cards == RAW_CARDS)
				return false;
			card = &n->cards[n->n_cards++];
			*card = (struct raw_card){.addrs = ""};
			(void)snprintf(card->guid, sizeof(card->guid), "%.39s", brace);
		} else if (card != NULL && split(raw->lines[i], &name, &type, &data) &&
			   (text_is(name, "IPAddress") || text_is(name, "DhcpIPAddress"))) {
			take_address(card, type, data);
		}
	}
	return true;
}
