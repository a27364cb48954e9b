const timeZoneCharacters = /^(?!-)[A-Za-z._0-9+-]{1,14}$/;

/** Names that ICU knows from old Java and the IANA database, which Go reads, does not. */
const notIana: ReadonlySet<string> = new Set(
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(
    " ",
  ),
);

/** What a CronJob's `timeZone` may not be: batch's validateTimeZone and Go's `time.LoadLocation`. */
export function timeZoneProblems(zone: string): string[] {
  if (zone === "") return ["timeZone must be nil or non-empty string"];
  const unknown = `unknown time zone ${zone}`;
  const parts = zone.split("/");
  if (parts.some((part) => part === "." || part === ".." || !timeZoneCharacters.test(part))) return [unknown];
  if (zone.toLowerCase() === "local") {
    const explicit = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
    return zone === "Local" ? [explicit] : [explicit, unknown];
  }
  return isTimeZone(zone) ? [] : [unknown];
}

/** Whether the IANA database has the name, in this spelling. */
function isTimeZone(zone: string): boolean {
  if (zone === "Factory") return true;
  if (notIana.has(zone) || /^[-+\d]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    return false;
  }
  const known = Intl.supportedValuesOf("timeZone").find((name) => name.toLowerCase() === zone.toLowerCase());
  return known === undefined || known === zone;
}
