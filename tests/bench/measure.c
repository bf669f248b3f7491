/*
 * usage: measure FILE COMMAND…   Runs COMMAND with its output in FILE, and prints one line: seconds
 * of CPU (user and system, of it and of all it waited for), seconds by the clock, the highest
 * resident set of any one process of it in KiB, and its exit status.
 *
 * It is a program of its own because a process inherits the peak of whoever forked it: started
 * from an interpreter, nothing would seem smaller than the interpreter.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval v)
{
	return (double)v.tv_sec + (double)v.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage use;
	double start = now();
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0) {
		int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);

		if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1)
			_exit(126);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &use) == -1)
		return 1;
	printf("%.6f %.6f %ld %d\n", seconds(use.ru_utime) + seconds(use.ru_stime), now() - start,
	       use.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
