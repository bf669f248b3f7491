/* The gate: how many connections leave a process, and where to. Each case is a process of its own,
 * since a gate stays closed. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask/gate.h"

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static uint16_t listen_somewhere(void)
{
	struct sockaddr_in at = loopback(0);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

static int try_connect(uint16_t port)
{
	struct sockaddr_in to = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 0 : errno;
}

enum { OPEN = 1, OTHER, MORE }; /* connect to the port, to the other one, allow one more */

static const struct {
	const char *what;
	int steps[6];
	int errors[6]; /* of connect() */
	bool was_tried;
} cases[] = {
	{"one connection", {OPEN, OPEN}, {0, EACCES}, true},
	{"nowhere else", {OTHER, OPEN}, {EACCES, 0}, true},
	{"one more is one more",
	 {OPEN, MORE, OPEN, OPEN, MORE, OPEN},
	 {0, 0, 0, EACCES, 0, 0},
	 true},
	{"one more, but nowhere else", {OPEN, MORE, OTHER, OPEN}, {0, 0, EACCES, 0}, true},
	{"what is meant is not told", {OPEN, MORE, OPEN}, {0, 0, 0}, false},
};

/* 0: as it should be; else 1 + the step that was not. */
static int child(size_t i, uint16_t port, uint16_t other)
{
	const uint8_t v4[] = {127, 0, 0, 1};
	struct addr a = addr_from_v4(v4);

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || gate_is_closed() ||
	    gate_close_but_for(&a, port, false) != RC_OK || !gate_is_closed())
		return 100;
	for (int k = 0; k < 6 && cases[i].steps[k] != 0; k++) {
		int step = cases[i].steps[k];

		if (step == MORE)
			gate_allow(1);
		else if (try_connect(step == OPEN ? port : other) != cases[i].errors[k])
			return 1 + k;
	}
	return gate_was_tried() == cases[i].was_tried ? 0 : 101;
}

static void only_what_is_allowed_passes(void **unused)
{
	uint16_t port = listen_somewhere(), other = listen_somewhere();

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status = 0;
		pid_t pid = fork();

		print_message("           %s\n", cases[i].what);
		if (pid == 0)
			_exit(child(i, port, other));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_allowed_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
