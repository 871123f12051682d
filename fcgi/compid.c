#include "compid.h"

#include <stdint.h>
#include <string.h>

#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"

#define COMP_PREFIX	"comp-"

static void
add_uuid(struct json_object *args, const char *name, const uint8_t id[16])
{
	char text[UUID_TEXT];

	uuid_format(text, id);
	json_add_str(args, name, text);
}

void
compid_add(struct json_object *args)
{
	uint8_t job[16], public[16];
	char comp[sizeof(COMP_PREFIX) + B32_LEN(sizeof(public))] = COMP_PREFIX;

	uuid_v7(job);
	uuid_random128(public);
	b32_encode(comp + strlen(COMP_PREFIX), public, sizeof(public));
	add_uuid(args, "job_id", job);
	add_uuid(args, "public_id", public);
	json_add_str(args, "comp", comp);
}
