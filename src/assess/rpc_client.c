/*
 * The only file that knows Samba's RPC headers.
 *
 * All pipes share one SMB session: the second and later ones are opened beside the first. So a
 * machine sees one more logon, however many services are asked.
 */
#include "assess/rpc_client.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Samba's headers, in the order that they need. */
/* clang-format off */
#include <time.h>
#include <core/ntstatus.h>
#include <util/data_blob.h>
#include <credentials.h>
#include <dcerpc.h>
#include <param.h>
#include <tevent.h>
/* clang-format on */

#include "ask/confine.h"
#include "ask/credentials.h"
#include "ask/gate.h"

/* Every function that is used, with the library's own type. */
#define FUNCTIONS(X)                                                                               \
	X(_talloc_free)                                                                            \
	X(cli_credentials_init)                                                                    \
	X(cli_credentials_set_anonymous)                                                           \
	X(cli_credentials_set_ccache)                                                              \
	X(cli_credentials_set_conf)                                                                \
	X(cli_credentials_set_domain)                                                              \
	X(cli_credentials_set_kerberos_state)                                                      \
	X(cli_credentials_set_password)                                                            \
	X(cli_credentials_set_username)                                                            \
	X(cli_credentials_set_workstation)                                                         \
	X(dcerpc_binding_handle_raw_call)                                                          \
	X(dcerpc_binding_handle_set_timeout)                                                       \
	X(dcerpc_init)                                                                             \
	X(dcerpc_parse_binding)                                                                    \
	X(dcerpc_pipe_connect_b)                                                                   \
	X(dcerpc_secondary_auth_connection)                                                        \
	X(get_friendly_nt_error_msg)                                                               \
	X(loadparm_init)                                                                           \
	X(lpcfg_do_global_parameter)                                                               \
	X(tevent_context_init)

#define MEMBER(name) __typeof__(name) *(name);
struct functions {
	FUNCTIONS(MEMBER)
};

static const struct {
	const char *name, *table; /* the pipe's, and the library's description of the interface */
} pipes[RPC_PIPES] = {
	[RPC_WINREG] = {"winreg", "ndr_table_winreg"},
	[RPC_SAMR] = {"samr", "ndr_table_samr"},
	[RPC_LSARPC] = {"lsarpc", "ndr_table_lsarpc"},
	[RPC_SVCCTL] = {"svcctl", "ndr_table_svcctl"},
	[RPC_SRVSVC] = {"srvsvc", "ndr_table_srvsvc"},
};

enum pipe_state { PIPE_NOT_TRIED, PIPE_OPEN, PIPE_FAILED };

struct pipe_end {
	const struct ndr_interface_table *table;
	struct dcerpc_pipe *pipe;
	enum pipe_state state;
	uint8_t *reply;         /* the library's; of the last call */
	char why[MESSAGE_TEXT]; /* it failed */
};

struct rpc_client {
	struct functions f;
	const struct visit *v;
	bool has_kerberos;
	char addr[ADDR_TEXT];
	struct tevent_context *events;
	struct loadparm_context *settings;
	struct cli_credentials *credentials;
	struct dcerpc_pipe *first; /* whose session the others share; NULL: there is none */
	bool is_over; /* the machine does not let us in, or is gone: nothing more is tried */
	char why[MESSAGE_TEXT]; /* it is over */
	struct pipe_end ends[RPC_PIPES];
};

/* A pointer to data cannot be cast to one to a function. */
static bool load_one(void *library, const char *name, void *to)
{
	void *at = dlsym(library, name);

	memcpy(to, &at, sizeof(at));
	return at != NULL;
}

static bool open_libraries(void **ret_library, void **ret_tables)
{
	*ret_library = dlopen("libdcerpc.so.0", RTLD_NOW | RTLD_LOCAL);
	*ret_tables = dlopen("libndr-standard.so.0", RTLD_NOW | RTLD_LOCAL);
	return *ret_library != NULL && *ret_tables != NULL;
}

bool rpc_client_load(void)
{
	void *library = NULL, *tables = NULL;

	return open_libraries(&library, &tables); /* for as long as the process lives */
}

/* dlsym() also looks in the libraries that libdcerpc needs. */
static bool load(struct rpc_client *r)
{
	void *library = NULL, *tables = NULL;
	bool ok = true;

	if (!open_libraries(&library, &tables))
		return false;
#define LOAD(name) ok = load_one(library, #name, &r->f.name) && ok;
	FUNCTIONS(LOAD)
	for (size_t i = 0; i < RPC_PIPES; i++) {
		r->ends[i].table = dlsym(tables, pipes[i].table);
		ok = r->ends[i].table != NULL && ok;
	}
	return ok;
}

static uint16_t port_of(const struct rpc_client *r)
{
	enum { SMB_PORT = 445 };

	return r->v->opt->ask->smb_port != 0 ? r->v->opt->ask->smb_port : SMB_PORT;
}

static bool set(const struct rpc_client *r, const char *name, const char *value)
{
	return r->f.lpcfg_do_global_parameter(r->settings, name, value);
}

/* No file is read: these are all that differ from the library's defaults. */
static bool set_up(struct rpc_client *r)
{
	bool is_smb1 = r->v->smb == MESSAGE_SMB1_ONLY;
	char text[8];

	(void)snprintf(text, sizeof(text), "%u", port_of(r));
	return set(r, "smb ports", text) && set(r, "name resolve order", "host") &&
	       /* What it speaks is known: nobody can talk us down to SMB 1. */
	       set(r, "client ipc min protocol", is_smb1 ? "NT1" : "SMB2_02") &&
	       set(r, "client ipc max protocol", is_smb1 ? "NT1" : "SMB3_11") &&
	       /* XP does not sign unless told to. */
	       set(r, "client ipc signing", is_smb1 ? "if_required" : "required") &&
	       set(r, "client min protocol", is_smb1 ? "NT1" : "SMB2_02");
}

static bool take_credentials(struct rpc_client *r, const struct ask_credentials *c)
{
	const struct functions *f = &r->f;
	struct cli_credentials *to = f->cli_credentials_init(NULL);
	const char *err = NULL;

	r->credentials = to;
	if (to == NULL || !f->cli_credentials_set_conf(to, r->settings))
		return false;
	if (c == NULL) {
		f->cli_credentials_set_anonymous(to);
		return true;
	}
	r->has_kerberos = c->use_kerberos;
	if (c->use_kerberos)
		return f->cli_credentials_set_kerberos_state(to, CRED_USE_KERBEROS_REQUIRED,
							     CRED_SPECIFIED) &&
		       f->cli_credentials_set_ccache(to, r->settings, NULL, CRED_SPECIFIED, &err) ==
			       0;
	return f->cli_credentials_set_kerberos_state(to, CRED_USE_KERBEROS_DISABLED,
						     CRED_SPECIFIED) &&
	       f->cli_credentials_set_username(to, c->username, CRED_SPECIFIED) &&
	       f->cli_credentials_set_password(to, c->password, CRED_SPECIFIED) &&
	       f->cli_credentials_set_domain(to, c->domain, CRED_SPECIFIED);
}

static struct rpc_client *give_up(struct rpc_client *r, char *why, const char *reason)
{
	(void)snprintf(why, MESSAGE_TEXT, "%s", reason);
	free(r);
	return NULL;
}

struct rpc_client *rpc_client_new(const struct visit *v, const struct ask_credentials *credentials,
				  char *why)
{
	struct rpc_client *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return give_up(r, why, "no memory");
	r->v = v;
	(void)addr_format(&v->asking->addr, r->addr);
	if (!load(r))
		return give_up(r, why,
			       "Samba's RPC libraries are missing here; install the package "
			       "samba-libs");
	if ((r->settings = r->f.loadparm_init(NULL)) == NULL || !set_up(r) ||
	    (r->events = r->f.tevent_context_init(NULL)) == NULL ||
	    !NT_STATUS_IS_OK(r->f.dcerpc_init()))
		return give_up(r, why, "Samba's RPC libraries cannot be set up");
	if (!take_credentials(r, credentials))
		return give_up(r, why, "the account cannot be given to Samba's libraries");
	return r;
}

static const struct known {
	uint32_t status; /* MS-ERREF 2.3.1 */
	const char *says;
	bool goes_on; /* on another pipe it may go better */
} known[] = {
	{0xC0000022, "access denied", true},
	{0xC0000034, "there is no such pipe: the service is not running", true},
	{0xC00000AC, "the pipe is busy, or its service is just starting", true},
	{0xC00000AB, "the pipe is busy, or its service is just starting", true},
	{0xC000014B, "the service closed the pipe", true},
	{0xC002002E, "the service does not know this question", true},
	{0xC0020012, "the service does not offer this interface", true},
	{0xC00000B5, "no answer", false},
	{0xC000020C, "the machine closed the connection", false},
	{0xC000020D, "the machine closed the connection", false},
	{0xC0000241, "the machine closed the connection", false},
	{0xC0000236, "refused: nothing listens there", false},
	{0xC0000017, "it cannot be reached", false}, /* so the library says it */
	{0xC000006D, "the logon was refused", false},
	{0xC0000234, "the account is locked", false},
	{0xC0000064, "the logon was refused: no such user", false},
	{0xC000006A, "the logon was refused: wrong password", false},
	{0xC0000072, "the account is disabled", false},
	{0xC0000073, "it knows none of the names", true},
	{0xC0000151, "there is no such group", true},
};

static const struct known *known_status(uint32_t status)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].status == status)
			return &known[i];
	}
	return NULL;
}

void rpc_client_explain(uint32_t status, char *why)
{
	const struct known *k = known_status(status);

	if (k != NULL)
		(void)snprintf(why, MESSAGE_TEXT, "%s", k->says);
	else
		(void)snprintf(why, MESSAGE_TEXT, "it answers with status 0x%08" PRIx32, status);
}

/* What became of it, in words; and whether anything more can come of this machine. */
static bool explain(const struct rpc_client *r, NTSTATUS status, char *why)
{
	const struct known *k = known_status(NT_STATUS_V(status));

	if (k == NULL)
		(void)snprintf(why, MESSAGE_TEXT, "%s", r->f.get_friendly_nt_error_msg(status));
	else
		(void)snprintf(why, MESSAGE_TEXT, "%s", k->says);
	return k != NULL && k->goes_on;
}

/* Connecting has no timeout of its own that could be set. So when the time is over, every socket is
 * shut, and the library finds out that nobody answers. */
static volatile sig_atomic_t was_shut;

static void shut_sockets(int sig)
{
	enum { DESCRIPTORS = 128 }; /* a child has no more: ask/confine.c */

	(void)sig;
	was_shut = 1;
	for (int fd = CONFINE_PIPE + 1; fd < DESCRIPTORS; fd++)
		(void)shutdown(fd, SHUT_RDWR);
}

static void shut_in(unsigned ms)
{
	struct itimerval t = {.it_value = {ms / 1000, ms % 1000 * 1000}};
	struct sigaction on = {.sa_handler = ms != 0 ? shut_sockets : SIG_DFL};

	if (ms == 0)
		(void)setitimer(ITIMER_REAL, &t, NULL);
	sigemptyset(&on.sa_mask);
	(void)sigaction(SIGALRM, &on, NULL);
	if (ms != 0)
		(void)setitimer(ITIMER_REAL, &t, NULL);
}

/* The gate is opened for each connection, and only for it. */
static bool may_connect(const struct rpc_client *r)
{
	if (!gate_is_closed())
		return gate_close_but_for(&r->v->asking->addr, port_of(r), r->has_kerberos) ==
		       RC_OK;
	gate_allow(1);
	return true;
}

static NTSTATUS connect_to(struct rpc_client *r, enum rpc_pipe pipe, struct dcerpc_pipe **ret_p)
{
	const struct ndr_interface_table *table = r->ends[pipe].table;
	struct dcerpc_binding *b = NULL;
	char text[512];
	NTSTATUS status;

	(void)snprintf(text, sizeof(text), "ncacn_np:%s[\\pipe\\%s%s%.255s]", r->addr,
		       pipes[pipe].name, r->has_kerberos ? ",target_hostname=" : "",
		       r->has_kerberos ? r->v->host : "");
	status = r->f.dcerpc_parse_binding(NULL, text, &b);
	if (!NT_STATUS_IS_OK(status))
		return status;
	shut_in(r->v->opt->ask->timeout_ms);
	if (r->first != NULL)
		status = r->f.dcerpc_secondary_auth_connection(r->first, b, table, r->credentials,
							       r->settings, NULL, ret_p);
	else
		status = r->f.dcerpc_pipe_connect_b(NULL, ret_p, b, table, r->credentials,
						    r->events, r->settings);
	shut_in(0);
	(void)r->f._talloc_free(b, __location__);
	return status;
}

static void end_all(struct rpc_client *r, const char *why)
{
	r->is_over = true;
	(void)snprintf(r->why, sizeof(r->why), "%s", why);
}

static void open_pipe(struct rpc_client *r, enum rpc_pipe pipe)
{
	struct pipe_end *e = &r->ends[pipe];
	struct dcerpc_pipe *p = NULL;
	NTSTATUS status;

	e->state = PIPE_FAILED;
	if (r->first == NULL && !may_connect(r)) {
		(void)snprintf(e->why, sizeof(e->why),
			       "this kernel cannot hold Samba's libraries to one machine "
			       "(seccomp)");
		end_all(r, e->why);
		return;
	}
	status = connect_to(r, pipe, &p);
	if (!NT_STATUS_IS_OK(status) || p == NULL) {
		bool goes_on = explain(r, status, e->why);

		if (was_shut)
			(void)snprintf(e->why, sizeof(e->why), "no answer");
		/* With a session, what goes wrong is the one pipe's matter; unless nobody answers.
		 */
		if (was_shut || (r->first == NULL && !goes_on))
			end_all(r, e->why);
		return;
	}
	p->conn->max_total_response_size = RPC_REPLY_MAX;
	(void)r->f.dcerpc_binding_handle_set_timeout(p->binding_handle,
						     (r->v->opt->ask->timeout_ms + 999) / 1000);
	e->pipe = p;
	e->state = PIPE_OPEN;
	if (r->first == NULL)
		r->first = p;
}

bool rpc_client_open(struct rpc_client *r, enum rpc_pipe pipe, char *why)
{
	struct pipe_end *e = &r->ends[pipe];

	/* This one is always there, so it carries the session. Where even it is refused, each pipe
	 * costs a connection. */
	if (r->ends[RPC_LSARPC].state == PIPE_NOT_TRIED)
		open_pipe(r, RPC_LSARPC);
	if (e->state == PIPE_NOT_TRIED && !r->is_over)
		open_pipe(r, pipe);
	if (e->state == PIPE_OPEN)
		return true;
	(void)snprintf(why, MESSAGE_TEXT, "%s", e->state == PIPE_FAILED ? e->why : r->why);
	return false;
}

bool rpc_client_reach(struct visit *v, enum rpc_pipe pipe, char *why)
{
	if (v->rpc == NULL)
		v->rpc = rpc_client_new(v, v->opt->ask->credentials, why);
	return v->rpc != NULL && rpc_client_open(v->rpc, pipe, why);
}

bool rpc_client_call(struct rpc_client *r, enum rpc_pipe pipe, uint16_t opnum, struct bytes request,
		     struct bytes *ret_reply, char *why)
{
	struct pipe_end *e = &r->ends[pipe];
	uint32_t flags = 0;
	size_t len = 0;
	NTSTATUS status;

	if (e->state != PIPE_OPEN)
		return rpc_client_open(r, pipe, why);
	if (e->reply != NULL)
		(void)r->f._talloc_free(e->reply, __location__);
	e->reply = NULL;
	status = r->f.dcerpc_binding_handle_raw_call(e->pipe->binding_handle, NULL, opnum, 0,
						     request.at, request.len, NULL, &e->reply, &len,
						     &flags);
	if (!NT_STATUS_IS_OK(status)) {
		(void)explain(r, status, why);
		return false;
	}
	if ((flags & LIBNDR_FLAG_BIGENDIAN) != 0) { /* no Windows does */
		(void)snprintf(why, MESSAGE_TEXT, "it answers in another byte order");
		return false;
	}
	*ret_reply = (struct bytes){e->reply, len};
	return true;
}
