#include "ask/message.h"

#include "base/text.h"
#include "model/fact.h"
#include "model/posture.h"

enum { IS_OK = 1, HAS_MAC = 2 };

void message_write(struct writer *w, const struct message *m)
{
	size_t at = w->len;

	wr_be(w, 4, 0);
	wr_be(w, 1, m->kind);
	wr_be(w, 1, m->fact);
	wr_be(w, 1, m->source);
	wr_be(w, 1, m->confidence);
	wr_be(w, 1, m->flags);
	wr_be(w, 1, (m->is_ok ? IS_OK : 0u) | (m->has_mac ? HAS_MAC : 0u));
	wr_be(w, 4, m->number);
	wr_be(w, 4, m->vlan);
	wr_be(w, 8, m->first_ns);
	wr_be(w, 8, m->last_ns);
	wr_bytes(w, (struct bytes){m->addr.b, sizeof(m->addr.b)});
	wr_bytes(w, (struct bytes){m->mac.b, sizeof(m->mac.b)});
	for (size_t i = 0; i < MESSAGE_TEXTS; i++) {
		size_t len = strnlen(m->text[i], MESSAGE_TEXT - 1);

		wr_be(w, 2, len);
		wr_bytes(w, (struct bytes){(const uint8_t *)m->text[i], len});
	}
	wr_patch_be(w, at, 4, w->len - at - MESSAGE_HEAD);
}

/* Of the machine itself, asked just now: no child speaks for a script, a saved hive or a list. */
static bool is_sane_observation(const struct message *m)
{
	size_t key = strlen(m->text[0]), value = strlen(m->text[1]);

	return (m->number == OBSERVED_VALUE || m->number == OBSERVED_ABSENT ||
		m->number == OBSERVED_UNREADABLE) &&
	       m->source >= BY_FILE && m->source <= BY_SMB && key > 0 && key < POSTURE_KEY &&
	       value < POSTURE_VALUE && (m->number != OBSERVED_ABSENT || value == 0);
}

static bool is_sane(const struct message *m, uint8_t bits)
{
	if (m->kind == 0 || m->kind >= MESSAGE_KINDS || (bits & ~(IS_OK | HAS_MAC)) != 0)
		return false;
	if (m->kind == MESSAGE_FACT &&
	    (m->fact == 0 || m->fact >= FACT_KINDS || !fact_is_asked(m->source) ||
	     m->source > FROM_ASK_ROUTER || m->confidence == 0 || m->confidence > 100 ||
	     m->last_ns < m->first_ns))
		return false;
	if (m->kind == MESSAGE_FACT && m->fact != FACT_LINK && m->text[0][0] == '\0')
		return false;
	return m->kind != MESSAGE_OBSERVED || is_sane_observation(m);
}

/* False: longer than any of ours, or with a NUL in it. */
static bool read_text(struct reader *r, char *to)
{
	struct bytes raw = rd_take(r, rd_be16(r));

	if (raw.len >= MESSAGE_TEXT || (raw.len > 0 && memchr(raw.at, '\0', raw.len) != NULL))
		return false;
	(void)text_from_utf8(raw, to, MESSAGE_TEXT);
	return true;
}

enum message_step message_read(struct bytes in, struct message *ret_m, size_t *ret_used)
{
	struct reader r = {.rest = in};
	uint32_t len = rd_be32(&r);
	struct message m = {0};
	uint8_t bits = 0;

	if (r.bad)
		return MESSAGE_MORE;
	if (len > MESSAGE_MAX - MESSAGE_HEAD)
		return MESSAGE_BAD;
	if (r.rest.len < len)
		return MESSAGE_MORE;
	r.rest.len = len;
	m.kind = rd_u8(&r);
	m.fact = rd_u8(&r);
	m.source = rd_u8(&r);
	m.confidence = rd_u8(&r);
	m.flags = rd_u8(&r);
	bits = rd_u8(&r);
	m.is_ok = (bits & IS_OK) != 0;
	m.has_mac = (bits & HAS_MAC) != 0;
	m.number = rd_be32(&r);
	m.vlan = rd_be32(&r);
	m.first_ns = rd_be(&r, 8);
	m.last_ns = rd_be(&r, 8);
	rd_copy(&r, m.addr.b, sizeof(m.addr.b));
	rd_copy(&r, m.mac.b, sizeof(m.mac.b));
	for (size_t i = 0; i < MESSAGE_TEXTS; i++) {
		if (!read_text(&r, m.text[i]))
			return MESSAGE_BAD;
	}
	if (r.bad || r.rest.len != 0 || !is_sane(&m, bits))
		return MESSAGE_BAD;
	*ret_m = m;
	*ret_used = MESSAGE_HEAD + len;
	return MESSAGE_READ;
}
