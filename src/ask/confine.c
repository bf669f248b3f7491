#include "ask/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum {
	NOBODY = 65534,
	FILES = 128,
	MEMORY = 1 << 30, /* Samba's libraries alone take a quarter */
	DNS_PORT = 53,
};

static bool own_descriptors(int pipe)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1)
		return false;
	if (!SANITIZED && dup2(null, STDERR_FILENO) == -1) /* a sanitizer must be heard */
		return false;
	if (pipe != CONFINE_PIPE && dup2(pipe, CONFINE_PIPE) == -1)
		return false;
	return close_range(CONFINE_PIPE + 1, ~0u, 0) == 0;
}

static bool limit(__rlimit_resource_t what, rlim_t n)
{
	struct rlimit r = {n, n};

	return setrlimit(what, &r) == 0;
}

/* What the parent's environment says is for the parent. Of it, Kerberos needs two names. */
static bool own_environment(void)
{
	static const char *const kept[] = {"KRB5CCNAME", "KRB5_CONFIG"};
	char *copies[2] = {NULL, NULL};
	bool ok = true;

	for (size_t i = 0; i < 2; i++) {
		const char *value = getenv(kept[i]);

		if (value != NULL)
			copies[i] = strdup(value);
	}
	ok = clearenv() == 0 && setenv("SMB_CONF_PATH", "/dev/null", 1) == 0 &&
	     setenv("HOME", "/nonexistent", 1) == 0;
	for (size_t i = 0; i < 2; i++) {
		if (copies[i] != NULL && setenv(kept[i], copies[i], 1) != 0)
			ok = false;
		free(copies[i]);
	}
	return ok;
}

static bool drop_root(void)
{
	if (geteuid() != 0)
		return true;
	return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0 && setuid(0) != 0;
}

/* As the kernel defines them from ABI 4 on; Debian 12's header ends before. */
struct ruleset {
	uint64_t fs, net;
};
struct net_port {
	uint64_t allowed, port;
};
enum { NET_ABI = 4, RULE_NET_PORT = 2, NET_CONNECT_TCP = 1 << 1 };

static bool allow_port(int rules, uint16_t port)
{
	struct net_port rule = {NET_CONNECT_TCP, port};

	return syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &rule, 0) == 0;
}

/* A kernel without Landlock is passed over. */
static bool landlock(uint16_t tcp_port)
{
	const uint64_t fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
			    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
			    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
			    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
			    LANDLOCK_ACCESS_FS_MAKE_SYM;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	bool has_net = abi >= NET_ABI && tcp_port != 0;
	struct ruleset r = {fs, has_net ? NET_CONNECT_TCP : 0};
	bool ok = false;
	int rules = -1;

	if (abi < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP;
	rules = (int)syscall(SYS_landlock_create_ruleset, &r,
			     abi >= NET_ABI ? sizeof(r) : sizeof(r.fs), 0);
	if (rules == -1)
		return false;
	ok = (!has_net || (allow_port(rules, tcp_port) && allow_port(rules, DNS_PORT))) &&
	     syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return ok;
}

static void default_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGCHLD};
	sigset_t none;

	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		(void)signal(caught[i], SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

enum rc confine(const struct confine_options *opt)
{
	default_signals();
	(void)setsid(); /* no terminal, and Ctrl-C is for the parent, which ends us */
	if (!own_descriptors(opt->pipe) || !own_environment())
		return RC_IO;
	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NOFILE, FILES) ||
	    !limit(RLIMIT_CPU, opt->cpu_s) || (!SANITIZED && !limit(RLIMIT_AS, MEMORY)))
		return RC_IO;
	if (!opt->keep_id && !drop_root())
		return RC_IO;
	/* After the ids: changing them clears both. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0)
		return RC_IO;
	if (getppid() != opt->parent)
		return RC_CLOSED;
	return landlock(opt->tcp_port) ? RC_OK : RC_IO;
}
