#include "talk/worm.h"

#include <stdio.h>

#include "talk/web.h"
#include "wire/utf16.h"

enum { HEAD_MIN = 90, HEAD_MAX = 200, TAIL = 24, PATH = 300, BODY = 60000, PATH_TYPE = 0x1001 };

struct bytes worm_path(struct rng *r, uint8_t *to, size_t cap)
{
	char ascii[PATH];
	size_t head = (size_t)rng_between(r, HEAD_MIN, HEAD_MAX), at = 0;

	ascii[at++] = '\\';
	rng_letters(r, (uint8_t *)ascii + at, head);
	at += head;
	memcpy(ascii + at, "\\..\\..\\", 7);
	at += 7;
	rng_letters(r, (uint8_t *)ascii + at, TAIL);
	at += TAIL;
	ascii[at] = '\0';
	return utf16_from_ascii(ascii, to, cap);
}

uint64_t worm_attack(struct lan *n, uint64_t at, struct datagram who, enum worm_fate fate,
		     const struct rpc_style *style)
{
	static const enum path_fate fates[] = {PATH_SILENCE, PATH_INVALID_PARAMETER, PATH_SILENCE};
	struct smb s;
	struct rpc r;
	uint8_t path[2 * PATH];
	struct path_call call = {.prefix = "", .path_type = PATH_TYPE};

	if (!smb_connect(&s, n, at, who, SMB_ONE))
		return at;
	smb_logon(&s, "", STATUS_OK);
	smb_tree(&s, "IPC$", STATUS_OK);
	smb_open(&s, "\\srvsvc", STATUS_DENIED);
	smb_open(&s, "\\BROWSER", fate == WORM_DENIED ? STATUS_DENIED : STATUS_OK);
	if (fate == WORM_DENIED) {
		smb_logoff(&s);
		return s.tcp.at;
	}
	rpc_bind(&r, &s, style);
	call.path = worm_path(&n->rng, path, sizeof(path));
	call.fate = fates[fate];
	rpc_path(&r, &call);
	if (call.fate == PATH_SILENCE) {
		s.tcp.at += 40 * MS;
		tcp_close(&s.tcp, TCP_CLIENT);
	} else {
		smb_shut(&s);
		smb_logoff(&s);
	}
	return s.tcp.at;
}

uint64_t worm_pull(struct lan *n, uint64_t at, struct host *victim, struct host *attacker,
		   uint16_t port)
{
	static const char text[] = "inert test body, not a program. ";
	uint8_t body[BODY];
	struct datagram who = {victim, attacker, host_port(victim), port};
	char site[ADDR_TEXT + 8], addr[ADDR_TEXT], name[16] = "/";
	struct tcp t;

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)text[i % (sizeof(text) - 1)];
	memcpy(body, "MZ", 2);
	if (tcp_open(&t, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	(void)snprintf(site, sizeof(site), "%s:%u", addr_format(&attacker->addr, addr), port);
	rng_letters(&n->rng, (uint8_t *)name + 1, 6);
	http_get(&t, site, name);
	http_answer(&t, "application/octet-stream", (struct bytes){body, sizeof(body)});
	tcp_close(&t, TCP_SERVER);
	return t.at;
}
