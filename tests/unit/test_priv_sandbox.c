/* Each forbidden thing is tried in a process of its own, and must not work there. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "priv/priv.h"

enum { WORKED = 10, REFUSED = 11, NO_SANDBOX = 12 };
enum { HELD = 100 }; /* a socket opened before, as that of an interface is */

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static int try_create(void)
{
	return open("/tmp/quell-test-sandbox", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return 0;
}

static int try_signal(void)
{
	return kill(getppid(), 0) == 0;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static int try_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

static void *idle(void *unused)
{
	return unused;
}

static int try_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, idle, NULL) == 0 && pthread_join(t, NULL) == 0;
}

static int try_memory(void)
{
	volatile char *p = malloc(32 << 20);

	if (p == NULL)
		return 0;
	p[0] = 1;
	free((void *)(uintptr_t)p);
	return 1;
}

static int try_flags(void)
{
	struct ifreq r = {.ifr_name = "lo"};

	return ioctl(HELD, SIOCGIFFLAGS, &r) == 0 && (r.ifr_flags & IFF_LOOPBACK) != 0;
}

static int try_hardware(void)
{
	struct ifreq r = {.ifr_name = "lo"};

	return ioctl(HELD, SIOCGIFHWADDR, &r) == 0 || errno != ENOTTY;
}

static int try_take_down(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

	return ioctl(HELD, SIOCSIFFLAGS, &r) == 0 || errno != ENOTTY;
}

static int in_sandbox(int (*attempt)(void))
{
	int status = 0;
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		if (priv_sandbox(parent) != RC_OK)
			_exit(NO_SANDBOX);
		_exit(attempt() ? WORKED : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return REFUSED;
	}
	return WEXITSTATUS(status);
}

static const struct {
	const char *what;
	int (*attempt)(void);
	int want;
} cases[] = {
	{"opening a file", try_open, REFUSED},
	{"making a file", try_create, REFUSED},
	{"a socket", try_socket, REFUSED},
	{"running a program", try_exec, REFUSED},
	{"a signal to the parent", try_signal, REFUSED},
	{"a process", try_fork, REFUSED},
	{"memory to run", try_code, REFUSED},
	{"another question to a device", try_hardware, REFUSED},
	{"a setting of a device", try_take_down, REFUSED},
	{"the flags of an interface", try_flags, WORKED},
	{"a thread", try_thread, WORKED},
	{"memory", try_memory, WORKED},
};

static void what_is_forbidden_is_refused_and_the_rest_works(void **unused)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)unused;
	assert_int_equal(dup2(fd, HELD), HELD);
	close(fd);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("           %s\n", cases[i].what);
		assert_int_equal(in_sandbox(cases[i].attempt), cases[i].want);
	}
	close(HELD);
}

static void only_the_descriptors_named_stay_open(void **unused)
{
	int fds[4], status = 0;

	(void)unused;
	for (size_t i = 0; i < 4; i++)
		assert_true((fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC)) > 2);

	pid_t pid = fork();

	if (pid == 0) {
		int keep[] = {fds[3], fds[1]};

		if (priv_close_others(keep, 2) != RC_OK)
			_exit(1);
		_exit(fcntl(fds[0], F_GETFD) == -1 && fcntl(fds[1], F_GETFD) != -1 &&
				      fcntl(fds[2], F_GETFD) == -1 && fcntl(fds[3], F_GETFD) != -1
			      ? WORKED
			      : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), WORKED);
	for (size_t i = 0; i < 4; i++)
		close(fds[i]);
}

static void root_becomes_nobody(void **unused)
{
	int status = 0;
	pid_t pid = fork();

	(void)unused;
	if (pid == 0) {
		if (priv_drop_root() != RC_OK)
			_exit(REFUSED);
		_exit(geteuid() != 0 && setuid(0) != 0 ? WORKED : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), WORKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_forbidden_is_refused_and_the_rest_works),
		cmocka_unit_test(only_the_descriptors_named_stay_open),
		cmocka_unit_test(root_becomes_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
