/* import: lists that other tools keep, and other stores, into this one. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/keep.h"
#include "base/monotime.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/hosts.h"
#include "console/common.h"
#include "import/import.h"

enum { OPT_FORMAT = 256, OPT_MAP, OPT_DATES, OPT_OFFSET, OPT_DRY_RUN };

enum {
	SHOWN = 20,              /* bad rows, and remarks, of a file without -v */
	LISTED = 10,             /* machines of the two lists at the end */
	FACTS_AT_ONCE = 4000000, /* kept in memory until they are put: half a gigabyte */
	PRINTABLE = 1024,
};
#define SPOOL_MAX ((uint64_t)4 << 30) /* bytes of standard input that are looked at */

static const struct cli_option options[] = {
	{OPT_FORMAT, "format", "FORMAT",
	 "what the files are, where it is not recognised: see below"},
	{OPT_MAP, "map", "MAP", "tables: name=HEADER,ip=HEADER,mac=#3,...; #3 is the third column"},
	{OPT_DATES, "dates", "ORDER", "dmy or mdy: how 03/04/2026 is meant, where nothing tells"},
	{OPT_OFFSET, "utc-offset", "+HH:MM", "of times that say no zone; default: as here, now"},
	{OPT_DRY_RUN, "dry-run", NULL, "tell what would change, and change nothing"},
	{'v', "verbose", NULL, "show all rows that could not be read, not only the first 20"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static const struct cli_command command = {
	.name = "hosts import",
	.usage = "hosts import [option ...] FILE ...",
	.examples =
		"  quell hosts import inventory.csv dhcpd.leases     what is known of machines\n"
		"  quell hosts import --dry-run adcomputers.csv      what would it change?\n"
		"  arp -a | quell hosts import -                     standard input\n"
		"  quell hosts import other-sensor.db                another store of quell's\n"
		"  quell hosts import --map name=Kiste,ip=#2 my.csv  headers that nobody knows",
	.options = options,
};

struct collector { /* the facts of one file */
	struct fact *facts;
	size_t n, room;
	struct words *words;
	bool is_full;
	const char *file; /* for messages */
	uint64_t shown_bad, shown_odd, most;
};

struct request {
	const struct import_format *format;
	struct import_options import;
	const char *store, *settings;
	bool is_dry, is_verbose, is_help;
	struct store *s;
	char who[KEEP_WHO];
};

/* --- what the readers tell --- */

static const char *printable(const char *text, char *to)
{
	text_printable(text, to, PRINTABLE);
	return to;
}

static const char *kept(struct collector *c, const char *text)
{
	uint32_t n = words_put(c->words, (struct bytes){(const uint8_t *)text, strlen(text)});

	if (n == WORDS_NONE) {
		c->is_full = true;
		return "";
	}
	return words_text(c->words, n);
}

static void on_fact(void *ctx, const struct fact *f)
{
	struct collector *c = ctx;

	if (c->n == c->room) {
		size_t room = c->room == 0 ? 1024 : c->room * 2;
		struct fact *more =
			room <= FACTS_AT_ONCE * 2 ? realloc(c->facts, room * sizeof(*more)) : NULL;

		if (more == NULL) {
			c->is_full = true;
			return;
		}
		c->facts = more;
		c->room = room;
	}

	struct fact copy = *f;

	copy.host = kept(c, f->host);
	copy.value = kept(c, f->value);
	copy.origin = kept(c, f->origin);
	copy.machine = "";
	if (!c->is_full)
		c->facts[c->n++] = copy;
}

static void on_line(struct collector *c, uint64_t *shown, uint64_t line, const char *text)
{
	char name[PRINTABLE], show[PRINTABLE];

	if ((*shown)++ < c->most)
		fprintf(stderr, "%s:%llu: %s\n", printable(c->file, name), (unsigned long long)line,
			printable(text, show));
}

static void on_bad(void *ctx, uint64_t line, const char *why)
{
	struct collector *c = ctx;

	on_line(c, &c->shown_bad, line, why);
}

static void on_odd(void *ctx, uint64_t line, const char *what)
{
	struct collector *c = ctx;

	on_line(c, &c->shown_odd, line, what);
}

static int collector_init(struct collector *c, const struct request *rq, const char *file)
{
	*c = (struct collector){.file = file, .most = rq->is_verbose ? UINT64_MAX : SHOWN};
	if (words_new(FACTS_AT_ONCE, (size_t)1 << 30, 0, &c->words) != RC_OK)
		return cli_usage(&command, "%s: %s", file, rc_str(RC_NOMEM)), CLI_FAILED;
	return CLI_DONE;
}

static void collector_done(struct collector *c)
{
	free(c->facts);
	words_free(c->words);
}

/* --- one file --- */

/* Readers seek; what cannot be sought is copied first. NULL: errno; EFBIG: longer than that. */
static FILE *spooled(FILE *from)
{
	FILE *to = tmpfile();
	uint64_t all = 0;
	char piece[1 << 14];
	size_t n = 0;

	while (to != NULL && (n = fread(piece, 1, sizeof(piece), from)) > 0) {
		all += n;
		if (all > SPOOL_MAX)
			errno = EFBIG;
		if (all > SPOOL_MAX || fwrite(piece, 1, n, to) != n) {
			int why = errno;

			fclose(to);
			errno = why;
			return NULL;
		}
	}
	if (to != NULL && (ferror(from) != 0 || fseek(to, 0, SEEK_SET) != 0)) {
		int why = errno;

		fclose(to);
		errno = why;
		return NULL;
	}
	return to;
}

/* RC_IO: errno. */
static enum rc open_file(const char *path, FILE **ret_file, uint64_t *ret_file_ns)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "rb"), *copy = NULL;
	struct stat st;

	*ret_file_ns = 0;
	if (f == NULL)
		return RC_IO;
	if (fstat(fileno(f), &st) != 0)
		st.st_mode = 0;
	if (S_ISDIR(st.st_mode)) {
		if (!is_stdin)
			fclose(f);
		errno = EISDIR;
		return RC_IO;
	}
	if (S_ISREG(st.st_mode) && st.st_mtim.tv_sec > 0)
		*ret_file_ns =
			(uint64_t)st.st_mtim.tv_sec * NS_PER_S + (uint64_t)st.st_mtim.tv_nsec;
	if (!is_stdin && S_ISREG(st.st_mode)) {
		*ret_file = f;
		return RC_OK;
	}
	errno = 0;
	copy = spooled(f);

	int why = errno;

	if (!is_stdin)
		fclose(f);
	errno = why;
	*ret_file = copy;
	return copy != NULL ? RC_OK : RC_IO;
}

static int not_recognised(const char *path)
{
	char show[PRINTABLE];

	fprintf(stderr,
		"quell hosts import: %s: it is not clear what this is; say --format, one of:\n",
		printable(path, show));
	for (const struct import_format *const *f = import_formats; *f != NULL; f++)
		fprintf(stderr, "  %-18s%s\n", (*f)->name, (*f)->summary);
	return CLI_FAILED;
}

static int failed(const char *path, const char *why)
{
	char name[PRINTABLE], show[PRINTABLE];

	fprintf(stderr, "quell hosts import: %s: %s\n", printable(path, name),
		printable(why, show));
	return CLI_FAILED;
}

static void tell_rest(const struct collector *c)
{
	char name[PRINTABLE];

	printable(c->file, name);
	if (c->shown_bad > c->most)
		fprintf(stderr, "%s: %llu more rows that could not be read; -v shows them all\n",
			name, (unsigned long long)(c->shown_bad - c->most));
	if (c->shown_odd > c->most)
		fprintf(stderr, "%s: %llu more remarks; -v shows them all\n", name,
			(unsigned long long)(c->shown_odd - c->most));
	if (c->is_full)
		fprintf(stderr, "%s: more facts than fit in memory: split the file\n", name);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void tell_result(const struct request *rq, const struct keep_result *k)
{
	const char *would = rq->is_dry ? "would be " : "";

	if (k->rows_changed == 0 && k->machines_new == 0 && k->machines_changed == 0)
		printf("  nothing %schanged: all of it was known\n", would);
	else
		printf("  %llu new machine%s, %llu %schanged; %llu fact%s that were not known\n",
		       (unsigned long long)k->machines_new, plural(k->machines_new),
		       (unsigned long long)k->machines_changed, would,
		       (unsigned long long)k->facts_new, plural(k->facts_new));
}

/* A line in the audit, if there is anything to audit. */
static int note(const struct request *rq, const char *text, const struct keep_result *k)
{
	const struct audit_by by = {rq->who, rq->import.now_ns};

	if (rq->is_dry || k->rows_changed == 0)
		return CLI_DONE;
	if (store_note(rq->s, "import", "", text, &by) != RC_OK)
		return cli_store_failed(&command, rq->s);
	return CLI_DONE;
}

static int put(const struct request *rq, const struct collector *c, const char *format,
	       const struct import_result *r)
{
	struct keep_result k = {0};
	char text[PRINTABLE], name[PRINTABLE];

	if (keep_facts(rq->s, c->facts, c->n, rq->is_dry, &k) != RC_OK)
		return cli_store_failed(&command, rq->s);
	tell_result(rq, &k);
	(void)snprintf(text, sizeof(text), "%.300s: %s, %llu rows, %llu bad, %llu facts",
		       printable(c->file, name), format, (unsigned long long)r->rows,
		       (unsigned long long)r->bad, (unsigned long long)r->facts);
	return note(rq, text, &k);
}

static int read_list(const struct request *rq, const char *path, FILE *from, struct bytes head)
{
	const struct import_format *f = rq->format != NULL ? rq->format : import_guess(head);
	struct import_result r = {.rows = 0};
	struct collector c = {.facts = NULL};
	const struct import_out out = {on_fact, on_bad, on_odd, &c};
	struct import_options opt = rq->import;
	char err[CLI_ERROR] = "", name[PRINTABLE];
	int status = CLI_FAILED;
	enum rc rc = RC_OK;

	if (f == NULL)
		return not_recognised(path);
	if (collector_init(&c, rq, path) != CLI_DONE)
		return CLI_FAILED;
	opt.origin = strcmp(path, "-") == 0 ? "standard input" : path;
	if (strrchr(opt.origin, '/') != NULL)
		opt.origin = strrchr(opt.origin, '/') + 1;
	rc = f->read(from, &opt, &out, &r, err, sizeof(err));
	if (rc == RC_IO || err[0] == '\0')
		(void)snprintf(err, sizeof(err), "%s", rc == RC_IO ? strerror(errno) : rc_str(rc));
	if (rc != RC_OK) {
		status = failed(path, err);
		goto out;
	}
	tell_rest(&c);
	printf("%s: %s%s\n", printable(path, name), f->name,
	       rq->format != NULL ? "" : ", recognised");
	if (rq->format == NULL)
		printf("  sure to %u %%: %s\n", f->match(head), f->summary);
	printf("  %llu row%s: %llu used, %llu bad, %llu that are not about machines\n",
	       (unsigned long long)r.rows, plural(r.rows), (unsigned long long)r.used,
	       (unsigned long long)r.bad, (unsigned long long)r.skipped);
	printf("  %llu fact%s\n", (unsigned long long)r.facts, plural(r.facts));
	status = put(rq, &c, f->name, &r);
	if (c.is_full)
		status = CLI_FAILED;
out:
	collector_done(&c);
	return status;
}

static int read_store(const struct request *rq, const char *url)
{
	struct store *from = NULL;
	struct store_facts *f = NULL;
	struct keep_result k = {0};
	char err[CLI_ERROR] = "", text[PRINTABLE];
	int status = CLI_FAILED;
	enum rc rc = store_open(url, STORE_READ, &from, err, sizeof(err));

	if (rc != RC_OK)
		return failed(url, err[0] != '\0' ? err : rc_str(rc));
	printf("%s: another store of quell's\n", store_name(from));
	if (rq->is_dry) { /* its machines; what its sensors found is not looked at */
		rc = store_facts_of(from, NULL, 0, &f);
		if (rc != RC_OK) {
			status = failed(url, store_error(from));
			goto out;
		}
		rc = keep_facts(rq->s, f->facts, f->n_facts, true, &k);
	} else {
		rc = keep_store(rq->s, from, &k);
	}
	if (rc != RC_OK) {
		status = cli_store_failed(&command, rq->s);
		goto out;
	}
	tell_result(rq, &k);
	(void)snprintf(text, sizeof(text), "store %.300s", store_name(from));
	status = note(rq, text, &k);
out:
	store_facts_free(f);
	store_close(from);
	return status;
}

static bool is_url(const char *path)
{
	return strncmp(path, "sqlite:", 7) == 0 || strncmp(path, "postgresql://", 13) == 0 ||
	       strncmp(path, "postgres://", 11) == 0;
}

static int read_file(struct request *rq, const char *path)
{
	static const char magic[16] = "SQLite format 3"; /* with its NUL */
	char url[CLI_URL];
	uint8_t head[IMPORT_HEAD];
	FILE *from = NULL;
	size_t len = 0;
	int status = CLI_FAILED;

	if (is_url(path))
		return read_store(rq, path);
	if (open_file(path, &from, &rq->import.file_ns) != RC_OK)
		return failed(path, strerror(errno));
	errno = 0;
	len = fread(head, 1, sizeof(head), from);
	if (ferror(from) != 0) {
		status = failed(path, strerror(errno));
	} else if (len == 0) {
		status = failed(path, "it is empty");
	} else if (len >= sizeof(magic) && memcmp(head, magic, sizeof(magic)) == 0) {
		(void)snprintf(url, sizeof(url), "sqlite:%s", path);
		status = strcmp(path, "-") == 0 ? failed(path, "a store cannot be read from a pipe")
						: read_store(rq, url);
	} else {
		rewind(from);
		status = read_list(rq, path, from, (struct bytes){head, len});
	}
	fclose(from);
	return status;
}

/* --- the two lists --- */

static bool on_machine(void *ctx, const struct store_row *r)
{
	char addr[ADDR_TEXT] = "", mac[MAC_TEXT] = "", name[PRINTABLE], more[PRINTABLE];
	const char *told = r->user[0] != '\0'    ? r->user
			   : r->owner[0] != '\0' ? r->owner
						 : r->vendor;

	if (!addr_is_zero(&r->addr))
		addr_format(&r->addr, addr);
	if (r->has_mac)
		mac_format(&r->mac, mac);
	fprintf(ctx, "  %-20s %-16s %-18s %s\n",
		printable(r->name[0] != '\0' ? r->name : r->id, name), addr, mac,
		printable(told, more));
	return true;
}

static int list_some(const struct request *rq, const char *title, const char *filter)
{
	struct query q = {.limit = LISTED};
	char *rows = NULL, err[CLI_ERROR];
	size_t len = 0;
	uint64_t total = 0;
	FILE *to = NULL;
	enum rc rc = RC_OK;

	if (query_parse(filter, rq->import.now_ns, &q, err, sizeof(err)) != RC_OK)
		return cli_usage(&command, "%s", err);
	to = open_memstream(&rows, &len); /* how many there are comes before them */
	if (to == NULL)
		return failed(filter, strerror(errno));
	rc = store_list(rq->s, &q, on_machine, to, &total);
	fclose(to);
	if (rc == RC_OK) {
		printf("\n%s: %llu\n%s", title, (unsigned long long)total, rows);
		if (total > LISTED)
			printf("  ... all of them: quell hosts %s\n", filter);
	}
	free(rows);
	return rc == RC_OK ? CLI_DONE : cli_store_failed(&command, rq->s);
}

/* --- the command --- */

static bool parse_offset(const char *text, int *ret_s)
{
	int sign = text[0] == '-' ? -1 : 1;
	unsigned h = 0, m = 0;
	size_t len = strlen(text);
	const char *at = text + (text[0] == '-' || text[0] == '+');

	len -= (size_t)(at - text);
	if ((len != 5 && len != 2) || (len == 5 && at[2] != ':'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i != 2 && (at[i] < '0' || at[i] > '9'))
			return false;
	}
	h = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
	m = len == 5 ? (unsigned)(at[3] - '0') * 10 + (unsigned)(at[4] - '0') : 0;
	*ret_s = sign * (int)(h * 3600 + m * 60);
	return h <= 14 && m < 60;
}

static int take_option(struct request *rq, int id)
{
	switch (id) {
	case OPT_FORMAT:
		rq->format = import_format_find(optarg);
		if (rq->format == NULL) {
			(void)not_recognised(optarg);
			return CLI_USAGE;
		}
		return CLI_DONE;
	case OPT_MAP:
		rq->import.map = optarg;
		return CLI_DONE;
	case OPT_DATES:
		rq->import.date_order = strcmp(optarg, "dmy") == 0   ? 1
					: strcmp(optarg, "mdy") == 0 ? 2
								     : 0;
		if (rq->import.date_order == 0)
			return cli_usage(&command, "--dates %s: it is dmy or mdy", optarg);
		return CLI_DONE;
	case OPT_OFFSET:
		if (!parse_offset(optarg, &rq->import.utc_offset_s))
			return cli_usage(&command, "--utc-offset %s: it is as +01:00 or -05",
					 optarg);
		return CLI_DONE;
	case OPT_DRY_RUN:
		rq->is_dry = true;
		return CLI_DONE;
	case 'v':
		rq->is_verbose = true;
		return CLI_DONE;
	case CLI_STORE:
		rq->store = optarg;
		return CLI_DONE;
	case 'c':
		rq->settings = optarg;
		return CLI_DONE;
	case CLI_HELP:
		rq->is_help = true;
		return CLI_DONE;
	default:
		return CLI_USAGE;
	}
}

static void help(void)
{
	cli_help(&command, stdout);
	puts("\nFormats; recognised by themselves:");
	for (const struct import_format *const *f = import_formats; *f != NULL; f++)
		printf("  %-18s%s\n", (*f)->name, (*f)->summary);
}

static bool is_missing(const char *url)
{
	const char *path = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;

	return strstr(url, "://") == NULL && access(path, F_OK) != 0 && errno == ENOENT;
}

/* A dry run does not even make the store. */
static int open_store(struct request *rq)
{
	struct settings *s = NULL;
	char url[CLI_URL], err[CLI_ERROR] = "";
	int status = cli_settings(&command, rq->settings, NULL, 0, &s);

	if (status != CLI_DONE)
		return status;
	if (rq->is_dry && cli_store_url(rq->store, s, url, err, sizeof(err)) == RC_OK &&
	    is_missing(url))
		status = cli_store_open_with(&command, "null:", s, CLI_STORE_MAKE, &rq->s);
	else
		status = cli_store_open_with(&command, rq->store, s, CLI_STORE_MAKE, &rq->s);
	settings_free(s);
	return status;
}

static int import_all(struct request *rq, int n, char **files)
{
	int status = open_store(rq);

	if (status != CLI_DONE)
		return status;
	for (int i = 0; i < n; i++) {
		if (read_file(rq, files[i]) != CLI_DONE)
			status = CLI_FAILED;
	}
	if (rq->is_dry)
		puts("\nA dry run: nothing was changed; the lists below are as they are now.");
	if (list_some(rq, "seen on the wire, but in no list", "in:wire -in:list") != CLI_DONE ||
	    list_some(rq, "in a list, but never seen on the wire", "in:list -in:wire") != CLI_DONE)
		status = CLI_FAILED;
	store_close(rq->s);
	return status;
}

int hosts_import(int argc, char **argv)
{
	struct request rq = {.format = NULL};
	struct tm local;
	time_t now;
	int id = 0;

	rq.import.now_ns = cli_now();
	now = (time_t)(rq.import.now_ns / NS_PER_S);
	if (localtime_r(&now, &local) != NULL)
		rq.import.utc_offset_s = (int)local.tm_gmtoff;
	while ((id = cli_next(&command, argc, argv)) != -1) {
		int status = take_option(&rq, id);

		if (status != CLI_DONE)
			return status;
	}
	if (rq.is_help) {
		help();
		return CLI_DONE;
	}
	if (optind == argc)
		return cli_usage(&command,
				 "which list? A file, or - for standard input; see --help");
	keep_who(rq.who);
	return import_all(&rq, argc - optind, argv + optind);
}
