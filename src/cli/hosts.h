/*
 * hosts - the subcommands of `quell hosts`.
 *
 * Each is a row of the table in cmd_hosts.c and a function in a file of its own, with its own
 * options and its own --help. argv[0] is its name. Returns the exit status.
 */
#ifndef CLI_HOSTS_H
#define CLI_HOSTS_H

struct hosts_part {
	const char *name, *summary;
	int (*run)(int argc, char **argv);
};

extern const struct hosts_part hosts_parts[]; /* ended by a NULL name */

int hosts_import(int argc, char **argv); /* cmd_hosts_import.c */
int hosts_show(int argc, char **argv);   /* cmd_hosts_show.c */
int hosts_set(int argc, char **argv);    /* these: cmd_hosts_change.c */
int hosts_tag(int argc, char **argv);
int hosts_merge(int argc, char **argv);
int hosts_split(int argc, char **argv);
int hosts_forget(int argc, char **argv);
int hosts_audit(int argc, char **argv); /* cmd_hosts_audit.c */

#endif
