import type { InvertibleRange, OwnerMatch } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { integer, not, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

/** Users and groups that are the same on every machine; others need the machine's own tables. */
const rootNames = new Map([["root", "0"]]);

/** `1000`, `1000-2000` or `1000:2000`. */
function idRange(use: OptionUse | undefined): InvertibleRange | undefined {
  if (use === undefined) return undefined;
  const [low, high, ...rest] = (rootNames.get(use.value) ?? use.value).split(/[-:]/);
  if (rest.length > 0)
    throw new RuleProblem(`owner: Bad value for "${use.name}" option: "${use.value}"`, use.word);
  const first = integer(low!, 0, uint32 - 1);
  return { first, last: high === undefined ? first : integer(high, 0, uint32 - 1), inverted: use.inverted };
}

function rangeText(range: InvertibleRange): string {
  return range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
}

function listId(range: InvertibleRange, numeric: boolean): string {
  return !numeric && range.first === 0 && range.last === 0 ? "root" : rangeText(range);
}

export const ownerExtension: MatchExtension<OwnerMatch> = {
  modules: ["owner"],
  options: {
    "--uid-owner": { invertible: true },
    "--gid-owner": { invertible: true },
    "--socket-exists": { values: 0, invertible: true },
    "--suppl-groups": { values: 0, needs: ["--gid-owner"] },
  },
  decode(options) {
    if (options.uses.length === 0)
      throw new RuleProblem("owner: At least one of --uid-owner, --gid-owner or --socket-exists is required");
    const names = options.uses.map(({ name }) => name);
    if (names.includes("--suppl-groups") && names.indexOf("--suppl-groups") < names.indexOf("--gid-owner"))
      throw new RuleProblem(
        'owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"',
      );
    const user = idRange(options.find("--uid-owner"));
    const group = idRange(options.find("--gid-owner"));
    return {
      kind: "owner",
      ...(options.has("--socket-exists")
        ? { socketExists: { inverted: options.inverted("--socket-exists") } }
        : {}),
      ...(user === undefined ? {} : { user }),
      ...(group === undefined ? {} : { group }),
      ...(options.has("--suppl-groups") ? { supplementaryGroups: true } : {}),
    };
  },
  save({ socketExists, user, group, supplementaryGroups }) {
    let text = " -m owner";
    if (socketExists !== undefined) text += `${not(socketExists.inverted)} --socket-exists`;
    if (user !== undefined) text += `${not(user.inverted)} --uid-owner ${rangeText(user)}`;
    if (group !== undefined) text += `${not(group.inverted)} --gid-owner ${rangeText(group)}`;
    return supplementaryGroups === true ? `${text} --suppl-groups` : text;
  },
  list({ socketExists, user, group, supplementaryGroups }, view) {
    let text = "";
    if (socketExists !== undefined) text += `${not(socketExists.inverted)} owner socket exists`;
    if (user !== undefined) text += `${not(user.inverted)} owner UID match ${listId(user, view.numeric)}`;
    if (group !== undefined) text += `${not(group.inverted)} owner GID match ${listId(group, view.numeric)}`;
    return supplementaryGroups === true ? `${text} incl. suppl. groups` : text;
  },
};
