/* What columns are called: GLPI, OCS Inventory, Snipe-IT, Lansweeper, PDQ, Spiceworks, i-doit,
 * Docusnap, Netbox, Active Directory, WSUS, SCCM, Intune, DHCP servers, scanners, and people's own
 * sheets. */
#include "import/table.h"

static const struct table_name names[] = {
	{"name", COL_NAME},
	{"computer", COL_NAME},
	{"computername", COL_NAME},
	{"computername0", COL_NAME},
	{"host", COL_NAME},
	{"hostname", COL_NAME},
	{"hostnames", COL_NAME},
	{"devicename", COL_NAME},
	{"device", COL_NAME},
	{"machine", COL_NAME},
	{"machinename", COL_NAME},
	{"netbiosname", COL_NAME},
	{"netbiosname0", COL_NAME},
	{"netbios", COL_NAME},
	{"pcname", COL_NAME},
	{"pc", COL_NAME},
	{"system", COL_NAME},
	{"systemname", COL_NAME},
	{"workstation", COL_NAME},
	{"client", COL_NAME},
	{"clientname", COL_NAME},
	{"assetname", COL_NAME},
	{"asset", COL_NAME},
	{"nodename", COL_NAME},
	{"node", COL_NAME},
	{"endpoint", COL_NAME},
	{"endpointname", COL_NAME},
	{"servername", COL_NAME},
	{"server", COL_NAME},
	{"samaccountname", COL_NAME},
	{"rechner", COL_NAME},
	{"rechnername", COL_NAME},
	{"geraet", COL_NAME},
	{"geraetename", COL_NAME},
	{"arbeitsplatz", COL_NAME},
	{"arbeitsstation", COL_NAME},
	{"objektname", COL_NAME},
	{"dnshostname", COL_FQDN},
	{"dnsname", COL_FQDN},
	{"fqdn", COL_FQDN},
	{"fullname", COL_FQDN},
	{"fullcomputername", COL_FQDN},
	{"fulldomainname", COL_FQDN},
	{"fullyqualifieddomainname", COL_FQDN},
	{"vollstaendigername", COL_FQDN},
	{"dns", COL_FQDN},
	{"domain", COL_DOMAIN},
	{"domaene", COL_DOMAIN},
	{"domainname", COL_DOMAIN},
	{"dnsdomain", COL_DOMAIN},
	{"workgroup", COL_DOMAIN},
	{"domainworkgroup", COL_DOMAIN},
	{"arbeitsgruppe", COL_DOMAIN},
	{"resourcedomain", COL_DOMAIN},
	{"resourcedomainorworkgroup", COL_DOMAIN},
	{"ip", COL_ADDR},
	{"ips", COL_ADDR},
	{"ipaddr", COL_ADDR},
	{"ipaddress", COL_ADDR},
	{"ipaddresses", COL_ADDR},
	{"ipadress", COL_ADDR},
	{"ipadresse", COL_ADDR},
	{"ipadressen", COL_ADDR},
	{"ipv4", COL_ADDR},
	{"ipv4address", COL_ADDR},
	{"ipv4addresses", COL_ADDR},
	{"ipv4adresse", COL_ADDR},
	{"ipv6", COL_ADDR},
	{"ipv6address", COL_ADDR},
	{"ipv6adresse", COL_ADDR},
	{"address", COL_ADDR},
	{"adresse", COL_ADDR},
	{"primaryip", COL_ADDR},
	{"primaryipaddress", COL_ADDR},
	{"primaryip4", COL_ADDR},
	{"networkip", COL_ADDR},
	{"localip", COL_ADDR},
	{"lanip", COL_ADDR},
	{"lastip", COL_ADDR},
	{"lastipaddress", COL_ADDR},
	{"privateip", COL_ADDR},
	{"internalip", COL_ADDR},
	{"netzwerkadresse", COL_ADDR},
	{"iphostnumber", COL_ADDR},
	{"mac", COL_MAC},
	{"macaddr", COL_MAC},
	{"macaddress", COL_MAC},
	{"macaddresses", COL_MAC},
	{"macadresse", COL_MAC},
	{"macadressen", COL_MAC},
	{"physicaladdress", COL_MAC},
	{"physikalischeadresse", COL_MAC},
	{"physischeadresse", COL_MAC},
	{"hardwareaddress", COL_MAC},
	{"hardwareadresse", COL_MAC},
	{"hwaddr", COL_MAC},
	{"hwaddress", COL_MAC},
	{"ethernetaddress", COL_MAC},
	{"ethernetmac", COL_MAC},
	{"ethernet", COL_MAC},
	{"lanmac", COL_MAC},
	{"lanmacaddress", COL_MAC},
	{"wifimac", COL_MAC},
	{"wifimacaddress", COL_MAC},
	{"wlanmac", COL_MAC},
	{"wlanmacadresse", COL_MAC},
	{"wirelessmac", COL_MAC},
	{"wirelessmacaddress", COL_MAC},
	{"primarymac", COL_MAC},
	{"primarymacaddress", COL_MAC},
	{"networkmac", COL_MAC},
	{"uniqueid", COL_MAC},
	{"clientid", COL_MAC},
	{"user", COL_USER},
	{"users", COL_USER},
	{"username", COL_USER},
	{"loginname", COL_USER},
	{"login", COL_USER},
	{"logonname", COL_USER},
	{"lastuser", COL_USER},
	{"lastloggedonuser", COL_USER},
	{"lastloggedinuser", COL_USER},
	{"lastloggeduser", COL_USER},
	{"lastlogonuser", COL_USER},
	{"lastlogonusername", COL_USER},
	{"currentuser", COL_USER},
	{"currentlogonuser", COL_USER},
	{"currentlyloggedonuser", COL_USER},
	{"loggedonuser", COL_USER},
	{"loggedinuser", COL_USER},
	{"consoleuser", COL_USER},
	{"primaryuser", COL_USER},
	{"primaryusers", COL_USER},
	{"primaryuserupn", COL_USER},
	{"primaryuseremailaddress", COL_USER},
	{"userprincipalname", COL_USER},
	{"topconsoleuser", COL_USER},
	{"useraccount", COL_USER},
	{"userid", COL_USER},
	{"userlogin", COL_USER},
	{"alternateusername", COL_USER},
	{"benutzer", COL_USER},
	{"benutzername", COL_USER},
	{"letzterbenutzer", COL_USER},
	{"angemeldeterbenutzer", COL_USER},
	{"anwender", COL_USER},
	{"hauptbenutzer", COL_USER},
	{"nutzer", COL_USER},
	{"os", COL_OS},
	{"osname", COL_OS},
	{"operatingsystem", COL_OS},
	{"operatingsystemname", COL_OS},
	{"operatingsystemnameandversion", COL_OS},
	{"oscaption", COL_OS},
	{"ostype", COL_OS},
	{"platform", COL_OS},
	{"betriebssystem", COL_OS},
	{"betriebssystemname", COL_OS},
	{"caption", COL_OS},
	{"osversion", COL_OS_VERSION},
	{"operatingsystemversion", COL_OS_VERSION},
	{"operatingsystembuild", COL_OS_VERSION},
	{"osbuild", COL_OS_VERSION},
	{"betriebssystemversion", COL_OS_VERSION},
	{"buildnumber", COL_OS_VERSION},
	{"deviceosbuild", COL_OS_VERSION},
	{"uuid", COL_GUID},
	{"smbiosguid", COL_GUID},
	{"smbiosuuid", COL_GUID},
	{"biosuuid", COL_GUID},
	{"bioguid", COL_GUID},
	{"netbootguid", COL_GUID},
	{"distinguishedname", COL_DN},
	{"dn", COL_DN},
	{"location", COL_PLACE},
	{"place", COL_PLACE},
	{"site", COL_PLACE},
	{"sitename", COL_PLACE},
	{"building", COL_PLACE},
	{"floor", COL_PLACE},
	{"room", COL_PLACE},
	{"roomnumber", COL_PLACE},
	{"office", COL_PLACE},
	{"rack", COL_PLACE},
	{"desk", COL_PLACE},
	{"switchport", COL_PLACE},
	{"physicaldeliveryofficename", COL_PLACE},
	{"ort", COL_PLACE},
	{"standort", COL_PLACE},
	{"gebaeude", COL_PLACE},
	{"etage", COL_PLACE},
	{"stockwerk", COL_PLACE},
	{"raum", COL_PLACE},
	{"raumnummer", COL_PLACE},
	{"zimmer", COL_PLACE},
	{"buero", COL_PLACE},
	{"dose", COL_PLACE},
	{"lokation", COL_PLACE},
	{"owner", COL_OWNER},
	{"ownername", COL_OWNER},
	{"assignedto", COL_OWNER},
	{"assigneduser", COL_OWNER},
	{"assignee", COL_OWNER},
	{"checkedoutto", COL_OWNER},
	{"managedby", COL_OWNER},
	{"contact", COL_OWNER},
	{"contactperson", COL_OWNER},
	{"responsible", COL_OWNER},
	{"custodian", COL_OWNER},
	{"department", COL_OWNER},
	{"employee", COL_OWNER},
	{"besitzer", COL_OWNER},
	{"eigentuemer", COL_OWNER},
	{"verantwortlich", COL_OWNER},
	{"verantwortlicher", COL_OWNER},
	{"ansprechpartner", COL_OWNER},
	{"mitarbeiter", COL_OWNER},
	{"abteilung", COL_OWNER},
	{"kontakt", COL_OWNER},
	{"phone", COL_PHONE},
	{"phonenumber", COL_PHONE},
	{"telephone", COL_PHONE},
	{"telephonenumber", COL_PHONE},
	{"extension", COL_PHONE},
	{"contactnumber", COL_PHONE},
	{"tel", COL_PHONE},
	{"telefon", COL_PHONE},
	{"telefonnummer", COL_PHONE},
	{"durchwahl", COL_PHONE},
	{"mobile", COL_PHONE},
	{"rufnummer", COL_PHONE},
	{"note", COL_NOTE},
	{"notes", COL_NOTE},
	{"comment", COL_NOTE},
	{"comments", COL_NOTE},
	{"description", COL_NOTE},
	{"remark", COL_NOTE},
	{"remarks", COL_NOTE},
	{"bemerkung", COL_NOTE},
	{"bemerkungen", COL_NOTE},
	{"kommentar", COL_NOTE},
	{"beschreibung", COL_NOTE},
	{"notiz", COL_NOTE},
	{"notizen", COL_NOTE},
	{"anmerkung", COL_NOTE},
	{"vendor", COL_VENDOR},
	{"manufacturer", COL_VENDOR},
	{"make", COL_VENDOR},
	{"hersteller", COL_VENDOR},
	{"systemmanufacturer", COL_VENDOR},
	{"model", COL_MODEL},
	{"modelname", COL_MODEL},
	{"systemmodel", COL_MODEL},
	{"modell", COL_MODEL},
	{"computermodel", COL_MODEL},
	{"patch", COL_PATCH},
	{"patches", COL_PATCH},
	{"hotfix", COL_PATCH},
	{"hotfixes", COL_PATCH},
	{"hotfixid", COL_PATCH},
	{"kb", COL_PATCH},
	{"kbs", COL_PATCH},
	{"installedupdates", COL_PATCH},
	{"installedupdate", COL_PATCH},
	{"firstseen", COL_FIRST},
	{"firstfound", COL_FIRST},
	{"firstsighting", COL_FIRST},
	{"zuerstgesehen", COL_FIRST},
	{"lastseen", COL_LAST},
	{"lastsighting", COL_LAST},
	{"lastcontact", COL_LAST},
	{"lastcheckin", COL_LAST},
	{"lastinventory", COL_LAST},
	{"lastscan", COL_LAST},
	{"lastscanned", COL_LAST},
	{"lastonline", COL_LAST},
	{"lastconnected", COL_LAST},
	{"lastcommunication", COL_LAST},
	{"lastlogon", COL_LAST},
	{"lastlogondate", COL_LAST},
	{"lastlogontimestamp", COL_LAST},
	{"lastlogontime", COL_LAST},
	{"lastactive", COL_LAST},
	{"lastactivetime", COL_LAST},
	{"lastupdate", COL_LAST},
	{"lastupdated", COL_LAST},
	{"lastreport", COL_LAST},
	{"laststatusreport", COL_LAST},
	{"lastreportedstatustime", COL_LAST},
	{"lastsynctime", COL_LAST},
	{"lastsyncdatetime", COL_LAST},
	{"lasthardwarescan", COL_LAST},
	{"lasthwscan", COL_LAST},
	{"lastddr", COL_LAST},
	{"lastheartbeat", COL_LAST},
	{"zuletztgesehen", COL_LAST},
	{"letzterkontakt", COL_LAST},
	{"letzteinventur", COL_LAST},
	{"letzteanmeldung", COL_LAST},
	{"letzterstatusbericht", COL_LAST},
	{"letzteaktualisierung", COL_LAST},
	{"stand", COL_LAST},
	{"datum", COL_LAST},
	{"date", COL_LAST},
	{"leaseexpires", COL_UNTIL},
	{"leaseexpiration", COL_UNTIL},
	{"leaseexpirytime", COL_UNTIL},
	{"leaseablauf", COL_UNTIL},
	{"ablaufderlease", COL_UNTIL},
	{"enabled", COL_ENABLED},
	{"addressstate", COL_STATE},
	{"leasestate", COL_STATE},
	/* as quell hosts -o csv writes */
	{"first", COL_FIRST},
	{"last", COL_LAST},
	{"addresses", COL_IGNORED},
	{"macs", COL_IGNORED},
	{"knownfrom", COL_IGNORED},
	{"verdict", COL_IGNORED},
	{"verdictconfidence", COL_IGNORED},
	{"threats", COL_IGNORED},
	{"why", COL_IGNORED},
	{"userprobability", COL_IGNORED},
	{"importance", COL_IGNORED},
	{"tags", COL_IGNORED},
	{"confidence", COL_IGNORED},
	{"serialnumber", COL_IGNORED},
	{"serial", COL_IGNORED},
	{"seriennummer", COL_IGNORED},
	{"assettag", COL_IGNORED},
	{"inventarnummer", COL_IGNORED},
	{"inventorynumber", COL_IGNORED},
	{"id", COL_IGNORED},
	{"nr", COL_IGNORED},
	{"status", COL_IGNORED},
	{"type", COL_IGNORED},
	{"typ", COL_IGNORED},
	{"objectclass", COL_IGNORED},
	{"objectguid", COL_IGNORED},
	{"sid", COL_IGNORED},
	{NULL, COL_UNKNOWN},
};

static const struct {
	const char *name;
	enum column column;
} own[] = {
	{"name", COL_NAME},     {"fqdn", COL_FQDN},
	{"domain", COL_DOMAIN}, {"ip", COL_ADDR},
	{"mac", COL_MAC},       {"user", COL_USER},
	{"os", COL_OS},         {"os-version", COL_OS_VERSION},
	{"guid", COL_GUID},     {"place", COL_PLACE},
	{"owner", COL_OWNER},   {"phone", COL_PHONE},
	{"note", COL_NOTE},     {"vendor", COL_VENDOR},
	{"model", COL_MODEL},   {"patch", COL_PATCH},
	{"first", COL_FIRST},   {"last", COL_LAST},
	{"until", COL_UNTIL},   {"none", COL_IGNORED},
};

const char *table_column_list(void)
{
	return "name, fqdn, domain, ip, mac, user, os, os-version, guid, place, owner, phone, "
	       "note, "
	       "vendor, model, patch, first, last, until, none";
}

enum column table_column_named(struct bytes name)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (text_is(name, own[i].name))
			return own[i].column;
	}
	return COL_UNKNOWN;
}

static const char *umlaut(uint8_t c) /* second byte of U+00C0 to U+00FF in UTF-8 */
{
	switch (c) {
	case 0xa4:
	case 0x84:
		return "ae";
	case 0xb6:
	case 0x96:
		return "oe";
	case 0xbc:
	case 0x9c:
		return "ue";
	case 0x9f:
		return "ss";
	default:
		return "";
	}
}

const char *table_fold(struct bytes header, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < header.len && len + 3 < TABLE_KEY; i++) {
		uint8_t c = header.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + 32);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
			to[len++] = (char)c;
		} else if (c == 0xc3 && i + 1 < header.len) {
			for (const char *p = umlaut(header.at[++i]); *p != '\0'; p++)
				to[len++] = *p;
		}
	}
	to[len] = '\0';
	return to;
}

static enum column look_up(const struct table_name *list, const char *key)
{
	for (; list != NULL && list->key != NULL; list++) {
		if (strcmp(list->key, key) == 0)
			return list->column;
	}
	return COL_UNKNOWN;
}

enum column table_column(const struct table_spec *spec, struct bytes header)
{
	char key[TABLE_KEY];
	size_t len = strlen(table_fold(header, key));
	enum column c = COL_UNKNOWN;

	if (key[0] == '\0')
		return COL_UNKNOWN;
	c = look_up(spec->names, key);
	if (c == COL_UNKNOWN)
		c = look_up(names, key);
	/* "IP Address 2", "MAC1" */
	while (c == COL_UNKNOWN && len > 2 && key[len - 1] >= '0' && key[len - 1] <= '9') {
		key[--len] = '\0';
		c = look_up(names, key);
	}
	return c;
}
