#include "talk/web.h"

#include <stdio.h>

#include "talk/system.h"

enum { TLS_DATA = 23, TLS_CHANGE = 20, TLS_HELLO = 22 };

static void say_text(struct tcp *t, unsigned side, const char *text)
{
	tcp_say(t, side, (struct bytes){(const uint8_t *)text, strlen(text)});
}

void http_get(struct tcp *t, const char *site, const char *path)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
		       "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n"
		       "User-Agent: %s\r\nConnection: keep-alive\r\n\r\n",
		       path, site, system_of(t->end[TCP_CLIENT]->os)->agent);
	say_text(t, TCP_CLIENT, text);
}

void http_answer(struct tcp *t, const char *type, struct bytes body)
{
	uint8_t room[NET_MSS * 2];
	int n = snprintf((char *)room, sizeof(room),
			 "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type,
			 body.len);
	struct writer w = {room, (size_t)n, sizeof(room), false};
	struct bytes first = bytes_slice(body, 0, NET_MSS - (size_t)n);

	wr_bytes(&w, first);
	tcp_say(t, TCP_SERVER, (struct bytes){room, w.len});
	tcp_say(t, TCP_SERVER, bytes_slice(body, first.len, body.len));
}

static size_t around(struct rng *r, size_t mean)
{
	return (size_t)rng_between(r, mean / 4 + 1, mean * 7 / 4 + 1);
}

uint64_t http_visit(struct lan *n, uint64_t at, struct datagram who, const struct visit *v)
{
	struct tcp t;
	char path[64];

	who.sport = host_port(who.from);
	who.dport = 80;
	if (tcp_open(&t, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	for (unsigned i = 0; i < v->objects; i++) {
		(void)snprintf(path, sizeof(path), "/%s/%u.html", i == 0 ? "index" : "part",
			       rng_below(&n->rng, 1000));
		http_get(&t, v->site, path);
		http_answer(&t, "text/html", lan_text(n, around(&n->rng, v->mean)));
		t.at += rng_between(&n->rng, 5 * MS, 400 * MS);
	}
	tcp_close(&t, TCP_SERVER);
	return t.at;
}

static void tls_record(struct writer *w, uint8_t type, struct bytes body)
{
	wr_be(w, 1, type);
	wr_be(w, 2, 0x0303);
	wr_be(w, 2, body.len);
	wr_bytes(w, body);
}

static void tls_data(struct tcp *t, unsigned side, size_t n)
{
	uint8_t *room = t->net->scratch;

	while (n > 0) {
		struct writer w = {room, 0, LAN_SCRATCH, false};
		struct bytes part = lan_noise(t->net, n);

		tls_record(&w, TLS_DATA, part);
		tcp_say(t, side, (struct bytes){room, w.len});
		n -= part.len;
	}
}

static void extension(struct writer *w, uint16_t type, struct bytes body)
{
	wr_be(w, 2, type);
	wr_be(w, 2, body.len);
	wr_bytes(w, body);
}

/* ClientHello or ServerHello of TLS 1.3; what follows them is sealed. */
static void tls_hello(struct tcp *t, unsigned side, const char *site)
{
	bool is_client = side == TCP_CLIENT;
	uint8_t room[512], body[480], share[64];
	struct writer w = {room, 0, sizeof(room), false}, b = {body, 0, sizeof(body), false};
	struct writer s = {share, 0, sizeof(share), false};
	size_t n = strlen(site), ext_at;

	wr_be(&b, 1, is_client ? 1 : 2);
	wr_be(&b, 3, 0);
	wr_be(&b, 2, 0x0303);
	wr_bytes(&b, lan_noise(t->net, 32));
	wr_be(&b, 1, 32);
	wr_bytes(&b, lan_noise(t->net, 32));
	if (is_client)
		wr_be(&b, 6, 0x000413011302);
	else
		wr_be(&b, 2, 0x1301);
	wr_be(&b, is_client ? 2 : 1, is_client ? 0x0100 : 0);
	ext_at = b.len;
	wr_be(&b, 2, 0);
	if (is_client) {
		wr_be(&s, 2, n + 3);
		wr_be(&s, 1, 0);
		wr_be(&s, 2, n);
		wr_bytes(&s, (struct bytes){(const uint8_t *)site, n});
		extension(&b, 0, (struct bytes){share, s.len});
		extension(&b, 43, BYTES("\2\3\4"));
		extension(&b, 10, BYTES("\0\2\0\x1d"));
		extension(&b, 13, BYTES("\0\2\4\3"));
	} else {
		extension(&b, 43, BYTES("\3\4"));
	}
	s.len = 0;
	if (is_client)
		wr_be(&s, 2, 36);
	wr_be(&s, 4, 0x001d0020);
	wr_bytes(&s, lan_noise(t->net, 32));
	extension(&b, 51, (struct bytes){share, s.len});
	wr_patch_be(&b, ext_at, 2, b.len - ext_at - 2);
	wr_patch_be(&b, 1, 3, b.len - 4);
	tls_record(&w, TLS_HELLO, (struct bytes){body, b.len});
	if (!is_client)
		tls_record(&w, TLS_CHANGE, BYTES("\1"));
	tcp_say(t, side, (struct bytes){room, w.len});
}

uint64_t https_visit(struct lan *n, uint64_t at, struct datagram who, const struct visit *v)
{
	struct tcp t;

	who.sport = host_port(who.from);
	who.dport = 443;
	if (tcp_open(&t, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	tls_hello(&t, TCP_CLIENT, v->site);
	tls_hello(&t, TCP_SERVER, v->site);
	tls_data(&t, TCP_SERVER, 2900);
	tls_data(&t, TCP_CLIENT, 74);
	for (unsigned i = 0; i < v->objects; i++) {
		tls_data(&t, TCP_CLIENT, 420);
		tls_data(&t, TCP_SERVER, around(&n->rng, v->mean));
		t.at += rng_between(&n->rng, 5 * MS, 300 * MS);
	}
	tls_data(&t, TCP_CLIENT, 19);
	tcp_close(&t, TCP_CLIENT);
	return t.at;
}

uint64_t print_job(struct lan *n, uint64_t at, struct datagram who, size_t pages)
{
	struct tcp t;

	who.sport = host_port(who.from);
	who.dport = 9100;
	if (tcp_open(&t, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	say_text(&t, TCP_CLIENT, "\033%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PCL\r\n");
	for (size_t i = 0; i < pages; i++) {
		tcp_say(&t, TCP_CLIENT, lan_text(n, around(&n->rng, 24000)));
		t.at += 120 * MS;
	}
	say_text(&t, TCP_CLIENT, "\033%-12345X@PJL EOJ\r\n");
	tcp_close(&t, TCP_CLIENT);
	return t.at;
}
