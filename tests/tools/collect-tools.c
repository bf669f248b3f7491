/*
 * collect-tools - what Windows' net, sc, wmic, getmac and find print, for Wine, which has none of
 * them or not these parts. One program under five names; it reads nothing and changes nothing.
 *
 * Built for Windows by tests/golden/test-collect. As Windows' own wmic does, it ends lines with
 * CR CR LF when its output is a pipe.
 */
#include <stdio.h>
#include <string.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

static const char *tool_name(const char *path)
{
	const char *name = path;

	for (; *path != '\0'; path++) {
		if (*path == '\\' || *path == '/')
			name = path + 1;
	}
	return name;
}

static int say(const char *text, const char *end)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			fputs(end, stdout);
		else
			putchar(*text);
	}
	return 0;
}

static int is(int argc, char **argv, int i, const char *word)
{
	return i < argc && strcmp(argv[i], word) == 0;
}

static int net(int argc, char **argv)
{
	if (is(argc, argv, 1, "accounts"))
		return say("Force user logoff how long after time expires?:       Never\n"
			   "Minimum password age (days):                          0\n"
			   "Maximum password age (days):                          42\n"
			   "Minimum password length:                              0\n"
			   "Length of password history maintained:                None\n"
			   "Lockout threshold:                                    Never\n"
			   "Lockout duration (minutes):                           30\n"
			   "Lockout observation window (minutes):                 30\n"
			   "Computer role:                                        WORKSTATION\n"
			   "The command completed successfully.\n\n",
			   "\r\n");
	if (is(argc, argv, 1, "localgroup") && is(argc, argv, 2, "Administrators"))
		return say("Alias name     Administrators\nComment        all\n\nMembers\n\n"
			   "----------------------------------------------------------------\n"
			   "Administrator\nCORP\\Domain Admins\na & del * %PATH% !PATH!\n"
			   "The command completed successfully.\n\n",
			   "\r\n");
	if (is(argc, argv, 1, "user"))
		return say("\nUser accounts for \\\\VM\n\n"
			   "----------------------------------------------------------------\n"
			   "Administrator            Guest                    \n"
			   "The command completed successfully.\n\n",
			   "\r\n");
	if (is(argc, argv, 1, "share"))
		return say("\nShare name   Resource                        Remark\n\n"
			   "----------------------------------------------------------------\n"
			   "IPC$                                         Remote IPC\n"
			   "The command completed successfully.\n\n",
			   "\r\n");
	fputs("The group does not exist.\r\n", stderr);
	return 2;
}

static int sc(int argc, char **argv)
{
	if (!is(argc, argv, 2, "wuauserv")) {
		say("[SC] OpenService FAILED 1060:\n\nThe specified service does not exist as an "
		    "installed service.\n\n",
		    "\r\n");
		return 1060;
	}
	if (is(argc, argv, 1, "query"))
		return say("\nSERVICE_NAME: wuauserv\n        TYPE               : 20  "
			   "WIN32_SHARE_PROCESS\n        STATE              : 1  STOPPED\n",
			   "\r\n");
	return say(
		"[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: wuauserv\n        START_TYPE   "
		"      : 4   DISABLED\n",
		"\r\n");
}

static int wmic(int argc, char **argv)
{
	if (is(argc, argv, 1, "os"))
		return say("LastBootUpTime             LocalDateTime              \n"
			   "20190301080000.500000+060  20190302130203.123000+060  \n\n",
			   "\r\r\n");
	if (is(argc, argv, 1, "computersystem"))
		return say("Domain        UserName       \ncorp.example  CORP\\maria     \n\n",
			   "\r\r\n");
	if (is(argc, argv, 1, "useraccount"))
		return say(
			"Disabled  Lockout  Name           PasswordExpires  PasswordRequired  SID\n"
			"FALSE     FALSE    Administrator  FALSE            FALSE             "
			"S-1-5-21-1-2-3-500\n\n",
			"\r\r\n");
	if (is(argc, argv, 1, "share"))
		return say("Name    Type        \nADMIN$  2147483648  \nA & B   0           \n\n",
			   "\r\r\n");
	if (is(argc, argv, 1, "qfe"))
		return say("HotFixID   ServicePackInEffect  \nKB4012212                       \n\n",
			   "\r\r\n");
	if (is(argc, argv, 2, "path"))
		return say("displayName  productState  \nGuard        397568        \n\n",
			   "\r\r\n");
	/* The quotes are cmd.exe's; what is left is what WMI is asked. */
	if (is(argc, argv, 1, "datafile") &&
	    is(argc, argv, 3, "name='C:\\\\windows\\\\system32\\\\kernel32.dll'"))
		return say("Version        \n6.1.7601.24000  \n\n", "\r\r\n");
	fputs("ERROR:\r\nDescription = Invalid query\r\n", stderr);
	return 1;
}

/* With /v, every line; otherwise whether a line has it. */
static int find(int argc, char **argv)
{
	char line[1024];
	int is_there = is(argc, argv, 1, "/v");

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (is(argc, argv, 1, "/v")) {
			fputs(line, stdout);
		} else if (argc == 2 && strstr(line, argv[1]) != NULL) {
			fputs(line, stdout);
			is_there = 1;
		}
	}
	return is_there ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *name = tool_name(argv[0]);

#ifdef _WIN32
	(void)_setmode(_fileno(stdin), _O_BINARY);
	(void)_setmode(_fileno(stdout), _O_BINARY);
#endif
	if (strncmp(name, "net", 3) == 0)
		return net(argc, argv);
	if (strncmp(name, "sc", 2) == 0)
		return sc(argc, argv);
	if (strncmp(name, "wmic", 4) == 0)
		return wmic(argc, argv);
	if (strncmp(name, "getmac", 6) == 0)
		return say("\"00-1A-2B-3C-4D-5E\",\"\\Device\\Tcpip_{0A1B2C3D}\"\n"
			   "\"N/A\",\"Hardware not present\"\n",
			   "\r\n");
	if (strncmp(name, "find", 4) == 0)
		return find(argc, argv);
	return 9;
}
