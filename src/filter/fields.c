#include "filter/fields.h"

#include <stdio.h>

#include "base/text.h"
#include "filter/filter.h"
#include "wire/packet.h"

static bool is_ip(const struct event *ev)
{
	uint8_t k = ev->frame.kind;

	return k == PACKET_FRAGMENT || k == PACKET_TCP || k == PACKET_UDP || k == PACKET_ICMP ||
	       k == PACKET_IP;
}

static bool is_v4(const struct event *ev)
{
	return is_ip(ev) && addr_is_v4(&ev->src.addr);
}

static bool is_v6(const struct event *ev)
{
	return is_ip(ev) && !addr_is_v4(&ev->src.addr);
}

static bool is_tcp(const struct event *ev)
{
	return ev->frame.kind == PACKET_TCP;
}

static bool is_udp(const struct event *ev)
{
	return ev->frame.kind == PACKET_UDP;
}

static bool is_icmp(const struct event *ev)
{
	return ev->frame.kind == PACKET_ICMP && ev->frame.ip_proto == IP_PROTO_ICMP;
}

static bool is_icmp6(const struct event *ev)
{
	return ev->frame.kind == PACKET_ICMP && ev->frame.ip_proto == IP_PROTO_ICMP6;
}

static bool has_mac(const struct event *ev)
{
	return ev->frame.has_mac;
}

static bool has_vlan(const struct event *ev)
{
	return (ev->vlan & 0xfff) != 0;
}

static bool has_outer_vlan(const struct event *ev)
{
	return ev->vlan >> 12 != 0;
}

enum { /* MS-CIFS 2.2.2.1 */
       SMB_TRANSACTION = 0x25,
       SMB_TRANSACTION2 = 0x32,
       SMB_TREE_CONNECT = 0x70,
       SMB_TREE_CONNECT_ANDX = 0x75,
       SMB_NT_TRANSACT = 0xa0,
};

enum { SMB_FLAGS2_NT_STATUS = 0x4000 };

static bool smb1_is_nt(const struct event *ev)
{
	return (ev->smb1.flags2 & SMB_FLAGS2_NT_STATUS) != 0;
}

static bool smb1_is_dos(const struct event *ev)
{
	return !smb1_is_nt(ev);
}

static bool smb1_has_fid(const struct event *ev)
{
	return ev->smb1.fid != 0xffff;
}

static bool smb1_is_tree(const struct event *ev)
{
	return ev->smb1.name.len > 0 &&
	       (ev->smb1.cmd == SMB_TREE_CONNECT || ev->smb1.cmd == SMB_TREE_CONNECT_ANDX);
}

static bool smb1_is_trans(const struct event *ev)
{
	return ev->smb1.name.len > 0 && ev->smb1.cmd == SMB_TRANSACTION;
}

static bool smb1_is_file(const struct event *ev)
{
	return ev->smb1.name.len > 0 && !smb1_is_tree(ev) && !smb1_is_trans(ev);
}

static bool smb1_trans_sub(const struct event *ev, uint8_t cmd)
{
	return ev->smb1.cmd == cmd && ev->smb1.trans_sub != 0xffff;
}

static bool smb1_is_pipe(const struct event *ev)
{
	return smb1_trans_sub(ev, SMB_TRANSACTION);
}

static bool smb1_is_trans2(const struct event *ev)
{
	return smb1_trans_sub(ev, SMB_TRANSACTION2);
}

static bool smb1_is_nt_trans(const struct event *ev)
{
	return smb1_trans_sub(ev, SMB_NT_TRANSACT);
}

enum { SMB2_TREE_CONNECT = 3, SMB2_CREATE = 5, SMB2_IOCTL = 11 }; /* MS-SMB2 2.2.1.2 */

static bool smb2_is_response(const struct event *ev)
{
	return ev->smb2.is_response; /* requests carry the channel sequence in its place */
}

static bool smb2_is_file(const struct event *ev)
{
	return ev->smb2.cmd == SMB2_CREATE && ev->smb2.name.len > 0;
}

static bool smb2_is_tree(const struct event *ev)
{
	return ev->smb2.cmd == SMB2_TREE_CONNECT && ev->smb2.name.len > 0;
}

static bool smb2_is_ioctl(const struct event *ev)
{
	return ev->smb2.cmd == SMB2_IOCTL;
}

static bool smb2_has_fid(const struct event *ev)
{
	static const uint8_t none[16];

	return memcmp(ev->smb2.file_id, none, sizeof(none)) != 0;
}

enum { /* C706 12.6.4.1 */
       RPC_REQUEST = 0,
       RPC_RESPONSE = 2,
       RPC_FAULT = 3,
       RPC_BIND = 11,
       RPC_BIND_ACK = 12,
       RPC_BIND_NAK = 13,
       RPC_ALTER = 14,
       RPC_ALTER_ACK = 15,
};

static bool rpc_is_call(const struct event *ev)
{
	uint8_t t = ev->rpc.ptype;

	return t == RPC_REQUEST || t == RPC_RESPONSE || t == RPC_FAULT;
}

static bool rpc_has_opnum(const struct event *ev)
{
	return ev->rpc.has_opnum;
}

static bool rpc_is_bind(const struct event *ev)
{
	return ev->rpc.ptype == RPC_BIND || ev->rpc.ptype == RPC_ALTER;
}

static bool rpc_binds_uuid(const struct event *ev)
{
	return rpc_is_bind(ev) && ev->rpc.has_uuid;
}

static bool rpc_is_ack(const struct event *ev)
{
	return ev->rpc.ptype == RPC_BIND_ACK || ev->rpc.ptype == RPC_ALTER_ACK;
}

static bool rpc_is_nak(const struct event *ev)
{
	return ev->rpc.ptype == RPC_BIND_NAK;
}

static bool rpc_is_fault(const struct event *ev)
{
	return ev->rpc.ptype == RPC_FAULT;
}

/* A string that could not be decoded is not there; one that is empty is. */
static bool srv_asks(const struct event *ev, uint16_t opnum, const struct bytes *text)
{
	return ev->srvsvc.opnum == opnum && !ev->srvsvc.is_response &&
	       (!ev->srvsvc.is_cut || text == NULL || text->len > 0);
}

static bool srv_type(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_PATH_TYPE, NULL);
}

static bool srv_type_path(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_PATH_TYPE, &ev->srvsvc.path);
}

static bool srv_type_server(const struct event *ev)
{
	return srv_type(ev) && ev->srvsvc.server.len > 0;
}

static bool srv_canon(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_CANONICALIZE, NULL);
}

static bool srv_canon_path(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_CANONICALIZE, &ev->srvsvc.path);
}

static bool srv_canon_prefix(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_CANONICALIZE, &ev->srvsvc.path2);
}

static bool srv_canon_server(const struct event *ev)
{
	return srv_canon(ev) && ev->srvsvc.server.len > 0;
}

static bool srv_compare(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_COMPARE, NULL);
}

static bool srv_compare_path1(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_COMPARE, &ev->srvsvc.path);
}

static bool srv_compare_path2(const struct event *ev)
{
	return srv_asks(ev, SRVSVC_COMPARE, &ev->srvsvc.path2);
}

static bool srv_compare_server(const struct event *ev)
{
	return srv_compare(ev) && ev->srvsvc.server.len > 0;
}

static const struct uuid srvsvc_uuid = {
	0x4b324fc8, 0x1670, 0x01d3, {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}};

static size_t srvsvc_operation(uint16_t opnum, char *to, size_t cap)
{
	static const char *const names[] = {"NetPathType", "NetPathCanonicalize", "NetPathCompare"};
	int n = 0;

	if (opnum >= SRVSVC_PATH_TYPE && opnum <= SRVSVC_COMPARE)
		n = snprintf(to, cap, "%s", names[opnum - SRVSVC_PATH_TYPE]);
	else
		n = snprintf(to, cap, "srvsvc:%u", opnum);
	return (size_t)n;
}

/* smb.service names who calls, never who answers: `-Y` prints the sender of what matches, and
 * the machine that was called must not be taken for the worm. */
static bool rpc_is_smb_request(const struct event *ev)
{
	return ev->rpc.ptype == RPC_REQUEST && ev->rpc.carrier != EV_CARRIER_TCP &&
	       ev->rpc.has_uuid && ev->rpc.has_opnum;
}

static size_t rpc_operation(const struct event *ev, char *to, size_t cap)
{
	char text[UUID_TEXT];

	if (uuid_eq(&ev->rpc.uuid, &srvsvc_uuid))
		return srvsvc_operation(ev->rpc.opnum, to, cap);
	return (size_t)snprintf(to, cap, "%s:%u", uuid_format(&ev->rpc.uuid, text), ev->rpc.opnum);
}

static bool srv_is_smb_request(const struct event *ev)
{
	return !ev->srvsvc.is_response && ev->srvsvc.pipe.len > 0;
}

static size_t srv_operation(const struct event *ev, char *to, size_t cap)
{
	return srvsvc_operation(ev->srvsvc.opnum, to, cap);
}

static size_t conn_outcome(const struct event *ev, char *to, size_t cap)
{
	static const char *const names[] = {"established", "refused", "unanswered", "midstream",
					    "backscatter"};
	size_t i = ev->conn.outcome;

	if (i >= sizeof(names) / sizeof(names[0]))
		return 0;
	return (size_t)snprintf(to, cap, "%s", names[i]);
}

static size_t anomaly_text(const struct event *ev, char *to, size_t cap)
{
	int n = snprintf(to, cap, "%s: %s", ev->anomaly.proto, ev->anomaly.what);

	return (size_t)n < cap ? (size_t)n : cap - 1;
}

enum { KERBEROS_PORT = 88 };

static bool ident_is(const struct event *ev, enum ev_ident_from from)
{
	return ev->ident.from == from && ev->ident.act != IDENT_ENDS;
}

static bool ident_is_account(const struct event *ev)
{
	return (ev->ident.roles & IDENT_ROLE_MACHINE_ACCOUNT) != 0;
}

/* NEGOTIATE names machines, too, but tells no version and no user. */
static bool ntlm_is_auth(const struct event *ev)
{
	return ident_is(ev, IDENT_NTLM) && (ev->ident.user.len > 0 || ev->ident.os_major != 0);
}

static bool ntlm_has_user(const struct event *ev)
{
	return ntlm_is_auth(ev) && (ev->ident.user.len > 0 || ident_is_account(ev));
}

static bool ntlm_has_domain(const struct event *ev)
{
	return ntlm_is_auth(ev) && ev->ident.domain.len > 0;
}

static bool ntlm_has_host(const struct event *ev)
{
	return ntlm_is_auth(ev) && ev->ident.name.len > 0 && !ident_is_account(ev);
}

static bool krb_is_kdc(const struct event *ev)
{
	return ident_is(ev, IDENT_KERBEROS) &&
	       (ev->src.port == KERBEROS_PORT || ev->dst.port == KERBEROS_PORT);
}

static bool krb_has_client(const struct event *ev)
{
	return krb_is_kdc(ev) && (ev->ident.user.len > 0 || ident_is_account(ev));
}

/* A ticket that is shown to a server names its service; a SPNEGO hint names nobody's realm. */
static bool krb_has_realm(const struct event *ev)
{
	return ev->ident.domain.len > 0 &&
	       (krb_is_kdc(ev) || (ident_is(ev, IDENT_KERBEROS) && ev->ident.note.len > 0));
}

static size_t ident_account(const struct event *ev, char *to, size_t cap)
{
	const struct bytes *who = ident_is_account(ev) ? &ev->ident.name : &ev->ident.user;
	size_t n = who->len + 1 < cap ? who->len : cap - 1;

	if (n > 0)
		memcpy(to, who->at, n);
	if (ident_is_account(ev))
		to[n++] = '$';
	return n;
}

static bool smb1_has_os(const struct event *ev)
{
	return ident_is(ev, IDENT_SMB1) && ev->ident.os.len > 0;
}

static bool smb1_has_lanman(const struct event *ev)
{
	return ident_is(ev, IDENT_SMB1) && ev->ident.note.len > 0;
}

static bool http_is_agent(const struct event *ev)
{
	return ident_is(ev, IDENT_HTTP) && ev->ident.roles == 0;
}

static bool http_is_server(const struct event *ev)
{
	return ident_is(ev, IDENT_HTTP) && ev->ident.roles != 0;
}

/* clang-format off */
#define NAME_TYPE_IPV4  "IPv4 address"
#define NAME_TYPE_IPV6  "IPv6 address"
#define NAME_TYPE_ETHER "MAC address"
#define NAME_TYPE_GUID  "GUID"

#define AT(m) .off = offsetof(struct event, m), .size = sizeof(((struct event *)0)->m)
#define ROW(n, t, t_name, k, h) .info = {n, t_name, (h)}, .type = (t), .kind = (k)
#define PROTO(n, k) ROW(n, TYPE_PROTOCOL, "protocol", k, "is there")
#define UINT(n, k, m, h) ROW(n, TYPE_UINT, "number", k, h), AT(m)
#define FLAG(n, k, m, h) ROW(n, TYPE_BOOL, "boolean", k, h), AT(m)
#define OF(t, n, k, m, h) ROW(n, t, NAME_##t, k, h), AT(m)
#define UTF8(n, k, m, h, w) ROW(n, TYPE_STRING, "string", k, h), AT(m), .when = w
#define UTF16(n, k, m, h, w) UTF8(n, k, m, h, w), .is_utf16 = true
#define MADE(n, k, t, h) ROW(n, TYPE_STRING, "string", k, h), .text = t
#define CANON   "srvsvc.srvsvc_NetPathCanonicalize."
#define COMPARE "srvsvc.srvsvc_NetPathCompare."
#define PTYPE   "srvsvc.srvsvc_NetPathType."

static const struct field fields[] = { /* sorted by name, as strcmp() does */
	{PROTO("arp", EV_ARP)},
	{OF(TYPE_ETHER, "arp.dst.hw_mac", EV_ARP, arp.tha, "target MAC address")},
	{OF(TYPE_IPV4, "arp.dst.proto_ipv4", EV_ARP, dst.addr, "target IP address")},
	{UINT("arp.opcode", EV_ARP, arp.op, "1 request, 2 reply")},
	{OF(TYPE_ETHER, "arp.src.hw_mac", EV_ARP, arp.sha, "sender MAC address")},
	{OF(TYPE_IPV4, "arp.src.proto_ipv4", EV_ARP, src.addr, "sender IP address")},
	{PROTO("dcerpc", EV_RPC)},
	{UINT("dcerpc.cn_auth_len", EV_RPC, rpc.auth_len, "length of the authentication trailer")},
	{UINT("dcerpc.cn_bind_if_ver", EV_RPC, rpc.version, "bind: version of the first interface"),
	 .when = rpc_binds_uuid},
	{UINT("dcerpc.cn_bind_if_ver_minor", EV_RPC, rpc.version_minor, "bind: its minor version"),
	 .when = rpc_binds_uuid},
	{OF(TYPE_GUID, "dcerpc.cn_bind_to_uuid", EV_RPC, rpc.uuid,
		"bind: first interface asked for"), .when = rpc_binds_uuid},
	{UINT("dcerpc.cn_call_id", EV_RPC, rpc.call_id, "call id")},
	{UINT("dcerpc.cn_ctx_id", EV_RPC, rpc.ctx_id, "requests and answers: context id"),
	 .when = rpc_is_call},
	{UINT("dcerpc.cn_flags", EV_RPC, rpc.pfc_flags, "packet flags")},
	{FLAG("dcerpc.cn_flags.cancel_pending", EV_RPC, rpc.pfc_flags, "cancel pending"),
	 .mask = 4},
	{FLAG("dcerpc.cn_flags.dne", EV_RPC, rpc.pfc_flags, "did not execute"), .mask = 32},
	{FLAG("dcerpc.cn_flags.first_frag", EV_RPC, rpc.pfc_flags, "first fragment"), .mask = 1},
	{FLAG("dcerpc.cn_flags.last_frag", EV_RPC, rpc.pfc_flags, "last fragment"), .mask = 2},
	{FLAG("dcerpc.cn_flags.maybe", EV_RPC, rpc.pfc_flags, "maybe semantics"), .mask = 64},
	{FLAG("dcerpc.cn_flags.mpx", EV_RPC, rpc.pfc_flags, "multiplexed"), .mask = 16},
	{FLAG("dcerpc.cn_flags.object", EV_RPC, rpc.pfc_flags, "an object UUID follows"),
	 .mask = 128},
	{UINT("dcerpc.cn_frag_len", EV_RPC, rpc.frag_len, "length of this fragment")},
	{UINT("dcerpc.cn_num_ctx_items", EV_RPC, rpc.n_contexts, "bind: contexts offered"),
	 .when = rpc_is_bind, .mask = 0xff},
	{UINT("dcerpc.cn_num_results", EV_RPC, rpc.n_contexts, "bind_ack: contexts answered"),
	 .when = rpc_is_ack, .mask = 0xff},
	{UINT("dcerpc.cn_reject_reason", EV_RPC, rpc.status, "bind_nak: reason"),
	 .when = rpc_is_nak, .mask = 0xffff},
	{UINT("dcerpc.cn_status", EV_RPC, rpc.status, "fault: status"), .when = rpc_is_fault},
	{UINT("dcerpc.opnum", EV_RPC, rpc.opnum, "operation number"), .when = rpc_has_opnum},
	{UINT("dcerpc.pkt_type", EV_RPC, rpc.ptype, "0 request, 2 response, 3 fault, 11 bind")},
	{PROTO("eth", EV_FRAME), .when = has_mac},
	{OF(TYPE_ETHER, "eth.addr", EV_FRAME, frame.src_mac, "source or destination MAC address"),
	 .when = has_mac},
	{OF(TYPE_ETHER, "eth.addr", EV_FRAME, frame.dst_mac, ""), .when = has_mac},
	{OF(TYPE_ETHER, "eth.dst", EV_FRAME, frame.dst_mac, "destination MAC address"),
	 .when = has_mac},
	{OF(TYPE_ETHER, "eth.src", EV_FRAME, frame.src_mac, "source MAC address"), .when = has_mac},
	{PROTO("frame", EV_FRAME)},
	{UINT("frame.len", EV_FRAME, frame.wire_len, "length on the wire")},
	{UINT("frame.number", EV_FRAME, seq, "frame number, counted over all files from 1")},
	{UTF8("http.server", EV_IDENT, ident.os,
	 "first answer of a connection: Server", http_is_server)},
	{UTF8("http.user_agent", EV_IDENT, ident.os,
	 "first requests of a connection: User-Agent", http_is_agent)},
	{PROTO("icmp", EV_FRAME), .when = is_icmp},
	{PROTO("icmpv6", EV_FRAME), .when = is_icmp6},
	{PROTO("ip", EV_FRAME), .when = is_v4},
	{OF(TYPE_IPV4, "ip.addr", EV_FRAME, src.addr, "source or destination address"),
	 .when = is_v4},
	{OF(TYPE_IPV4, "ip.addr", EV_FRAME, dst.addr, ""), .when = is_v4},
	{OF(TYPE_IPV4, "ip.dst", EV_FRAME, dst.addr, "destination address"), .when = is_v4},
	{UINT("ip.proto", EV_FRAME, frame.ip_proto, "1 ICMP, 6 TCP, 17 UDP, …"), .when = is_v4},
	{OF(TYPE_IPV4, "ip.src", EV_FRAME, src.addr, "source address"), .when = is_v4},
	{UINT("ip.ttl", EV_FRAME, frame.ttl, "time to live"), .when = is_v4},
	{PROTO("ipv6", EV_FRAME), .when = is_v6},
	{OF(TYPE_IPV6, "ipv6.addr", EV_FRAME, src.addr, "source or destination address"),
	 .when = is_v6},
	{OF(TYPE_IPV6, "ipv6.addr", EV_FRAME, dst.addr, ""), .when = is_v6},
	{OF(TYPE_IPV6, "ipv6.dst", EV_FRAME, dst.addr, "destination address"), .when = is_v6},
	{UINT("ipv6.hlim", EV_FRAME, frame.ttl, "hop limit"), .when = is_v6},
	{OF(TYPE_IPV6, "ipv6.src", EV_FRAME, src.addr, "source address"), .when = is_v6},
	{MADE("kerberos.CNameString", EV_IDENT, ident_account,
	 "client that asks a KDC or is answered; PC7$ is a machine"), .when = krb_has_client},
	{UTF8("kerberos.realm", EV_IDENT, ident.domain, "realm of a ticket, asked for or shown",
	 krb_has_realm)},
	{UTF8("ntlmssp.auth.domain", EV_IDENT, ident.domain, "domain of the user who logs on",
	 ntlm_has_domain)},
	{UTF8("ntlmssp.auth.hostname", EV_IDENT, ident.name, "machine that logs on",
	 ntlm_has_host)},
	{MADE("ntlmssp.auth.username", EV_IDENT, ident_account, "user who logs on"),
	 .when = ntlm_has_user},
	{UINT("pipe.function", EV_SMB1, smb1.trans_sub, "Transaction: function of the pipe"),
	 .when = smb1_is_pipe},
	{MADE("quell.anomaly", EV_ANOMALY, anomaly_text,
	 "what is malformed, as \"smb1: andx-loop\"")},
	{MADE("quell.conn.outcome", EV_CONN, conn_outcome,
	 "what this frame decided: established, refused, midstream, backscatter")},
	{PROTO("smb", EV_SMB1)},
	{UINT("smb.cmd", EV_SMB1, smb1.cmd, "command; each of an AndX chain")},
	{UINT("smb.error_class", EV_SMB1, smb1.status, "class of a DOS error"),
	 .when = smb1_is_dos, .mask = 0xff},
	{UINT("smb.error_code", EV_SMB1, smb1.status, "code of a DOS error"),
	 .when = smb1_is_dos, .mask = 0xffff0000, .shift = 16},
	{UINT("smb.fid", EV_SMB1, smb1.fid, "file or pipe handle"), .when = smb1_has_fid},
	{UTF8("smb.file", EV_SMB1, smb1.name, "name of the file or pipe", smb1_is_file)},
	{UINT("smb.flags", EV_SMB1, smb1.flags, "header flags")},
	{FLAG("smb.flags.response", EV_SMB1, smb1.is_response, "an answer")},
	{UINT("smb.flags2", EV_SMB1, smb1.flags2, "header flags2")},
	{UINT("smb.mid", EV_SMB1, smb1.mid, "multiplex id")},
	{UTF8("smb.native_lanman", EV_IDENT, ident.note, "Session Setup: LAN manager",
	 smb1_has_lanman)},
	{UTF8("smb.native_os", EV_IDENT, ident.os, "Session Setup: operating system",
	 smb1_has_os)},
	{UINT("smb.nt.function", EV_SMB1, smb1.trans_sub, "NT Transact: function"),
	 .when = smb1_is_nt_trans},
	{UINT("smb.nt_status", EV_SMB1, smb1.status, "NT status"), .when = smb1_is_nt},
	{UTF8("smb.path", EV_SMB1, smb1.name, "Tree Connect: \\\\server\\share", smb1_is_tree)},
	{UINT("smb.pid", EV_SMB1, smb1.pid, "process id, low half"), .mask = 0xffff},
	{UINT("smb.pid.high", EV_SMB1, smb1.pid, "process id, high half"),
	 .mask = 0xffff0000, .shift = 16},
	{MADE("smb.service", EV_RPC, rpc_operation,
		"operation that an RPC request over SMB calls: \"NetPathCanonicalize\"; "
		"INTERFACE:OPNUM where quell has no name"), .when = rpc_is_smb_request},
	{MADE("smb.service", EV_SRVSVC, srv_operation, ""), .when = srv_is_smb_request},
	{UINT("smb.tid", EV_SMB1, smb1.tid, "tree id")},
	{UINT("smb.trans2.cmd", EV_SMB1, smb1.trans_sub, "Transaction2: subcommand"),
	 .when = smb1_is_trans2},
	{UTF8("smb.trans_name", EV_SMB1, smb1.name,
	 "Transaction: its name, \\PIPE\\…", smb1_is_trans)},
	{UINT("smb.uid", EV_SMB1, smb1.uid, "user id")},
	{PROTO("smb2", EV_SMB2)},
	{UINT("smb2.cmd", EV_SMB2, smb2.cmd, "command; each of a compound")},
	{OF(TYPE_GUID, "smb2.fid", EV_SMB2, smb2.file_id, "file id"), .when = smb2_has_fid},
	{UTF8("smb2.filename", EV_SMB2, smb2.name,
	 "Create: name of the file or pipe", smb2_is_file)},
	{UINT("smb2.flags", EV_SMB2, smb2.flags, "header flags")},
	{FLAG("smb2.flags.response", EV_SMB2, smb2.is_response, "an answer")},
	{FLAG("smb2.flags.signature", EV_SMB2, smb2.is_signed, "signed")},
	{UINT("smb2.ioctl.function", EV_SMB2, smb2.ioctl, "Ioctl: control code"),
	 .when = smb2_is_ioctl},
	{UINT("smb2.msg_id", EV_SMB2, smb2.msg_id, "message id")},
	{UINT("smb2.nt_status", EV_SMB2, smb2.status, "answers: NT status"),
	 .when = smb2_is_response},
	{UINT("smb2.sesid", EV_SMB2, smb2.session_id, "session id")},
	{UINT("smb2.tid", EV_SMB2, smb2.tid, "tree id")},
	{UTF8("smb2.tree", EV_SMB2, smb2.name, "Tree Connect: \\\\server\\share", smb2_is_tree)},
	{PROTO("srvsvc", EV_SRVSVC)},
	{UINT("srvsvc.opnum", EV_SRVSVC, srvsvc.opnum, "operation of the server service")},
	{UINT(CANON "maxbuf", EV_SRVSVC, srvsvc.outbuf_len, "room for the answer"),
	 .when = srv_canon},
	{UTF16(CANON "path", EV_SRVSVC, srvsvc.path, "path to make canonical", srv_canon_path)},
	{UINT(CANON "pathflags", EV_SRVSVC, srvsvc.flags, "flags"), .when = srv_canon},
	{UINT(CANON "pathtype", EV_SRVSVC, srvsvc.path_type, "type asked for"), .when = srv_canon},
	{UTF16(CANON "prefix", EV_SRVSVC, srvsvc.path2, "prefix", srv_canon_prefix)},
	{UTF16(CANON "server_unc", EV_SRVSVC, srvsvc.server, "server's name", srv_canon_server)},
	{UTF16(COMPARE "path1", EV_SRVSVC, srvsvc.path, "first path", srv_compare_path1)},
	{UTF16(COMPARE "path2", EV_SRVSVC, srvsvc.path2, "second path", srv_compare_path2)},
	{UINT(COMPARE "pathflags", EV_SRVSVC, srvsvc.flags, "flags"), .when = srv_compare},
	{UINT(COMPARE "pathtype", EV_SRVSVC, srvsvc.path_type, "type of both"),
	 .when = srv_compare},
	{UTF16(COMPARE "server_unc", EV_SRVSVC, srvsvc.server,
	 "server's name", srv_compare_server)},
	{UTF16(PTYPE "path", EV_SRVSVC, srvsvc.path, "path to classify", srv_type_path)},
	{UINT(PTYPE "pathflags", EV_SRVSVC, srvsvc.flags, "flags"), .when = srv_type},
	{UTF16(PTYPE "server_unc", EV_SRVSVC, srvsvc.server, "server's name", srv_type_server)},
	{PROTO("tcp", EV_FRAME), .when = is_tcp},
	{UINT("tcp.ack_raw", EV_FRAME, frame.tcp_ack, "acknowledgement number"), .when = is_tcp},
	{UINT("tcp.dstport", EV_FRAME, dst.port, "destination port"), .when = is_tcp},
	{UINT("tcp.flags", EV_FRAME, frame.tcp_flags, "flags"), .when = is_tcp},
	{FLAG("tcp.flags.ack", EV_FRAME, frame.tcp_flags, "ACK"), .mask = TCP_ACK, .when = is_tcp},
	{FLAG("tcp.flags.fin", EV_FRAME, frame.tcp_flags, "FIN"), .mask = TCP_FIN, .when = is_tcp},
	{FLAG("tcp.flags.push", EV_FRAME, frame.tcp_flags, "PSH"), .mask = TCP_PSH, .when = is_tcp},
	{FLAG("tcp.flags.reset", EV_FRAME, frame.tcp_flags, "RST"),
	 .mask = TCP_RST, .when = is_tcp},
	{FLAG("tcp.flags.syn", EV_FRAME, frame.tcp_flags, "SYN"), .mask = TCP_SYN, .when = is_tcp},
	{FLAG("tcp.flags.urg", EV_FRAME, frame.tcp_flags, "URG"), .mask = TCP_URG, .when = is_tcp},
	{UINT("tcp.len", EV_FRAME, frame.payload_len, "bytes of payload"), .when = is_tcp},
	{UINT("tcp.port", EV_FRAME, src.port, "source or destination port"), .when = is_tcp},
	{UINT("tcp.port", EV_FRAME, dst.port, ""), .when = is_tcp},
	{UINT("tcp.seq_raw", EV_FRAME, frame.tcp_seq, "sequence number"), .when = is_tcp},
	{UINT("tcp.srcport", EV_FRAME, src.port, "source port"), .when = is_tcp},
	{PROTO("udp", EV_FRAME), .when = is_udp},
	{UINT("udp.dstport", EV_FRAME, dst.port, "destination port"), .when = is_udp},
	{UINT("udp.port", EV_FRAME, src.port, "source or destination port"), .when = is_udp},
	{UINT("udp.port", EV_FRAME, dst.port, ""), .when = is_udp},
	{UINT("udp.srcport", EV_FRAME, src.port, "source port"), .when = is_udp},
	{PROTO("vlan", EV_FRAME), .when = has_vlan},
	{UINT("vlan.id", EV_FRAME, vlan, "VLAN; both of a double tag"),
	 .when = has_vlan, .mask = 0xfff},
	{UINT("vlan.id", EV_FRAME, vlan, ""),
	 .when = has_outer_vlan, .mask = 0xfff000, .shift = 12},
};
/* clang-format on */

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

const struct field *field_find(const char *name, size_t len)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (strncmp(fields[i].info.name, name, len) == 0 &&
		    fields[i].info.name[len] == '\0')
			return &fields[i];
	}
	return NULL;
}

const struct field *field_next(const struct field *f)
{
	const struct field *next = f + 1;

	if (next == fields + FIELDS || strcmp(f->info.name, next->info.name) != 0)
		return NULL;
	return next;
}

const char *field_nearest(const char *name)
{
	const char *best = fields[0].info.name;
	unsigned least = text_distance(name, best);

	for (size_t i = 1; i < FIELDS; i++) {
		unsigned d = text_distance(name, fields[i].info.name);

		if (d < least) {
			least = d;
			best = fields[i].info.name;
		}
	}
	return best;
}

uint64_t field_max(const struct field *f)
{
	if (f->mask != 0)
		return f->mask >> f->shift;
	return f->size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * f->size)) - 1;
}

const struct filter_field_info *filter_field_at(size_t i)
{
	for (size_t row = 0; row < FIELDS; row++) {
		bool is_first = row == 0 || field_next(&fields[row - 1]) == NULL;

		if (is_first && i-- == 0)
			return &fields[row].info;
	}
	return NULL;
}
