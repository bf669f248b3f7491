/* sc, and net: by position and number where the words are translated. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "gather/raw.h"
#include "import/words.h"

/* A word of `line` that is in `pairs`; the other half of the pair. */
static const char *known_word(const char *line, const char *const pairs[][2])
{
	struct bytes rest = text_of(line);

	for (;;) {
		struct bytes word = text_word(&rest);

		if (word.len == 0)
			return NULL;
		for (size_t i = 0; pairs[i][0] != NULL; i++) {
			if (text_is(word, pairs[i][0]))
				return pairs[i][1];
		}
	}
}

static bool says(const struct raw *raw, const char *what)
{
	for (size_t i = 0; i < raw->n; i++) {
		if (strstr(raw->lines[i], what) != NULL)
			return true;
	}
	return false;
}

/* sc query and sc qc, one after the other: the words of states and starts are the same everywhere,
 * and so is the number of the error. */
bool raw_sc(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	static const char *const states[][2] = {{"RUNNING", "running"},
						{"STOPPED", "stopped"},
						{"PAUSED", "paused"},
						{"START_PENDING", "starting"},
						{"STOP_PENDING", "stopping"},
						{"PAUSE_PENDING", "pausing"},
						{"CONTINUE_PENDING", "resuming"},
						{NULL, NULL}};
	static const char *const starts[][2] = {
		{"AUTO_START", "automatic"}, {"DEMAND_START", "manual"}, {"DISABLED", "disabled"},
		{"BOOT_START", "boot"},      {"SYSTEM_START", "system"}, {NULL, NULL}};
	const char *state = NULL, *start = NULL;
	char value[64];

	*ret_why = "neither a state nor an error in what sc.exe printed";
	for (size_t i = 0; i < raw->n; i++) {
		const char *s = known_word(raw->lines[i], states),
			   *t = known_word(raw->lines[i], starts);

		state = s != NULL ? s : state;
		start = t != NULL ? t : start;
	}
	if (state != NULL && start != NULL) {
		(void)snprintf(value, sizeof(value), "%s %s", state, start);
		return roll_say_of(n->roll, n->machine, OBSERVED_VALUE,
				   "service:", text_of(raw->subject), text_of(value));
	}
	if (raw->code == 1060 || says(raw, " 1060:"))
		return roll_say_of(n->roll, n->machine, OBSERVED_ABSENT,
				   "service:", text_of(raw->subject), text_of(""));
	return raw->n > 0 && raw_unreadable(n, raw, "service:", raw->subject);
}

/* --- net accounts: nine lines, always in this order --- */

enum {
	ROW_MIN_AGE = 1,
	ROW_MAX_AGE,
	ROW_LENGTH,
	ROW_HISTORY,
	ROW_THRESHOLD,
	ROW_DURATION,
	ROW_WINDOW,
	ROW_ROLE,
	ROWS
};

static const struct {
	const char *key, *word; /* what a word there means: "None", "Never", in any language */
} account_rows[ROWS] = {
	[ROW_MIN_AGE] = {"policy.min-password-age", "0"},
	[ROW_MAX_AGE] = {"policy.max-password-age", "never"},
	[ROW_LENGTH] = {"policy.min-password-length", "0"},
	[ROW_HISTORY] = {"policy.password-history", "0"},
	[ROW_THRESHOLD] = {"policy.lockout-threshold", "0"},
	[ROW_DURATION] = {"policy.lockout-duration", "until-reset"},
	[ROW_WINDOW] = {"policy.lockout-window", NULL},
};

bool raw_accounts(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	struct bytes values[ROWS];
	size_t rows = 0;
	uint64_t number = 0;
	bool is_kept = true;

	*ret_why = "net accounts did not print its nine lines";
	for (size_t i = 0; i < raw->n; i++) {
		const char *colon = strrchr(raw->lines[i], ':');

		if (colon == NULL || text_trim(text_of(colon + 1)).len == 0)
			continue;
		if (rows == ROWS)
			return false;
		values[rows++] = text_trim(text_of(colon + 1));
	}
	/* The window and the length have no words: where these are, the others are, too. */
	if (raw->code != 0 || rows != ROWS || !number_parse(values[ROW_WINDOW], &number) ||
	    !number_parse(values[ROW_LENGTH], &number))
		return false;
	for (size_t i = ROW_MIN_AGE; i < ROW_ROLE; i++) {
		bool is_number = number_parse(values[i], &number);
		struct bytes value =
			is_number
				? values[i]
				: text_of(account_rows[i].word != NULL ? account_rows[i].word : "");

		is_kept = roll_say(n->roll, n->machine, OBSERVED_VALUE,
				   text_of(account_rows[i].key), value) &&
			  is_kept;
	}
	return is_kept;
}

/* --- lists: a row of dashes, the entries, and a line that says that all went well --- */

/* The lines between; 0: there are no dashes. */
static size_t list_of(const struct raw *raw, size_t *ret_first)
{
	size_t first = 0, last = 0;

	for (size_t i = 0; i < raw->n && first == 0; i++) {
		if (strspn(raw->lines[i], "-") >= 20)
			first = i + 1;
	}
	for (size_t i = first; first > 0 && i < raw->n; i++) {
		if (text_trim(text_of(raw->lines[i])).len > 0)
			last = i;
	}
	*ret_first = first;
	return last > first ? last - first : 0; /* without the last */
}

bool raw_group(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	size_t first = 0, count = list_of(raw, &first), members = 0;
	bool is_kept = true;

	*ret_why = "net localgroup printed no list";
	if (raw->code != 0 || first == 0)
		return raw_unreadable(n, raw, "admin:", "");
	for (size_t i = first; i < first + count; i++) {
		struct bytes member = text_trim(text_of(raw->lines[i]));
		char name[POSTURE_KEY];
		bool is_here = memchr(member.at, '\\', member.len) == NULL;

		if (member.len == 0)
			continue;
		members++;
		if (member.len > 256) {
			is_kept = false;
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s%s%.*s", is_here ? n->computer : "",
			       is_here && n->computer[0] != '\0' ? "\\" : "", (int)member.len,
			       (const char *)member.at);
		is_kept = roll_say_of(n->roll, n->machine, OBSERVED_VALUE, "admin:", text_of(name),
				      text_of("unknown")) &&
			  is_kept;
	}
	return is_kept && raw_whole(n, "admin:", members);
}

/* Names alone, three of 25 characters in a line: what they may is not told. */
bool raw_users(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	enum { WIDTH = 25 };
	size_t first = 0, count = list_of(raw, &first);
	bool is_kept = true;

	*ret_why = "net user printed no list";
	if (raw->code != 0 || first == 0)
		return false;
	for (size_t i = first; i < first + count; i++) {
		struct bytes line = text_of(raw->lines[i]);

		for (size_t at = 0; at < line.len; at += WIDTH) {
			struct bytes name = text_trim(raw_columns(line, at, WIDTH));

			if (name.len > 0)
				is_kept = roll_say_of(n->roll, n->machine, OBSERVED_UNREADABLE,
						      "account:", name,
						      text_of("without wmic only its name is "
							      "told")) &&
					  is_kept;
		}
	}
	return is_kept && roll_say(n->roll, n->machine, OBSERVED_UNREADABLE, text_of("account:"),
				   text_of("without wmic only names are told"));
}

/* "C$           C:\          Default share": a name beyond twelve characters has a line of its
 * own. */
bool raw_shares(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	enum { WIDTH = 12 };
	size_t first = 0, count = list_of(raw, &first), shares = 0;
	bool is_kept = true;

	*ret_why = "net share printed no list";
	if (raw->code != 0 || first == 0)
		return false;
	for (size_t i = first; i < first + count; i++) {
		struct bytes line = text_of(raw->lines[i]);
		struct bytes behind = raw_columns(line, WIDTH, 1);
		bool is_long = behind.len > 0 && behind.at[0] != ' ';
		struct bytes name = text_trim(is_long ? line : raw_columns(line, 0, WIDTH));
		struct bytes rest =
			is_long && i + 1 < first + count ? text_of(raw->lines[++i]) : line;
		struct bytes folder = text_trim(raw_columns(rest, WIDTH, rest.len));
		bool is_hidden = name.len > 0 && name.at[name.len - 1] == '$',
		     is_disk = folder.len > 1 && folder.at[1] == ':';
		char value[32];

		if (name.len == 0)
			continue;
		shares++;
		(void)snprintf(value, sizeof(value), "%s%s",
			       text_is(name, "IPC$") ? "ipc"
			       : is_disk             ? "disk"
						     : "printer",
			       is_hidden ? " hidden" : "");
		is_kept = roll_say_of(n->roll, n->machine, OBSERVED_VALUE, "share:", name,
				      text_of(value)) &&
			  is_kept;
	}
	return is_kept && raw_whole(n, "share:", shares);
}
