#include "report/facts.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIELD(name)       #name, NULL, NULL, offsetof(struct coverage, name), false
#define TOLD(name, s, p)  #name, s, p, offsetof(struct coverage, name), false
#define BLIND(name, s, p) #name, s, p, offsetof(struct coverage, name), true

const struct coverage_field coverage_fields[] = {
	{TOLD(lost_packets, "packet lost", "packets lost")},
	{TOLD(cut_packets, "packet cut short in the capture", "packets cut short in the capture")},
	{TOLD(truncated_files, "file cut off", "files cut off")},
	{TOLD(skipped_records, "damaged record skipped", "damaged records skipped")},
	{BLIND(undecoded_packets, "packet of a kind that quell does not read",
	       "packets of kinds that quell does not read")},
	{TOLD(fragments_lost, "datagram with fragments missing",
	      "datagrams with fragments missing")},
	{FIELD(flows)},
	{TOLD(midstream_flows, "connection begun before the listening",
	      "connections begun before the listening")},
	{TOLD(one_sided_flows, "connection heard from one side only",
	      "connections heard from one side only")},
	{FIELD(streams)},
	{TOLD(gap_bytes, "byte missing inside connections", "bytes missing inside connections")},
	{TOLD(dropped_bytes, "byte not put back in order", "bytes not put back in order")},
	{TOLD(shed_flows, "connection given up for a limit", "connections given up for a limit")},
	{TOLD(shed_streams, "stream given up for a limit", "streams given up for a limit")},
	{FIELD(undecided_attempts)},
	{TOLD(differing_overlaps, "stretch sent twice with different contents",
	      "stretches sent twice with different contents")},
	{BLIND(encrypted_smb_flows, "encrypted SMB connection", "encrypted SMB connections")},
	{BLIND(compressed_smb_flows, "compressed SMB connection", "compressed SMB connections")},
	{BLIND(sealed_rpc_flows, "sealed RPC connection", "sealed RPC connections")},
	{TOLD(malformed, "malformed message", "malformed messages")},
	{NULL, NULL, NULL, 0, false},
};

uint64_t coverage_field_get(const struct coverage *c, const struct coverage_field *field)
{
	uint64_t n;

	memcpy(&n, (const char *)c + field->offset, sizeof(n));
	return n;
}

const char *count_format(uint64_t n, char *text)
{
	char digits[COUNT_TEXT];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[to++] = ',';
		text[to++] = digits[i];
	}
	text[to] = '\0';
	return text;
}

const char *span_format(uint64_t seconds, char *text)
{
	static const struct {
		const char *one, *many;
		uint64_t seconds;
	} units[] = {{"day", "days", 86400}, {"h", "h", 3600}, {"min", "min", 60}, {"s", "s", 1}};
	size_t i = 0;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	unsigned long long whole = seconds / units[i].seconds;
	uint64_t rest = seconds % units[i].seconds;
	int len = snprintf(text, SPAN_TEXT, "%llu %s", whole,
			   whole == 1 ? units[i].one : units[i].many);

	if (i < 3 && rest / units[i + 1].seconds > 0)
		snprintf(text + len, SPAN_TEXT - (size_t)len, " %llu %s",
			 (unsigned long long)(rest / units[i + 1].seconds), units[i + 1].many);
	return text;
}

const char *age_format(uint64_t at_ns, uint64_t now_ns, char *text)
{
	char span[SPAN_TEXT];
	uint64_t apart = at_ns > now_ns ? at_ns - now_ns : now_ns - at_ns;
	uint64_t seconds = apart / UINT64_C(1000000000);

	if (seconds < 1)
		(void)snprintf(text, AGE_TEXT, "now");
	else if (at_ns > now_ns)
		(void)snprintf(text, AGE_TEXT, "in %s", span_format(seconds, span));
	else
		(void)snprintf(text, AGE_TEXT, "%s ago", span_format(seconds, span));
	return text;
}

static bool port_of(const struct finding *f, const char *key, uint16_t *ret_port)
{
	struct detail d;

	if (!finding_detail_get(f, key, &d) || !d.is_number ||
	    !(d.number >= 1 && d.number <= UINT16_MAX))
		return false;
	*ret_port = (uint16_t)d.number;
	return true;
}

bool finding_five_tuple(const struct finding *f, struct five_tuple *ret_tuple)
{
	struct five_tuple t = {.a.addr = f->source, .b.addr = f->target};
	struct detail proto;

	if (!f->has_target || !finding_detail_get(f, "proto", &proto) || proto.is_number ||
	    !port_of(f, "source_port", &t.a.port) || !port_of(f, "target_port", &t.b.port))
		return false;
	if (strcmp(proto.text, "TCP") == 0)
		t.proto = 6;
	else if (strcmp(proto.text, "UDP") == 0)
		t.proto = 17;
	else
		return false;
	*ret_tuple = t;
	return true;
}

uint64_t host_attempts(const struct host *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->n_threats; i++)
		n += h->threats[i].attempts;
	return n;
}

uint64_t host_first_ns(const struct host *h)
{
	uint64_t first = 0;

	for (size_t i = 0; i < h->n_threats; i++)
		if (i == 0 || h->threats[i].first_ns < first)
			first = h->threats[i].first_ns;
	return first;
}

uint64_t host_last_ns(const struct host *h)
{
	uint64_t last = 0;

	for (size_t i = 0; i < h->n_threats; i++)
		if (h->threats[i].last_ns > last)
			last = h->threats[i].last_ns;
	return last;
}

static int by_address(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

enum rc host_count_targets(const struct host *h, size_t *ret_n)
{
	size_t all = 0, n = 0;

	for (size_t i = 0; i < h->n_threats; i++)
		all += h->threats[i].n_targets;
	if (all == 0) {
		*ret_n = 0;
		return RC_OK;
	}
	struct addr *list = calloc(all, sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < h->n_threats; i++) {
		const struct host_threat *t = &h->threats[i];

		if (t->n_targets > 0)
			memcpy(list + n, t->targets, t->n_targets * sizeof(*list));
		n += t->n_targets;
	}
	qsort(list, all, sizeof(*list), by_address);
	*ret_n = 1;
	for (size_t i = 1; i < all; i++)
		*ret_n += !addr_eq(&list[i], &list[i - 1]);
	free(list);
	return RC_OK;
}

char *text_valid(const char *text)
{
	size_t len = strlen(text), cap = 3 * len + 1; /* at worst every byte is a U+FFFD */
	char *to = malloc(cap);

	if (to != NULL)
		text_from_utf8((struct bytes){(const uint8_t *)text, len}, to, cap);
	return to;
}

char *text_shown(const char *text)
{
	char *valid = text_valid(text);
	size_t cap = valid == NULL ? 0 : 6 * strlen(valid) + 1; /* \x1b, \u202e: at most six */
	char *to = valid == NULL ? NULL : malloc(cap);

	if (to != NULL)
		text_printable(valid, to, cap);
	free(valid);
	return to;
}
