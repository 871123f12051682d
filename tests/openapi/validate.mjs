// validate.mjs FILE: hold an OpenAPI document to the published schema of its version; prints what is wrong, exits 1.
import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const result = await validator.validate(process.argv[2]);
if (!result.valid) {
	console.log(JSON.stringify(result.errors, null, 1));
	process.exit(1);
}
validator.resolveRefs();
console.log("valid " + validator.version);
