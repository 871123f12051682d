// A package out of the cache folder: NODE_PATH does not reach imports.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export async function load(name) {
	const folder = path.join(process.env.NODE_PATH, name);
	const { main } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
	return import(pathToFileURL(path.join(folder, main)).href);
}
