/*
 * quell-gather - writes the collection scripts, or reads results and prints what they say, a line
 * for each observation and fact: what tests/golden/test-collect reads.
 *
 * usage: quell-gather write DIR [FILE|HKLM\…|service:NAME] …
 *        quell-gather read FILE|DIR
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/monotime.h"
#include "base/text.h"
#include "gather/gather.h"

enum { LIST = 64, PRINTABLE = 2048 };

static const char *shown(const char *text, char *to)
{
	(void)text_printable(text, to, PRINTABLE);
	return to;
}

static void on_machine(void *ctx, const char *file, const struct posture *p,
		       const struct fact *facts, size_t n_facts)
{
	static const char *const states[] = {"?", "=", "absent", "unreadable"};
	char a[ADDR_TEXT] = "-", m[MAC_TEXT] = "-", key[PRINTABLE], value[PRINTABLE];

	(void)ctx;
	printf("machine %s of %s\n", shown(p->name, key), shown(file, value));
	for (size_t i = 0; i < p->n; i++)
		printf("%s %s %s\n", shown(p->list[i].key, key), states[p->list[i].state & 3],
		       shown(p->list[i].value, value));
	for (size_t i = 0; i < n_facts; i++) {
		const struct fact *f = &facts[i];

		printf("fact %s %s %s %s\n",
		       addr_is_zero(&f->addr) ? "-" : addr_format(&f->addr, a),
		       f->has_mac ? mac_format(&f->mac, m) : "-", fact_kind_name(f->kind),
		       shown(f->value, value));
	}
}

static void on_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	char name[PRINTABLE], text[PRINTABLE];

	(void)ctx;
	printf("bad %s:%llu: %s\n", shown(file, name), (unsigned long long)line, shown(why, text));
}

static int read_results(const char *path)
{
	const struct gather_out out = {on_machine, on_bad, NULL};
	struct gather_counts c = {.files = 0};
	char err[256] = "";
	enum rc rc = gather_read(path, (uint64_t)time(NULL) * NS_PER_S, NULL, &out, &c, err,
				 sizeof(err));

	if (rc != RC_OK) {
		fprintf(stderr, "quell-gather: %s\n", err);
		return 1;
	}
	printf("%llu lines, %llu bad; %llu machines; %llu of %llu files bad\n",
	       (unsigned long long)c.lines, (unsigned long long)c.lines_bad,
	       (unsigned long long)c.machines, (unsigned long long)c.files_bad,
	       (unsigned long long)c.files);
	return 0;
}

static int write_scripts(const char *dir, char **asked)
{
	const char *files[LIST], *registry[LIST], *services[LIST];
	struct gather_script s = {files, registry, services, 0, 0, 0};
	char err[256] = "";

	for (; *asked != NULL && s.n_files + s.n_registry + s.n_services < LIST; asked++) {
		if (strncmp(*asked, "HKLM\\", 5) == 0)
			registry[s.n_registry++] = *asked;
		else if (strncmp(*asked, "service:", 8) == 0)
			services[s.n_services++] = *asked + 8;
		else
			files[s.n_files++] = *asked;
	}
	if (gather_write(dir, &s, err, sizeof(err)) == RC_OK)
		return 0;
	fprintf(stderr, "quell-gather: %s\n", err);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "write") == 0)
		return write_scripts(argv[2], argv + 3);
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return read_results(argv[2]);
	fprintf(stderr, "usage: quell-gather write DIR [FILE|HKLM\\...|service:NAME] ...\n"
			"       quell-gather read FILE|DIR\n");
	return 2;
}
