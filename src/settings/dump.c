#include "settings/settings.h"

#include "base/text.h"
#include "settings/state.h"

enum { INDENT = 2 };

static void put_origin(const struct setting *from, FILE *to)
{
	char shown[512];

	if (from->origin == NULL) {
		fputs("  # default\n", to);
		return;
	}
	(void)text_printable(from->origin, shown, sizeof(shown)); /* stays one line */
	if (from->line > 0)
		fprintf(to, "  # %s:%u\n", shown, from->line);
	else
		fprintf(to, "  # %s\n", shown);
}

/* In double quotes. Names hold nothing that a terminal must not see; what YAML does not take
 * (U+FFFE, U+FFFF) is written as a number. */
static void put_quoted(const char *text, FILE *to)
{
	fputc('"', to);
	for (const uint8_t *p = (const uint8_t *)text; *p != '\0'; p++) {
		bool is_odd = p[0] == 0xef;

		if (is_odd && p[1] != '\0' && p[2] != '\0') {
			fprintf(to, "\\u%04x",
				(unsigned)(p[0] & 0xf) << 12 | (unsigned)(p[1] & 0x3f) << 6 |
					(p[2] & 0x3f));
			p += 2;
		} else {
			if (*p == '"' || *p == '\\')
				fputc('\\', to);
			fputc(*p, to);
		}
	}
	fputc('"', to);
}

static void put_nets(const struct setting *from, unsigned indent, FILE *to)
{
	char text[NET_TEXT];

	if (from->n == 0)
		fputs(" []", to);
	put_origin(from, to);
	for (size_t i = 0; i < from->n; i++)
		fprintf(to, "%*s- \"%s\"\n", (int)indent, "", net_format(&from->nets[i], text));
}

static void put_trusted(const struct setting *from, unsigned indent, FILE *to)
{
	char text[NET_TEXT];

	if (from->n == 0)
		fputs(" []", to);
	put_origin(from, to);
	for (size_t i = 0; i < from->n; i++) {
		const struct trusted *t = &from->trusted[i];

		fprintf(to, "%*s- name: ", (int)indent, "");
		put_quoted(t->name, to);
		fprintf(to, "\n%*s  net: \"%s\"\n", (int)indent, "", net_format(&t->net, text));
		if (t->threat != NULL)
			fprintf(to, "%*s  threat: \"%s\"\n", (int)indent, "", t->threat);
	}
}

static void put_pair(const char *key, const char *value, unsigned indent, FILE *to)
{
	fprintf(to, "%*s  %s: ", (int)indent, "", key);
	put_quoted(value, to);
	fputc('\n', to);
}

static void put_switches(const struct setting *from, unsigned indent, FILE *to)
{
	char text[ADDR_TEXT];

	if (from->n == 0)
		fputs(" []", to);
	put_origin(from, to);
	for (size_t i = 0; i < from->n; i++) {
		const struct ask_switch *w = &from->switches[i];

		fprintf(to, "%*s- name: ", (int)indent, "");
		put_quoted(w->name, to);
		fputc('\n', to);
		put_pair("address", addr_format(&w->addr, text), indent, to);
		fprintf(to, "%*s  port: %u\n", (int)indent, "", w->port);
		fprintf(to, "%*s  router: %s\n", (int)indent, "", w->is_router ? "yes" : "no");
		if (w->community_file != NULL) {
			put_pair("community_file", w->community_file, indent, to);
		} else {
			put_pair("user", w->user, indent, to);
			put_pair("auth", w->auth, indent, to);
			put_pair("priv", w->priv[0] != '\0' ? w->priv : "none", indent, to);
			put_pair("secrets_file", w->secrets_file, indent, to);
		}
	}
}

static void put_help(const struct setting *from, unsigned indent, FILE *to)
{
	const struct key *k = &from->key;

	fprintf(to, "%*s# %s", (int)indent, "", k->help);
	if (k->type == KEY_NUMBER)
		fprintf(to, " (%ld to %ld)", k->min, k->max);
	for (size_t i = 0; k->type == KEY_CHOICE && k->choices[i] != NULL; i++)
		fprintf(to, "%s%s%s", i == 0 ? " (" : ", ", k->choices[i],
			k->choices[i + 1] == NULL ? ")" : "");
	fputc('\n', to);
}

/* Bytes that two keys have in common, up to and with a dot. */
static size_t common(const char *a, const char *b)
{
	size_t same = 0;

	for (size_t i = 0; a[i] == b[i] && a[i] != '\0'; i++) {
		if (a[i] == '.')
			same = i + 1;
	}
	return same;
}

/* Opens the sections that the key is in and the one before was not. Returns the indent of the key,
 * and its last part. */
static unsigned put_sections(const char *name, const char *before, const char **ret_last, FILE *to)
{
	size_t same = common(name, before);
	unsigned indent = 0;
	const char *part = name;

	for (const char *dot = NULL; (dot = strchr(part, '.')) != NULL; part = dot + 1) {
		if (part >= name + same)
			fprintf(to, "%s%*s%.*s:\n", indent == 0 && before[0] != '\0' ? "\n" : "",
				(int)indent, "", (int)(dot - part), part);
		indent += INDENT;
	}
	if (part == name && before[0] != '\0')
		fputc('\n', to);
	*ret_last = part;
	return indent;
}

enum rc settings_dump(const struct settings *s, FILE *to)
{
	const char *before = "";

	fputs("# quell.yaml(5): every key, its value, and where that came from.\n\n", to);
	for (size_t i = 0; i < s->n; i++) {
		const struct setting *from = &s->all[i];
		const char *last = NULL;
		unsigned indent = put_sections(from->key.name, before, &last, to);

		put_help(from, indent, to);
		fprintf(to, "%*s%s:", (int)indent, "", last);
		switch (from->key.type) {
		case KEY_NUMBER:
			fprintf(to, " %ld", from->number);
			put_origin(from, to);
			break;
		case KEY_CHOICE:
			fprintf(to, " %s", from->key.choices[from->number]);
			put_origin(from, to);
			break;
		case KEY_NETS:
			put_nets(from, indent + INDENT, to);
			break;
		case KEY_TRUSTED:
			put_trusted(from, indent + INDENT, to);
			break;
		case KEY_SWITCHES:
			put_switches(from, indent + INDENT, to);
			break;
		case KEY_PATH:
		case KEY_TEXT:
			fputc(' ', to);
			put_quoted(from->text != NULL ? from->text : "", to);
			put_origin(from, to);
			break;
		}
		before = from->key.name;
	}
	return ferror(to) != 0 ? RC_IO : RC_OK;
}
