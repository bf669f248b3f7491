/* Versions: MS-NLMP 2.2.2.10; native names: MS-CIFS 2.2.4.53, as machines of each release send it;
 * the orders of DHCP's options are those that src/host/os.c knows. */
#include "talk/system.h"

#define LIST(of)                                                                                   \
	{                                                                                          \
		of, sizeof(of)                                                                     \
	}
#define FIREFOX(system) "Mozilla/5.0 (" system "; rv:45.0) Gecko/20100101 Firefox/45.0"

static const uint8_t msft[] = {'M', 'S', 'F', 'T', ' ', '5', '.', '0'};
static const uint8_t order_xp[] = {1, 15, 3, 6, 44, 46, 47, 31, 33, 249, 43};
static const uint8_t order_7[] = {1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 43, 252};
static const uint8_t order_10[] = {1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252};
static const uint8_t order_apple[] = {1, 121, 3, 6, 15, 119, 252};
static const uint8_t order_linux[] = {1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42};

static const struct system systems[] = {
	[OS_XP] = {{5, 1, 2600},
		   "Windows 2002 Service Pack 3 2600",
		   "Windows 2002 5.1",
		   FIREFOX("Windows NT 5.1"),
		   LIST(msft),
		   LIST(order_xp)},
	[OS_2003] = {{5, 2, 3790},
		     "Windows Server 2003 3790 Service Pack 2",
		     "Windows Server 2003 5.2",
		     FIREFOX("Windows NT 5.2"),
		     LIST(msft),
		     LIST(order_xp)},
	[OS_2008] = {{6, 1, 7601},
		     "Windows Server 2008 R2 Standard 7601 Service Pack 1",
		     "Windows Server 2008 R2 Standard 6.1",
		     FIREFOX("Windows NT 6.1"),
		     LIST(msft),
		     LIST(order_7)},
	[OS_7] = {{6, 1, 7601},
		  "Windows 7 Professional 7601 Service Pack 1",
		  "Windows 7 Professional 6.1",
		  FIREFOX("Windows NT 6.1"),
		  LIST(msft),
		  LIST(order_7)},
	[OS_10] = {{10, 0, 19045},
		   "Windows 10 Pro 19045",
		   "Windows 10 Pro 6.3",
		   FIREFOX("Windows NT 10.0"),
		   LIST(msft),
		   LIST(order_10)},
	[OS_OTHER] = {{0, 0, 0}, /* telephones and the like */
		      "Mac OS X 10.11",
		      "SMBFS 3.0",
		      "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3 like Mac OS X) Safari/601.1",
		      {NULL, 0},
		      LIST(order_apple)},
	[OS_LINUX] = {{6, 1, 0},
		      "Unix",
		      "Samba 4.5.16",
		      FIREFOX("X11; Linux x86_64"),
		      {NULL, 0},
		      LIST(order_linux)},
};

const struct system *system_of(enum os os)
{
	return &systems[os == OS_PRINTER ? OS_LINUX : os];
}
