/*
 * In whatever order the fragments of a datagram come, and however often, it comes out as it was;
 * in IPv6 it may also not come out, if they overlap.
 */
#include <stdint.h>
#include <stdlib.h>

#include "flow/defrag.h"

enum { UNIT = 8, UNITS_MAX = 200, TAIL = 3 };

struct world {
	struct defrag *defrag;
	struct packet p;
	uint8_t bytes[UNITS_MAX * UNIT + TAIL];
	uint32_t units; /* of the datagram, and TAIL bytes more */
	unsigned whole; /* times that it came out */
};

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

/* Stands in for wire/: what comes out is looked at as it is. */
enum packet_kind packet_decode_l4(struct bytes datagram, uint32_t missing, struct packet *p)
{
	p->kind = PACKET_UDP;
	p->payload = datagram;
	p->payload_missing = missing;
	return PACKET_UDP;
}

/* Units from..from+n; the last one has the tail in tow. */
static void send(struct world *w, uint32_t from, uint32_t n)
{
	bool is_last = from + n >= w->units;
	uint32_t len = is_last ? (w->units - from) * UNIT + TAIL : n * UNIT;
	struct packet p = w->p;
	uint8_t *exact = malloc(len);

	require(exact != NULL);
	memcpy(exact, w->bytes + from * UNIT, len);
	p.kind = PACKET_FRAGMENT;
	p.frag = (struct packet_frag){1, (uint16_t)(from * UNIT), !is_last};
	p.payload = (struct bytes){exact, len};
	p.payload_missing = 0;
	if (defrag_packet(w->defrag, &p)) {
		w->whole++;
		require(p.payload_missing == 0);
		require(bytes_eq(p.payload, (struct bytes){w->bytes, w->units * UNIT + TAIL}));
	}
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *w = calloc(1, sizeof(*w));
	struct reader r = {.rest = {data, size}};
	struct defrag_stats stats;

	require(w != NULL);

	bool is_v6 = rd_u8(&r) % 2 == 1;

	w->units = 1 + rd_u8(&r) % UNITS_MAX;
	w->p.mono_ns = 1;
	w->p.ip_proto = IP_PROTO_UDP;
	w->p.src = is_v6 ? (struct addr){{0xfd, [15] = 1}} : addr_v4(1);
	w->p.dst = is_v6 ? (struct addr){{0xfd, [15] = 2}} : addr_v4(2);
	for (size_t i = 0; i < sizeof(w->bytes); i++)
		w->bytes[i] = (uint8_t)(i * 7 + i / 256);
	require(defrag_new(2, 65536, 0, &w->defrag) == RC_OK);
	while (r.rest.len >= 2) {
		uint32_t from = rd_u8(&r) % w->units, n = 1 + rd_u8(&r) % 40;

		send(w, from, n);
	}

	unsigned before = w->whole;

	for (uint32_t i = 0; i < w->units; i++)
		send(w, i, 1);
	require(is_v6 || w->whole > before);
	defrag_stats_get(w->defrag, &stats);
	require(stats.datagrams == w->whole && stats.shed == 0 && stats.timed_out == 0);
	defrag_free(w->defrag);
	free(w);
	return 0;
}
