/* journal - the chain of hashes: what is changed, removed or put between is found. */
#ifndef CAMPAIGN_JOURNAL_H
#define CAMPAIGN_JOURNAL_H

#include "model/campaign.h"

/* Computes line->hash from prev and all other fields; SHA-256 over their lengths and bytes. */
void journal_seal(struct journal_line *line);

/* Walks the lines in their order. False after the first that does not fit; `err` names it. The last
 * line's hash, which `quell campaign verify-log` prints, shows with its number that none is missing
 * at the end, to whoever has noted it down. */
struct journal_check {
	uint64_t n;
	uint8_t last[JOURNAL_HASH];
	char err[256];
};
bool journal_verify(struct journal_check *check, const struct journal_line *line);

#endif
