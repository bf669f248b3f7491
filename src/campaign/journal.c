#include "campaign/journal.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

_Static_assert(JOURNAL_HASH == SHA256_DIGEST_SIZE, "the chain is of SHA-256");

static void put_number(struct sha256_ctx *sha, uint64_t v)
{
	uint8_t b[8];

	for (unsigned i = 0; i < 8; i++)
		b[i] = (uint8_t)(v >> (56 - 8 * i));
	sha256_update(sha, sizeof(b), b);
}

/* Its length first: "ab" "c" is not "a" "bc". */
static void put_text(struct sha256_ctx *sha, const char *text)
{
	size_t len = strlen(text);

	put_number(sha, len);
	sha256_update(sha, len, (const uint8_t *)text);
}

static void hash(const struct journal_line *line, uint8_t to[JOURNAL_HASH])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, JOURNAL_HASH, line->prev);
	put_number(&sha, line->num);
	put_number(&sha, line->at_ns);
	put_text(&sha, line->campaign);
	put_text(&sha, line->who);
	put_text(&sha, line->act);
	put_text(&sha, line->machine);
	put_text(&sha, line->text);
	sha256_digest(&sha, JOURNAL_HASH, to);
}

void journal_seal(struct journal_line *line)
{
	hash(line, line->hash);
}

bool journal_verify(struct journal_check *check, const struct journal_line *line)
{
	uint8_t want[JOURNAL_HASH];
	unsigned long long num = line->num, next = check->n + 1;

	hash(line, want);
	if (check->err[0] != '\0')
		return false;
	if (line->num > next)
		(void)snprintf(check->err, sizeof(check->err),
			       "lines %llu to %llu are missing from the journal", next, num - 1);
	else if (line->num != next)
		(void)snprintf(check->err, sizeof(check->err),
			       "line %llu stands where line %llu should: a line was put between",
			       num, next);
	else if (memcmp(line->prev, check->last, JOURNAL_HASH) != 0)
		(void)snprintf(check->err, sizeof(check->err),
			       "line %llu does not follow from line %llu: one of them was replaced",
			       num, num - 1);
	else if (memcmp(line->hash, want, JOURNAL_HASH) != 0)
		(void)snprintf(check->err, sizeof(check->err),
			       "line %llu was changed: it is not what was sealed", num);
	if (check->err[0] != '\0')
		return false;
	check->n = line->num;
	memcpy(check->last, line->hash, JOURNAL_HASH);
	return true;
}
