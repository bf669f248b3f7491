/*
 * event - what the workers learned, in records that detectors, the filter and the tests read.
 *
 * An event has a time, a place in the order of all frames, and who spoke to whom. It is borrowed
 * for the length of one call; event/pack.h copies events across threads. Detectors see nothing
 * but these, so a field that a detector needs is added here, once, and becomes a field of `-Y`
 * by one line in filter/fields.c.
 *
 * `src` is always the machine that sent the message (for EV_CONN: that opened the connection).
 * Names follow the specifications and Wireshark's fields.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include "base/addr.h"
#include "base/bytes.h"
#include "base/uuid.h"

enum ev_kind {
	EV_FRAME,   /* a frame as decoded; made only for -Y and --events */
	EV_ARP,     /* an ARP packet */
	EV_CONN,    /* a connection was tried, and this came of it */
	EV_SMB1,    /* one SMB1 command: each of an AndX chain is its own */
	EV_SMB2,    /* one SMB2/3 message: each of a compound is its own */
	EV_RPC,     /* one DCE/RPC PDU header: each fragment is its own */
	EV_SRVSVC,  /* a complete srvsvc call or its answer, decoded */
	EV_ANOMALY, /* something malformed */
	EV_IDENT,   /* a message said who somebody is */
	EV_KINDS
};

#define EV_BIT(kind) (1u << (kind))

struct ev_frame {
	uint8_t ip_proto, ttl, tcp_flags, kind; /* kind: enum packet_kind */
	uint32_t wire_len, payload_len;
	uint32_t tcp_seq, tcp_ack;
	struct mac src_mac, dst_mac;
	bool has_mac;
};

struct ev_arp {
	uint16_t op; /* 1 request, 2 reply */
	struct mac sha, tha;
	struct mac eth_src; /* of the frame: a proxy or a forger differs from sha */
};

enum ev_outcome { /* as enum flow_outcome, which says more */
		  EV_ESTABLISHED,
		  EV_REFUSED,
		  EV_UNANSWERED,
		  EV_MIDSTREAM,
		  EV_BACKSCATTER,
};

struct ev_conn {
	uint8_t outcome; /* enum ev_outcome */
	uint8_t ip_proto;
	bool by_icmp;
	uint64_t first_seq, first_ns; /* the packet that opened it */
};

struct ev_smb1 { /* MS-CIFS 2.2.3.1 and the commands' own parts */
	uint8_t cmd, flags;
	uint16_t flags2;
	uint32_t status; /* NT status, or DOS class and code as on the wire */
	uint16_t tid, uid, mid;
	uint32_t pid;
	uint16_t fid;       /* 0xffff: none */
	uint16_t trans_sub; /* Trans: setup word 0; Trans2, NT_Trans: subcommand; 0xffff: none */
	uint16_t chain;     /* 0 for the first command of the PDU, 1 for the next AndX, … */
	bool is_response;
	struct bytes name; /* file, pipe, tree or transaction name; UTF-8, lossy */
};

struct ev_smb2 { /* MS-SMB2 2.2.1 */
	uint16_t cmd;
	uint32_t status, flags, tid;
	uint64_t msg_id, session_id;
	uint8_t file_id[16]; /* zero: none */
	uint32_t ioctl;      /* IOCTL's CtlCode, else 0 */
	uint16_t chain;      /* place in a compound */
	bool is_response, is_signed;
	struct bytes name; /* CREATE's file, TREE_CONNECT's share; UTF-8, lossy */
};

enum ev_carrier { EV_CARRIER_TCP, EV_CARRIER_SMB1, EV_CARRIER_SMB2 };

struct ev_rpc {                   /* C706 chapter 12; MS-RPCE 2.2.2 */
	uint8_t ptype, pfc_flags; /* packet type; PFC_FIRST_FRAG 1, PFC_LAST_FRAG 2, … */
	uint8_t drep;             /* first byte: 0x10 little-endian integers */
	uint8_t carrier;          /* enum ev_carrier */
	uint16_t frag_len, auth_len;
	uint32_t call_id;
	uint16_t ctx_id, opnum; /* requests; responses carry the request's opnum if it was seen */
	bool has_opnum;
	bool has_uuid; /* `uuid`, `version`: interface that ctx_id is bound to; binds: first */
	struct uuid uuid;
	uint16_t version, version_minor;
	uint16_t n_contexts; /* bind, alter_context: offered; acks: answered */
	uint16_t n_unknown;  /* of the offered: interfaces that quell has no name for */
	uint16_t n_rejected; /* acks: contexts refused */
	uint32_t status;     /* fault: status; bind_nak: reason */
	bool is_response;
	struct bytes pipe; /* name of the pipe, UTF-8, without \PIPE\; empty over TCP */
};

enum { SRVSVC_PATH_TYPE = 30, SRVSVC_CANONICALIZE = 31, SRVSVC_COMPARE = 32 };

struct ev_srvsvc { /* MS-SRVS 3.1.4.29 to .31; other opnums carry no arguments here */
	uint16_t opnum;
	bool is_response;
	bool is_fault; /* response: a fault PDU; `status` is its code */
	bool is_cut;   /* the stub or a path was longer than what is kept, or the NDR did not parse
			*/
	bool is_guessed; /* the bind was not heard: the interface is unknown, the stub fits exactly
			  */
	bool has_status;
	uint32_t status;                /* response: NET_API_STATUS, or the fault's status */
	uint64_t request_seq;           /* response: frame of the request, 0 if it was not heard */
	uint32_t path_max, path_actual; /* NDR counts of the path, in UTF-16 units */
	uint32_t outbuf_len, path_type, flags;
	struct bytes server; /* ServerName, UTF-16LE as sent, cut to EV_NAME_MAX bytes */
	struct bytes path;   /* PathName or PathName1, UTF-16LE as sent, cut to EV_PATH_MAX bytes;
			      * responses: the path of the request */
	struct bytes path2;  /* PathName2, or Prefix of canonicalize */
	struct bytes pipe;   /* as in ev_rpc */
};

enum { EV_NAME_MAX = 512, EV_PATH_MAX = 4096, EV_BYTES_MAX = 6 };

struct ev_anomaly {
	const char *proto; /* "smb1", "dcerpc", "ip4", … : literals */
	const char *what;  /* "andx-loop", … */
};

enum ev_ident_from {                       /* the protocol that said it */
		     IDENT_ND,             /* ICMPv6 neighbour and router discovery, RFC 4861 */
		     IDENT_LINK,           /* the Ethernet source of an IP packet */
		     IDENT_DHCP,           /* RFC 2131, 2132, 4702 */
		     IDENT_DHCP6,          /* RFC 8415 */
		     IDENT_NBNS,           /* RFC 1002 4.2 */
		     IDENT_BROWSER,        /* MS-BRWS */
		     IDENT_LLMNR,          /* RFC 4795 */
		     IDENT_MDNS,           /* RFC 6762 */
		     IDENT_DNS,            /* RFC 1035 answers, RFC 2136 updates */
		     IDENT_NTLM,           /* MS-NLMP AUTHENTICATE_MESSAGE */
		     IDENT_NTLM_CHALLENGE, /* MS-NLMP CHALLENGE_MESSAGE: about the server */
		     IDENT_KERBEROS,       /* RFC 4120 */
		     IDENT_SMB1,           /* MS-CIFS session setup: native OS, LAN manager */
		     IDENT_SMB2,           /* MS-SMB2 NEGOTIATE */
		     IDENT_HTTP,           /* RFC 9110 User-Agent; Server: IDENT_ROLE_SERVER */
		     IDENT_LLDP,           /* IEEE 802.1AB */
		     IDENT_CDP,
		     IDENT_SYN, /* the shape of a TCP SYN */
		     IDENT_FROMS
};

enum ev_ident_act {
	IDENT_IS,   /* it is so, the message says */
	IDENT_WISH, /* it would like to: a DHCP request before the answer, an NBNS query */
	IDENT_ENDS, /* it is so no longer: a release, a decline, a name given back */
};

enum { /* ev_ident.roles */
       IDENT_ROLE_SERVER = 1,
       IDENT_ROLE_DC = 2,
       IDENT_ROLE_MASTER_BROWSER = 4,
       IDENT_ROLE_ROUTER = 8,
       IDENT_ROLE_DHCP_SERVER = 16,
       IDENT_ROLE_PRINTER = 32,
       IDENT_ROLE_MACHINE_ACCOUNT = 64, /* `name` was a logon of the machine itself: "PC7$" */
};

/* What one message says about one machine: `addr` or `mac` says which, everything else is empty,
 * zero or false where the message does not say it. Texts are UTF-8, at most EV_TEXT_MAX long.
 *
 * Stream parsers know no addresses: they leave `addr` zero, and the worker sets it to the sender's,
 * or to the receiver's if `is_of_dst`.
 *
 * Logons: a claim is not a logon. KERBEROS says IDENT_WISH for what a client asks for in its own
 * name, IDENT_IS for what a KDC granted. NTLM and SMB1 say IDENT_IS, and IDENT_ENDS with the same
 * `user` and `domain` where the server was heard to refuse. */
struct ev_ident {
	uint8_t from, act; /* enum ev_ident_from, enum ev_ident_act */
	bool is_of_dst;    /* it is about the receiver of the message, not about its sender */
	bool is_repeat;    /* told lately; only that the sender speaks in this minute is new */
	bool has_mac;
	bool is_group;              /* NBNS: a group name, so `name` is empty and `domain` set */
	uint8_t suffix;             /* NBNS: 16th byte of the name */
	uint8_t ttl;                /* LINK, SYN: of the IP packet */
	uint8_t roles;              /* IDENT_ROLE_* */
	uint8_t os_major, os_minor; /* BROWSER, NTLM*: version numbers; 0.0: not told */
	uint16_t os_build;
	uint16_t dialect; /* SMB2: 0x0202 … 0x0311 */
	uint32_t lease_s; /* DHCP*: how long `addr` was granted; 0: not told */
	uint64_t boot_ns; /* SMB2: when the machine started, if it tells */
	struct mac mac;
	struct addr addr;    /* zero: known by `mac` alone */
	struct bytes name;   /* computer name without domain */
	struct bytes domain; /* workgroup, domain, realm, or DNS domain */
	struct bytes user;   /* NTLM, KERBEROS, SMB1; NBNS: a <03> name, which may also be the
			      * machine's own: compare with its other names */
	struct bytes os;     /* as sent: native OS, vendor class, User-Agent */
	struct bytes id;     /* "duid:…", "guid:…", "client:…" in hex */
	struct bytes note; /* BROWSER: comment; DHCP: option 55 as "1,15,3" (DHCP6: option 6); SYN:
			    * the shape, host/os.h; LLDP, CDP: "switch, port"; DHCP with option 82,
			    * alone: "circuit-id Gi1/0/7", or in hex; KERBEROS: service that a
			    * ticket is for, "cifs/dc1.example.org"; NTLM_CHALLENGE: DNS name of the
			    * computer; SMB1: LAN manager */
};

enum { EV_TEXT_MAX = 255 };

struct event {
	uint8_t kind; /* enum ev_kind */
	uint8_t shard;
	bool is_tick; /* told by a clock tick before frame `seq`, not by the frame itself */
	uint32_t vlan;
	uint64_t seq; /* of the frame, counted over all files of the run from 1 */
	uint64_t at_ns, mono_ns;
	struct endpoint src, dst;
	union {
		struct ev_frame frame;
		struct ev_arp arp;
		struct ev_conn conn;
		struct ev_smb1 smb1;
		struct ev_smb2 smb2;
		struct ev_rpc rpc;
		struct ev_srvsvc srvsvc;
		struct ev_anomaly anomaly;
		struct ev_ident ident;
	};
};

/* "conn", "smb1", …: the name in --events and in the tests. */
const char *event_kind_name(enum ev_kind kind);

/* The members of type struct bytes of an event of this kind, for whoever copies or prints one.
 * Returns how many; at most EV_BYTES_MAX. */
unsigned event_bytes(struct event *ev, struct bytes *ret_fields[EV_BYTES_MAX]);

/* Orders events as the frames were: negative, 0, positive. Ticks come before their frame. */
int event_cmp(const struct event *a, const struct event *b);

#endif
