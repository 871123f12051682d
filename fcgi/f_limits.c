#include "field.h"

/* What a computation may ask for; a lease, an asset or a lane may allow less. */
const struct field limits_table[] = {
	{ .name = "cpus", .check = f_int, .min = 1, .max = 8 },
	{ .name = "memory_mb", .check = f_int, .min = 16, .max = 32768 },
	{ .name = "wall_s", .check = f_int, .min = 1, .max = 86400 },
	{ .name = "disk_mb", .check = f_int, .min = 1, .max = 65536 },
	{ .name = "pids", .check = f_int, .min = 1, .max = 1024 },
	{ .name = "artifacts", .check = f_int, .min = 0, .max = 1024 },
	{ .name = "output_mb", .check = f_int, .min = 1, .max = 8192 },
	{ .name = "log_kb", .check = f_int, .min = 1, .max = 16384 },
	{ .name = NULL },
};
