/*
 * The parent, and a sensor that was subverted by what it read: any bytes at all on the channel.
 * What it takes of them becomes a report in every format: the JSON is JSON, and there is
 * nothing in the text that moves a terminal's cursor.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/collect.h"
#include "base/monotime.h"
#include "outbreak/outbreak.h"
#include "report/report.h"
#include "settings/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int as_file(struct bytes b)
{
	int fd = memfd_create("channel", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, b.at, b.len) == (ssize_t)b.len && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* RC_END: all of it was taken; else why not. */
static enum rc take_all(struct collection *c, struct bytes in)
{
	int fd = as_file(in);
	struct channel_in *channel = NULL;
	enum channel_type type = CHANNEL_SOURCE;
	enum collected what = COLLECTED_OTHER;
	struct bytes message;
	enum rc rc = RC_OK;

	require(channel_in_new(fd, &channel) == RC_OK);
	while (rc == RC_OK && channel_read(channel) == RC_OK) {
		while ((rc = channel_next(channel, &type, &message)) == RC_OK) {
			require(message.len < EXCHANGE_MAX);
			rc = collection_take(c, type, message, &what);
			if (rc != RC_OK)
				break;
			if (what == COLLECTED_FINDING_NEW)
				require(collection_newest(c) != NULL);
		}
		if (rc == RC_END)
			rc = RC_OK; /* until more has come */
	}
	channel_in_free(channel);
	close(fd);
	return rc == RC_OK ? RC_END : rc;
}

static void check_text(const char *text, size_t len)
{
	require(strlen(text) == len);
	for (size_t i = 0; i < len; i++)
		require((uint8_t)text[i] >= 0x20 || text[i] == '\n' || text[i] == '\r');
}

static void check_json(const char *text, size_t len)
{
	json_error_t error;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	require(j != NULL);
	json_decref(j);
}

static void check_lines(const char *text)
{
	for (const char *end = NULL; (end = strchr(text, '\n')) != NULL; text = end + 1)
		check_json(text, (size_t)(end - text));
	require(*text == '\0');
}

static void check_reports(const struct outbreak *o)
{
	struct report_style style = {0};

	for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
		char *text = NULL;
		size_t len = 0;
		FILE *to = open_memstream(&text, &len);

		require(to != NULL && w->write(o, &style, to) == RC_OK && fclose(to) == 0);
		check_text(text, len);
		if (strcmp(w->name, "json") == 0)
			check_json(text, len);
		else if (strcmp(w->name, "eve") == 0)
			check_lines(text);
		free(text);
	}
}

/* In order, each hour once; and once taken, they are gone, until they are given back. */
static void check_presence(struct collection *c)
{
	struct presence *list = NULL, *again = NULL;
	struct arena *arena = NULL;
	size_t n = 0, left = 1;

	require(arena_new(0, &arena) == RC_OK);
	require(collection_take_presence(c, arena, &list, &n) == RC_OK);
	for (size_t i = 0; i < n; i++) {
		require(i == 0 || presence_cmp(&list[i - 1], &list[i]) < 0);
		require(list[i].alive != 0 && (list[i].hostile & ~list[i].alive) == 0);
	}
	require(collection_take_presence(c, arena, &again, &left) == RC_OK && left == 0);
	collection_put_presence(c, list, n);
	require(collection_take_presence(c, arena, &again, &left) == RC_OK && left == n);
	require(n == 0 || memcmp(list, again, n * sizeof(*list)) == 0);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *files[] = {"one.pcap", "two.pcap"};
	static const char *const limits[] = {"limits.findings=16", "limits.hosts=16",
					     "limits.facts=16"};
	struct watch_options watch = {.files = files, .store = "null:"};
	struct settings *settings = NULL;
	struct collection *c = NULL;
	struct outbreak *o = NULL;
	char err[256];

	if (size < 1)
		return 0;
	watch.n_files = data[0] % 3;
	watch.interface = watch.n_files == 0 ? "eth0" : NULL;
	require(settings_new(&settings) == RC_OK);
	for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		require(settings_set(settings, limits[i], err, sizeof(err)) == RC_OK);
	watch.settings = settings;
	require(collection_new(&watch, &c) == RC_OK);

	enum rc rc = take_all(c, (struct bytes){data + 1, size - 1});
	struct own own = {0};
	struct collect_end end = {rc != RC_END, 5 * NS_PER_S, &own};

	require(rc == RC_END || rc == RC_FORMAT);
	require(collection_outbreak(c, &end, &o) == RC_OK);
	require(o->n_findings <= 16 && o->n_hosts <= 16 * 3);
	check_reports(o);
	outbreak_free(o);
	check_presence(c);
	collection_free(c);
	settings_free(settings);
	return 0;
}
