import { familyOf, isIp } from "../../../net/ip.ts";
import type { RecentMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { printedIp } from "../../values/addresses.ts";
import { integer, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

const modes = ["set", "rcheck", "update", "remove"] as const;
const listed = { set: "SET", rcheck: "CHECK", update: "UPDATE", remove: "REMOVE" };

/** The mode's option excludes the other three. */
function modeOption(mode: (typeof modes)[number]) {
  return {
    values: 0 as const,
    invertible: true,
    excludes: modes.filter((other) => other !== mode).map((other) => `--${other}`),
  };
}

/** The mask that keeps the whole address. */
const fullMask = { 4: "255.255.255.255", 6: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };

export const recentExtension: MatchExtension<RecentMatch> = {
  modules: ["recent"],
  options: {
    "--set": modeOption("set"),
    "--rcheck": modeOption("rcheck"),
    "--update": modeOption("update"),
    "--remove": modeOption("remove"),
    "--seconds": {},
    "--reap": { values: 0, needs: ["--seconds"] },
    "--hitcount": {},
    "--rttl": { values: 0, excludes: ["--set", "--remove"] },
    "--name": {},
    "--rsource": { values: 0 },
    "--rdest": { values: 0 },
    "--mask": {},
  },
  decode(options, scope) {
    const mode = modes.find((name) => options.has(`--${name}`));
    if (mode === undefined)
      throw new RuleProblem("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
    const mask = options.value("--mask");
    if (mask !== undefined && (!isIp(mask) || familyOf(mask) !== scope.family))
      throw new RuleProblem(`recent: bad mask "${mask}"`);
    const seconds = options.value("--seconds");
    const hitcount = options.value("--hitcount");
    let side: RecentMatch["side"] = "source";
    for (const use of options.uses) {
      if (use.name === "--rdest") side = "destination";
      else if (use.name === "--rsource") side = "source";
    }
    return {
      kind: "recent",
      name: options.value("--name") ?? "DEFAULT",
      mode,
      ...(seconds === undefined ? {} : { seconds: integer(seconds, 1, uint32) }),
      ...(options.has("--reap") ? { reap: true } : {}),
      ...(hitcount === undefined ? {} : { hitcount: integer(hitcount, 0, uint32) }),
      ...(options.has("--rttl") ? { rttl: true } : {}),
      mask: mask === undefined ? fullMask[scope.family] : printedIp(mask),
      side,
      inverted: options.inverted(`--${mode}`),
    };
  },
  save(match) {
    let text = ` -m recent${match.inverted ? " !" : ""} --${match.mode}`;
    if (match.seconds !== undefined) text += ` --seconds ${match.seconds}`;
    if (match.reap === true) text += " --reap";
    if (match.hitcount !== undefined && match.hitcount !== 0) text += ` --hitcount ${match.hitcount}`;
    if (match.rttl === true) text += " --rttl";
    return `${text} --name ${match.name} --mask ${match.mask} --r${match.side === "source" ? "source" : "dest"}`;
  },
  list(match) {
    let text = `${match.inverted ? " !" : ""} recent: ${listed[match.mode]}`;
    if (match.seconds !== undefined) text += ` seconds: ${match.seconds}`;
    if (match.reap === true) text += " reap";
    if (match.hitcount !== undefined && match.hitcount !== 0) text += ` hit_count: ${match.hitcount}`;
    if (match.rttl === true) text += " TTL-Match";
    return `${text} name: ${match.name} side: ${match.side === "source" ? "source" : "dest"} mask: ${match.mask}`;
  },
};
