/* directory - computers as Active Directory, WSUS and SCCM list them: tables with names of their
 * own. Sources: Get-ADComputer | Export-Csv; WSUS' computer reports and Get-WsusComputer; SCCM's
 * device lists and queries over v_R_System. */
#include "import/formats.h"
#include "import/table.h"

static const struct table_name ad_names[] = {
	{"created", COL_IGNORED},
	{"modified", COL_IGNORED},
	{"whencreated", COL_IGNORED},
	{"whenchanged", COL_IGNORED},
	{"operatingsystemservicepack", COL_IGNORED},
	{"operatingsystemhotfix", COL_IGNORED},
	{"userprincipalname", COL_IGNORED},
	{"canonicalname", COL_IGNORED},
	{"lockedout", COL_IGNORED},
	/* A computer changes its own password every 30 days: it was there then. */
	{"passwordlastset", COL_LAST},
	{NULL, COL_UNKNOWN},
};

static const struct table_name wsus_names[] = {
	{"osdescription", COL_OS},
	{"osinfo", COL_IGNORED},
	{"osfamily", COL_IGNORED},
	{"osarchitecture", COL_IGNORED},
	{"clientversion", COL_IGNORED},
	{"computerrole", COL_IGNORED},
	{"requestedtargetgroupname", COL_IGNORED},
	{"requestedtargetgroupnames", COL_IGNORED},
	{"computertargetgroupids", COL_IGNORED},
	{"installednotapplicablepercentage", COL_IGNORED},
	{"installednotapplicable", COL_IGNORED},
	{"updateserver", COL_IGNORED},
	{"lastsyncresult", COL_IGNORED},
	{NULL, COL_UNKNOWN},
};

static const struct table_name sccm_names[] = {
	{"adsitename", COL_PLACE},
	{"adsite", COL_PLACE},
	{"adsitename0", COL_PLACE},
	{"sitecode", COL_IGNORED},
	{"smssitecode", COL_IGNORED},
	{"site", COL_IGNORED},
	{"client", COL_IGNORED},
	{"clientactivity", COL_IGNORED},
	{"clienttype", COL_IGNORED},
	{"clientversion", COL_IGNORED},
	{"devicetype", COL_IGNORED},
	{"resourceid", COL_IGNORED},
	{"smsuniqueidentifier0", COL_IGNORED},
	{"deviceonlinestatus", COL_IGNORED},
	{"resourcedomainorworkgr0", COL_DOMAIN},
	{"fulldomainname0", COL_DOMAIN},
	{"userdomain0", COL_IGNORED},
	{"operatingsystemnameand0", COL_OS},
	{"operatingsystemnameand", COL_OS},
	{"build01", COL_OS_VERSION},
	{"lastactivetime", COL_LAST},
	{"lastpolicyrequest", COL_LAST},
	{NULL, COL_UNKNOWN},
};

static const struct table_spec ad = {FROM_LIST_AD, ad_names}, wsus = {FROM_LIST_WSUS, wsus_names},
			       sccm = {FROM_LIST_WSUS, sccm_names};

/* Headers that only this product writes. */
static const char *const ad_keys[] = {
	"dnshostname",        "distinguishedname", "samaccountname",
	"lastlogondate",      "objectguid",        "operatingsystemversion",
	"lastlogontimestamp", "passwordlastset",   NULL};
static const char *const wsus_keys[] = {"laststatusreport",
					"lastreportedstatustime",
					"letzterstatusbericht",
					"requestedtargetgroupname",
					"installednotapplicablepercentage",
					"osdescription",
					"computertargetgroupids",
					NULL};
static const char *const sccm_keys[] = {"resourceid",
					"sitecode",
					"primaryusers",
					"clientactivity",
					"currentlyloggedonuser",
					"smsuniqueidentifier0",
					"deviceonlinestatus",
					"netbiosname0",
					"operatingsystemnameand0",
					"macaddresses0",
					"ipaddresses0",
					NULL};

/* `sure` of the keys are enough, and one of them is a hint, if it is a table at all. */
static unsigned by_keys(struct bytes head, const char *const *keys, unsigned sure)
{
	unsigned n = table_match(head, keys);

	if (n == 0 || table_match(head, NULL) == 0)
		return 0;
	return n >= sure ? 90 : 60;
}

static unsigned match_ad(struct bytes head)
{
	return by_keys(head, ad_keys, 2);
}

static unsigned match_wsus(struct bytes head)
{
	return by_keys(head, wsus_keys, 1);
}

static unsigned match_sccm(struct bytes head)
{
	return by_keys(head, sccm_keys, 2);
}

static enum rc read_ad(FILE *from, const struct import_options *opt, const struct import_out *out,
		       struct import_result *ret, char *err, size_t err_len)
{
	return table_read(from, opt, out, ret, err, err_len, &ad);
}

static enum rc read_wsus(FILE *from, const struct import_options *opt, const struct import_out *out,
			 struct import_result *ret, char *err, size_t err_len)
{
	return table_read(from, opt, out, ret, err, err_len, &wsus);
}

static enum rc read_sccm(FILE *from, const struct import_options *opt, const struct import_out *out,
			 struct import_result *ret, char *err, size_t err_len)
{
	return table_read(from, opt, out, ret, err, err_len, &sccm);
}

const struct import_format import_ad_csv = {
	.name = "ad-csv",
	.summary = "Active Directory: Get-ADComputer | Export-Csv",
	.match = match_ad,
	.read = read_ad,
};

const struct import_format import_wsus_csv = {
	.name = "wsus-csv",
	.summary = "WSUS: list of computers",
	.match = match_wsus,
	.read = read_wsus,
};

const struct import_format import_sccm_csv = {
	.name = "sccm-csv",
	.summary = "SCCM: list of devices, or a query",
	.match = match_sccm,
	.read = read_sccm,
};
