#include "model/coverage.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char other[] = "other";

void named_count_add(struct named_count *list, size_t *len, const char *name, uint64_t n)
{
	char cut[sizeof(list[0].name)];
	size_t at = 0;

	if (snprintf(cut, sizeof(cut), "%s", name) < 0 || n == 0)
		return;
	while (at < *len && strcmp(list[at].name, cut) < 0)
		at++;
	if (at < *len && strcmp(list[at].name, cut) == 0) {
		list[at].n += n;
		return;
	}
	/* The last place is kept for "other". */
	if (*len >= COVERAGE_NAMED - 1 && strcmp(cut, other) != 0) {
		named_count_add(list, len, other, n);
		return;
	}
	if (*len >= COVERAGE_NAMED)
		return; /* cannot be: only "other" gets the last place */
	memmove(&list[at + 1], &list[at], (*len - at) * sizeof(list[0]));
	memset(&list[at], 0, sizeof(list[at]));
	memcpy(list[at].name, cut, sizeof(cut));
	list[at].n = n;
	++*len;
}

void coverage_add(struct coverage *sum, const struct coverage *more)
{
	sum->packets += more->packets;
	sum->bytes += more->bytes;
	sum->lost_packets += more->lost_packets;
	sum->cut_packets += more->cut_packets;
	sum->truncated_files += more->truncated_files;
	sum->skipped_records += more->skipped_records;
	sum->undecoded_packets += more->undecoded_packets;
	sum->fragments_lost += more->fragments_lost;
	sum->flows += more->flows;
	sum->midstream_flows += more->midstream_flows;
	sum->one_sided_flows += more->one_sided_flows;
	sum->streams += more->streams;
	sum->gap_bytes += more->gap_bytes;
	sum->dropped_bytes += more->dropped_bytes;
	sum->shed_flows += more->shed_flows;
	sum->shed_streams += more->shed_streams;
	sum->undecided_attempts += more->undecided_attempts;
	sum->differing_overlaps += more->differing_overlaps;
	sum->encrypted_smb_flows += more->encrypted_smb_flows;
	sum->compressed_smb_flows += more->compressed_smb_flows;
	sum->sealed_rpc_flows += more->sealed_rpc_flows;
	sum->malformed += more->malformed;
	for (size_t i = 0; i < more->n_anomalies; i++)
		named_count_add(sum->anomalies, &sum->n_anomalies, more->anomalies[i].name,
				more->anomalies[i].n);
	for (size_t i = 0; i < more->n_limits; i++)
		named_count_add(sum->limits, &sum->n_limits, more->limits[i].name,
				more->limits[i].n);
}

/* Is `part` at least one in `of` of the whole? Without overflow, and never true for nothing. */
static int is_share(uint64_t part, uint64_t whole, uint64_t of)
{
	return part > 0 && part >= whole / of + (whole % of != 0);
}

/* Was anything lost to the limits? Sightings that were joined were not, and names do not count. */
static bool has_lossy_limit(const struct coverage *c)
{
	const size_t tail = strlen(LIMIT_JOINED);

	for (size_t i = 0; i < c->n_limits; i++) {
		size_t len = strlen(c->limits[i].name);

		if (strcmp(c->limits[i].name, LIMIT_IDENTITY) == 0 ||
		    strcmp(c->limits[i].name, LIMIT_FACTS) == 0)
			continue;
		if (len < tail || strcmp(c->limits[i].name + len - tail, LIMIT_JOINED) != 0)
			return true;
	}
	return false;
}

int coverage_is_low(const struct coverage *c)
{
	return c->packets == 0 || is_share(c->lost_packets, c->packets + c->lost_packets, 20) ||
	       is_share(c->undecoded_packets, c->packets, 2) ||
	       is_share(c->cut_packets, c->packets, 2) ||
	       is_share(c->gap_bytes + c->dropped_bytes, c->bytes, 10) ||
	       is_share(c->shed_flows, c->flows, 100) ||
	       is_share(c->shed_streams, c->streams, 20) || has_lossy_limit(c);
}
