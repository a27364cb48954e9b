import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { validateXML } from "xmllint-wasm";

const schemas = join(__dirname, "../../fixtures/schemas");

/** What the SARIF 2.1.0 schema has against a log; empty when it is valid. */
export function sarifErrors(log: string): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(schemas, "sarif-2.1.0.json"), "utf8")));
  validate(JSON.parse(log));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** What Jenkins' XSD has against a JUnit report; empty when it is valid. */
export async function junitErrors(report: string): Promise<string[]> {
  const schema = readFileSync(join(schemas, "junit-jenkins.xsd"), "utf8");
  const answer = await validateXML({ xml: [{ fileName: "report.xml", contents: report }], schema: [schema] });
  return answer.errors.map((error) => error.message);
}
