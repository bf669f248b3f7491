/*
 * kit-tools - what the kits' script calls on Windows, for Wine, which has none of it or not these
 * parts: wmic, certutil and find; and an installer that only pretends. One program under several
 * names, built for Windows by tests/golden/test-kits.
 *
 * What it plays stands in C:\kit-test: version (of the watched file), boot (when Windows started),
 * code, becomes (the version after the installer) and pause (its seconds); no-sha: certutil as on
 * Windows XP. The installer adds its name and arguments to C:\kit-test\ran.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>

#include <bcrypt.h>
#include <fcntl.h>
#include <io.h>
#endif

enum { LINE = 512 };

static const char *tool_name(const char *path)
{
	const char *name = path;

	for (; *path != '\0'; path++) {
		if (*path == '\\' || *path == '/')
			name = path + 1;
	}
	return name;
}

/* The first line of C:\kit-test\NAME; "" if there is none. */
static const char *played(const char *name, char *line)
{
	char path[LINE];
	FILE *f = NULL;

	snprintf(path, sizeof(path), "C:\\kit-test\\%s", name);
	line[0] = '\0';
	f = fopen(path, "r");
	if (f == NULL)
		return line;
	if (fgets(line, LINE, f) == NULL)
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static int number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* As wmic does: two blanks behind the longest value, and CR CR LF. */
static int table(const char *title, const char *value)
{
	if (value[0] == '\0')
		return 0;
	printf("%-*s  \r\r\n%s  \r\r\n\r\r\n", (int)strlen(value), title, value);
	return 0;
}

static int wmic(int argc, char **argv)
{
	char line[LINE];

	if (argc > 1 && strcmp(argv[1], "datafile") == 0)
		return table("Version", played("version", line));
	if (argc > 1 && strcmp(argv[1], "process") == 0)
		return table("CreationDate", played("boot", line));
	if (argc > 1 && strcmp(argv[1], "os") == 0)
		return table("LocalDateTime", "20261129011544.123000+060");
	return 1;
}

static int find(int argc, char **argv)
{
	char line[LINE];
	int code = 1;

	while (argc > 1 && fgets(line, sizeof(line), stdin) != NULL) {
		if (strstr(line, argv[argc - 1]) == NULL)
			continue;
		fputs(line, stdout);
		code = 0;
	}
	return code;
}

static int certutil(int argc, char **argv)
{
	char line[LINE];

	if (argc < 4 || played("no-sha", line)[0] != '\0')
		return 1;
#ifdef _WIN32
	BCRYPT_ALG_HANDLE sha = NULL;
	BCRYPT_HASH_HANDLE hash = NULL;
	unsigned char block[4096], digest[32];
	size_t n = 0;
	FILE *f = fopen(argv[2], "rb");

	if (f == NULL || BCryptOpenAlgorithmProvider(&sha, BCRYPT_SHA256_ALGORITHM, NULL, 0) != 0 ||
	    BCryptCreateHash(sha, &hash, NULL, 0, NULL, 0, 0) != 0)
		return 2;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		BCryptHashData(hash, block, (ULONG)n, 0);
	fclose(f);
	BCryptFinishHash(hash, digest, sizeof(digest), 0);
	printf("SHA256 hash of file %s:\r\n", argv[2]);
	for (n = 0; n < sizeof(digest); n++) /* with blanks, as Windows 7 writes it */
		printf("%s%02x", n > 0 ? " " : "", digest[n]);
	printf("\r\nCertUtil: -hashfile command completed successfully.\r\n");
#endif
	return 0;
}

static int install(int argc, char **argv)
{
	char line[LINE];
	FILE *f = fopen("C:\\kit-test\\ran", "a");

	if (f != NULL) {
		fputs(tool_name(argv[0]), f);
		for (int i = 1; i < argc; i++)
			fprintf(f, " %s", argv[i]);
		fputs("\n", f);
		fclose(f);
	}
	if (strncmp(tool_name(argv[0]), "KB", 2) != 0)
		return number(played("other-code", line));
	if (played("becomes", line)[0] != '\0') {
		f = fopen("C:\\kit-test\\version", "w");
		if (f != NULL) {
			fprintf(f, "%s\n", line);
			fclose(f);
		}
	}
#ifdef _WIN32
	Sleep((DWORD)number(played("pause", line)) * 1000);
#endif
	return number(played("code", line));
}

int main(int argc, char **argv)
{
	const char *name = tool_name(argv[0]);

#ifdef _WIN32
	_setmode(_fileno(stdout), _O_BINARY);
	_setmode(_fileno(stdin), _O_BINARY);
#endif
	if (strncmp(name, "wmic", 4) == 0)
		return wmic(argc, argv);
	if (strncmp(name, "find", 4) == 0)
		return find(argc, argv);
	if (strncmp(name, "certutil", 8) == 0)
		return certutil(argc, argv);
	return install(argc, argv);
}
