#include "kit/spot.h"

#include <string.h>
#include <strings.h>

static const char not_closed[] = "a quote is not closed on its line";

void spot_init(struct spot *s, enum language l)
{
	memset(s, 0, sizeof(*s));
	s->language = l;
	s->last[sizeof(s->last) - 1] = '\n';
}

/* The byte `back` places before this one; 1 is the one before. */
static uint8_t before(const struct spot *s, size_t back)
{
	return s->last[sizeof(s->last) - back];
}

static bool ends_with(const struct spot *s, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp((const char *)s->last + sizeof(s->last) - len, word, len) == 0;
}

static bool begins_word(const struct spot *s)
{
	return strchr(" \t\n;({", before(s, 1)) != NULL;
}

/* --- languages with quotes --- */

static const char *cmd(struct spot *s, uint8_t c)
{
	if (c == '\n') {
		bool is_open = s->state == SPOT_DOUBLE;

		s->state = SPOT_CODE;
		return is_open ? not_closed : NULL;
	}
	if (c == '"' && s->state == SPOT_CODE && before(s, 1) == '^')
		return "a caret before a quote hides it: write it without";
	if (c == '"')
		s->state = s->state == SPOT_CODE ? SPOT_DOUBLE : SPOT_CODE;
	return NULL;
}

/* The character that takes the next one's meaning away, in this state; 0: none does. */
static uint8_t escaping(const struct spot *s)
{
	bool in_single = s->state == SPOT_SINGLE, in_code = s->state == SPOT_CODE;

	switch (s->language) {
	case LANG_POWERSHELL:
		return in_single ? 0 : '`';
	case LANG_SH:
		return in_single ? 0 : '\\';
	default:
		return in_single || in_code ? 0 : '\\';
	}
}

/* In YAML an apostrophe within a word is no quote. */
static bool opens_single(const struct spot *s)
{
	if (s->language == LANG_JSON)
		return false;
	return (s->language != LANG_YAML && s->language != LANG_ANSIBLE) || before(s, 1) == ' ' ||
	       strchr("\n[{,", before(s, 1)) != NULL;
}

static bool opens_comment(const struct spot *s)
{
	return s->language != LANG_JSON && begins_word(s);
}

static void open_quoted(struct spot *s, uint8_t c)
{
	if (c == '"')
		s->state = SPOT_DOUBLE;
	else if (c == '\'' && opens_single(s))
		s->state = SPOT_SINGLE;
	else if (c == '#' && s->language == LANG_POWERSHELL && before(s, 1) == '<')
		s->state = SPOT_BLOCK;
	else if (c == '#' && opens_comment(s))
		s->state = SPOT_COMMENT;
}

static const char *quoted(struct spot *s, uint8_t c)
{
	bool was_escaped = s->is_escaped;

	s->is_escaped = false;
	if (s->state == SPOT_BLOCK) {
		if (c == '>' && before(s, 1) == '#')
			s->state = SPOT_CODE;
		return NULL;
	}
	if (c == '\n') {
		bool is_open = s->state == SPOT_SINGLE || s->state == SPOT_DOUBLE;

		s->state = SPOT_CODE;
		return is_open ? not_closed : NULL;
	}
	if (s->state == SPOT_COMMENT || was_escaped)
		return NULL;
	if (escaping(s) != 0 && c == escaping(s))
		s->is_escaped = true;
	else if (s->state == SPOT_CODE)
		open_quoted(s, c);
	else if ((s->state == SPOT_SINGLE && c == '\'') || (s->state == SPOT_DOUBLE && c == '"'))
		s->state = SPOT_CODE;
	if (s->language == LANG_POWERSHELL && (c == '\'' || c == '"') && before(s, 1) == '@')
		return "a here-string: no template needs one, and values in it cannot be checked";
	if (s->language == LANG_SH && c == '<' && before(s, 1) == '<')
		return "a here-document: no template needs one, and values in it cannot be checked";
	return NULL;
}

/* --- markup --- */

static void spell(struct spot *s, uint8_t c)
{
	bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == ':';

	if (!is_name) {
		if (c == ' ' || c == '\n' || c == '\t')
			s->word_len = 0;
		return;
	}
	if (s->word_len < sizeof(s->word) - 1) {
		s->word[s->word_len++] = (char)c;
		s->word[s->word_len] = '\0';
	}
}

static const char *in_tag(struct spot *s, uint8_t c)
{
	if (ends_with(s, "<script"))
		return "a script: what is printed or read needs none";
	s->is_style = s->is_style || ends_with(s, "<style");
	if (c == '"' || c == '\'')
		s->state = c == '"' ? SPOT_DOUBLE : SPOT_SINGLE;
	else if (c == '>')
		s->state = s->is_style ? SPOT_STYLE : SPOT_CODE;
	else
		spell(s, c);
	return NULL;
}

static const char *markup(struct spot *s, uint8_t c)
{
	switch (s->state) {
	case SPOT_TAG:
		if (c == '-' && ends_with(s, "<!-"))
			s->state = SPOT_BLOCK;
		return s->state == SPOT_TAG ? in_tag(s, c) : NULL;
	case SPOT_BLOCK:
		if (c == '>' && ends_with(s, "--"))
			s->state = SPOT_CODE;
		return NULL;
	case SPOT_STYLE:
		if (c == '>' && ends_with(s, "</style"))
			s->state = SPOT_CODE;
		return NULL;
	case SPOT_DOUBLE:
	case SPOT_SINGLE:
		if (c == (s->state == SPOT_DOUBLE ? '"' : '\''))
			s->state = SPOT_TAG;
		return NULL;
	default:
		if (c == '<') {
			s->state = SPOT_TAG;
			s->word_len = 0;
			s->word[0] = '\0';
			s->is_style = false;
		}
		return NULL;
	}
}

/* An attribute that a browser obeys, or follows. */
static bool is_obeyed(const char *attribute)
{
	static const char *const names[] = {
		"style",  "href",   "src",        "srcdoc", "action",     "data",   "formaction",
		"srcset", "target", "http-equiv", "poster", "xlink:href", "content"};

	if (strncasecmp(attribute, "on", 2) == 0)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(attribute, names[i]) == 0)
			return true;
	}
	return false;
}

static const char *markup_value(const struct spot *s, bool is_plain)
{
	if (s->state == SPOT_CODE && before(s, 1) != '&')
		return NULL;
	if (s->state != SPOT_DOUBLE)
		return "in markup a value may stand in text, or in an attribute between double "
		       "quotes";
	if (is_obeyed(s->word) && !is_plain)
		return "in an attribute that is obeyed only a plain value may stand: "
		       "<%name|plain%>";
	return NULL;
}

/* --- CSV --- */

static const char *csv(struct spot *s, uint8_t c)
{
	if (c == '"')
		return "a value brings its own quotes in CSV";
	if (s->state == SPOT_AFTER && c != ',' && c != '\n')
		return "a value is a whole field in CSV";
	s->state = SPOT_CODE;
	return NULL;
}

/* --- all --- */

static const char *one(struct spot *s, uint8_t c)
{
	switch (s->language) {
	case LANG_CMD:
		return cmd(s, c);
	case LANG_POWERSHELL:
	case LANG_YAML:
	case LANG_ANSIBLE:
	case LANG_JSON:
	case LANG_SH:
		return quoted(s, c);
	case LANG_HTML:
	case LANG_XML:
		return markup(s, c);
	case LANG_CSV:
		return csv(s, c);
	default:
		return NULL;
	}
}

const char *spot_text(struct spot *s, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *wrong = one(s, text.at[i]);

		if (wrong != NULL)
			return wrong;
		memmove(s->last, s->last + 1, sizeof(s->last) - 1);
		s->last[sizeof(s->last) - 1] = text.at[i];
	}
	return NULL;
}

const char *spot_value(const struct spot *s, bool is_plain)
{
	switch (s->language) {
	case LANG_CMD:
		return s->state == SPOT_DOUBLE
			       ? NULL
			       : "in cmd a value may stand between double quotes only";
	case LANG_POWERSHELL:
	case LANG_SH:
		return s->state == SPOT_SINGLE ? NULL
					       : "in PowerShell and sh a value may stand between "
						 "single quotes only";
	case LANG_YAML:
	case LANG_ANSIBLE:
	case LANG_JSON:
		return s->state == SPOT_DOUBLE && !s->is_escaped
			       ? NULL
			       : "in YAML and JSON a value may stand between double quotes only";
	case LANG_HTML:
	case LANG_XML:
		return markup_value(s, is_plain);
	case LANG_CSV:
		return s->state == SPOT_CODE && strchr(",\n", before(s, 1)) != NULL
			       ? NULL
			       : "a value is a whole field in CSV";
	default:
		return NULL;
	}
}

void spot_passed(struct spot *s)
{
	if (s->language == LANG_CSV)
		s->state = SPOT_AFTER;
	memset(s->last, 'x', sizeof(s->last));
}

const char *spot_border(const struct spot *s)
{
	bool is_free = s->language == LANG_TEXT || s->language == LANG_LIST;

	if (is_free || (s->state == SPOT_CODE && s->language != LANG_CSV))
		return NULL;
	if (s->language == LANG_CSV && s->state == SPOT_CODE && before(s, 1) == '\n')
		return NULL;
	return "a section or condition may begin and end only outside of quotes, tags, comments "
	       "and "
	       "fields";
}
