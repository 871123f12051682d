#include "profile.h"

#include <string.h>
#include <strings.h>

#define DAP_TYPE_09(name)	"application/dap-" name
#define DAP_TYPE_18(name)	"application/ppm-dap;message=" name

const struct dap_profile dap_09 = {
	.name = "09",
	.label = "dap-09",
	.vdaf = PRIO3_08,
	.media = {
		[DAP_MEDIA_HPKE_CONFIGS] = DAP_TYPE_09("hpke-config-list"),
		[DAP_MEDIA_REPORT] = DAP_TYPE_09("report"),
		[DAP_MEDIA_JOB_INIT] = DAP_TYPE_09("aggregation-job-init-req"),
		[DAP_MEDIA_JOB_CONTINUE] = DAP_TYPE_09("aggregation-job-continue-req"),
		[DAP_MEDIA_JOB_RESP] = DAP_TYPE_09("aggregation-job-resp"),
		[DAP_MEDIA_SHARE_REQ] = DAP_TYPE_09("aggregate-share-req"),
		[DAP_MEDIA_SHARE] = DAP_TYPE_09("aggregate-share"),
		[DAP_MEDIA_COLLECT_REQ] = DAP_TYPE_09("collect-req"),
		[DAP_MEDIA_COLLECTION] = DAP_TYPE_09("collection"),
	},
	.report_error = {
		[DAP_ACCEPTED] = -1,
		[DAP_BATCH_COLLECTED] = 0,
		[DAP_REPORT_REPLAYED] = 1,
		[DAP_REPORT_DROPPED] = 2,
		[DAP_HPKE_UNKNOWN_CONFIG_ID] = 3,
		[DAP_HPKE_DECRYPT_ERROR] = 4,
		[DAP_VDAF_PREP_ERROR] = 5,
		[DAP_BATCH_SATURATED] = 6,
		[DAP_TASK_EXPIRED] = 7,
		[DAP_INVALID_MESSAGE] = 8,
		[DAP_REPORT_TOO_EARLY] = 9,
		[DAP_TASK_NOT_STARTED] = -1,
		[DAP_OUTDATED_CONFIG] = -1,
	},
	.said_as = {
		[DAP_TASK_NOT_STARTED] = DAP_REPORT_DROPPED,
		[DAP_OUTDATED_CONFIG] = DAP_HPKE_UNKNOWN_CONFIG_ID,
	},
	.counted_lists = true,
	.verify_key_bytes = 16,
};

const struct dap_profile dap_18 = {
	.name = "18",
	.label = "dap-18",
	.vdaf = PRIO3_18,
	.media = {
		[DAP_MEDIA_HPKE_CONFIGS] = DAP_TYPE_18("hpke-config-list"),
		[DAP_MEDIA_REPORT] = DAP_TYPE_18("upload-req"),
		[DAP_MEDIA_UPLOAD_ERRORS] = DAP_TYPE_18("upload-errors"),
		[DAP_MEDIA_JOB_INIT] = DAP_TYPE_18("aggregation-job-init-req"),
		[DAP_MEDIA_JOB_CONTINUE] = DAP_TYPE_18("aggregation-job-continue-req"),
		[DAP_MEDIA_JOB_RESP] = DAP_TYPE_18("aggregation-job-resp"),
		[DAP_MEDIA_SHARE_REQ] = DAP_TYPE_18("aggregate-share-req"),
		[DAP_MEDIA_SHARE] = DAP_TYPE_18("aggregate-share"),
		[DAP_MEDIA_COLLECT_REQ] = DAP_TYPE_18("collection-job-req"),
		[DAP_MEDIA_COLLECTION] = DAP_TYPE_18("collection-job-resp"),
	},
	.report_error = {
		[DAP_ACCEPTED] = -1,
		[DAP_BATCH_COLLECTED] = 1,
		[DAP_REPORT_REPLAYED] = 2,
		[DAP_REPORT_DROPPED] = 3,
		[DAP_HPKE_UNKNOWN_CONFIG_ID] = 4,
		[DAP_HPKE_DECRYPT_ERROR] = 5,
		[DAP_VDAF_PREP_ERROR] = 6,
		[DAP_BATCH_SATURATED] = -1,
		[DAP_TASK_EXPIRED] = 7,
		[DAP_INVALID_MESSAGE] = 8,
		[DAP_REPORT_TOO_EARLY] = 9,
		[DAP_TASK_NOT_STARTED] = 10,
		[DAP_OUTDATED_CONFIG] = 11,
	},
	.said_as = {
		[DAP_HPKE_UNKNOWN_CONFIG_ID] = DAP_HPKE_DECRYPT_ERROR,
		[DAP_BATCH_SATURATED] = DAP_REPORT_DROPPED,
	},
	.extensions = true,
	.mode_configs = true,
	.time_units = true,
	.task_configs = true,
	.server_ids = true,
	.many_reports = true,
	.verify_key_bytes = 32,
};

const struct dap_profile *
dap_profile_of(const char *name)
{
	static const struct dap_profile *const all[] = { &dap_09, &dap_18 };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

static const char *const roles[DAP_ROLE_MAX] = {
	[DAP_COLLECTOR] = "collector",
	[DAP_CLIENT] = "client",
	[DAP_LEADER] = "leader",
	[DAP_HELPER] = "helper",
};

static const char *const report_errors[DAP_REPORT_ERROR_MAX] = {
	[DAP_ACCEPTED] = "accepted",
	[DAP_BATCH_COLLECTED] = "batch_collected",
	[DAP_REPORT_REPLAYED] = "report_replayed",
	[DAP_REPORT_DROPPED] = "report_dropped",
	[DAP_HPKE_UNKNOWN_CONFIG_ID] = "hpke_unknown_config_id",
	[DAP_HPKE_DECRYPT_ERROR] = "hpke_decrypt_error",
	[DAP_VDAF_PREP_ERROR] = "vdaf_prep_error",
	[DAP_BATCH_SATURATED] = "batch_saturated",
	[DAP_TASK_EXPIRED] = "task_expired",
	[DAP_INVALID_MESSAGE] = "invalid_message",
	[DAP_REPORT_TOO_EARLY] = "report_too_early",
	[DAP_TASK_NOT_STARTED] = "task_not_started",
	[DAP_OUTDATED_CONFIG] = "outdated_config",
};

/* find: the place of a word in a list; n when it is not there. */
static unsigned
find(const char *const *list, unsigned n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return i;
	return n;
}

const char *
dap_role_word(enum dap_role r)
{
	return roles[r];
}

enum dap_role
dap_role_of(const char *word)
{
	return find(roles, DAP_ROLE_MAX, word);
}

const char *
dap_report_error_word(enum dap_report_error w)
{
	return report_errors[w];
}

enum dap_report_error
dap_report_error_of(const char *word)
{
	return find(report_errors, DAP_REPORT_ERROR_MAX, word);
}

uint8_t
dap_report_error_wire(const struct dap_profile *p, enum dap_report_error w)
{
	if (p->said_as[w] != DAP_ACCEPTED)
		w = p->said_as[w];
	return (uint8_t)p->report_error[w];
}

enum dap_report_error
dap_report_error_from(const struct dap_profile *p, uint8_t wire)
{
	for (unsigned w = 0; w < DAP_REPORT_ERROR_MAX; w++)
		if (p->report_error[w] == wire)
			return w;
	return DAP_REPORT_ERROR_MAX;
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

bool
dap_media_is(const struct dap_profile *p, enum dap_media m, const char *type)
{
	const char *want = p->media[m];
	size_t head;
	bool quoted;

	if (want == NULL || type == NULL)
		return false;
	head = strcspn(want, ";");
	type = skip_blanks(type);
	if (strncasecmp(type, want, head) != 0)
		return false;
	type = skip_blanks(type + head);
	want += head;
	if (*want == ';') {
		if (*type++ != ';')
			return false;
		type = skip_blanks(type);
		head = strcspn(++want, "=") + 1;
		if (strncasecmp(type, want, head) != 0)
			return false;
		type += head;
		want += head;
		quoted = *type == '"';
		type += quoted;
		head = strlen(want);
		if (strncasecmp(type, want, head) != 0)
			return false;
		type += head;
		if (quoted && *type++ != '"')
			return false;
	}
	return *skip_blanks(type) == '\0';
}

/* info: label, what it is of, sender, receiver. */
static size_t
info(uint8_t out[DAP_LABEL_MAX], const struct dap_profile *p, const char *of,
    enum dap_role from, enum dap_role to)
{
	size_t label = strlen(p->label), n = strlen(of);

	memcpy(out, p->label, label);
	memcpy(out + label, of, n);
	out[label + n] = (uint8_t)from;
	out[label + n + 1] = (uint8_t)to;
	return label + n + 2;
}

size_t
dap_input_share_info(uint8_t out[DAP_LABEL_MAX], const struct dap_profile *p,
    enum dap_role to)
{
	return info(out, p, " input share", DAP_CLIENT, to);
}

size_t
dap_agg_share_info(uint8_t out[DAP_LABEL_MAX], const struct dap_profile *p,
    enum dap_role from)
{
	return info(out, p, " aggregate share", from, DAP_COLLECTOR);
}
