#include "settings/keys.h"

#include <stddef.h>

static const char *const formats[] = {"human", "json", "eve", "csv", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL}; /* enum settings_color */

/* The defaults keep a sensor under 128 MiB on ordinary traffic, and under 256 MiB in a flood. */
/* clang-format off */
const struct key settings_keys[] = {
	{"networks.local", "networks that are yours; none: all private and link-local ones",
	 KEY_NETS, 0, 0, 0, NULL},
	{"networks.scope", "networks that quell may act on, not only listen to; none: nothing",
	 KEY_NETS, 0, 0, 0, NULL},
	{"trusted", "scanners and deployment servers: their findings are listed, but no alarm",
	 KEY_TRUSTED, 0, 0, 0, NULL},
	{"switches", "switches and routers that may be asked by SNMP where a machine is",
	 KEY_SWITCHES, 0, 0, 0, NULL},
	{"ask.credentials", "file with the account that reads profiles on c$; none: none does",
	 KEY_PATH, 0, 0, 0, NULL},
	{"ask.timeout_ms", "how long an answer to a question is waited for, milliseconds",
	 KEY_NUMBER, 100, 60000, 3000, NULL},
	{"ask.parallel", "machines asked at once",
	 KEY_NUMBER, 1, 256, 16, NULL},
	{"ask.rate", "machines newly asked in a second, at most",
	 KEY_NUMBER, 1, 1000, 20, NULL},
	{"store.url", "where machines are kept; empty: quell's own place, see quell(1)",
	 KEY_TEXT, 0, 120, 0, NULL},
	{"sensor.name", "what this listener is called in the store; empty: the host name",
	 KEY_TEXT, 0, 63, 0, NULL},
	{"capture.ring_mib", "kernel ring of a live capture, MiB per worker",
	 KEY_NUMBER, 1, 4096, 64, NULL},
	{"capture.workers", "threads that read packets; 0: as many as cores, at most 4",
	 KEY_NUMBER, 0, 16, 0, NULL},
	{"limits.flows", "connections followed at a time",
	 KEY_NUMBER, 1024, 10000000, 200000, NULL},
	{"limits.reassembly_mib", "memory for data out of order or not yet complete, MiB",
	 KEY_NUMBER, 1, 65536, 32, NULL},
	{"limits.stream_kib", "of it, for one direction of one connection, KiB",
	 KEY_NUMBER, 16, 65536, 256, NULL},
	{"limits.parsers_mib", "memory for what was said in the conversations that are read, MiB",
	 KEY_NUMBER, 1, 65536, 32, NULL},
	{"limits.fragments", "IP datagrams being put together at a time",
	 KEY_NUMBER, 16, 1000000, 1024, NULL},
	{"limits.findings", "findings kept",
	 KEY_NUMBER, 16, 10000000, 65536, NULL},
	{"limits.targets", "targets told apart, for each source and threat",
	 KEY_NUMBER, 1, 65536, 64, NULL},
	{"limits.hosts", "addresses followed and listed",
	 KEY_NUMBER, 16, 10000000, 65536, NULL},
	{"limits.facts", "facts kept about who machines are",
	 KEY_NUMBER, 16, 10000000, 262144, NULL},
	{"limits.syn_timeout_s", "how long a connection may stay unanswered, seconds",
	 KEY_NUMBER, 1, 3600, 10, NULL},
	{"limits.idle_timeout_s", "how long a quiet connection is remembered, seconds",
	 KEY_NUMBER, 1, 86400, 300, NULL},
	{"output.format", "how reports are written where -o does not say",
	 KEY_CHOICE, 0, 3, 0, formats},
	{"output.color", "colours in reports for people; auto: on a terminal, without NO_COLOR",
	 KEY_CHOICE, 0, 2, 0, colors},
	{NULL, NULL, KEY_NUMBER, 0, 0, 0, NULL},
};
/* clang-format on */
