/* golden - texts that are kept byte for byte in tests/golden; QUELL_ACCEPT=1 rewrites them, to be
 * read in the diff. To be included after cmocka. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static inline void golden_path(char *to, size_t cap, const char *path)
{
	const char *root = getenv("QUELL_SOURCE");

	assert_true(snprintf(to, cap, "%s/%s", root == NULL ? "." : root, path) < (int)cap);
}

/* `path` is below the source: "tests/golden/picture/office.txt". */
static inline void golden_check(const char *path, const char *got)
{
	char at[512], *want = NULL;
	size_t len = 0;
	FILE *file;

	golden_path(at, sizeof(at), path);
	assert_non_null(got);
	if (getenv("QUELL_ACCEPT") != NULL) {
		file = fopen(at, "w");
		assert_non_null(file);
		assert_int_not_equal(fputs(got, file), EOF);
		fclose(file);
	}
	file = fopen(at, "r");
	assert_non_null(file);
	assert_true(getdelim(&want, &len, '\0', file) > 0);
	fclose(file);
	assert_string_equal(got, want);
	free(want);
}

/* Runs tests/tools/validate on the text. True: it is as the schema says. */
static inline bool golden_is_valid(const char *schema, const char *text)
{
	char tool[512], schema_path[512], path[] = "/tmp/quell-test-XXXXXX.json";
	char *argv[] = {tool, schema_path, path, NULL};
	int fd = mkstemps(path, (int)strlen(".json")), status;
	pid_t pid;

	golden_path(tool, sizeof(tool), "tests/tools/validate");
	golden_path(schema_path, sizeof(schema_path), schema);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	assert_int_equal(posix_spawn(&pid, tool, NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

#endif
