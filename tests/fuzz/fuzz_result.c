/*
 * Any bytes are no result, or one whose texts are fit for a line; written anew as a kit would write
 * it, with LF, CR LF or as UTF-16 of either order, it is read to the same again.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "campaign/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WRITTEN = 16 * 1024 };

static void check_text(const char *text, size_t cap)
{
	char again[RESULT_TEXT];
	const char *nul = memchr(text, '\0', cap);

	assert(nul != NULL && cap <= sizeof(again));
	size_t len = (size_t)(nul - text);

	assert(text_from_utf8((struct bytes){(const uint8_t *)text, len}, again, sizeof(again)) ==
	       len);
	assert(memcmp(again, text, len) == 0);
	for (size_t i = 0; i < len; i++)
		assert((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

static void check(const struct result *r)
{
	check_text(r->campaign, sizeof(r->campaign));
	check_text(r->machine, sizeof(r->machine));
	check_text(r->computer, sizeof(r->computer));
	check_text(r->kit, sizeof(r->kit));
	check_text(r->os, sizeof(r->os));
	check_text(r->arch, sizeof(r->arch));
	assert(r->n_steps <= RESULT_STEPS && r->n_files <= RESULT_FILES);
	for (size_t i = 0; i < r->n_steps; i++) {
		assert(r->steps[i].step[0] != '\0' && r->steps[i].result[0] != '\0');
		check_text(r->steps[i].step, sizeof(r->steps[i].step));
		check_text(r->steps[i].result, sizeof(r->steps[i].result));
		check_text(r->steps[i].text, sizeof(r->steps[i].text));
	}
	for (size_t i = 0; i < r->n_files; i++) {
		assert(r->files[i].path[0] != '\0');
		check_text(r->files[i].path, sizeof(r->files[i].path));
		check_text(r->files[i].version, sizeof(r->files[i].version));
	}
	assert((r->bad_lines > 0) == (r->first_bad > 0));
}

static void line(FILE *to, const char *key, const char *value, const char *end)
{
	if (value[0] != '\0')
		fprintf(to, "%s=%s%s", key, value, end);
}

static size_t write_result(const struct result *r, const char *end, char *text)
{
	FILE *to = fmemopen(text, WRITTEN, "w");

	assert(to != NULL);
	fprintf(to, "QUELL-RESULT 1%s", end);
	line(to, "campaign", r->campaign, end);
	line(to, "machine", r->machine, end);
	line(to, "computer", r->computer, end);
	line(to, "kit", r->kit, end);
	line(to, "os", r->os, end);
	line(to, "arch", r->arch, end);
	if (r->at_ns > 0) {
		char at[TEXT_TIME];

		text_time(r->at_ns, at);
		fprintf(to, "time=%.10s %.8s%soffset=+0000%s", at, at + 11, end, end);
	}
	for (size_t i = 0; i < r->n_steps; i++)
		fprintf(to, "step=%s result=%s code=%lld text=%s%s", r->steps[i].step,
			r->steps[i].result, (long long)r->steps[i].code, r->steps[i].text, end);
	for (size_t i = 0; i < r->n_files; i++)
		fprintf(to, "file=%s version=%s%s", r->files[i].path, r->files[i].version, end);
	fprintf(to, "end%s", end);
	assert(ftell(to) < WRITTEN);
	size_t len = (size_t)ftell(to);

	fclose(to);
	return len;
}

static void check_same(struct bytes text, const struct result *want)
{
	struct result again;
	char err[128];

	assert(result_parse(text, &again, err, sizeof(err)) == RC_OK);
	assert(memcmp(&again, want, sizeof(again)) == 0);
}

static void check_utf16(const char *text, size_t len, const struct result *want)
{
	static uint8_t wide[2][2 * WRITTEN + 2];
	struct bytes rest = {(const uint8_t *)text, len};
	size_t n = 0;

	wide[0][n] = 0xff, wide[1][n++] = 0xfe;
	wide[0][n] = 0xfe, wide[1][n++] = 0xff;
	while (rest.len > 0) {
		uint32_t c = text_next(&rest);
		uint32_t units[2] = {c, 0};

		if (c > 0xffff) {
			units[0] = 0xd800 + ((c - 0x10000) >> 10);
			units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		for (unsigned i = 0; i < 2 && (i == 0 || units[1] != 0); i++) {
			wide[0][n] = wide[1][n + 1] = (uint8_t)units[i];
			wide[0][n + 1] = wide[1][n] = (uint8_t)(units[i] >> 8);
			n += 2;
		}
	}
	check_same((struct bytes){wide[0], n}, want);
	check_same((struct bytes){wide[1], n}, want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[WRITTEN], err[128] = "";
	struct result r;
	size_t len = 0;

	if (result_parse((struct bytes){data, size}, &r, err, sizeof(err)) != RC_OK) {
		assert(err[0] != '\0');
		return 0;
	}
	check(&r);
	/* What a result does not say again: how it was damaged. */
	r.is_cut = false;
	r.bad_lines = 0;
	r.first_bad = 0;
	len = write_result(&r, "\n", text);
	check_same((struct bytes){(uint8_t *)text, len}, &r);
	check_utf16(text, len, &r);
	len = write_result(&r, "\r\n", text);
	check_same((struct bytes){(uint8_t *)text, len}, &r);
	return 0;
}
