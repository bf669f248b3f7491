/* picture_office - nine machines as an assessment finds them, and the picture of them. */
#ifndef TESTS_PICTURE_OFFICE_H
#define TESTS_PICTURE_OFFICE_H

#include "picture_sample.h"

enum { SAMPLE_OFFICE = 9 };

/* Infected, everything wrong. */
static inline void sample_worst(struct sample_machine *s)
{
	sample_unknown(s, "name:pc-0042", "PC-0042", 0x0a010203);
	s->m.user = "jdoe";
	s->m.place = "2nd floor, Gi1/0/17";
	s->m.owner = "Sales";
	s->m.verdict = VERDICT_INFECTED;
	sample_judged(s, "Windows XP Service Pack 3", PATCH_NOT_AFFECTED, MARK_PASS);
	sample_patch_is(s, "ms08-067", PATCH_MISSING,
			"system32/netapi32.dll is 5.1.2600.5512, fixed in 5.1.2600.5694",
			"KB958644");
	sample_patch_is(s, "ms17-010", PATCH_MISSING,
			"system32/drivers/srv.sys is 5.1.2600.5512, fixed in 5.1.2600.7208",
			"KB4012598");
	sample_check_is(s, "password-length", MARK_FAIL, "0", "at least 8");
	sample_check_is(s, "guest", MARK_FAIL, "enabled", "disabled");
	sample_check_is(s, "autorun", MARK_FAIL, "on", "off");
	sample_check_is(s, "audit-logon", MARK_WARN, "none", "success and failure");
	sample_check_is(s, "antivirus-runs", MARK_FAIL, "stopped", "running");
	sample_sign(s, "protection-disabled",
		    "wuauserv, BITS and WinDefend are stopped and disabled: Conficker does this",
		    true);
	sample_sees(s, "anti-malware:WinDefend", "stopped signatures=2026-08-01", OBSERVED_VALUE,
		    BY_SERVICES);
	sample_sees(s, "file:system32/netapi32.dll", "5.1.2600.5512", OBSERVED_VALUE, BY_FILE);
	sample_sees(s, "os.version", "5.1.2600", OBSERVED_VALUE, BY_REGISTRY);
	s->judged.harm = 87.5;
}

static inline void sample_office(struct sample_machine *s)
{
	sample_worst(&s[0]);

	sample_unknown(&s[1], "name:pc-0043", "PC-0043", 0x0a010204);
	sample_judged(&s[1], "Windows XP Service Pack 3", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch_is(&s[1], "ms08-067", PATCH_PENDING,
			"system32/netapi32.dll is 5.1.2600.5694, and it waits for a restart",
			"KB958644");
	sample_check_is(&s[1], "password-length", MARK_FAIL, "6", "at least 8");
	sample_sees(&s[1], "file:system32/netapi32.dll", "5.1.2600.5694", OBSERVED_VALUE, BY_FILE);
	sample_sees(&s[1], "anti-malware:avp", "running signatures=2026-11-30", OBSERVED_VALUE,
		    BY_SERVICES);
	s[1].judged.harm = 12;

	sample_unknown(&s[2], "name:pc-0044", "PC-0044", 0x0a010205);
	sample_judged(&s[2], "Windows 7 Service Pack 1", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch(&s[2], "smbghost")->state = PATCH_NOT_AFFECTED;
	sample_patch(&s[2], "ms08-067")->state = PATCH_NOT_AFFECTED;
	sample_sees(&s[2], "file:system32/drivers/srv.sys", "6.1.7601.23689", OBSERVED_VALUE,
		    BY_FILE);
	sample_sees(&s[2], "anti-malware:WinDefend", "running signatures=2026-11-30",
		    OBSERVED_VALUE, BY_SERVICES);

	sample_unknown(&s[3], "name:srv-01", "SRV-01", 0x0a010001);
	s[3].m.owner = "IT";
	sample_judged(&s[3], "Windows Server 2008 R2 Service Pack 1", PATCH_NOT_AFFECTED,
		      MARK_PASS);
	sample_patch_is(&s[3], "ms17-010", PATCH_MISSING,
			"system32/drivers/srv.sys is 6.1.7601.17514, fixed in 6.1.7601.23689",
			"KB4012212");
	sample_patch(&s[3], "ms17-010")->conflict =
		"HotFix\\KB4012212 says installed, the file is older";
	sample_patch(&s[3], "ms17-010")->remedy = "SMB1 is off";
	sample_check_is(&s[3], "signatures-fresh", MARK_FAIL, "2026-09-01", "at most 7 days old");
	sample_sign(&s[3], "hosts-blocked", "vendors' names are redirected in the hosts file",
		    false);
	sample_sees(&s[3], "anti-malware:WinDefend", "running signatures=2026-09-01",
		    OBSERVED_VALUE, BY_SERVICES);
	sample_sees(&s[3], "registry:HKLM\\SOFTWARE\\X\\Y", "1", OBSERVED_VALUE, BY_REGISTRY);
	s[3].judged.harm = 20.25;

	sample_unknown(&s[4], "ip:10.1.2.9", "", 0x0a010209);
	s[4].m.how = "7 of 9 questions unanswered";
	sample_judged(&s[4], "unknown", PATCH_UNKNOWN, MARK_UNKNOWN);
	s[4].m.os = "Windows 10 or later";
	sample_patch(&s[4], "ms08-067")->state = PATCH_NOT_AFFECTED;
	sample_sees(&s[4], "smb.dialects", "2.1 3.0 3.1.1", OBSERVED_VALUE, BY_SMB);

	sample_unknown(&s[5], "name:pc-0050", "PC-0050", 0x0a010232);
	s[5].m.how = "access denied";
	sample_judged(&s[5], "unknown", PATCH_UNKNOWN, MARK_UNKNOWN);
	sample_sees(&s[5], "os.version", "access denied", OBSERVED_UNREADABLE, BY_REGISTRY);

	sample_unknown(&s[6], "name:pc-0051", "PC-0051", 0x0a010233);
	sample_unknown(&s[7], "mac:001a2b3c4d5e", "", 0);
	s[7].m.verdict = VERDICT_INFECTED;

	sample_unknown(&s[8], "name:pc-0060", "PC-0060", 0x0a01023c);
	sample_judged(&s[8], "Windows 10 1909", PATCH_NOT_AFFECTED, MARK_PASS);
	sample_patch(&s[8], "smbghost")->state = PATCH_EFFECTIVE;
	sample_check_is(&s[8], "password-length", MARK_FAIL, "7", "at least 8");
	sample_sees(&s[8], "hotfix:KB4551762", "claimed", OBSERVED_VALUE, BY_LIST);
	sample_sees(&s[8], "anti-malware:", "0", OBSERVED_VALUE, BY_SERVICES);
	s[8].judged.harm = 3;
}

/* What the picture of n machines is; the caller's to free(). NULL: something failed. */
static inline char *sample_draw(const struct picture_options *given,
				const struct sample_machine *list, size_t n)
{
	struct picture_options opt = *given;
	struct picture *p = NULL;
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	opt.to = open_memstream(&text, &len);
	if (opt.to == NULL)
		return NULL;
	rc = picture_new(&opt, &p);
	for (size_t i = 0; rc == RC_OK && i < n; i++)
		rc = picture_add(p, &list[i].m);
	if (rc == RC_OK)
		rc = picture_end(p);
	picture_free(p);
	fclose(opt.to);
	if (rc == RC_OK)
		return text;
	free(text);
	return NULL;
}

static inline char *sample_office_as(enum picture_format format)
{
	static struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(format, NULL);

	sample_office(office);
	return sample_draw(&opt, office, SAMPLE_OFFICE);
}

#endif
