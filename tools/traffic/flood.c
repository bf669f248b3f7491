/* A flood of SYNs, each from another forged source, on a few servers. */
#include "kinds.h"
#include "lan/net.h"

enum { FRAME = 60, IP = 14, TCP = 34, TARGETS = 4, FLOOD_EPOCH = 1479720000, GAP_NS = 1000 };

/* An odd factor makes this a permutation: no source comes twice. */
static uint32_t source(uint32_t i)
{
	return i * 2654435761u + 12345;
}

static bool can_be_source(uint32_t v)
{
	uint32_t first = v >> 24;

	return first != 0 && first != 10 && first != 127 && first < 224;
}

static uint32_t add(const uint8_t *at, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)(at[i] << 8 | at[i + 1]);
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void seal(uint8_t *frame)
{
	struct writer w = {frame, FRAME, FRAME, false};

	wr_patch_be(&w, IP + 10, 2, 0);
	wr_patch_be(&w, IP + 10, 2, fold(add(frame + IP, 20)));
	wr_patch_be(&w, TCP + 16, 2, 0);
	wr_patch_be(&w, TCP + 16, 2, fold(add(frame + IP + 12, 8) + 6 + 20 + add(frame + TCP, 20)));
}

int flood_main(const struct options *opt)
{
	struct lan *n = lan_new(opt->out, opt->seed);
	uint8_t frame[FRAME] = {0};
	struct writer w = {frame, 0, sizeof(frame), false};
	uint64_t at = FLOOD_EPOCH * SEC, made = 0;

	if (n == NULL)
		return 1;
	wr_bytes(&w, BYTES("\x00\x1b\x54\x00\x00\x02\x00\x1b\x54\x00\x00\x01\x08\x00"));
	wr_be(&w, 8, 0x4500002800000000);
	wr_be(&w, 4, 0x36060000); /* TTL 54, TCP */
	wr_be(&w, 8, 0);
	wr_be(&w, 4, 0x00000050);
	wr_be(&w, 8, 0);
	wr_be(&w, 8, 0x5002200000000000);
	w.len = FRAME;
	for (uint32_t i = (uint32_t)opt->seed; made < opt->packets; i++) {
		uint32_t src = source(i);

		if (!can_be_source(src))
			continue;
		wr_patch_be(&w, IP + 4, 2, i & 0xffff);
		wr_patch_be(&w, IP + 12, 4, src);
		wr_patch_be(&w, IP + 16, 4, 0xc0000201 + i % TARGETS); /* 192.0.2.0/24 */
		wr_patch_be(&w, TCP, 2, 1024 + rng_below(&n->rng, 64000));
		wr_patch_be(&w, TCP + 4, 4, rng_next(&n->rng) & 0xffffffff);
		seal(frame);
		trace_write(n->trace, at, (struct bytes){frame, FRAME});
		at += GAP_NS;
		made++;
	}
	return lan_finish(n, opt->out);
}
