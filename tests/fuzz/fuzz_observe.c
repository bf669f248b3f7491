/* Any events at all: what is told is well formed and bounded, each fact keeps its beginning, and
 * the same events say the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/monotime.h"
#include "host/observe.h"

enum { MAX_FACTS = 48 };

static const struct policy policy = {0};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

struct told {
	uint64_t sum;
	size_t n;
};

static void take(void *ctx, const struct fact *f)
{
	struct told *t = ctx;
	uint64_t parts[] = {t->sum,     f->kind,     f->source,   f->confidence, f->first_ns,
			    f->last_ns, f->until_ns, f->is_ended, f->count};

	must(f->last_ns >= f->first_ns && f->confidence >= 1 && f->confidence <= 100);
	must(f->kind > 0 && f->kind < FACT_KINDS && fact_is_wire(f->source) && f->count > 0);
	must(f->has_mac || !addr_is_zero(&f->addr));
	must(f->kind == FACT_LINK ? f->value[0] == '\0' : f->value[0] != '\0');
	must(f->host[0] == '\0' && f->origin[0] == '\0' && f->machine[0] == '\0');
	t->sum = hash_bytes(parts, sizeof(parts), hash_bytes(f->value, strlen(f->value), 0));
	t->n++;
}

static struct bytes a_text(struct reader *r)
{
	struct bytes b = rd_take_upto(r, rd_u8(r) % 12);

	return b;
}

static void one_event(struct reader *r, struct observer *o, struct event *ev)
{
	uint8_t kind = rd_u8(r), ends = rd_u8(r);
	struct addr addr = addr_v4(0x0a000000u + ends % 4);
	struct mac mac = {
		{(uint8_t)(ends & 0x80 ? 2 : 0), 0x14, 0x22, 0, 0, (uint8_t)(ends >> 2 & 7)}};

	ev->seq++;
	ev->at_ns += rd_u8(r) * NS_PER_S;
	if (kind % 16 == 15)
		ev->at_ns -= ev->at_ns / 2; /* captures are not always in order */
	ev->src.addr = addr;
	switch (kind % 4) {
	case 0:
		ev->kind = EV_ARP;
		ev->arp = (struct ev_arp){(uint16_t)(1 + (kind >> 4 & 1)), mac, mac, mac};
		break;
	case 1:
		ev->kind = EV_CONN;
		ev->dst = (struct endpoint){addr_v4(0x0a000000u + ends / 4 % 4), rd_be16(r)};
		ev->conn = (struct ev_conn){.outcome = (uint8_t)(kind / 4 % 5)};
		break;
	default:
		ev->kind = EV_IDENT;
		ev->ident =
			(struct ev_ident){.from = (uint8_t)(kind / 4 % IDENT_FROMS),
					  .act = rd_u8(r) % 3,
					  .has_mac = (ends & 0x40) != 0,
					  .is_group = kind > 250,
					  .ttl = rd_u8(r),
					  .roles = rd_u8(r),
					  .os_major = rd_u8(r) % 12,
					  .lease_s = rd_u8(r),
					  .mac = mac,
					  .addr = (ends & 0x20) != 0 ? (struct addr){{0}} : addr};
		ev->ident.name = a_text(r);
		ev->ident.domain = a_text(r);
		ev->ident.user = a_text(r);
		ev->ident.os = a_text(r);
		ev->ident.id = a_text(r);
		ev->ident.note = a_text(r);
		break;
	}
	observer_event(o, ev);
}

static struct told play(const uint8_t *data, size_t size, bool is_live)
{
	struct observe_options opt = {.max_facts = MAX_FACTS, .policy = &policy};
	struct reader r = {.rest = {data, size}};
	struct event ev = {.kind = EV_ARP, .at_ns = NS_PER_S};
	struct told t = {0, 0};
	struct fact_sink sink = {take, &t};
	struct observer *o = NULL;

	must(observer_new(&opt, &o) == RC_OK);
	for (unsigned i = 0; r.rest.len > 0 && !r.bad; i++) {
		one_event(&r, o, &ev);
		if (is_live && i % 8 == 7) {
			t.n = 0;
			observer_tell(o, false, &sink);
			must(t.n <= MAX_FACTS);
		}
	}
	t.n = 0;
	observer_tell(o, true, &sink);
	must(t.n <= MAX_FACTS);
	t.n = 0;
	observer_tell(o, false, &sink);
	must(t.n == 0); /* nothing is new */
	observer_free(o);
	return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told file = play(data, size, false), again = play(data, size, false);
	struct told live = play(data, size, true), live_again = play(data, size, true);

	must(file.sum == again.sum && live.sum == live_again.sum);
	return 0;
}
