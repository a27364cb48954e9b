import { usageError } from "../../diagnostics/diagnostic.ts";
import type { CommandModule } from "./index.ts";

const routeWords = /^(?:r|ro|rou|rout|route)$/;
const showWords = /^(?:s|sh|sho|show|l|ls|li|lis|list)$/;

const examples = `
Examples:
  k8snet -f manifests/ ip route
  k8snet -f manifests/ --node minikube-m02 ip route show`;

/** `ip route` as `k8snet shell` passes it on. */
export const ipCommand: CommandModule = {
  inputOptionsBefore: true,
  register: (program) =>
    program
      .command("ip", { hidden: true })
      .summary("ip route, of the node")
      .description("Answers ip route [show]: the routing table that trace assumes.")
      .argument("[words...]")
      .allowUnknownOption()
      .passThroughOptions()
      .addHelpText("after", examples)
      .action(async (words: readonly string[]) => {
        const six = words.some((word) => word === "-6" || word === "-family=inet6");
        const [object, verb, ...rest] = words.filter((word) => !word.startsWith("-"));
        const shown = verb === undefined || showWords.test(verb);
        if (object === undefined || !routeWords.test(object) || !shown || rest.length > 0) {
          throw usageError(
            "ip-not-answered",
            `${["ip", ...words].join(" ")} is not answered from files`,
            "ip route is; `command ip …` runs ip itself",
          );
        }
        const get = program.commands.find((command) => command.name() === "get");
        await get?.parseAsync(["routes", ...(six ? ["--ip-family", "6"] : [])], { from: "user" });
      }),
};
