#include "priv/priv.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What the sensor needs once it holds its descriptors. Each group says for what. */
static const int allowed[] = {
	/* captures, the channel to the parent, messages of our own bugs */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(lseek),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(close),
	SCMP_SYS(dup),
	SCMP_SYS(fcntl),
	SCMP_SYS(pread64),
	SCMP_SYS(fadvise64),
	/* packet sockets that are open already */
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(getsockopt),
	SCMP_SYS(getsockname),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(sysinfo), /* qsort() of glibc asks how much memory it may take */
	/* threads */
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	/* clocks, and the end; tgkill only so that abort() can end in a core */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(getrandom),
	SCMP_SYS(tgkill),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* A ruleset that handles every right to files and grants none. */
static enum rc landlock(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 1)
		return RC_OK; /* an older kernel */

	/* The first 13 rights are ABI 1, REFER 2, TRUNCATE 3; newer ones are not about what we
	 * could open anyway. */
	unsigned rights = abi == 1 ? 13 : abi == 2 ? 14 : 15;
	struct landlock_ruleset_attr attr = {.handled_access_fs = (UINT64_C(1) << rights) - 1};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd == -1)
		return RC_IO;

	long done = syscall(SYS_landlock_restrict_self, fd, 0);
	int why = errno;

	close(fd);
	errno = why;
	return done == 0 ? RC_OK : RC_IO;
}

/* Calls that are harmless in one form only. 0, or a negative errno. */
static int add_conditional(scmp_filter_ctx ctx)
{
	/* memory, but never memory that can be run */
	int bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	if (!bad)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* threads, but no processes; clone3 hides its flags, and libc does without it */
	if (!bad)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				       SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (!bad)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* is the interface that we listen on still up? */
	if (!bad)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				       SCMP_A1(SCMP_CMP_EQ, SIOCGIFFLAGS, 0));
	/* stdio asks whether it writes to a terminal: no is the answer, not death */
	if (!bad)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1,
				       SCMP_A1(SCMP_CMP_NE, SIOCGIFFLAGS, 0));
	return bad;
}

static enum rc seccomp(void)
{
	/* A sanitized build must live to print what it found, though it cannot read its own maps
	 * any more; the product is killed at the first forbidden call. */
	scmp_filter_ctx ctx =
		seccomp_init(SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	int bad = ctx == NULL;

	for (size_t i = 0; !bad && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!bad)
		bad = add_conditional(ctx);
	if (!bad)
		bad = seccomp_load(ctx);
	if (ctx != NULL)
		seccomp_release(ctx);
	if (bad < 0)
		errno = -bad;
	return bad ? RC_IO : RC_OK;
}

enum rc priv_sandbox(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0)
		return RC_IO;
	if (getppid() != parent) /* it died before we asked to die with it */
		return RC_CLOSED;
	if (landlock() != RC_OK)
		return RC_IO;
	return seccomp();
}
