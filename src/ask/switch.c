/*
 * Walks the SNMP tables of switches and routers; the only file that knows Net-SNMP.
 *
 * Version 2c with a community, or version 3 with a user (authPriv, authNoPriv). OIDs are numbers:
 * no MIB file is read, and no settings of Net-SNMP's. Every walk is bounded, in rows and in time,
 * and must go forward: a switch that answers in circles is left.
 */
#include "ask/tasks.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/bridge.h"
#include "ask/credentials.h"

enum {
	REPETITIONS = 40,  /* rows in an answer: what fits into one packet, with short rows */
	ROWS_MAX = 140000, /* of a column */
	VLANS_MAX = 256,   /* that a Cisco switch is asked for one by one */
	PLACES_MAX = 16,   /* ports on which one MAC is */
	ROOT_MAX = 20,
	INDEX_MAX = 24,
};

/* Numbers of OIDs as text: what documents say can be compared at a glance. */
static const char *const columns[BRIDGE_COLUMNS] = {
	[BRIDGE_IF_INDEX] = "1.3.6.1.2.1.17.1.4.1.2",
	[BRIDGE_FDB] = "1.3.6.1.2.1.17.4.3.1.2",
	[BRIDGE_VLAN_FDB] = "1.3.6.1.2.1.17.7.1.4.2.1.3",
	[BRIDGE_QFDB] = "1.3.6.1.2.1.17.7.1.2.2.1.2",
	[BRIDGE_PVID] = "1.3.6.1.2.1.17.7.1.4.5.1.1",
	[BRIDGE_IF_NAME] = "1.3.6.1.2.1.31.1.1.1.1",
	[BRIDGE_IF_DESCR] = "1.3.6.1.2.1.2.2.1.2",
	[BRIDGE_IF_ALIAS] = "1.3.6.1.2.1.31.1.1.1.18",
	[BRIDGE_LOC_SUBTYPE] = "1.0.8802.1.1.2.1.3.7.1.2",
	[BRIDGE_LOC_ID] = "1.0.8802.1.1.2.1.3.7.1.3",
	[BRIDGE_REM_CHASSIS] = "1.0.8802.1.1.2.1.4.1.1.5",
	[BRIDGE_REM_PORT] = "1.0.8802.1.1.2.1.4.1.1.7",
	[BRIDGE_REM_NAME] = "1.0.8802.1.1.2.1.4.1.1.9",
	[BRIDGE_REM_CAPS] = "1.0.8802.1.1.2.1.4.1.1.12",
};
static const char ARP_OLD[] = "1.3.6.1.2.1.4.22.1.2";             /* ipNetToMediaPhysAddress */
static const char ARP_NEW[] = "1.3.6.1.2.1.4.35.1.4";             /* ipNetToPhysicalPhysAddress */
static const char CISCO_VLANS[] = "1.3.6.1.4.1.9.9.46.1.3.1.1.2"; /* vtpVlanState */

struct walker {
	struct asking *a;
	const struct task *task;
	void *session; /* of Net-SNMP */
	char why[128];
	unsigned context;
	/* What rows are for: */
	struct bridge *bridge;
	enum bridge_column column;
	bool is_old;
	unsigned vlans[VLANS_MAX];
	size_t n_vlans, n_pairs;
};

typedef void (*row_fn)(struct walker *w, const uint32_t *index, size_t n_index,
		       const struct bridge_value *v);

static size_t parse_oid(const char *text, oid *to)
{
	size_t n = 0;

	while (*text != '\0' && n < ROOT_MAX) {
		char *end = NULL;

		to[n++] = strtoul(text, &end, 10);
		text = *end == '.' ? end + 1 : end;
	}
	return n;
}

static void quiet(void)
{
	static bool is_done;

	if (is_done)
		return;
	is_done = true;
	/* Neither files of its own nor MIBs: everything it knows comes from here. */
	(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_CONFIG_LOAD, 1);
	(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
				     1);
	(void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE,
				     1);
	(void)setenv("MIBS", "", 1);
	(void)netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MIBDIRS, "");
	snmp_disable_log();
	init_snmp("quell");
}

/* The key from a password, as RFC 3414 A.2 makes it. False: too short for that. */
static bool make_key(const struct snmp_session *s, char *password, u_char *key, size_t *len)
{
	return password != NULL &&
	       generate_Ku(s->securityAuthProto, (u_int)s->securityAuthProtoLen,
			   (const u_char *)password, strlen(password), key, len) == SNMPERR_SUCCESS;
}

static bool set_auth(struct snmp_session *s, const char *name)
{
	static const struct {
		const char *name;
		oid *proto;
	} known[] = {
		{"SHA", usmHMACSHA1AuthProtocol},
		{"SHA-224", usmHMAC128SHA224AuthProtocol},
		{"SHA-256", usmHMAC192SHA256AuthProtocol},
		{"SHA-384", usmHMAC256SHA384AuthProtocol},
		{"SHA-512", usmHMAC384SHA512AuthProtocol},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) != 0)
			continue;
		s->securityAuthProto = known[i].proto;
		s->securityAuthProtoLen = USM_AUTH_PROTO_SHA_LEN; /* all have that */
		return true;
	}
	return false;
}

/* The secrets file has two lines; they are cut in place, in this process's copy. */
static bool set_user(struct snmp_session *s, const struct ask_switch *at, char *auth, char *priv)
{
	bool has_priv = at->priv != NULL && at->priv[0] != '\0';

	s->version = SNMP_VERSION_3;
	s->securityName = (char *)(uintptr_t)at->user;
	s->securityNameLen = strlen(at->user);
	s->securityLevel = has_priv ? SNMP_SEC_LEVEL_AUTHPRIV : SNMP_SEC_LEVEL_AUTHNOPRIV;
	s->securityAuthKeyLen = sizeof(s->securityAuthKey);
	s->securityPrivKeyLen = sizeof(s->securityPrivKey);
	if (!set_auth(s, at->auth) ||
	    !make_key(s, auth, s->securityAuthKey, &s->securityAuthKeyLen))
		return false;
	if (!has_priv)
		return true;
	s->securityPrivProto = usmAESPrivProtocol;
	s->securityPrivProtoLen = USM_PRIV_PROTO_AES_LEN;
	return make_key(s, priv, s->securityPrivKey, &s->securityPrivKeyLen);
}

/* `vlan` 0: the switch as a whole; else Cisco's view of one VLAN. */
static bool open_session(struct walker *w, unsigned vlan)
{
	const struct ask_switch *at = w->task->at;
	char peer[ADDR_TEXT + 16], text[ADDR_TEXT], community[SECRET_TEXT + 16], context[16];
	char *secrets = secret_alloc(SECRET_FILE_MAX), *rest = secrets;
	struct snmp_session s;
	bool ok = true;

	if (secrets == NULL)
		return false;
	memcpy(secrets, w->task->secrets, SECRET_FILE_MAX);
	snmp_sess_init(&s);
	(void)snprintf(peer, sizeof(peer), addr_is_v4(&at->addr) ? "udp:%s:%u" : "udp6:[%s]:%u",
		       addr_format(&at->addr, text), at->port);
	s.peername = peer;
	s.timeout =
		(long)w->a->opt->timeout_ms * 1000 / 2; /* two tries in the time for one answer */
	s.retries = 1;
	char *first = secret_line(&rest), *second = secret_line(&rest);

	if (first == NULL || first[0] == '\0') {
		ok = false;
	} else if (at->community_file != NULL) {
		int n = vlan == 0 ? snprintf(community, sizeof(community), "%s", first)
				  : snprintf(community, sizeof(community), "%s@%u", first, vlan);

		ok = n > 0 && (size_t)n < sizeof(community);
		s.version = SNMP_VERSION_2c;
		s.community = (u_char *)community;
		s.community_len = ok ? (size_t)n : 0;
	} else {
		if (vlan != 0) {
			(void)snprintf(context, sizeof(context), "vlan-%u", vlan);
			s.contextName = context;
			s.contextNameLen = strlen(context);
		}
		ok = set_user(&s, at, first, second);
	}
	if (!ok)
		(void)snprintf(w->why, sizeof(w->why),
			       "the file with its secrets holds none that can be used");
	w->session = ok ? snmp_sess_open(&s) : NULL;
	if (ok && w->session == NULL)
		(void)snprintf(w->why, sizeof(w->why),
			       "no answer that the user and password fit to");
	secret_free(secrets, SECRET_FILE_MAX);
	explicit_bzero(community, sizeof(community));
	explicit_bzero(&s, sizeof(s));
	return w->session != NULL;
}

static void close_session(struct walker *w)
{
	if (w->session != NULL)
		(void)snmp_sess_close(w->session);
	w->session = NULL;
}

static bool is_under(const oid *root, size_t n_root, const struct variable_list *v)
{
	return v->name_length > n_root && v->name_length <= n_root + INDEX_MAX &&
	       memcmp(v->name, root, n_root * sizeof(*root)) == 0;
}

static void take_row(struct walker *w, size_t n_root, const struct variable_list *v, row_fn row)
{
	uint32_t index[INDEX_MAX];
	size_t n = v->name_length - n_root;
	struct bridge_value value = {0};

	for (size_t i = 0; i < n; i++)
		index[i] = (uint32_t)v->name[n_root + i];
	switch (v->type) {
	case ASN_INTEGER:
	case ASN_UNSIGNED:
	case ASN_TIMETICKS:
	case ASN_COUNTER:
		if (v->val.integer == NULL)
			return;
		value.is_number = true;
		value.number = (uint32_t)*v->val.integer;
		break;
	case ASN_OCTET_STR:
		value.octets = (struct bytes){v->val.string, v->val_len};
		break;
	default:
		return;
	}
	row(w, index, n, &value);
}

/* What a walk of one column came to. */
enum walked { WALKED, WALK_SILENT, WALK_LOOPS };

static enum walked walk(struct walker *w, const char *column, row_fn row)
{
	oid root[ROOT_MAX], at[MAX_OID_LEN];
	size_t n_root = parse_oid(column, root), n_at = n_root, rows = 0;

	memcpy(at, root, n_root * sizeof(*root));
	while (rows < ROWS_MAX) {
		struct snmp_pdu *ask = snmp_pdu_create(SNMP_MSG_GETBULK), *got = NULL;
		bool goes_on = true;

		if (ask == NULL)
			return WALK_SILENT;
		ask->non_repeaters = 0;
		ask->max_repetitions = REPETITIONS;
		(void)snmp_add_null_var(ask, at, n_at);
		if (snmp_sess_synch_response(w->session, ask, &got) != STAT_SUCCESS ||
		    got == NULL) {
			if (got != NULL)
				snmp_free_pdu(got);
			return WALK_SILENT;
		}
		if (got->errstat != SNMP_ERR_NOERROR || got->command != SNMP_MSG_RESPONSE ||
		    got->variables == NULL)
			goes_on = false;
		for (const struct variable_list *v = got->variables; goes_on && v != NULL;
		     v = v->next_variable) {
			if (!is_under(root, n_root, v) || v->type == SNMP_ENDOFMIBVIEW ||
			    v->type == SNMP_NOSUCHOBJECT || v->type == SNMP_NOSUCHINSTANCE) {
				goes_on = false;
				break;
			}
			if (snmp_oid_compare(v->name, v->name_length, at, n_at) <= 0) {
				snmp_free_pdu(got);
				return WALK_LOOPS;
			}
			memcpy(at, v->name, v->name_length * sizeof(*at));
			n_at = v->name_length;
			take_row(w, n_root, v, row);
			rows++;
		}
		snmp_free_pdu(got);
		if (!goes_on)
			break;
	}
	return WALKED;
}

static void bridge_row_taken(struct walker *w, const uint32_t *index, size_t n_index,
			     const struct bridge_value *v)
{
	bridge_row(w->bridge, w->context, w->column, index, n_index, v);
}

static void vlan_row_taken(struct walker *w, const uint32_t *index, size_t n_index,
			   const struct bridge_value *v)
{
	enum { OPERATIONAL = 1, FDDI = 1002, AND_OTHERS = 1005 };

	if (n_index == 2 && v->is_number && v->number == OPERATIONAL && w->n_vlans < VLANS_MAX &&
	    index[1] > 0 && index[1] < 4095 && (index[1] < FDDI || index[1] > AND_OTHERS))
		w->vlans[w->n_vlans++] = index[1];
}

static void arp_row_taken(struct walker *w, const uint32_t *index, size_t n_index,
			  const struct bridge_value *v)
{
	struct message m = {.kind = MESSAGE_PAIR, .has_mac = true};

	if (!bridge_arp_row(w->is_old, index, n_index, v, &m.addr, &m.mac))
		return;
	for (size_t i = 0; i < w->task->n_addrs; i++) {
		if (addr_eq(&w->task->addrs[i], &m.addr) && !addr_is_zero(&m.addr)) {
			asking_tell(w->a, &m);
			w->n_pairs++;
			return;
		}
	}
}

/* A walk that ends badly is not the end of the others: old switches lack some of the tables. False:
 * nothing answers. */
static bool walk_on(struct walker *w, const char *column, row_fn row, struct answer *answer)
{
	switch (walk(w, column, row)) {
	case WALK_SILENT:
		return false;
	case WALK_LOOPS:
		answer_add(answer, "walking %s goes in circles: left", column);
		return true;
	default:
		return true;
	}
}

static bool walk_columns(struct walker *w, enum bridge_column from, enum bridge_column to,
			 struct answer *answer)
{
	for (unsigned c = from; c <= (unsigned)to; c++) {
		w->column = (enum bridge_column)c;
		if (!walk_on(w, columns[c], bridge_row_taken, answer))
			return false;
	}
	return true;
}

/* Cisco keeps a table of MACs for each VLAN, behind a community or context of its own. */
static void walk_vlans(struct walker *w, struct answer *answer)
{
	if (!walk_on(w, CISCO_VLANS, vlan_row_taken, answer))
		return;
	for (size_t i = 0; i < w->n_vlans; i++) {
		void *was = w->session;

		w->context = w->vlans[i];
		if (open_session(w, w->context)) {
			(void)walk_columns(w, BRIDGE_IF_INDEX, BRIDGE_FDB, answer);
			close_session(w);
		}
		w->session = was;
	}
	w->context = 0;
}

static void tell_ports(struct walker *w, struct answer *answer)
{
	struct message ports[PLACES_MAX];
	size_t known = 0;

	for (size_t i = 0; i < w->task->n_macs; i++) {
		size_t n = bridge_find(w->bridge, &w->task->macs[i], ports, PLACES_MAX);

		for (size_t j = 0; j < n; j++)
			asking_tell(w->a, &ports[j]);
		known += n > 0;
	}
	answer_add(answer, "%zu MAC addresses learned, %zu of %zu looked for",
		   bridge_macs(w->bridge), known, w->task->n_macs);
	if (bridge_is_full(w->bridge))
		answer_add(answer, "its tables are larger than quell reads");
}

static void ask_switch(struct walker *w, struct answer *answer)
{
	if (bridge_new(&w->bridge) != RC_OK)
		return;
	answer->is_ok = walk_columns(w, BRIDGE_IF_INDEX, BRIDGE_FDB, answer);
	if (answer->is_ok) {
		/* The rest may be missing, or stop in between: what came is used. */
		(void)walk_columns(w, BRIDGE_VLAN_FDB, BRIDGE_REM_CAPS, answer);
		if (w->task->n_macs > 0)
			walk_vlans(w, answer);
		tell_ports(w, answer);
	}
	bridge_free(w->bridge);
}

static void ask_router(struct walker *w, struct answer *answer)
{
	w->is_old = false;
	answer->is_ok = walk_on(w, ARP_NEW, arp_row_taken, answer);
	w->is_old = true;
	answer->is_ok = walk_on(w, ARP_OLD, arp_row_taken, answer) || answer->is_ok;
	if (answer->is_ok)
		answer_add(answer, "%zu rows about those looked for", w->n_pairs);
}

void ask_snmp(struct asking *a, struct answer *ret_answer)
{
	const struct task *t = a->task;
	struct walker w = {.a = a, .task = t};

	quiet();
	if (!open_session(&w, 0)) {
		answer_add(ret_answer, "%s", w.why);
		return;
	}
	if (t->kind == TASK_ROUTER)
		ask_router(&w, ret_answer);
	else
		ask_switch(&w, ret_answer);
	if (!ret_answer->is_ok)
		answer_add(ret_answer,
			   "no answer: SNMP is off or firewalled there, or the secret is wrong");
	close_session(&w);
}
