/* Whatever the file claims: few small reads inside the promise, the same answer when the reader
 * gives less at once, a reason for each refusal; and a version that is told stands in the file
 * behind its signature. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disk/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	struct bytes b;
	size_t at_once, bytes;
	unsigned reads;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static long source_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	struct source *s = ctx;
	struct bytes got = bytes_slice(s->b, offset, len < s->at_once ? len : s->at_once);

	must(len > 0);
	if (got.len > 0)
		memcpy(to, got.at, got.len);
	s->reads++;
	s->bytes += got.len;
	return (long)got.len;
}

static enum rc read_from(struct bytes b, size_t at_once, struct pe_version *v, const char **why)
{
	struct source s = {.b = b, .at_once = at_once};
	const struct pe_reader r = {source_read, &s};
	enum rc rc = pe_version_read(&r, v, why);

	must(s.reads <= PE_READS && s.bytes <= PE_BYTES);
	must((rc == RC_OK) == (*why == NULL) && (rc == RC_OK || rc == RC_FORMAT));
	return rc;
}

static bool stands_there(struct bytes b, const struct pe_version *v)
{
	uint8_t want[16], mark[] = {0xbd, 0x04, 0xef, 0xfe};
	struct writer w = {.at = want, .cap = sizeof(want)};

	for (unsigned i = 0; i < 8; i++) /* DWORDs, the low half first */
		wr_le(&w, 2, i < 4 ? v->file[i ^ 1] : v->product[(i - 4) ^ 1]);
	for (size_t i = 0; i + 24 <= b.len; i++) {
		if (memcmp(b.at + i, mark, sizeof(mark)) == 0 &&
		    memcmp(b.at + i + 8, want, sizeof(want)) == 0)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = {data, size};
	struct pe_version v, again;
	const char *why = NULL, *why_again = NULL;
	enum rc rc;

	memset(&v, 0, sizeof(v));
	memset(&again, 0, sizeof(again));
	rc = read_from(b, SIZE_MAX, &v, &why);
	must(rc != RC_OK || !v.has_version || stands_there(b, &v));
	if (read_from(b, 700, &again, &why_again) == RC_OK)
		must(rc == RC_OK && memcmp(&v, &again, sizeof(v)) == 0);
	else if (rc != RC_OK)
		must(why == why_again || strstr(why_again, "too many places") != NULL);
	return 0;
}
