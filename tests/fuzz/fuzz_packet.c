/*
 * The first byte picks the link type, the rest is a frame. However it is cut: what was decoded
 * lies inside it, and decoding again gives the same.
 */
#include <stdlib.h>

#include "wire/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check(unsigned linktype, struct bytes frame)
{
	struct packet p, again;

	memset(&p, 0, sizeof(p));
	memset(&again, 0xff, sizeof(again)); /* what was there before must not matter */
	again.has_mac = again.is_tick = true;
	enum packet_kind kind = packet_decode(linktype, frame, &p);

	require(packet_decode(linktype, frame, &again) == kind && p.kind == kind);
	require(again.kind == p.kind && addr_eq(&p.src, &again.src) && addr_eq(&p.dst, &again.dst));
	require(p.sport == again.sport && p.dport == again.dport && p.vlan == again.vlan);
	require(p.ip_proto == again.ip_proto && p.ttl == again.ttl);
	require(p.payload.at == again.payload.at && p.payload.len == again.payload.len);
	require(p.payload_missing == again.payload_missing && p.has_mac == again.has_mac);
	require(p.vlan <= 0xffffff);
	require((kind == PACKET_MALFORMED) == (p.why != NULL));
	if (p.payload.len > 0)
		require(p.payload.at >= frame.at && p.payload.len <= frame.len &&
			(size_t)(p.payload.at - frame.at) <= frame.len - p.payload.len);
	if (kind == PACKET_FRAGMENT || kind == PACKET_IP)
		(void)packet_decode_l4(p.payload, p.payload_missing, &p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned links[] = {1,   0,   9,   12,  14,  50,  51,
					 101, 104, 108, 113, 228, 229, 276};

	if (size == 0 || size > 2048)
		return 0;
	unsigned linktype = links[data[0] % (sizeof(links) / sizeof(links[0]))];

	for (size_t len = 0; len < size; len = len < 128 ? len + 1 : len + 31) {
		uint8_t *copy = malloc(len > 0 ? len : 1);

		if (copy == NULL)
			return 0;
		memcpy(copy, data + 1, len);
		check(linktype, (struct bytes){copy, len});
		free(copy);
	}
	check(linktype, (struct bytes){data + 1, size - 1});
	return 0;
}
