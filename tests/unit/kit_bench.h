/* What the tests of kit/ share: a campaign, machines, a folder to work in. */
#ifndef KIT_BENCH_H
#define KIT_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/monotime.h"
#include "kit/kit.h"

enum { BENCH_PATH = 512, BENCH_ERR = 512, BENCH_TEXT = 1 << 20 };

struct bench {
	char dir[BENCH_PATH], out[BENCH_PATH], patch[BENCH_PATH], err[BENCH_ERR];
	struct campaign campaign;
	struct campaign_file file;
	struct kit_options opt;
};

static inline void bench_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
}

static inline void bench_join(char *to, const char *dir, const char *name)
{
	int n = snprintf(to, BENCH_PATH, "%s/%s", dir, name);

	assert_true(n > 0 && n < BENCH_PATH);
}

static inline int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	char dir[256];

	assert_non_null(b);
	(void)snprintf(dir, sizeof(dir), "%s/quell-kit-XXXXXX",
		       getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(b->dir, sizeof(b->dir), "%s", dir);
	bench_join(b->out, dir, "out");
	bench_join(b->patch, dir, "KB958644.exe");
	bench_put(b->patch, "patch\n");
	b->file = (struct campaign_file){
		.role = "patch",
		.path = b->patch,
		.sha256 = "612f1fa5282cf336e3c251d40d7d937f502ecb29c4e479ea4c334716150ab27b",
		.signer = "Microsoft Windows",
		.args = "/quiet /norestart",
		.os = "5.1"};
	b->campaign = (struct campaign){.id = "stop-worm",
					.weakness = "ms08-067",
					.patch = "KB958644",
					.files = &b->file,
					.n_files = 1};
	b->opt = (struct kit_options){.channel = "logon-script",
				      .out = b->out,
				      .campaign = &b->campaign,
				      .fixed_file = "system32\\netapi32.dll",
				      .fixed_versions = "5.1.2600.5694/sp3 6.0.6001.18157",
				      .results = "",
				      .site = "Example",
				      .at_ns = 1764378000 * NS_PER_S};
	*state = b;
	return 0;
}

static inline int bench_remove(const char *dir)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(child, &status, 0);
	return status;
}

static inline int bench_teardown(void **state)
{
	struct bench *b = *state;
	int status = bench_remove(b->dir);

	free(b);
	return status;
}

static inline struct kit_machine bench_machine(const char *id, const char *name, const char *place)
{
	return (struct kit_machine){.id = id,
				    .name = name,
				    .fqdn = "",
				    .domain = "corp",
				    .os = "Windows XP",
				    .arch = "x86",
				    .user = "CORP\\doe",
				    .phone = "4711",
				    .owner = "Jane",
				    .place = place,
				    .switch_port = "switch-2, Gi1/0/17",
				    .next = "install KB958644",
				    .why = "no patch",
				    .addr = addr_v4(0x0a010203),
				    .stage = STAGE_EXPOSED,
				    .wave = 1};
}

/* Opens, adds, ends. */
static inline enum rc bench_make(struct bench *b, const struct kit_machine *list, size_t n,
				 struct kit_summary *ret_s)
{
	struct kit *k = NULL;
	enum rc rc = RC_OK;

	b->err[0] = '\0';
	rc = kit_new(&b->opt, &k, b->err, sizeof(b->err));
	for (size_t i = 0; rc == RC_OK && i < n; i++)
		rc = kit_add(k, &list[i]);
	if (rc == RC_OK)
		rc = kit_end(k, ret_s, b->err, sizeof(b->err));
	kit_free(k);
	return rc;
}

/* A file of the kit, to be freed. */
static inline char *bench_read(const struct bench *b, const char *name)
{
	char path[BENCH_PATH], *text = calloc(1, BENCH_TEXT);
	FILE *f = NULL;

	assert_non_null(text);
	bench_join(path, b->out, name);
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("there is no %s", path);
	assert_true(fread(text, 1, BENCH_TEXT - 1, f) < BENCH_TEXT - 1);
	fclose(f);
	return text;
}

static inline bool bench_has(const char *dir, const char *name)
{
	char path[BENCH_PATH];
	struct stat st;

	bench_join(path, dir, name);
	return lstat(path, &st) == 0;
}

#endif
