#include "shapes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kinds.h"
#include "talk/web.h"
#include "talk/worm.h"
#include "wire/utf16.h"

enum { SHAPES_EPOCH = 1479729600, SMB_PORT = 445, PATH = 600, SCANNER_TYPE = 1 };

#define NMAP_COMPARE "\\AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\..\\n"

static void ask(struct rpc *r, const struct shape *s)
{
	uint8_t path[2 * PATH];
	struct path_call c = {.is_compare = s->is_compare,
			      .prefix = s->other != NULL ? s->other : "",
			      .path_type = SCANNER_TYPE,
			      .fate = PATH_INVALID_NAME};

	if (s->path != NULL)
		c.path = utf16_from_ascii(s->path, path, sizeof(path));
	else
		c.path = worm_path(&r->smb->tcp.net->rng, path, sizeof(path));
	if (s->expect == EXPECT_INFECTED)
		c.fate = PATH_SILENCE;
	rpc_path(r, &c);
}

static void call(struct stage *st, const struct shape *s)
{
	struct datagram who = {&st->actor, &st->target, host_port(&st->actor),
			       s->port != 0 ? s->port : SMB_PORT};
	bool is_two = s->dialect == SMB_TWO;
	struct smb smb;
	struct rpc r;

	if (!smb_connect(&smb, st->lan, st->at, who, s->dialect))
		return;
	smb.tcp.mss = s->mss;
	smb_logon(&smb, is_two ? "clerk" : "", STATUS_OK);
	smb_tree(&smb, "IPC$", STATUS_OK);
	smb_open(&smb, is_two ? "browser" : "\\BROWSER", STATUS_OK);
	rpc_bind(&r, &smb, &s->style);
	ask(&r, s);
	if (s->expect != EXPECT_INFECTED) {
		smb_shut(&smb);
		smb_logoff(&smb);
	} else {
		tcp_close(&smb.tcp, TCP_CLIENT);
	}
}

/* A file is read first, and part of it is lost; the attack follows on the same connection. */
static void call_after_file(struct stage *st, const struct shape *s)
{
	struct datagram who = {&st->actor, &st->target, host_port(&st->actor), SMB_PORT};
	struct smb smb;
	struct rpc r;

	if (!smb_connect(&smb, st->lan, st->at, who, SMB_ONE))
		return;
	smb_logon(&smb, "clerk", STATUS_OK);
	smb_tree(&smb, "public", STATUS_OK);
	smb_open(&smb, "readme.txt", STATUS_OK);
	smb_read(&smb, lan_text(st->lan, 9000));
	smb_shut(&smb);
	smb_tree(&smb, "IPC$", STATUS_OK);
	smb_open(&smb, "\\BROWSER", STATUS_OK);
	rpc_bind(&r, &smb, &s->style);
	ask(&r, s);
	tcp_close(&smb.tcp, TCP_CLIENT);
}

#define ATTACK .make = call, .expect = EXPECT_INFECTED, .threat = "ms08-067", .targets = true

static const struct shape shapes[] = {
	{"attack-trans", "the call in one TransactNmPipe", ATTACK},
	{"attack-port-139", "the same over a NetBIOS session", ATTACK, .port = 139},
	{"attack-write", "WriteAndX and ReadAndX instead", ATTACK, .style = {.by_write = true}},
	{"attack-secondary", "TransactNmPipe with secondaries", ATTACK, .style = {.piece = 100}},
	{"attack-fragments", "RPC packets, WriteAndX and TCP segments all cut elsewhere", ATTACK,
	 .style = {.by_write = true, .piece = 70, .fragment = 96}, .mss = 50},
	{"attack-rpc-fragments", "RPC packets written, the last in TransactNmPipe", ATTACK,
	 .style = {.fragment = 120}},
	{"attack-alter", "srvsvc comes by alter_context", ATTACK, .style = {.alters = true}},
	{"attack-twice", "every frame is heard twice", ATTACK, .tap = wrap_twice},
	{"attack-reordered", "frames change places", ATTACK, .tap = wrap_swap,
	 .style = {.by_write = true, .piece = 90}},
	{"attack-sequence-wrap", "sequence numbers pass zero", ATTACK, .first_seq = 0xfffffc00},
	{"attack-contexts", "twelve interfaces that do not exist in front of the real one", ATTACK,
	 .style = {.by_write = true, .piece = 160, .decoys = 12}},
	{"attack-big-endian", "big-endian data representation", ATTACK, .style = {.is_be = true}},
	{"attack-object", "requests with an object UUID", ATTACK, .style = {.has_object = true}},
	{"attack-smb2-ioctl", "SMB2, FSCTL_PIPE_TRANSCEIVE", ATTACK, .dialect = SMB_TWO},
	{"attack-smb2-write", "SMB2, WRITE and READ", ATTACK, .dialect = SMB_TWO,
	 .style = {.by_write = true, .piece = 120}},
	{"attack-compare", "NetprPathCompare instead of Canonicalize", ATTACK, .is_compare = true,
	 .other = "\\a"},
	{"attack-midstream", "the first 12 frames were not heard", ATTACK, .tap = wrap_lose,
	 .lose_from = 1, .lose_to = 13},
	{"attack-no-bind", "the first 17 frames were not heard, the bind among them", ATTACK,
	 .tap = wrap_lose, .lose_from = 1, .lose_to = 18},
	{"attack-gap", "two segments of a file are missing before the attack",
	 .make = call_after_file, .expect = EXPECT_INFECTED, .threat = "ms08-067", .targets = true,
	 .tap = wrap_lose, .lose_from = 24, .lose_to = 26},
	{"attack-one-way", "only the client is heard", ATTACK, .tap = wrap_to_server},
	{"attack-vlan", "802.1Q tag", ATTACK, .tap = wrap_vlan},
	{"attack-qinq", "two tags", ATTACK, .tap = wrap_qinq},
	{"attack-mpls", "under two MPLS labels", ATTACK, .tap = wrap_mpls},
	{"attack-pppoe", "in a PPPoE session", ATTACK, .tap = wrap_pppoe},
	{"attack-gre", "in a GRE tunnel", ATTACK, .tap = wrap_gre},
	{"attack-vxlan", "in VXLAN", ATTACK, .tap = wrap_vxlan},
	{"attack-ip-fragments", "IP fragments, some in the wrong order", ATTACK,
	 .tap = wrap_fragments},
	{"attack-ipv6", "IPv6", ATTACK, .is_v6 = true},
	{"check-dotdot", "a scanner's harmless question", .make = call, .expect = EXPECT_SCANNER,
	 .path = "\\..\\"},
	{"check-compare", "the other harmless question, with 39 letters", .make = call,
	 .expect = EXPECT_SCANNER, .path = NMAP_COMPARE, .other = "\\n", .is_compare = true},
	{"path-balanced", "a path with .. that stays below its root", .make = call,
	 .expect = EXPECT_NOTHING, .path = "\\projects\\..\\archive"},
	{"path-drive", "an administrator's drive path", .make = call, .expect = EXPECT_NOTHING,
	 .path = "C:\\shares\\projects"},
	{"scan-445", "port 445 of forty machines", .make = shape_sweep, .expect = EXPECT_SUSPECTED,
	 .threat = "port-scan"},
	{"scan-445-one-way", "the same, and no answer is heard", .make = shape_sweep,
	 .expect = EXPECT_SUSPECTED, .threat = "port-scan", .tap = wrap_to_server},
	{"scan-arp", "eighty addresses of the segment", .make = shape_arp,
	 .expect = EXPECT_SUSPECTED, .threat = "arp-scan"},
	{"scan-ports", "sixty ports of one machine", .make = shape_ports, .expect = EXPECT_SCANNER},
	{"calm-backscatter", "answers to forged callers", .make = shape_backscatter,
	 .expect = EXPECT_NOTHING},
	{"calm-dead-drive", "one dead server, tried for 18 minutes", .make = shape_dead_drive,
	 .expect = EXPECT_NOTHING},
	{"calm-busy-server", "thirty clients of one server, of which only the server is heard",
	 .make = shape_busy_server, .expect = EXPECT_NOTHING, .tap = wrap_from_server},
};

static void settle(struct stage *st, bool is_v6)
{
	st->actor = (struct host){.addr = addr_v4(0x0a010142), .name = "ACTOR", .os = OS_XP};
	st->target = (struct host){.addr = addr_v4(0x0a010114), .name = "TARGET", .os = OS_XP};
	st->router = (struct host){.addr = addr_v4(0x0a010101), .os = OS_OTHER};
	if (is_v6) {
		memcpy(st->actor.addr.b, "\xfd\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x42", 16);
		memcpy(st->target.addr.b, "\xfd\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x14", 16);
	}
	memcpy(st->actor.mac.b, "\x00\x14\x22\x01\x01\x42", 6);
	memcpy(st->target.mac.b, "\x00\x14\x22\x01\x01\x14", 6);
	memcpy(st->router.mac.b, "\x00\x1b\x54\x01\x01\x01", 6);
	net_join(st->lan, &st->actor);
	net_join(st->lan, &st->target);
	net_join(st->lan, &st->router);
}

static int make(const struct shape *s, const char *folder, uint64_t seed)
{
	struct stage st = {.at = SHAPES_EPOCH * SEC};
	struct wrap wrap = {.from = s->lose_from, .to = s->lose_to};
	char path[PATH];

	(void)snprintf(path, sizeof(path), "%s/%s.pcap", folder, s->name);
	st.lan = lan_new(path, seed);
	if (st.lan == NULL)
		return 1;
	if (s->tap != NULL)
		trace_set_tap(st.lan->trace, s->tap, &wrap);
	st.lan->first_seq = s->first_seq;
	settle(&st, s->is_v6);
	s->make(&st, s);
	return lan_finish(st.lan, path);
}

static void tell_truth(FILE *to, const struct shape *s)
{
	const char *actor = s->is_v6 ? "fd00:1::42" : "10.1.1.66";
	const char *target = s->is_v6 ? "fd00:1::14" : "10.1.1.20";

	fprintf(to, "%s.pcap\t-\t%s\t%s\t-\t", s->name, s->expect == EXPECT_INFECTED ? actor : "-",
		s->expect == EXPECT_SUSPECTED ? actor : "-");
	if (s->threat != NULL)
		fprintf(to, "%s:%s\t", actor, s->threat);
	else
		fputs("-\t", to);
	fprintf(to, "%s\t%s\tquell-traffic\tGPL-3.0-or-later\t%s\n", s->targets ? target : "-",
		s->note, s->expect == EXPECT_SCANNER ? actor : "-");
}

int shapes_main(const struct options *opt)
{
	char path[PATH];
	FILE *truth;
	int status = 0;

	(void)mkdir(opt->out, 0777); /* may be there; fopen() tells what is wrong */
	(void)snprintf(path, sizeof(path), "%s/TRUTH.tsv", opt->out);
	truth = fopen(path, "w");
	if (truth == NULL) {
		fprintf(stderr, "quell-traffic: %s: %s\n", path, strerror(errno));
		return 1;
	}
	fputs("file\tsha256\tinfected\tsuspected\ttolerated\tthreats\ttargeted_only\tnote\torigin\t"
	      "licence\tscanner\n",
	      truth);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		status |= make(&shapes[i], opt->out, opt->seed);
		tell_truth(truth, &shapes[i]);
	}
	return fclose(truth) == 0 ? status : 1;
}
